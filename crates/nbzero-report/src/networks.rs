//! Networks of a table with their costs and scores, whether or not they have an accuracy.

use nbzero_metrics::{Costs, Direction, Scores};
use nbzero_table::{Cost, Row, Score, Table};

use crate::number::cost_name;
use crate::{Error, OwnScores, Result};

/// Rows of a table, and their columns.
#[derive(Debug, Clone)]
pub(crate) struct Networks<'a> {
    table: &'a Table,
    rows: Vec<usize>,
}

impl<'a> Networks<'a> {
    pub(crate) fn of(table: &'a Table, rows: Vec<usize>) -> Self {
        Self { table, rows }
    }

    /// The networks that all proxies have scored, or all of the table if there are none.
    pub(crate) fn scored(table: &'a Table) -> Result<Self> {
        let all = Self::of(table, (0..table.len()).collect());
        let kept = all.scored_by_all()?;
        Ok(kept.map_or(all.clone(), |kept| all.select(&kept)))
    }

    /// The places of the networks that all proxies of the table have scored; `None` if there are none.
    pub(crate) fn scored_by_all(&self) -> Result<Option<Vec<usize>>> {
        let proxies = self.table.proxies().map(|proxy| self.table.scores(proxy));
        let proxies = proxies.collect::<nbzero_table::Result<Vec<_>>>()?;
        Ok(self.scored_by(proxies))
    }

    /// The places of those that each of the columns, one score a network of the table, has scored;
    /// `None` if there are none.
    pub(crate) fn scored_by<'s>(
        &self,
        columns: impl IntoIterator<Item = &'s [Score]>,
    ) -> Option<Vec<usize>> {
        let mut kept: Vec<usize> = (0..self.len()).collect();
        for column in columns {
            kept.retain(|&index| !column[self.rows[index]].is_missing());
        }
        (!kept.is_empty()).then_some(kept)
    }

    /// Those at the given places.
    pub(crate) fn select(&self, places: &[usize]) -> Self {
        Self::of(self.table, places.iter().map(|&i| self.rows[i]).collect())
    }

    pub(crate) fn table(&self) -> &'a Table {
        self.table
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Their rows in the table.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.rows
    }

    pub(crate) fn row(&self, index: usize) -> Option<Row<'a>> {
        self.table.row(*self.rows.get(index)?)
    }

    /// What the networks cost, if that is known of all of them.
    pub(crate) fn costs(&self, cost: Cost) -> Result<Costs> {
        Ok(Costs::new(&self.cost_column(cost)?)?)
    }

    /// A cost as a proxy, if it is known of all networks: the more the better.
    pub(crate) fn cost_scores(&self, cost: Cost) -> Result<Scores> {
        Ok(Scores::new(&self.cost_column(cost)?, Direction::Higher))
    }

    /// The costs that are known of all networks.
    pub(crate) fn known_costs(&self) -> impl Iterator<Item = Cost> {
        Cost::ALL
            .into_iter()
            .filter(|&cost| self.cost_column(cost).is_ok())
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

    /// Scores of one's own of these networks.
    pub(crate) fn own(&self, own: &OwnScores) -> Scores {
        let value = |&row: &usize| own.scores[row].value().unwrap_or(f64::NAN);
        let values: Vec<f64> = self.rows.iter().map(value).collect();
        Scores::new(&values, own.direction)
    }

    pub(crate) fn cost_column(&self, cost: Cost) -> Result<Vec<f64>> {
        let all = self.table.costs(cost);
        let known = self
            .rows
            .iter()
            .map(|&row| all[row].map(|value| value as f64));
        known
            .collect::<Option<_>>()
            .ok_or_else(|| Error::UnknownCosts {
                cost: cost_name(cost),
                unknown: self.rows.iter().filter(|&&row| all[row].is_none()).count(),
                networks: self.len(),
            })
    }
}
