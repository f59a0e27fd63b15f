//! The bootstrap of many mBRs at once.

use super::pool::{Columns, Judge, check_draws};
use crate::{Bootstrap, Error, Pool, Resample, Subset};

impl Pool {
    /// The mBR of each subset on each of the pools that `bootstrap` draws: one row a resample, one
    /// column a subset.
    ///
    /// The draws are those of [`Bootstrap::interval`], and so are the values; budgets and ranks are
    /// computed anew from each resample. All subsets see the same resamples, so that differences
    /// between columns are paired. Get an interval of a column, or of a difference, from
    /// [`Interval::of`](crate::Interval::of).
    ///
    /// ```
    /// # use nbzero_metrics::{Accuracies, Costs, Direction, Pool, RankScale, Scores, Subset};
    /// use nbzero_metrics::{Bootstrap, Interval};
    ///
    /// # let proxy = |values: &[f64]| Scores::new(values, Direction::Higher);
    /// # let (a, b) = (proxy(&[1.0, 4.0, 3.0, 2.0]), proxy(&[1.0, 2.0, 4.0, 3.0]));
    /// # let accuracies = Accuracies::new(&[60.0, 65.0, 70.0, 69.0])?;
    /// # let costs = Costs::new(&[1.0, 2.0, 3.0, 4.0])?;
    /// # let pool = Pool::new(&[&a, &b], &accuracies, &costs, 1, RankScale::Candidates)?;
    /// let (alone, both) = (Subset::new(&[0])?, Subset::new(&[0, 1])?);
    /// let resampled = pool.resampled(&[alone, both], &Bootstrap::default())?;
    /// let gains = resampled.iter().map(|mbr| mbr[0] - mbr[1]);
    /// let gain = Interval::of(gains.map(Some));
    /// assert!(gain.is_some_and(|gain| gain.low <= 0.5 && 0.5 <= gain.high));
    /// # Ok::<(), nbzero_metrics::Error>(())
    /// ```
    pub fn resampled(
        &self,
        subsets: &[Subset],
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Vec<f64>>, Error> {
        subsets.iter().try_for_each(|s| s.check(self.members()))?;
        let mut values = Vec::with_capacity(bootstrap.resamples);
        bootstrap.each_resample(self.len(), |resample| {
            let columns = self.draw(resample);
            values.push(Judge::new(&columns, self.count, self.scale).subsets(subsets));
        });
        Ok(values)
    }

    /// The [expected mBR](Self::expected_mean_best_ranks) of each subset with each number of draws on
    /// each of the pools that `bootstrap` draws: one row a resample, one column a subset and number of
    /// draws, subset by subset.
    ///
    /// The pools are those of [`resampled`](Self::resampled).
    pub fn resampled_expected(
        &self,
        subsets: &[Subset],
        draws: &[usize],
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Vec<f64>>, Error> {
        subsets.iter().try_for_each(|s| s.check(self.members()))?;
        check_draws(draws)?;
        let mut values = Vec::with_capacity(bootstrap.resamples);
        bootstrap.each_resample(self.len(), |resample| {
            values.push(self.expected(&self.draw(resample), subsets, draws));
        });
        Ok(values)
    }

    /// The columns of the drawn networks, each once, with the number of times that it was drawn.
    fn draw(&self, resample: Resample<'_>) -> Columns {
        let mut weights = vec![0; self.len()];
        for &row in resample.rows {
            weights[self.positions[row] as usize] += 1;
        }
        let drawn = (0..).zip(&weights).filter(|(_, weight)| **weight > 0);
        let drawn: Vec<u32> = drawn.map(|(position, _)| position).collect();
        let select = |column: &Vec<u32>| drawn.iter().map(|&p| column[p as usize]).collect();
        Columns {
            costs: drawn
                .iter()
                .map(|&p| self.columns.costs[p as usize])
                .collect(),
            accuracies: select(
                resample
                    .draw_of(&self.drawn)
                    .unwrap_or(&self.columns.accuracies),
            ),
            members: self.columns.members.iter().map(select).collect(),
            weights: select(&weights),
        }
    }
}
