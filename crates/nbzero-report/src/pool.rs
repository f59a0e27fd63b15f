//! The networks of a table that can be judged: those with a test accuracy, or a predicted one with joint draws,
//! and every score.

use nbzero_metrics::{Accuracies, Costs, Direction, Scores};
use nbzero_table::{Cost, Row, Score, Split, Table};

use crate::number::cost_name;
use crate::{Error, OwnScores, Result};

/// Rows of a table with ground truth, and their columns.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    table: &'a Table,
    rows: Vec<usize>,
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
        let all = all.scored_by(own).ok_or(Error::NotScoredTogether)?;
        let proxies = table.proxies().map(|proxy| table.scores(proxy));
        let proxies = proxies.collect::<Result<Vec<_>, _>>()?;
        // Where each network lacks some score of the table's there is nothing better than all of them.
        all.scored_by(proxies).unwrap_or(all).rankable()
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

    /// Those of its networks that each of the columns, one score a network of the table, has scored;
    /// `None` if there are none.
    fn scored_by<'s>(&self, columns: impl IntoIterator<Item = &'s [Score]>) -> Option<Self> {
        let mut kept: Vec<usize> = (0..self.len()).collect();
        for column in columns {
            kept.retain(|&index| !column[self.rows[index]].is_missing());
        }
        (!kept.is_empty()).then(|| Self {
            table: self.table,
            rows: kept.iter().map(|&index| self.rows[index]).collect(),
            unscored: self.unscored + self.len() - kept.len(),
            accuracies: self.accuracies.select(&kept),
        })
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
                table,
                rows: (0..table.len()).collect(),
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
            table,
            accuracies: Accuracies::new(&truth)?,
            rows,
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

    /// The scores of the pool's networks.
    pub(crate) fn own(&self, own: &OwnScores) -> Scores {
        let value = |&row: &usize| own.scores[row].value().unwrap_or(f64::NAN);
        let values: Vec<f64> = self.rows.iter().map(value).collect();
        Scores::new(&values, own.direction)
    }

    fn cost_column(&self, cost: Cost) -> Result<Vec<f64>> {
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
