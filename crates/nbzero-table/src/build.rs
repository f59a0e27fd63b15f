//! From the records of a collection to a table.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::check::check;
use crate::diverged::Diverged;
use crate::score::NOT_SCORED;
use crate::{Error, Metadata, Outcome, Record, Result, Score, Split, Table};

impl Table {
    /// Makes a table of records, in whatever order they come: the same records make the same
    /// table.
    ///
    /// Records of one architecture and seed that agree in costs, scores and outcome count as one.
    /// Scores that none of an architecture's records have are undefined ("not scored"). The last bits of a score
    /// differ between [devices](Record::device), and between the instruction sets of one: the scores of the lowest
    /// seed count.
    ///
    /// # Errors
    ///
    /// If there are no records; one is not valid; one does not agree with the metadata in space,
    /// dataset, classes, resolution, recipe or a score's definition; one has a seed or a score
    /// that the metadata does not list; two disagree in the checksum of their images; two of one
    /// architecture disagree in costs or stages, or in scores that one [exact](Record::is_exact) device made; two of
    /// one architecture and seed conflict in their outcome.
    pub fn from_records(metadata: Metadata, records: &[Record]) -> Result<Self> {
        if records.is_empty() {
            return Err(Error::NoRecords);
        }
        let mut sorted: Vec<&Record> = records.iter().collect();
        sorted.sort_by_key(|record| (&record.arch, record.seed, &record.device));
        for record in &sorted {
            record.check()?;
            metadata.admit(record)?;
        }
        same_images(&sorted)?;
        let mut table = empty(metadata, sorted.len());
        for group in sorted.chunk_by(|a, b| a.arch == b.arch) {
            push(&mut table, group)?;
        }
        check(&table).map_err(|what| Error::Invalid { what })?;
        Ok(table)
    }
}

/// A table with all its columns, and no rows.
fn empty(metadata: Metadata, capacity: usize) -> Table {
    let seeds = &metadata.seeds;
    let columns = Split::ALL
        .iter()
        .flat_map(|&split| seeds.iter().map(move |&s| (split, s)));
    Table {
        architectures: Vec::with_capacity(capacity),
        flops: Vec::with_capacity(capacity),
        params: Vec::with_capacity(capacity),
        depth: Vec::with_capacity(capacity),
        stages: Vec::with_capacity(capacity),
        scores: metadata
            .scores
            .iter()
            .map(|def| (def.name.clone(), Vec::new()))
            .collect(),
        accuracies: columns.map(|key| (key, Vec::new())).collect(),
        diverged: Vec::new(),
        predicted: None,
        metadata,
    }
}

/// Adds the row of one architecture's records, which are sorted by seed and not empty.
fn push(table: &mut Table, group: &[&Record]) -> Result<()> {
    let first = group[0];
    for pair in group.windows(2) {
        same_network(pair[0], pair[1])?;
        if pair[0].seed == pair[1].seed {
            same_outcome(pair[0], pair[1])?;
        }
    }
    let mut scores = united_scores(group)?;
    let row = u32::try_from(table.len()).map_err(|_| Error::Invalid {
        what: "it has more than 4 billion architectures".into(),
    })?;
    for record in group {
        if let Outcome::Diverged { epoch, .. } = record.outcome {
            let seed = record.seed;
            table.diverged.push(Diverged { row, seed, epoch });
        }
    }
    // Records of one run, from two shards, are one run.
    table.diverged.dedup();
    table.architectures.push(first.arch.clone());
    table.flops.push(Some(first.flops));
    table.params.push(Some(first.params));
    table.depth.push(Some(first.depth));
    table.stages.push(first.stages.clone());
    for (name, column) in &mut table.scores {
        let score = scores.remove(name.as_str());
        column.push(
            score
                .cloned()
                .unwrap_or_else(|| Score::undefined(NOT_SCORED)),
        );
    }
    for (&(split, seed), column) in &mut table.accuracies {
        let record = group.iter().find(|record| record.seed == seed);
        column.push(record.and_then(|record| accuracy(&record.outcome, split)));
    }
    Ok(())
}

/// The accuracy of an outcome; a negative zero becomes zero.
fn accuracy(outcome: &Outcome, split: Split) -> Option<f64> {
    let Outcome::Trained {
        test_accuracy,
        nas_validation_accuracy,
        ..
    } = outcome
    else {
        return None;
    };
    let value = match split {
        Split::Test => Some(*test_accuracy),
        Split::NasValidation => *nas_validation_accuracy,
    };
    value.map(|value| value + 0.0)
}

/// Records agree in the checksum of their images, where they have one.
fn same_images(records: &[&Record]) -> Result<()> {
    let mut known = records
        .iter()
        .filter_map(|record| Some((record, record.images_checksum.as_deref()?)));
    let Some((first, checksum)) = known.next() else {
        return Ok(());
    };
    for record in records {
        if let Some(other) = record.other_images(checksum) {
            return Err(disagree(
                "the checksum of their images",
                (first.describe(), checksum.to_owned()),
                (record.describe(), other.to_owned()),
            ));
        }
    }
    Ok(())
}

/// The scores of all records of an architecture: of several devices those of the first record that has them.
fn united_scores<'a>(group: &[&'a Record]) -> Result<BTreeMap<&'a str, &'a Score>> {
    let mut united: BTreeMap<&str, &Score> = BTreeMap::new();
    let mut on_device: BTreeMap<(&str, &str), (&Score, &Record)> = BTreeMap::new();
    for &record in group {
        for (name, score) in &record.scores {
            let place = (name.as_str(), record.device.as_str());
            let (known, by) = *on_device.entry(place).or_insert((score, record));
            if known != score && record.is_exact() {
                return Err(disagree(
                    &format!("the score {name}"),
                    (by.describe(), known.to_string()),
                    (record.describe(), score.to_string()),
                ));
            }
            united.entry(name).or_insert(score);
        }
    }
    Ok(united)
}

/// Two records of one architecture agree in what training does not change.
fn same_network(a: &Record, b: &Record) -> Result<()> {
    let same = |field: &str, x: &dyn Debug, y: &dyn Debug| {
        let (x, y) = (format!("{x:?}"), format!("{y:?}"));
        if x == y {
            Ok(())
        } else {
            Err(disagree(field, (a.describe(), x), (b.describe(), y)))
        }
    };
    same("FLOPs", &a.flops, &b.flops)?;
    same("parameters", &a.params, &b.params)?;
    same("depth", &a.depth, &b.depth)?;
    same("stages", &a.stages, &b.stages)
}

/// Two records of one architecture and seed agree in what training gave.
fn same_outcome(a: &Record, b: &Record) -> Result<()> {
    if a.outcome == b.outcome {
        return Ok(());
    }
    Err(Error::Conflict {
        arch: a.arch.clone(),
        seed: a.seed,
        field: "outcome".into(),
        first: a.outcome.describe(),
        second: b.outcome.describe(),
    })
}

/// The error for two sides, each a name and a value.
pub(crate) fn disagree(field: &str, first: (String, String), second: (String, String)) -> Error {
    Error::Disagree {
        field: field.into(),
        first: first.0,
        first_value: first.1,
        second: second.0,
        second_value: second.1,
    }
}

#[cfg(test)]
mod tests;
