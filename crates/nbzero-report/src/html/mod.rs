//! Many tables and figures on one self-contained page.

use std::fmt::Write as _;

use crate::grid::Cell;
use crate::sheet::{PageCell, Sheet};
use crate::{Exhibit, Finding, Picture, Result, Ruling};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The picture beside the findings: who leads, and how surely.
const OPENING: &str = "fig1";

/// One section of a report.
#[derive(Debug, Clone)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What to see and which data it rests on, one paragraph each.
    pub caption: Vec<String>,
    /// The figure, if there is one.
    pub picture: Option<Picture>,
    /// The numbers, if there are any; under a figure they are folded away.
    pub table: Option<Sheet>,
    /// What it has found, for the opening of the page.
    pub findings: Vec<Finding>,
    /// Whether its picture opens the page, where there are findings.
    pub opens: bool,
}

impl Section {
    /// The section of a table or figure.
    ///
    /// # Errors
    ///
    /// If its figure cannot be drawn, which none is known to cause.
    pub fn new(exhibit: &dyn Exhibit) -> Result<Self> {
        let sheet = exhibit.sheet();
        Ok(Self {
            title: sheet.title.clone(),
            caption: sheet.notes.clone(),
            picture: exhibit.picture()?,
            table: Some(sheet),
            findings: exhibit.findings(),
            opens: exhibit.name() == OPENING,
        })
    }
}

/// One HTML page with everything inside it: figures as inline SVG, tables that sort at a click on
/// their headings, light and dark. It loads nothing from anywhere. The introduction is a list of
/// paragraphs.
pub fn html_report(title: &str, introduction: &[String], sections: &[Section]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" \
         href=\"data:,\">\n<title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{0}</h1>\n",
        escaped(title)
    );
    push(&mut page, format_args!("{}", opening(sections)));
    for paragraph in introduction {
        push(&mut page, format_args!("<p>{}</p>\n", escaped(paragraph)));
    }
    page.push_str("</header>\n<nav>\n<ol>\n");
    for (i, section) in sections.iter().enumerate() {
        push(
            &mut page,
            format_args!(
                "<li><a href=\"#section-{i}\">{}</a></li>\n",
                escaped(&section.title)
            ),
        );
    }
    page.push_str("</ol>\n</nav>\n<main>\n");
    for (i, section) in sections.iter().enumerate() {
        push(&mut page, format_args!("<section id=\"section-{i}\">\n"));
        section.write(&mut page);
        page.push_str("</section>\n");
    }
    push(
        &mut page,
        format_args!("</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"),
    );
    page
}

/// What was found, before anything else.
fn opening(sections: &[Section]) -> String {
    let findings: Vec<&Finding> = sections.iter().flat_map(|s| &s.findings).collect();
    if findings.is_empty() {
        return String::new();
    }
    let mut text = "<h2 class=\"first\">What was found</h2>\n<ol class=\"findings\">\n".to_owned();
    for finding in findings {
        let badge = |ruling: Ruling, before: &str| {
            let class = match ruling {
                Ruling::Holds => "holds",
                Ruling::DoesNotHold => "fails",
                Ruling::CannotBeSaid => "open",
            };
            format!(
                "<span class=\"badge {class}\">{before}{}</span>",
                ruling.name()
            )
        };
        let by_mbr10 = finding.by_mbr10.filter(|ruling| *ruling != finding.verdict);
        let by_mbr10 = by_mbr10.map_or_else(String::new, |r| badge(r, "by mBR10: "));
        push(
            &mut text,
            format_args!(
                "<li><p><strong>{}</strong> {}{by_mbr10}</p>\n<p class=\"evidence\">{}</p></li>\n",
                escaped(&finding.statement),
                badge(finding.verdict, ""),
                escaped(&finding.evidence)
            ),
        );
    }
    text.push_str("</ol>\n");
    let picture = sections.iter().find(|section| section.opens);
    if let Some((title, picture)) = picture.and_then(|s| Some((&s.title, s.picture.as_ref()?))) {
        push(
            &mut text,
            format_args!(
                "<div class=\"drawing\" role=\"img\" aria-label=\"{}\">{}</div>\n",
                escaped(title),
                picture.svg()
            ),
        );
    }
    text
}

impl Section {
    fn write(&self, page: &mut String) {
        push(page, format_args!("<h2>{}</h2>\n", escaped(&self.title)));
        let mut caption = String::new();
        for paragraph in &self.caption {
            push(
                &mut caption,
                format_args!("<p>{}</p>\n", escaped(paragraph)),
            );
        }
        match (&self.picture, &self.table) {
            (Some(picture), table) => {
                push(
                    page,
                    format_args!(
                        "<figure>\n<div class=\"drawing\" role=\"img\" aria-label=\"{}\">{}</div>\n\
                         <figcaption>\n{caption}</figcaption>\n</figure>\n",
                        escaped(&self.title),
                        picture.svg()
                    ),
                );
                if let Some(table) = table {
                    page.push_str("<details>\n<summary>The numbers</summary>\n");
                    write_table(page, table, "");
                    page.push_str("</details>\n");
                }
            }
            (None, Some(table)) => write_table(page, table, &caption),
            (None, None) => page.push_str(&caption),
        }
    }
}

/// A table; its caption stands below it.
fn write_table(page: &mut String, sheet: &Sheet, caption: &str) {
    page.push_str("<div class=\"scroll\">\n<table>\n<thead>\n<tr>");
    for heading in sheet.headings() {
        let heading = escaped(heading.trim()).replace('\n', "<br>");
        push(
            page,
            format_args!("<th scope=\"col\"><button type=\"button\">{heading}</button></th>"),
        );
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in sheet.page_rows() {
        page.push_str("<tr>");
        for cell in &row {
            write_cell(page, cell);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    page.push_str(caption);
}

fn write_cell(page: &mut String, PageCell { cell, key, is_text }: &PageCell) {
    let Cell {
        main,
        interval,
        paper,
    } = cell;
    let part = |class: &str, text: Option<String>| {
        let text = text.as_deref().map(escaped);
        text.map_or_else(String::new, |text| {
            format!(" <span class=\"{class}\">{text}</span>")
        })
    };
    let interval = part("interval", interval.as_ref().map(|i| format!("[{i}]")));
    let paper = part("paper", paper.as_ref().map(|paper| format!("({paper})")));
    let main = escaped(main);
    if *is_text {
        push(page, format_args!("<td class=\"text\">{main}</td>"));
        return;
    }
    let key = key.map_or_else(String::new, |key| format!(" data-key=\"{key}\""));
    push(page, format_args!("<td{key}>{main}{paper}{interval}</td>"));
}

/// Writing to a string cannot fail.
pub(crate) fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    let written = page.write_fmt(text);
    debug_assert!(written.is_ok(), "a string takes everything");
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
