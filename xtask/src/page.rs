//! A page of the book that a command measures and writes: its text and its pictures.

use std::fmt::Write;
use std::path::Path;

use nbzero_report::{Exhibit, Format, write_whole};

use crate::failure::Failure;
use crate::output::print;

/// The folder of the book's pages, from the workspace's root.
const BOOK: &str = "docs/src";

/// The figure with a point for each network and proxy: as lines of SVG it would be larger than all others
/// together.
const IN_PIXELS: &str = "fig3";

/// A page, and the files of its pictures.
pub(crate) struct Page {
    name: &'static str,
    /// What the names of its pictures begin with.
    pictures_of: &'static str,
    /// Markdown.
    pub(crate) text: String,
    pictures: Vec<(String, Vec<u8>)>,
}

impl Page {
    pub(crate) fn new(name: &'static str, pictures_of: &'static str, introduction: &str) -> Self {
        Self {
            name,
            pictures_of,
            text: introduction.to_owned(),
            pictures: Vec::new(),
        }
    }

    /// A section of its numbers and notes.
    pub(crate) fn add_table(&mut self, exhibit: &dyn Exhibit) -> Result<(), Failure> {
        let rendered = exhibit.render(Format::Markdown)?;
        self.text.push('\n');
        // The headings of exhibits are of the third level; the page has no second one above them.
        match rendered.strip_prefix("###") {
            Some(rest) => self.add(format_args!("##{rest}")),
            None => self.text.push_str(&rendered),
        }
        Ok(())
    }

    /// A section of its picture and notes.
    pub(crate) fn add_figure(&mut self, exhibit: &dyn Exhibit) -> Result<(), Failure> {
        self.add(format_args!("\n## {}\n", exhibit.title()));
        self.add_picture(exhibit)?;
        self.add(format_args!("\n{}\n", exhibit.notes().join("\n\n")));
        Ok(())
    }

    /// Its picture, if it has one.
    pub(crate) fn add_picture(&mut self, exhibit: &dyn Exhibit) -> Result<(), Failure> {
        let Some(picture) = exhibit.picture()? else {
            return Ok(());
        };
        let (end, content) = match exhibit.name() {
            IN_PIXELS => ("png", picture.png()?),
            _ => ("svg", picture.svg().as_bytes().to_vec()),
        };
        let of = self.pictures_of;
        let name = match exhibit.name() {
            name if name == of => format!("{of}.{end}"),
            name => format!("{of}-{name}.{end}"),
        };
        self.add(format_args!("\n![{}]({name})\n", exhibit.title()));
        self.pictures.push((name, content));
        Ok(())
    }

    /// Adds to the text.
    pub(crate) fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }

    /// Writes the pictures, then the page, into the book under `root`, and prints where each is.
    pub(crate) fn write(self, root: &Path) -> Result<(), Failure> {
        let text = (self.name.to_owned(), self.text.into_bytes());
        for (name, content) in self.pictures.into_iter().chain([text]) {
            let path = root.join(BOOK).join(name);
            write_whole(&path, &content)?;
            print(&format!("wrote {}\n", path.display()))?;
        }
        Ok(())
    }
}
