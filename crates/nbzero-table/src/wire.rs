//! The payload's shape: what bincode writes and reads, kept apart from the table in memory.
//!
//! Numbers are kept in plain columns of 8 bytes, so that a small hostile file cannot unfold into
//! a large table in memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::check;
use crate::diverged::Diverged;
use crate::predicted::Predicted;
use crate::{Metadata, Score, Split, StageAttributes, Table};

/// The payload of a file of format 1; in format 2 a list of [`Diverged`] runs follows, in format 3
/// also what was [`Predicted`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Wire {
    metadata: Metadata,
    architectures: Vec<String>,
    flops: Vec<u64>,
    params: Vec<u64>,
    depth: Vec<u32>,
    stages: Vec<Vec<StageAttributes>>,
    scores: Vec<Scores>,
    accuracies: Vec<Accuracies>,
}

/// A column of scores.
#[derive(Serialize, Deserialize)]
struct Scores {
    proxy: String,
    /// NaN where undefined.
    values: Vec<f64>,
    /// The rows of the undefined scores, ascending, with the reasons.
    undefined: Vec<(u32, String)>,
}

/// A column of accuracies.
#[derive(Serialize, Deserialize)]
struct Accuracies {
    split: Split,
    seed: u64,
    /// NaN where there is none.
    values: Vec<f64>,
}

impl From<&Table> for Wire {
    fn from(table: &Table) -> Self {
        let scores = table
            .scores
            .iter()
            .map(|(proxy, column)| Scores::new(proxy, column));
        let accuracies = table
            .accuracies
            .iter()
            .map(|(&(split, seed), column)| Accuracies {
                split,
                seed,
                values: column
                    .iter()
                    .map(|value| value.unwrap_or(f64::NAN))
                    .collect(),
            });
        Self {
            metadata: table.metadata.clone(),
            architectures: table.architectures.clone(),
            flops: table.flops.clone(),
            params: table.params.clone(),
            depth: table.depth.clone(),
            stages: table.stages.clone(),
            scores: scores.collect(),
            accuracies: accuracies.collect(),
        }
    }
}

impl Wire {
    /// The checked table, with its diverged runs and predictions; an error names the rule that the
    /// content breaks.
    pub(crate) fn into_table(
        self,
        diverged: Vec<Diverged>,
        predicted: Option<Predicted>,
    ) -> Result<Table, String> {
        let mut scores = BTreeMap::new();
        for column in self.scores {
            let name = column.proxy.clone();
            if scores.insert(name, column.unpack()?).is_some() {
                return Err("it has two columns of scores with one name".into());
            }
        }
        let mut accuracies = BTreeMap::new();
        for Accuracies {
            split,
            seed,
            values,
        } in self.accuracies
        {
            let column = values
                .into_iter()
                .map(|v| (!v.is_nan()).then_some(v))
                .collect();
            if accuracies.insert((split, seed), column).is_some() {
                return Err(format!(
                    "it has two columns of the {split} accuracy of seed {seed}"
                ));
            }
        }
        let table = Table {
            metadata: self.metadata,
            architectures: self.architectures,
            flops: self.flops,
            params: self.params,
            depth: self.depth,
            stages: self.stages,
            scores,
            accuracies,
            diverged,
            predicted,
        };
        check(&table)?;
        Ok(table)
    }
}

impl Scores {
    fn new(proxy: &str, column: &[Score]) -> Self {
        let reasons = (0_u32..).zip(column);
        Self {
            proxy: proxy.into(),
            values: column
                .iter()
                .map(|score| score.value().unwrap_or(f64::NAN))
                .collect(),
            undefined: reasons
                .filter_map(|(row, score)| Some((row, score.reason()?.to_string())))
                .collect(),
        }
    }

    fn unpack(self) -> Result<Vec<Score>, String> {
        let Self {
            proxy,
            values,
            undefined,
        } = self;
        let mut reasons = undefined.into_iter().peekable();
        let mut column = Vec::with_capacity(values.len());
        for (row, value) in (0_u32..).zip(values) {
            let reason = reasons
                .next_if(|(at, _)| *at == row)
                .map(|(_, reason)| reason);
            column.push(match reason {
                Some(reason) if value.is_nan() => Score::undefined(reason),
                None if value.is_finite() => Score::new(value),
                Some(_) => return Err(format!("{proxy} of row {row} has a value and a reason")),
                None => return Err(format!("{proxy} of row {row} is {value} without a reason")),
            });
        }
        match reasons.next() {
            None => Ok(column),
            Some((row, _)) => Err(format!("{proxy} has a misplaced reason for row {row}")),
        }
    }
}
