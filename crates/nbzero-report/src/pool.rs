//! The networks of a table that can be judged: those with a test accuracy, or a predicted one with joint draws,
//! and every score.

use std::ops::Deref;

use nbzero_metrics::{Accuracies, Direction, Scores};
use nbzero_table::{Split, Table};

use crate::networks::Networks;
use crate::{Error, OwnScores, Result};

/// Networks of a table with ground truth.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    networks: Networks<'a>,
    /// Rows with an accuracy that were left out because somebody has not scored them.
    pub(crate) unscored: usize,
    /// Mean test accuracy over the seeds that a network has, in percent; of predictions the expected one.
    pub(crate) accuracies: Accuracies,
}

impl<'a> Pool<'a> {
    /// The networks with an accuracy that all proxies have scored.
    ///
    /// A score that turned out undefined counts, as the last rank. One that nobody computed does
    /// not: published tables have the scores of some of their networks only, and to rank the others
    /// last would judge that choice.
    pub(crate) fn new(table: &'a Table) -> Result<Self> {
        Self::with_own(table, &[])
    }

    /// The networks with an accuracy that all proxies and all columns of one's own have scored.
    pub(crate) fn with_own(table: &'a Table, own: &[OwnScores]) -> Result<Self> {
        let all = Self::with_accuracy(table)?;
        let own = own.iter().map(|own| own.scores.as_slice());
        let kept = all.scored_by(own).ok_or(Error::NotScoredTogether)?;
        let all = all.select(&kept);
        // Where each network lacks some score of the table's there is nothing better than all of them.
        match all.scored_by_all()? {
            Some(kept) => all.select(&kept),
            None => all,
        }
        .rankable()
    }

    /// The pool, unless its accuracies rank nothing: then every index would say as much of any proxy.
    fn rankable(self) -> Result<Self> {
        let accuracies = self.accuracies.values();
        let differs = |pair: &[f64]| pair[0].total_cmp(&pair[1]).is_ne();
        if accuracies.windows(2).any(differs) {
            return Ok(self);
        }
        let networks = self.len();
        Err(Error::NothingToRank { networks })
    }

    /// Its networks at the given places; the others are left out as not scored.
    fn select(&self, kept: &[usize]) -> Self {
        Self {
            networks: self.networks.select(kept),
            unscored: self.unscored + self.len() - kept.len(),
            accuracies: self.accuracies.select(kept),
        }
    }

    /// All networks with an accuracy, whether scored or not.
    pub(crate) fn with_accuracy(table: &'a Table) -> Result<Self> {
        if let Some(predicted) = table.predicted() {
            let draws = predicted.draws();
            if draws.is_empty() {
                let networks = table.len();
                return Err(Error::Predicted { networks });
            }
            return Ok(Self {
                networks: Networks::of(table, (0..table.len()).collect()),
                unscored: 0,
                accuracies: Accuracies::predicted(&predicted.means, &draws)?,
            });
        }
        let truth = table.mean_accuracy(Split::Test);
        let (rows, truth): (Vec<usize>, Vec<f64>) = truth
            .iter()
            .enumerate()
            .filter_map(|(row, accuracy)| Some((row, (*accuracy)?)))
            .unzip();
        if rows.is_empty() {
            let networks = table.len();
            return Err(Error::NoAccuracy { networks });
        }
        Ok(Self {
            networks: Networks::of(table, rows),
            accuracies: Accuracies::new(&truth)?,
            unscored: 0,
        })
    }

    /// The pool, unless its accuracies are predicted.
    pub(crate) fn measured(self) -> Result<Self> {
        if self.accuracies.draws().is_empty() {
            return Ok(self);
        }
        let networks = self.len();
        Err(Error::PredictedHere { networks })
    }

    /// Number of training runs behind the accuracies.
    pub(crate) fn runs(&self) -> Result<usize> {
        let mut runs = 0;
        for &seed in self.table().seeds() {
            let column = self.table().accuracy(Split::Test, seed)?;
            runs += self
                .rows()
                .iter()
                .filter(|row| column[**row].is_some())
                .count();
        }
        Ok(runs)
    }

    /// The accuracies as the scores of an oracle.
    pub(crate) fn oracle(&self) -> Scores {
        Scores::new(self.accuracies.values(), Direction::Higher)
    }
}

impl<'a> Deref for Pool<'a> {
    type Target = Networks<'a>;

    fn deref(&self) -> &Self::Target {
        &self.networks
    }
}
