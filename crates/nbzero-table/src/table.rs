//! The table in memory.

use std::collections::BTreeMap;

use crate::diverged::Diverged;
use crate::error::list;
use crate::predicted::Predicted;
use crate::summary::defined_share;
use crate::{
    Cost, Direction, Error, Metadata, Query, Result, Row, Score, ScoreDefinition, Split,
    StageAttributes,
};

/// A benchmark table: one row an architecture, one column a cost, score or accuracy.
///
/// Rows are in ascending byte order of their architecture strings, which are unique. All columns
/// have one value a row; a cost may be unknown, where networks have names that nobody can count. There is one column of scores for each definition in the metadata, and
/// one of accuracies for each split and each seed in the metadata; a table of
/// [predictions](Table::predicted), or of [scores alone](Table::is_of_scores_alone), has no seeds. A table is checked when it is made and when it is
/// opened, and cannot be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) metadata: Metadata,
    pub(crate) architectures: Vec<String>,
    pub(crate) flops: Vec<Option<u64>>,
    pub(crate) params: Vec<Option<u64>>,
    pub(crate) depth: Vec<Option<u32>>,
    pub(crate) stages: Vec<Vec<StageAttributes>>,
    pub(crate) scores: BTreeMap<String, Vec<Score>>,
    pub(crate) accuracies: BTreeMap<(Split, u64), Vec<Option<f64>>>,
    /// Ascending by row and seed.
    pub(crate) diverged: Vec<Diverged>,
    /// In place of accuracies.
    pub(crate) predicted: Option<Predicted>,
}

impl Table {
    /// What the table is about.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The number of rows, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a table is never empty")]
    pub fn len(&self) -> usize {
        self.architectures.len()
    }

    /// The architecture strings, ascending.
    pub fn architectures(&self) -> &[String] {
        &self.architectures
    }

    /// Multiply-accumulates for one image, a value a row; `None` where nobody knows them.
    pub fn flops(&self) -> &[Option<u64>] {
        &self.flops
    }

    /// Trainable parameters, a value a row; `None` where nobody knows them.
    pub fn params(&self) -> &[Option<u64>] {
        &self.params
    }

    /// Convolution and linear layers, a value a row; `None` where nobody knows them.
    pub fn depth(&self) -> &[Option<u32>] {
        &self.depth
    }

    /// A column of costs by name; `None` where nobody knows it.
    pub fn costs(&self, cost: Cost) -> Vec<Option<u64>> {
        (0..self.len()).map(|row| self.cost_at(cost, row)).collect()
    }

    /// The stages of each row.
    pub fn stages(&self) -> &[Vec<StageAttributes>] {
        &self.stages
    }

    /// The names of the scores, ascending.
    pub fn proxies(&self) -> impl ExactSizeIterator<Item = &str> {
        self.scores.keys().map(String::as_str)
    }

    /// A column of scores.
    ///
    /// # Errors
    ///
    /// If there is none of that name; the error lists those that exist.
    pub fn scores(&self, proxy: &str) -> Result<&[Score]> {
        self.scores
            .get(proxy)
            .map(Vec::as_slice)
            .ok_or_else(|| self.unknown_proxy(proxy))
    }

    /// A column of scores as numbers, NaN where undefined.
    ///
    /// # Errors
    ///
    /// If there is none of that name; the error lists those that exist.
    pub fn score_values(&self, proxy: &str) -> Result<Vec<f64>> {
        let scores = self.scores(proxy)?;
        Ok(scores
            .iter()
            .map(|score| score.value().unwrap_or(f64::NAN))
            .collect())
    }

    /// What a column of scores means.
    ///
    /// # Errors
    ///
    /// If there is none of that name; the error lists those that exist.
    pub fn definition(&self, proxy: &str) -> Result<&ScoreDefinition> {
        let definitions = &self.metadata.scores;
        definitions
            .iter()
            .find(|definition| definition.name == proxy)
            .ok_or_else(|| self.unknown_proxy(proxy))
    }

    /// Whether higher or lower scores are better.
    ///
    /// # Errors
    ///
    /// If there is none of that name; the error lists those that exist.
    pub fn direction(&self, proxy: &str) -> Result<Direction> {
        Ok(self.definition(proxy)?.direction)
    }

    /// The share of rows where the score is defined, from 0 to 1.
    ///
    /// # Errors
    ///
    /// If there is none of that name; the error lists those that exist.
    pub fn coverage(&self, proxy: &str) -> Result<f64> {
        self.scores(proxy).map(defined_share)
    }

    /// The seeds of the training runs, ascending; none in a table of
    /// [predictions](Table::predicted).
    pub fn seeds(&self) -> &[u64] {
        &self.metadata.seeds
    }

    /// A column of accuracies in percent; `None`: not trained, not measured, or diverged.
    ///
    /// # Errors
    ///
    /// If the table does not have that seed; the error lists those that it has.
    pub fn accuracy(&self, split: Split, seed: u64) -> Result<&[Option<f64>]> {
        self.accuracies
            .get(&(split, seed))
            .map(Vec::as_slice)
            .ok_or_else(|| Error::UnknownSeed {
                seed,
                known: list(self.seeds()),
            })
    }

    /// The mean accuracy of each row over those seeds that have one; `None` where none has.
    pub fn mean_accuracy(&self, split: Split) -> Vec<Option<f64>> {
        (0..self.len())
            .map(|row| self.mean_accuracy_at(split, row))
            .collect()
    }

    /// A row by number, in the order of [`architectures`](Self::architectures).
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        (index < self.len()).then(|| Row::new(self, index))
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|index| Row::new(self, index))
    }

    /// The row of an architecture.
    pub fn find(&self, arch: &str) -> Option<Row<'_>> {
        let found = self
            .architectures
            .binary_search_by(|known| known.as_str().cmp(arch));
        found.ok().map(|index| Row::new(self, index))
    }

    /// The row of highest mean accuracy among those that cost no more than the budget.
    ///
    /// Of equal ones the cheapest, of equally cheap ones the first. `None` where no row with an
    /// accuracy fits.
    pub fn best_under(&self, cost: Cost, budget: u64, split: Split) -> Option<Row<'_>> {
        let query = Query::new(split).at_most(cost, budget).top(1);
        self.query(&query).into_iter().next()
    }

    pub(crate) fn cost_at(&self, cost: Cost, row: usize) -> Option<u64> {
        match cost {
            Cost::Flops => self.flops[row],
            Cost::Params => self.params[row],
            Cost::Depth => self.depth[row].map(u64::from),
        }
    }

    pub(crate) fn mean_accuracy_at(&self, split: Split, row: usize) -> Option<f64> {
        Row::new(self, row).runs(split).map(|runs| runs.mean)
    }

    fn unknown_proxy(&self, name: &str) -> Error {
        Error::UnknownProxy {
            name: name.into(),
            known: list(self.proxies()),
        }
    }
}

#[cfg(test)]
mod tests;
