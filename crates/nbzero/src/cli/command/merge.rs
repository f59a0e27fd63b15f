//! `nbzero merge`: shards into one table.

use std::io::{self, Write};
use std::path::PathBuf;

use nbzero_table::{Metadata, Record, Table, read_shard};

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Merge {
    /// Folders with shards (*.jsonl, or *.jsonl.zst where compressed), or shard files.
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
            for shard in super::shards(path)? {
                let read = read_shard(&shard).map_err(Failure::input)?;
                if read.torn {
                    let _ = writeln!(
                        io::stderr(),
                        "warning: {} ends in the middle of a record, which is left out: the copy \
                         is not whole, or its writer was stopped",
                        shard.display()
                    );
                }
                records.extend(read.records);
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
