//! What can go wrong with a published table.

use std::path::PathBuf;

use crate::{Error, Split};

/// The result of an import.
pub type ImportResult<T> = Result<T, ImportError>;

/// What was wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No such published table.
    #[error("there is no importer for {name:?}: choose one of {known}")]
    UnknownTable {
        /// The name asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// The file holds several datasets, and none was asked for.
    #[error("{table} holds several datasets and a table holds one: choose one of {known}")]
    DatasetMissing {
        /// The published table.
        table: &'static str,
        /// Its datasets.
        known: String,
    },
    /// The file does not hold that dataset.
    #[error("{table} has no dataset {name:?}: choose one of {known}")]
    UnknownDataset {
        /// The published table.
        table: &'static str,
        /// The name asked for.
        name: String,
        /// Its datasets.
        known: String,
    },
    /// The dataset's results are not accuracies, nor anything from 0 to 100.
    #[error(
        "{dataset} of {table} cannot be imported: its results are {metric}, and a table holds accuracies from 0 to 100; choose another one of {known}"
    )]
    NotAccuracies {
        /// The published table.
        table: &'static str,
        /// The dataset.
        dataset: &'static str,
        /// What its results are.
        metric: &'static str,
        /// The datasets that can be imported.
        known: String,
    },
    /// The file is not in the format of the published table.
    #[error(
        "{} is not the {format} of {table}: {reason}; compare it with the file as it was published",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The published table.
        table: &'static str,
        /// Its format.
        format: &'static str,
        /// What the reader says, with the place.
        reason: String,
    },
    /// A column is missing.
    #[error(
        "{} has no column {column:?}, which {table} has: it has {known}",
        path.display()
    )]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The published table.
        table: &'static str,
        /// The missing column.
        column: String,
        /// The columns that are there.
        known: String,
    },
    /// There is but one column, and not the one needed.
    #[error(
        "{} has no column {column:?}, which {table} has, but one column, {known}: separate the fields by commas, semicolons or tabs",
        path.display()
    )]
    OneColumn {
        /// The file.
        path: PathBuf,
        /// The published table.
        table: &'static str,
        /// The missing column.
        column: String,
        /// The column that is there.
        known: String,
    },
    /// Two columns have one name.
    #[error("{} has two columns {column:?}: leave out or rename one of them", path.display())]
    ColumnTwice {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// An accuracy that is a fraction, where a table holds percentages.
    #[error(
        "{}, {place}: the {split} accuracy is {value}, which looks like a fraction, and accuracies are percentages from 0 to 100: multiply them by 100",
        path.display()
    )]
    Fraction {
        /// The file.
        path: PathBuf,
        /// The line or key.
        place: String,
        /// Which accuracy.
        split: Split,
        /// What is there.
        value: f64,
    },
    /// A value is not what its column should hold.
    #[error("{}, {place}, column {column}: expected {expected}, found {found}", path.display())]
    BadValue {
        /// The file.
        path: PathBuf,
        /// The line or key.
        place: String,
        /// The column.
        column: String,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// An architecture stands twice in the file.
    #[error(
        "{}: {first} and {second} are both of {arch}; keep one of them",
        path.display()
    )]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The architecture string.
        arch: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// There is nothing of the dataset in the file.
    #[error("{} has no rows of {dataset}: give the whole file", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        dataset: String,
    },
    /// The file cannot be read as text, or the imported columns do not make a table.
    #[error(transparent)]
    Table(Box<Error>),
}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        Self::Table(Box::new(error))
    }
}
