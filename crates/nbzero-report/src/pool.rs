//! The networks of a table that can be judged: those with a test accuracy.

use nbzero_metrics::{Accuracies, Costs, Direction, Scores};
use nbzero_table::{Cost, Split, Table};

use crate::{Error, Result};

/// Rows of a table with ground truth, and their columns.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    table: &'a Table,
    rows: Vec<usize>,
    /// Mean test accuracy over the seeds that a network has, in percent.
    pub(crate) accuracies: Accuracies,
    pub(crate) flops: Costs,
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
        let flops = cost_column(table, Cost::Flops, &rows);
        Ok(Self {
            table,
            accuracies: Accuracies::new(&truth)?,
            flops: Costs::new(&flops)?,
            rows,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
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

    /// A cost as a proxy: the more the better.
    pub(crate) fn cost(&self, cost: Cost) -> Scores {
        let values = cost_column(self.table, cost, &self.rows);
        Scores::new(&values, Direction::Higher)
    }

    pub(crate) fn proxy(&self, name: &str) -> Result<Scores> {
        let all = self.table.score_values(name)?;
        let values: Vec<f64> = self.rows.iter().map(|&row| all[row]).collect();
        let direction = match self.table.direction(name)? {
            nbzero_table::Direction::Higher => Direction::Higher,
            nbzero_table::Direction::Lower => Direction::Lower,
        };
        Ok(Scores::new(&values, direction))
    }
}

fn cost_column(table: &Table, cost: Cost, rows: &[usize]) -> Vec<f64> {
    let all = table.costs(cost);
    rows.iter().map(|&row| all[row] as f64).collect()
}
