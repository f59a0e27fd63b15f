//! What every table and figure can do.

use serde::Serialize;

use crate::sheet::Sheet;
use crate::{Format, Picture, Result, Ruling};

/// A statement that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The statement.
    pub statement: String,
    /// What the tables say of it.
    pub verdict: Ruling,
    /// What they say by expected mBR, where the statement speaks of mBR.
    pub by_mbr10: Option<Ruling>,
    /// The number that decided, in a sentence.
    pub evidence: String,
}

/// A table or figure of the paper, measured.
pub trait Exhibit {
    /// Name in commands and of files: `table2`, `fig4`.
    fn name(&self) -> &'static str;

    /// Its numbers as a table, with title and notes.
    fn sheet(&self) -> Sheet;

    /// Everything there is to know, as JSON; ends with a newline.
    ///
    /// # Errors
    ///
    /// If JSON cannot be written, which no table is known to cause.
    fn json(&self) -> Result<String>;

    /// The figure; `None` for tables.
    ///
    /// # Errors
    ///
    /// If the drawing fails, which none is known to.
    fn picture(&self) -> Result<Option<Picture>> {
        Ok(None)
    }

    /// What it has found, for the opening of a page: a few statements with verdicts; most have none.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Title, for a heading.
    fn title(&self) -> String {
        self.sheet().title
    }

    /// What to see, which data it rests on, and how to read it: one paragraph each.
    fn notes(&self) -> Vec<String> {
        self.sheet().notes
    }

    /// The numbers in a format; ends with a newline.
    ///
    /// # Errors
    ///
    /// If JSON cannot be written, which no table is known to cause.
    fn render(&self, format: Format) -> Result<String> {
        self.sheet().render(format).map_or_else(|| self.json(), Ok)
    }
}

/// The JSON document.
#[derive(Serialize)]
struct Document<'a, T> {
    title: &'a str,
    #[serde(flatten)]
    values: &'a T,
    notes: &'a [String],
}

/// The values between the title and the notes of their sheet.
pub(crate) fn document<T: Serialize>(values: &T, sheet: &Sheet) -> Result<String> {
    let document = Document {
        title: &sheet.title,
        values,
        notes: &sheet.notes,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
