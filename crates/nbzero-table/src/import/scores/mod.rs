//! Published proxy scores, and what the cells that hold none mean.

pub(super) mod naslib;

use super::ImportResult;
use super::sheet::{Column, Line, Sheet};
use crate::score::NOT_PUBLISHED;
use crate::{Direction, Score, ScoreDefinition};

/// The version of a definition that is not of this project.
const PUBLISHED: u32 = 0;

/// What `NASLib` writes where a score was NaN or infinite (in its zero-cost predictor).
const NASLIB_NOT_FINITE: f64 = -1e8;

/// A column of published scores.
#[derive(Debug, Clone, Copy)]
pub(super) struct Published {
    /// The name in our tables: that of our proxy where the definition is the same.
    pub(super) name: &'static str,
    /// The column of the file, without the dataset's prefix.
    pub(super) column: &'static str,
    /// Whether the cells hold a logarithm, with 0 where there is none (`NASLib`'s `synflow`).
    pub(super) logarithm: bool,
    /// The proxy, in words, with what differs from ours.
    pub(super) what: &'static str,
}

impl Published {
    /// Scores whose cells hold what they say.
    pub(super) const fn new(name: &'static str, column: &'static str, what: &'static str) -> Self {
        Self {
            name,
            column,
            logarithm: false,
            what,
        }
    }

    /// The same in a column of another name.
    pub(super) const fn named(self, column: &'static str) -> Self {
        Self { column, ..self }
    }

    /// The definition in a table's metadata; `source` says whose scores these are.
    ///
    /// All published proxies here are, by their definitions, meant to be higher for better
    /// networks.
    pub(super) fn definition(&self, source: &str) -> ScoreDefinition {
        ScoreDefinition {
            name: self.name.into(),
            version: PUBLISHED,
            direction: Direction::Higher,
            settings: format!("published by {source}: {}", self.what),
        }
    }

    /// The score of a row.
    pub(super) fn score(&self, line: Line<'_>, column: &Column) -> ImportResult<Score> {
        let text = line.text(column);
        if text.is_empty() {
            return Ok(Score::undefined(NOT_PUBLISHED));
        }
        let Some(value) = line.float(column) else {
            return Err(line.bad(column, "a number, or nothing"));
        };
        // Sentinels are exact: they were never calculated with.
        let is = |sentinel: f64| value.to_bits() == sentinel.to_bits();
        Ok(if is(NASLIB_NOT_FINITE) {
            Score::undefined("not finite (published as -1e8)")
        } else if !value.is_finite() {
            Score::undefined(format!("not finite (published as {value})"))
        } else if self.logarithm && is(0.0) {
            Score::undefined("the logarithm of 0 (published as 0)")
        } else {
            Score::new(value)
        })
    }
}

/// The columns of scores that a sheet has for one dataset.
pub(super) struct ScoreColumns {
    columns: Vec<(Published, Column)>,
    definitions: Vec<ScoreDefinition>,
}

impl ScoreColumns {
    /// Finds the columns; each comes with the prefix of its name and with whose scores it holds.
    pub(super) fn find(
        sheet: &Sheet<'_>,
        wanted: impl IntoIterator<Item = (Published, &'static str, &'static str)>,
    ) -> ImportResult<Self> {
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        // A table's definitions are ascending by name.
        wanted.sort_by_key(|(published, ..)| published.name);
        let find = |&(published, prefix, _): &(Published, &str, &str)| {
            Ok((
                published,
                sheet.column(format!("{prefix}{}", published.column))?,
            ))
        };
        let definition =
            |(published, _, source): &(Published, &str, &str)| published.definition(source);
        Ok(Self {
            columns: wanted.iter().map(find).collect::<ImportResult<_>>()?,
            definitions: wanted.iter().map(definition).collect(),
        })
    }

    /// What the scores mean, for the metadata.
    pub(super) fn definitions(&self) -> Vec<ScoreDefinition> {
        self.definitions.clone()
    }

    /// The scores of a row, in the order of the definitions.
    pub(super) fn of(&self, line: Line<'_>) -> ImportResult<Vec<Score>> {
        let scores = self.columns.iter();
        scores
            .map(|(published, column)| published.score(line, column))
            .collect()
    }
}
