//! The networks of a table that can be judged: those with a test accuracy and every score.

use nbzero_metrics::{Accuracies, Costs, Direction, Scores};
use nbzero_table::{Cost, Row, Split, Table};

use crate::{Error, OwnScores, Result};

/// Rows of a table with ground truth, and their columns.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    table: &'a Table,
    rows: Vec<usize>,
    /// Rows with an accuracy that were left out because somebody has not scored them.
    pub(crate) unscored: usize,
    /// Mean test accuracy over the seeds that a network has, in percent.
    pub(crate) accuracies: Accuracies,
}

impl<'a> Pool<'a> {
    /// The networks with an accuracy that all proxies have scored.
    ///
    /// A score that turned out undefined counts, as the last rank. One that nobody computed does
    /// not: published tables have the scores of some of their networks only, and to rank the others
    /// last would judge that choice.
    pub(crate) fn new(table: &'a Table) -> Result<Self> {
        let all = Self::with_accuracy(table)?;
        let mut scored = vec![true; table.len()];
        for proxy in table.proxies() {
            for (scored, score) in scored.iter_mut().zip(table.scores(proxy)?) {
                *scored &= !score.is_missing();
            }
        }
        let kept = all.rows.iter().enumerate();
        let kept = kept.filter(|(_, row)| scored[**row]);
        let kept: Vec<usize> = kept.map(|(index, _)| index).collect();
        // Where each network lacks some score there is nothing better than all of them.
        if kept.is_empty() || kept.len() == all.len() {
            return Ok(all);
        }
        Ok(Self {
            table,
            rows: kept.iter().map(|index| all.rows[*index]).collect(),
            unscored: all.len() - kept.len(),
            accuracies: all.accuracies.select(&kept),
        })
    }

    /// All networks with an accuracy, whether scored or not.
    pub(crate) fn with_accuracy(table: &'a Table) -> Result<Self> {
        if table.predicted().is_some() {
            let networks = table.len();
            return Err(Error::Predicted { networks });
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
            table,
            accuracies: Accuracies::new(&truth)?,
            rows,
            unscored: 0,
        })
    }

    pub(crate) fn table(&self) -> &'a Table {
        self.table
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A network of the pool.
    pub(crate) fn row(&self, index: usize) -> Option<Row<'a>> {
        self.table.row(*self.rows.get(index)?)
    }

    /// Number of training runs behind the accuracies.
    pub(crate) fn runs(&self) -> Result<usize> {
        let mut runs = 0;
        for &seed in self.table.seeds() {
            let column = self.table.accuracy(Split::Test, seed)?;
            runs += self
                .rows
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

    /// What the networks cost.
    pub(crate) fn costs(&self, cost: Cost) -> Result<Costs> {
        Ok(Costs::new(&self.cost_column(cost))?)
    }

    /// A cost as a proxy: the more the better.
    pub(crate) fn cost_scores(&self, cost: Cost) -> Scores {
        Scores::new(&self.cost_column(cost), Direction::Higher)
    }

    pub(crate) fn direction(&self, proxy: &str) -> Result<Direction> {
        Ok(match self.table.direction(proxy)? {
            nbzero_table::Direction::Higher => Direction::Higher,
            nbzero_table::Direction::Lower => Direction::Lower,
        })
    }

    pub(crate) fn proxy(&self, name: &str) -> Result<Scores> {
        let all = self.table.score_values(name)?;
        let values: Vec<f64> = self.rows.iter().map(|&row| all[row]).collect();
        Ok(Scores::new(&values, self.direction(name)?))
    }

    /// The scores of the pool's networks. Those without rank last: a column of one's own does not
    /// decide which networks are judged.
    pub(crate) fn own(&self, own: &OwnScores) -> Scores {
        let values: Vec<f64> = self.rows.iter().map(|&row| own.values[row]).collect();
        Scores::new(&values, own.direction)
    }

    fn cost_column(&self, cost: Cost) -> Vec<f64> {
        let all = self.table.costs(cost);
        self.rows.iter().map(|&row| all[row] as f64).collect()
    }
}
