//! Percentile bootstrap intervals of any index.

use serde::{Deserialize, Serialize};
use statrs::statistics::{Data, OrderStatistics};

use crate::random::SplitMix64;

/// How to bootstrap; the same settings give the same interval on every machine.
///
/// | parameter | default | range |
/// |---|---|---|
/// | `resamples` | 1000 | at least 1 to be of use |
/// | `seed` | 0 | any |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of pools drawn with replacement.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            resamples: 1000,
            seed: 0,
        }
    }
}

/// One pool that a bootstrap draws.
#[derive(Debug, Clone, Copy)]
pub struct Resample<'a> {
    /// Which of the bootstrap's pools it is, from 0.
    pub number: usize,
    /// The rows drawn, with replacement.
    pub rows: &'a [usize],
}

impl Resample<'_> {
    /// Of what was drawn jointly for all rows the one that belongs to this resample.
    pub(crate) fn draw_of<T>(self, draws: &[T]) -> Option<&T> {
        draws.get(self.number.checked_rem(draws.len())?)
    }
}

/// A 95% interval: what the index would be for other pools of this size from the same population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The 2.5% quantile of the resampled index, in its unit.
    pub low: f64,
    /// The 97.5% quantile.
    pub high: f64,
    /// Number of resamples drawn.
    pub resamples: usize,
    /// Number of them for which the index was defined; the quantiles are of these.
    pub defined: usize,
}

impl Bootstrap {
    /// The 95% percentile interval of an index of a pool of `rows` networks.
    ///
    /// Each [`Resample`] draws `rows` rows with replacement; `index` returns the index of those rows, or
    /// `None` where it is undefined. The result is `None` if it never is defined or if there are no rows. Everything that depends on the pool (mBR's budgets, ranks) is
    /// computed anew from each resample. A row drawn twice ties with itself, which makes ranks in
    /// pools of a few dozen networks look a little better than they are.
    ///
    /// Source: Efron 1979, percentile method; quantiles are Hyndman and Fan's type 8.
    ///
    /// ```
    /// use nbzero_metrics::{Accuracies, Bootstrap, Direction, Scores, kendall};
    ///
    /// let values = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0];
    /// let scores = Scores::new(&values, Direction::Higher);
    /// let accuracies = Accuracies::new(&values.map(f64::sqrt))?;
    /// let interval = Bootstrap::default().interval(values.len(), |resample| {
    ///     let scores = scores.select(resample.rows);
    ///     kendall(&scores, &accuracies.resampled(resample)).ok()?.value
    /// });
    /// assert_eq!(interval.map(|i| (i.low, i.high)), Some((1.0, 1.0)));
    /// # Ok::<(), nbzero_metrics::Error>(())
    /// ```
    pub fn interval(
        &self,
        rows: usize,
        mut index: impl FnMut(Resample<'_>) -> Option<f64>,
    ) -> Option<Interval> {
        let mut values = Vec::with_capacity(self.resamples);
        self.each_resample(rows, |resample| values.push(index(resample)));
        Interval::of(values)
    }

    /// Shows each resample to `see`, one after another: `rows` rows, drawn with replacement; none if there
    /// are no rows to draw from. The draws are those of
    /// [`interval`](Self::interval), for several indices of one resample or a difference of two.
    pub fn each_resample(&self, rows: usize, mut see: impl FnMut(Resample<'_>)) {
        if rows == 0 {
            return;
        }
        let mut random = SplitMix64::new(self.seed);
        let mut drawn = vec![0; rows];
        for number in 0..self.resamples {
            drawn.fill_with(|| random.below(rows));
            let rows = &drawn;
            see(Resample { number, rows });
        }
    }

    /// How often each resample draws each of so many rows: one entry a resample, for indices that
    /// [weigh rows](crate::RankedPair). The draws are those of [`interval`](Self::interval).
    pub fn counts(&self, rows: usize) -> Vec<Vec<u32>> {
        let mut all = Vec::with_capacity(self.resamples);
        self.each_resample(rows, |resample| {
            let mut counts = vec![0; rows];
            for &row in resample.rows {
                counts[row] += 1;
            }
            all.push(counts);
        });
        all
    }
}

impl Interval {
    /// The interval of an index whose values on resamples are these, `None` where it is undefined;
    /// none if it never is defined.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let mut resamples = 0;
        let defined: Vec<f64> = values
            .into_iter()
            .inspect(|_| resamples += 1)
            .flatten()
            .collect();
        if defined.is_empty() {
            return None;
        }
        let count = defined.len();
        let mut values = Data::new(defined);
        Some(Self {
            low: values.quantile(0.025),
            high: values.quantile(0.975),
            resamples,
            defined: count,
        })
    }
}
