//! What tables of one's own are asked for in common.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use nbzero_table::import::{About, ImportError, OwnColumns, OwnNetwork, read_own_csv};
use nbzero_table::{Dataset, OwnName};

use crate::cli::failure::Failure;

/// Name and dataset of a table.
#[derive(Debug, clap::Args)]
pub(super) struct OwnArguments {
    /// What the networks are together, in place of a search space [default: the name of the file or
    /// folder].
    #[arg(long)]
    name: Option<String>,
    /// The dataset of the accuracies: one that nbzero knows, such as cifar10, or any other name
    /// [default: that of the table].
    #[arg(long)]
    dataset: Option<String>,
    /// The table to write [default: NAME.nbz].
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// The columns of a CSV that every table has.
#[derive(Debug, clap::Args)]
pub(super) struct ColumnArguments {
    /// The column of the networks' names.
    #[arg(long, value_name = "COLUMN", default_value = "arch")]
    arch_column: String,
    /// The column of test accuracies, in percent; an empty cell is one that nobody measured.
    #[arg(long, value_name = "COLUMN", default_value = "accuracy")]
    accuracy_column: String,
}

impl OwnArguments {
    /// What the table is about, as far as that does not depend on its networks.
    pub(super) fn about(&self, origin: &Path) -> Result<About, Failure> {
        let file = origin.file_name().unwrap_or_default().to_string_lossy();
        // `scores.csv.gz` is called `scores`, and so is a hidden one.
        let stem = file.trim_start_matches('.').split('.').next();
        let text = self.name.as_deref().or(stem).unwrap_or_default();
        Ok(About {
            name: OwnName::of(text).ok_or_else(|| no_name(text))?,
            dataset: self.dataset.as_deref().map(dataset).transpose()?,
            classes: None,
            resolution: None,
            origin: file.into_owned(),
        })
    }

    /// Where the table is written.
    pub(super) fn out(&self, about: &About) -> PathBuf {
        let default = || PathBuf::from(format!("{}.nbz", about.name));
        self.out.clone().unwrap_or_else(default)
    }
}

impl ColumnArguments {
    /// The columns without those of costs.
    pub(super) fn columns(&self) -> OwnColumns {
        OwnColumns {
            arch: self.arch_column.clone(),
            accuracy: self.accuracy_column.clone(),
            flops: None,
            params: None,
            depth: None,
        }
    }
}

/// A dataset that nbzero knows, or any other.
pub(super) fn dataset(text: &str) -> Result<Dataset, Failure> {
    let published = Dataset::try_from(text.to_owned()).ok();
    let own = || OwnName::of(text).map(Dataset::Own);
    published.or_else(own).ok_or_else(|| no_name(text))
}

fn no_name(text: &str) -> Failure {
    Failure::Input(anyhow!(
        "`{text}` has no letter or digit: give another --name or --dataset"
    ))
}

/// Reads the networks of a CSV; a column that is missing is one that an option can name.
pub(super) fn read(
    path: &Path,
    columns: &OwnColumns,
    about: &About,
) -> Result<Vec<OwnNetwork>, Failure> {
    read_own_csv(path, columns, about).map_err(|error| {
        let option = match &error {
            ImportError::MissingColumn { column, .. } if *column == columns.arch => "--arch-column",
            ImportError::MissingColumn { column, .. } if *column == columns.accuracy => {
                "--accuracy-column"
            }
            _ => return Failure::input(error),
        };
        Failure::Input(anyhow!("{error}; say with {option} which of them it is"))
    })
}
