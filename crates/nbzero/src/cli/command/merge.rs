//! `nbzero merge`: shards into one table.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use nbzero_space::Architecture;
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
                for record in &read.records {
                    is_of_its_architecture(record)
                        .with_context(|| format!("{} is not right", shard.display()))
                        .map_err(Failure::Input)?;
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

/// A record's architecture is spelled as nbzero prints it, and its costs are those of the network.
fn is_of_its_architecture(record: &Record) -> Result<()> {
    let Record { arch, seed, .. } = record;
    let architecture: Architecture = arch
        .parse()
        .with_context(|| format!("the record of {arch:?} with seed {seed}"))?;
    let canonical = architecture.to_string();
    if canonical != *arch {
        bail!("the record of {arch:?} with seed {seed}: write it {canonical:?}");
    }
    let graph = architecture.graph(record.classes as usize, record.resolution as usize);
    let costs = [
        ("FLOPs", record.flops, graph.flops()),
        ("parameters", record.params, graph.params()),
        ("layers", u64::from(record.depth), u64::from(graph.depth())),
    ];
    for (cost, recorded, own) in costs {
        if recorded != own {
            bail!("{arch} with seed {seed} has {own} {cost}, and its record says {recorded}");
        }
    }
    Ok(())
}
