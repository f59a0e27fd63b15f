//! `nbzero import TABLE FILE`: a published benchmark table.

use std::path::PathBuf;

use anyhow::Context;
use nbzero_table::import::{ImportOptions, PublishedTable, import};

use super::wrote;
use crate::cli::command::{check_out, name_in};
use crate::cli::failure::Failure;
use crate::cli::score_csv;

#[derive(Debug, clap::Args)]
pub(super) struct Published {
    /// Which table: nas-bench-macro, nb201, transnas-macro, accel-nasbench, channel-bench-resnet,
    /// channel-bench-mobilenet, nats-sss or naap-440.
    table: PublishedTable,
    /// Its file, as it was published or compressed with gzip.
    file: PathBuf,
    /// The dataset or task to take, where the file holds several.
    #[arg(long)]
    dataset: Option<String>,
    /// Scores of your own, as `nbzero score --format csv` prints them, in place of the published
    /// ones; networks without are left out.
    #[arg(long, value_name = "CSV")]
    scores: Option<PathBuf>,
    /// The table to write (.nbz).
    #[arg(long)]
    out: PathBuf,
}

impl Published {
    pub(super) fn run(&self) -> Result<(), Failure> {
        check_out(&self.out, self.scores.iter().chain([&self.file]))?;
        let options = ImportOptions {
            dataset: self.dataset.clone(),
        };
        let mut table = import(self.table, &self.file, &options).map_err(Failure::input)?;
        if let Some(path) = &self.scores {
            let own = score_csv::read(path).map_err(Failure::Input)?;
            let named = own.scores.into_iter();
            let named = named.map(|(arch, of)| (name_in(&table, &arch), of));
            let rescored = table.rescored(own.definitions, &named.collect());
            table = rescored
                .with_context(|| format!("{} does not fit {}", path.display(), self.file.display()))
                .map_err(Failure::Input)?;
        }
        wrote(&self.out, &table)
    }
}
