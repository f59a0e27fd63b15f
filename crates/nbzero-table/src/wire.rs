//! The payload's shape: what bincode writes and reads, kept apart from the table in memory.
//!
//! Numbers are kept in plain columns of 8 bytes, so that a small hostile file cannot unfold into
//! a large table in memory.

use std::collections::BTreeMap;

use nbzero_graph::Resolution;
use serde::{Deserialize, Serialize};

use crate::check::check;
use crate::diverged::Diverged;
use crate::metadata::narrow;
use crate::predicted::Predicted;
use crate::{Metadata, Score, Split, StageAttributes, Table};

/// The payload of a file of format 1; in format 2 a list of [`Diverged`] runs follows, in format 3
/// also what was [`Predicted`], in format 4 in place of that an [`Extension`], in format 5 behind that the
/// width of images that are not square, and in format 6 behind that, which may be missing, the joint draws of
/// what was predicted, which format 7 does not have.
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

/// What tables may have since format 4.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Extension {
    predicted: Option<Predicted>,
    space_definition: Option<String>,
    /// The rows whose FLOPs nobody knows, ascending; their column has a zero there.
    unknown_flops: Vec<u32>,
    unknown_params: Vec<u32>,
    unknown_depth: Vec<u32>,
}

impl Extension {
    /// That of a table, and whether there is more in it than formats 2 and 3 can hold.
    pub(crate) fn of(table: &Table) -> (Self, bool) {
        let about = &table.metadata;
        let extension = Self {
            predicted: table.predicted.clone(),
            space_definition: about.space_definition.clone(),
            unknown_flops: unknown(&table.flops),
            unknown_params: unknown(&table.params),
            unknown_depth: unknown(&table.depth),
        };
        let rows = [
            &extension.unknown_flops,
            &extension.unknown_params,
            &extension.unknown_depth,
        ];
        let more = about.space_definition.is_some()
            || about.classes.is_none()
            || about.resolution.is_none()
            || rows.iter().any(|rows| !rows.is_empty());
        (extension, more)
    }
}

impl Extension {
    /// With the joint draws of what was predicted.
    pub(crate) fn with_draws(mut self, draws: Vec<Vec<i16>>) -> Result<Self, String> {
        match &mut self.predicted {
            Some(predicted) => predicted.draws = draws,
            None if draws.is_empty() => {}
            None => return Err("it has draws of what nobody predicted".into()),
        }
        Ok(self)
    }
}

impl From<Predicted> for Extension {
    fn from(predicted: Predicted) -> Self {
        Self {
            predicted: Some(predicted),
            ..Self::default()
        }
    }
}

/// The width of a table's images, where it is not their height.
pub(crate) fn width(table: &Table) -> Option<u32> {
    let resolution = table.metadata.resolution?;
    resolution
        .side()
        .is_none()
        .then_some(narrow(resolution.width))
}

/// The resolution of a payload, of which the height is in the metadata.
fn with_width(
    resolution: Option<Resolution>,
    width: Option<u32>,
) -> Result<Option<Resolution>, String> {
    let Some(width) = width else {
        return Ok(resolution);
    };
    match resolution {
        Some(Resolution { height, .. }) if width > 0 && height != width as usize => {
            Ok(Some(Resolution::new(height, width as usize)))
        }
        _ => Err("the width of its images is no other than their height".into()),
    }
}

/// The rows of a column without a value.
fn unknown<T>(column: &[Option<T>]) -> Vec<u32> {
    let rows = (0_u32..).zip(column);
    rows.filter_map(|(row, value)| value.is_none().then_some(row))
        .collect()
}

/// A column with zeros where nothing is known.
fn plain<T: Copy + Default>(column: &[Option<T>]) -> Vec<T> {
    column
        .iter()
        .map(|value| value.unwrap_or_default())
        .collect()
}

/// A column without the values of these rows, which are ascending and have none.
fn known<T: Copy + Default + PartialEq>(
    what: &str,
    column: Vec<T>,
    unknown: &[u32],
) -> Result<Vec<Option<T>>, String> {
    if !unknown.is_sorted_by(|a, b| a < b) {
        return Err(format!(
            "its rows of unknown {what} are not in ascending order"
        ));
    }
    let mut column: Vec<Option<T>> = column.into_iter().map(Some).collect();
    for &row in unknown {
        match column.get_mut(row as usize) {
            Some(value) if *value == Some(T::default()) => *value = None,
            Some(_) => return Err(format!("the {what} of row {row} are there and unknown")),
            None => {
                return Err(format!(
                    "the {what} of row {row} are unknown, and it is none"
                ));
            }
        }
    }
    Ok(column)
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
            flops: plain(&table.flops),
            params: plain(&table.params),
            depth: plain(&table.depth),
            stages: table.stages.clone(),
            scores: scores.collect(),
            accuracies: accuracies.collect(),
        }
    }
}

impl Wire {
    /// The checked table, with its diverged runs and what came after them; an error names the rule
    /// that the content breaks.
    pub(crate) fn into_table(
        self,
        diverged: Vec<Diverged>,
        extension: Extension,
        width: Option<u32>,
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
            metadata: Metadata {
                space_definition: extension.space_definition,
                resolution: with_width(self.metadata.resolution, width)?,
                ..self.metadata
            },
            architectures: self.architectures,
            flops: known("FLOPs", self.flops, &extension.unknown_flops)?,
            params: known("parameters", self.params, &extension.unknown_params)?,
            depth: known("layers", self.depth, &extension.unknown_depth)?,
            stages: self.stages,
            scores,
            accuracies,
            diverged,
            predicted: extension.predicted,
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
