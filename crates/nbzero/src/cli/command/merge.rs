//! `nbzero merge`: shards into one table.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use nbzero_table::{Metadata, Record, Table, read_shard};

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Merge {
    /// Folders with shards (*.jsonl), or shard files.
    #[arg(required = true)]
    from: Vec<PathBuf>,
    /// The table to write.
    #[arg(long)]
    out: PathBuf,
}

impl Merge {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut records: Vec<Record> = Vec::new();
        for path in &self.from {
            for shard in shards(path)? {
                let shard = read_shard(shard).map_err(Failure::input)?;
                records.extend(shard.records);
            }
        }
        let metadata = Metadata::from_records(&records).map_err(Failure::input)?;
        let table = Table::from_records(metadata, &records).map_err(Failure::input)?;
        table.write(&self.out).map_err(Failure::run)?;
        writeln!(
            io::stdout().lock(),
            "wrote {}: {} architectures from {} records",
            self.out.display(),
            table.len(),
            records.len(),
        )?;
        Ok(())
    }
}

/// The shard files that a path stands for, in the order of their names.
fn shards(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error| Failure::Input(anyhow!("cannot read `{}`: {error}", path.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            found.push(file);
        }
    }
    if found.is_empty() {
        return Err(Failure::Input(anyhow!(
            "`{}` has no shards: expected files named *.jsonl, as `nbzero collect` writes them",
            path.display()
        )));
    }
    found.sort();
    Ok(found)
}
