//! The networks of a table that can be judged: those with a test accuracy.

use nbzero_metrics::{Accuracies, Costs, Direction, Scores};
use nbzero_table::{Cost, Row, Split, Table};

use crate::{Error, Result};

/// Rows of a table with ground truth, and their columns.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    table: &'a Table,
    rows: Vec<usize>,
    /// Mean test accuracy over the seeds that a network has, in percent.
    pub(crate) accuracies: Accuracies,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(table: &'a Table) -> Result<Self> {
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
            runs += column.iter().flatten().count();
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

    fn cost_column(&self, cost: Cost) -> Vec<f64> {
        let all = self.table.costs(cost);
        self.rows.iter().map(|&row| all[row] as f64).collect()
    }
}
