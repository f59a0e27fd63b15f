//! `nbzero merge`: shards into one table, score files into one CSV.

mod scores;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use nbzero_space::Architecture;
use nbzero_table::{Metadata, Record, StageAttributes, Table, read_shard};

use crate::cli::failure::Failure;
use crate::cli::score_file;

#[derive(Debug, clap::Args)]
pub(crate) struct Merge {
    /// Folders with shards (*.jsonl; *.jsonl.zst or *.jsonl.gz where compressed), or shard files; or
    /// score files, where --out is a CSV.
    #[arg(required = true)]
    from: Vec<PathBuf>,
    /// The table to write (.nbz), or the scores (.csv).
    #[arg(long)]
    out: PathBuf,
    /// A table (.nbz) of the same networks after fewer epochs, whose NAS validation accuracies become scores: of
    /// four epochs `accuracy_04`.
    #[arg(long = "short-training", value_name = "TABLE")]
    short_trainings: Vec<PathBuf>,
}

impl Merge {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if self.out.extension().is_some_and(|end| end == "csv") {
            if let Some(short) = self.short_trainings.first() {
                return Err(Failure::Input(anyhow!(
                    "--short-training {} is for a table: give --out FILE.nbz and the shards of a collection",
                    short.display()
                )));
            }
            return scores::merge(&self.from, &self.out);
        }
        let mut records: Vec<Record> = Vec::new();
        let mut places = Vec::new();
        let mut shards = Vec::new();
        for path in &self.from {
            shards.extend(super::shards(path)?);
        }
        super::check_out(&self.out, shards.iter().chain(&self.short_trainings))?;
        for shard in shards {
            let read = read_shard(&shard).map_err(|error| match score_file::read(&shard) {
                Ok(_) => Failure::Input(anyhow!(
                    "{} is a file of scores, and those merge into a CSV: give --out FILE.csv, or shards that \
                     `nbzero collect` wrote",
                    shard.display()
                )),
                Err(_) => Failure::input(error),
            })?;
            if read.torn {
                let _ = writeln!(
                    io::stderr(),
                    "warning: {} ends in the middle of a record, which is left out: the copy is not \
                     whole, or its writer was stopped",
                    shard.display()
                );
            }
            for (record, line) in read.records.iter().zip(1..) {
                let place = Place {
                    shard: shard.clone(),
                    line,
                };
                is_of_its_architecture(record)
                    .with_context(|| format!("{place} is not right"))
                    .map_err(Failure::Input)?;
                places.push(place);
            }
            records.extend(read.records);
        }
        if records.is_empty() {
            return Err(Failure::Input(anyhow!(
                "{} hold no whole record: give shards that `nbzero collect` wrote",
                named(&self.from)
            )));
        }
        let mut table = Metadata::from_records(&records)
            .and_then(|metadata| Table::from_records(metadata, &records))
            .map_err(|error| located(error, &records, &places))
            .map_err(Failure::Input)?;
        for path in &self.short_trainings {
            let short = Table::open(path).map_err(Failure::input)?;
            let joined = table.with_short_training(&short);
            table = joined
                .with_context(|| format!("{} does not fit the shards", path.display()))
                .map_err(Failure::Input)?;
        }
        if let Some((row, split, seed, value)) = table.fraction() {
            let arch = &table.architectures()[row];
            let _ = writeln!(
                io::stderr(),
                "warning: the {split} accuracy of {arch} with seed {seed} is {value}, which looks \
                 like a fraction: a table's accuracies are percentages"
            );
        }
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

/// The paths, for messages.
fn named(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    paths.join(", ")
}

/// Where a record was read. Lines of a compressed shard are those of its text.
#[derive(Debug)]
struct Place {
    shard: PathBuf,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.shard.display(), self.line)
    }
}

/// The error, with the places of the records that it names.
fn located(error: nbzero_table::Error, records: &[Record], places: &[Place]) -> anyhow::Error {
    let all = records.iter().zip(places);
    let named = all.filter(|(record, _)| error.is_about(record));
    let named: Vec<String> = named.map(|(_, place)| place.to_string()).collect();
    let error = anyhow::Error::new(error);
    if named.is_empty() {
        return error;
    }
    error.context(named.join("; "))
}

/// A record's architecture is spelled as nbzero prints it, and its stages and costs are those of
/// the network.
fn is_of_its_architecture(record: &Record) -> Result<()> {
    let Record { arch, seed, .. } = record;
    let architecture: Architecture = arch
        .parse()
        .with_context(|| format!("the record of {arch:?} with seed {seed}"))?;
    let canonical = architecture.to_string();
    if canonical != *arch {
        bail!("the record of {arch:?} with seed {seed}: write it {canonical:?}");
    }
    let graph = architecture.graph(record.classes as usize, record.resolution);
    let costs = [
        ("FLOPs", u128::from(record.flops), graph.flops()),
        ("parameters", u128::from(record.params), graph.params()),
        ("layers", record.depth.into(), graph.depth().into()),
    ];
    for (cost, recorded, own) in costs {
        if recorded != own {
            bail!("{arch} with seed {seed} has {own} {cost}, and its record says {recorded}");
        }
    }
    if record.stages != StageAttributes::all_of(&architecture) {
        bail!("{arch} with seed {seed} has other stages than its record says");
    }
    Ok(())
}
