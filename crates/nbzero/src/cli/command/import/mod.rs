//! `nbzero import`: benchmarks of others, published or one's own, as tables of ours.

mod csv;
mod onnx_zoo;
mod own;
mod published;
mod scores;

use std::io::{self, Write};
use std::path::Path;

use nbzero_table::Table;

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    own: Option<Own>,
    #[command(flatten)]
    published: Option<published::Published>,
}

#[derive(Debug, clap::Subcommand)]
enum Own {
    /// A table of your own: a CSV with a network a line, of any names.
    Csv(csv::Csv),
    /// A folder of ONNX files with a CSV of their accuracies.
    OnnxZoo(onnx_zoo::OnnxZoo),
    /// A table without accuracies, of scores that `nbzero score --format csv` printed.
    Scores(scores::Scores),
}

impl Import {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match (&self.own, &self.published) {
            (Some(Own::Csv(csv)), _) => csv.run(),
            (Some(Own::OnnxZoo(zoo)), _) => zoo.run(),
            (Some(Own::Scores(scores)), _) => scores.run(),
            (None, Some(published)) => published.run(),
            (None, None) => unreachable!("without a subcommand its arguments are required"),
        }
    }
}

/// Writes a table, and says what it holds.
fn wrote(out: &Path, table: &Table) -> Result<(), Failure> {
    table.write(out).map_err(Failure::run)?;
    writeln!(
        io::stdout().lock(),
        "wrote {}: {} architectures, {} proxies",
        out.display(),
        table.len(),
        table.proxies().count(),
    )?;
    Ok(())
}
