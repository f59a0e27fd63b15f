//! Trainings that ended without an accuracy.

use serde::{Deserialize, Serialize};

use crate::{Row, Table};

/// A training run that diverged: it has no accuracy, and that is not for want of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Diverged {
    /// The row of the network.
    pub(crate) row: u32,
    /// The seed of the run.
    pub(crate) seed: u64,
    /// The epoch in which it happened, counted from 1.
    pub(crate) epoch: u32,
}

impl Table {
    /// Number of training runs that diverged.
    ///
    /// They have no part in a mean accuracy. Where there are many, the networks that are left are
    /// those that train easily.
    pub fn diverged_runs(&self) -> usize {
        self.diverged.len()
    }
}

impl<'a> Row<'a> {
    /// The seeds whose training diverged, ascending, each with the epoch (counted from 1).
    pub fn diverged(&self) -> impl Iterator<Item = (u64, u32)> + use<'a> {
        let index = self.index();
        let runs = &self.table().diverged;
        let first = runs.partition_point(|run| (run.row as usize) < index);
        let ours = runs[first..].iter();
        let ours = ours.take_while(move |run| run.row as usize == index);
        ours.map(|run| (run.seed, run.epoch))
    }
}
