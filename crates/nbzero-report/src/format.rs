//! The formats that reports come in.

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Format {
    /// For a terminal of 120 columns.
    #[default]
    Text,
    /// For a README or a book.
    Markdown,
    /// For spreadsheets: every number in a column of its own at full precision, and no notes.
    Csv,
    /// Everything there is to know.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Csv, Self::Json];

    /// The extension of a file in this format, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}
