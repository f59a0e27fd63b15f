//! A whole report: every part that the tables allow, and one page with all of them.

use std::path::Path;

use nbzero_metrics::Bootstrap;
use nbzero_table::Table;

use crate::files::write_whole;
use crate::{
    DRAWS_PNG, Error, Exhibit, FactorAnalysis, Format, Part, Result, Section, html_report,
};

/// The file name of the page.
pub const PAGE: &str = "index.html";

/// A report as it grows.
#[derive(Debug, Clone, Default)]
pub struct Report {
    sections: Vec<Section>,
    left_out: Vec<String>,
}

impl Report {
    /// Adds a table or figure.
    ///
    /// # Errors
    ///
    /// If its figure cannot be drawn, which none is known to cause.
    pub fn add(&mut self, exhibit: &dyn Exhibit) -> Result<()> {
        self.sections.push(Section::new(exhibit)?);
        Ok(())
    }

    /// Says that a part is not there, and why; returns the sentence.
    pub fn leave_out(&mut self, name: &str, reason: &str) -> &str {
        self.left_out.push(format!("Left out {name}: {reason}."));
        self.left_out.last().map_or("", String::as_str)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The page.
    pub fn page(&self, tables: &[&Table]) -> String {
        let introduction = [vec![describe(tables)], self.left_out.clone()].concat();
        html_report("NAS-Bench-Zero, measured", &introduction, &self.sections)
    }
}

/// What is measured, in a sentence.
fn describe(tables: &[&Table]) -> String {
    let each = tables.iter().map(|table| {
        let about = table.metadata();
        let accuracies = match table.predicted() {
            None if table.is_of_scores_alone() => " without accuracies",
            None => "",
            Some(_) => " with predicted accuracies",
        };
        format!(
            "{} networks of {} on {}{accuracies}",
            table.len(),
            about.space,
            about.dataset
        )
    });
    let each: Vec<String> = each.collect();
    format!(
        "Every table and figure of the paper, measured on {}.",
        each.join(", ")
    )
}

/// Makes a report of tables in a folder: the numbers of each part as text, figures as SVG and PNG, and
/// one page with everything, [`PAGE`]. Files of these names that an earlier report left of a part that this one leaves out
/// are removed. `see` is told of each file that was written and each part that
/// was left out, one line each.
///
/// # Errors
///
/// If there is no table, none of them can be judged, or a file cannot be written.
pub fn write_report(
    tables: &[&Table],
    factors: std::result::Result<&FactorAnalysis, &str>,
    bootstrap: Bootstrap,
    folder: &Path,
    see: &mut dyn FnMut(&str),
) -> Result<()> {
    let mut report = Report::default();
    let mut used = vec![false; tables.len()];
    let untrained = tables.iter().any(|table| table.is_of_scores_alone());
    for part in Part::ALL {
        let chosen = part.tables(tables);
        for (used, table) in used.iter_mut().zip(tables) {
            let is_it = |other: &&Table| std::ptr::eq(*other, *table);
            *used |= part != Part::Claims && chosen.as_ref().is_ok_and(|all| all.iter().any(is_it));
        }
        let exhibit = match chosen.and_then(|chosen| part.measure(&chosen, factors, bootstrap)) {
            Ok(exhibit) => exhibit,
            // What these tables cannot show is left out, not fatal.
            Err(reason) if reason.is_of_the_input() && (untrained || !report.is_empty()) => {
                see(report.leave_out(part.name(), &reason.to_string()));
                remove_part(part.name(), folder)?;
                continue;
            }
            Err(error) => return Err(error),
        };
        for path in write_part(exhibit.as_ref(), part.name(), Format::Text, folder)? {
            see(&path);
        }
        report.add(exhibit.as_ref())?;
    }
    for (place, _) in used.iter().enumerate().filter(|(_, used)| !**used) {
        let about = tables[place].metadata();
        let table = format!(
            "table {} of {} ({} on {})",
            place + 1,
            tables.len(),
            about.space,
            about.dataset
        );
        let reason = "no table or figure is about it beside the others: make a report of it alone";
        see(report.leave_out(&table, reason));
    }
    let page = folder.join(PAGE);
    write_whole(&page, report.page(tables).as_bytes())?;
    see(&format!("wrote {}", page.display()));
    Ok(())
}

/// Removes what an earlier report of other tables wrote of a part that this one leaves out.
fn remove_part(name: &str, folder: &Path) -> Result<()> {
    for extension in [Format::Text.extension(), "svg", "png"] {
        let path = folder.join(format!("{name}.{extension}"));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Write {
                    path,
                    source: error,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the numbers of a part and, of a figure, SVG and (with the feature `png`) PNG into a folder; returns a
/// line for each file.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write_part(
    exhibit: &dyn Exhibit,
    name: &str,
    format: Format,
    folder: &Path,
) -> Result<Vec<String>> {
    let text = exhibit.render(format)?;
    let mut files = vec![(format.extension(), text.into_bytes())];
    if let Some(picture) = exhibit.picture()? {
        files.push(("svg", picture.svg().as_bytes().to_vec()));
        if DRAWS_PNG {
            files.push(("png", picture.png()?));
        }
    }
    let written = files.into_iter().map(|(extension, bytes)| {
        let path = folder.join(format!("{name}.{extension}"));
        write_whole(&path, &bytes)?;
        Ok(format!("wrote {}", path.display()))
    });
    written.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_report_wrote_of_a_part_goes_and_nothing_else() {
        let folder = tempfile::TempDir::new().unwrap();
        let names = ["fig8.txt", "fig8.svg", "fig8.png", "fig8.md", "fig9.svg"];
        for name in names {
            std::fs::write(folder.path().join(name), "old").unwrap();
        }
        remove_part("fig8", folder.path()).unwrap();
        remove_part("fig8", folder.path()).unwrap();
        let left = names.map(|name| folder.path().join(name).exists());
        assert_eq!(left, [false, false, false, true, true]);
    }
}
