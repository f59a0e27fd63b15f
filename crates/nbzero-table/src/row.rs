//! One architecture of a table.

use crate::{Cost, Result, Runs, Score, Split, StageAttributes, Table};

/// One architecture of a table, with everything the table knows about it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    index: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(table: &'a Table, index: usize) -> Self {
        Self { table, index }
    }

    pub(crate) fn table(&self) -> &'a Table {
        self.table
    }

    /// The row's number.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The architecture string.
    pub fn arch(&self) -> &'a str {
        &self.table.architectures[self.index]
    }

    /// Multiply-accumulates for one image; `None` where nobody knows them.
    pub fn flops(&self) -> Option<u64> {
        self.table.flops[self.index]
    }

    /// Trainable parameters; `None` where nobody knows them.
    pub fn params(&self) -> Option<u64> {
        self.table.params[self.index]
    }

    /// Convolution and linear layers; `None` where nobody knows them.
    pub fn depth(&self) -> Option<u32> {
        self.table.depth[self.index]
    }

    /// A cost by name; `None` where nobody knows it.
    pub fn cost(&self, cost: Cost) -> Option<u64> {
        self.table.cost_at(cost, self.index)
    }

    /// The stages, first to last.
    pub fn stages(&self) -> &'a [StageAttributes] {
        &self.table.stages[self.index]
    }

    /// A score by name.
    ///
    /// # Errors
    ///
    /// If the table has none of that name; the error lists those that exist.
    pub fn score(&self, proxy: &str) -> Result<&'a Score> {
        Ok(&self.table.scores(proxy)?[self.index])
    }

    /// All scores, ascending by name.
    pub fn scores(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a Score)> + use<'a> {
        let index = self.index;
        self.table
            .scores
            .iter()
            .map(move |(name, column)| (name.as_str(), &column[index]))
    }

    /// The accuracy in percent; `None`: not trained, not measured, or diverged.
    ///
    /// # Errors
    ///
    /// If the table does not have that seed; the error lists those that it has.
    pub fn accuracy(&self, split: Split, seed: u64) -> Result<Option<f64>> {
        Ok(self.table.accuracy(split, seed)?[self.index])
    }

    /// The seeds that have an accuracy, with it.
    pub fn accuracies(&self, split: Split) -> impl Iterator<Item = (u64, f64)> + use<'a> {
        let (table, index) = (self.table, self.index);
        let seeds = table.seeds().iter();
        seeds.filter_map(move |&seed| Some((seed, table.accuracies.get(&(split, seed))?[index]?)))
    }

    /// Mean and standard deviation of the accuracies over the seeds; `None` where there are none.
    ///
    /// ```
    /// # fn show(table: &nbzero_table::Table) -> Option<()> {
    /// use nbzero_table::Split;
    ///
    /// let runs = table.find("r1:8:8x1s2,16x1s2,32x1s2")?.runs(Split::Test)?;
    /// println!("{} over {} seeds, deviation {:?}", runs.mean, runs.count, runs.deviation);
    /// # Some(())
    /// # }
    /// ```
    pub fn runs(&self, split: Split) -> Option<Runs> {
        let values: Vec<f64> = self.accuracies(split).map(|(_, value)| value).collect();
        Runs::of(&values)
    }

    /// The mean accuracy over those seeds that have one; `None` where none has.
    pub fn mean_accuracy(&self, split: Split) -> Option<f64> {
        self.table.mean_accuracy_at(split, self.index)
    }
}
