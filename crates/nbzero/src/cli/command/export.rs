//! `nbzero export`: a table in a format of other programs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use nbzero_table::Table;

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The table (.nbz).
    table: PathBuf,
    /// The file to write; its name ends with .csv or .parquet.
    out: PathBuf,
}

impl Export {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        // Before the table is read: a wrong name is the quicker answer.
        let write = writer(&self.out)?;
        super::check_out(&self.out, [&self.table])?;
        let table = Table::open(&self.table).map_err(Failure::input)?;
        write(&table, &self.out).map_err(Failure::run)?;
        writeln!(
            io::stdout().lock(),
            "wrote {}: {} architectures with the seeds and scores that they have",
            self.out.display(),
            table.len(),
        )?;
        Ok(())
    }
}

type Writer = fn(&Table, &Path) -> nbzero_table::Result<()>;

/// What writes a file of that name.
fn writer(out: &Path) -> Result<Writer, Failure> {
    match out.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Ok(|table, path| table.write_csv(path)),
        #[cfg(feature = "parquet")]
        Some("parquet") => Ok(|table, path| table.write_parquet(path)),
        #[cfg(not(feature = "parquet"))]
        Some("parquet") => Err(Failure::Input(anyhow!(
            "this nbzero was built without Parquet: build it with `--features parquet`, or export \
             to a .csv file"
        ))),
        _ => Err(Failure::Input(anyhow!(
            "`{}` names no format: end it with .csv or .parquet",
            out.display()
        ))),
    }
}
