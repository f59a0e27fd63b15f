//! Rank correlations of a pool and of its resamples.

use crate::hybrid::check;
use crate::kendall::tau_b_of_levels;
use crate::levels::{doubled_ranks, level_count, levels};
use crate::top::top_size;
use crate::{Accuracies, Error, Scores};

/// Scores and accuracies of a pool, sorted once, for the rank correlations of many resamples.
///
/// A resample says how often it draws each network, as [`Bootstrap::counts`](crate::Bootstrap::counts)
/// does; all ones is the pool itself. The values are those of [`kendall`](crate::kendall) and
/// [`spearman`](crate::spearman) on the drawn rows; undefined scores rank last, tied with each other.
///
/// ```
/// use nbzero_metrics::{Accuracies, Bootstrap, Direction, Interval, RankedPair, Scores};
///
/// let scores = Scores::new(&[1.0, 2.0, 4.0, 3.0], Direction::Higher);
/// let pair = RankedPair::new(&scores, &Accuracies::new(&[10.0, 20.0, 30.0, 40.0])?)?;
/// let tau = pair.kendall(&[1; 4]);
/// assert!(tau.is_some_and(|tau| (tau - 4.0 / 6.0).abs() < 1e-12));
/// let resamples = Bootstrap::default().counts(4);
/// let interval = Interval::of(resamples.iter().map(|counts| pair.kendall(counts)));
/// assert!(interval.is_some_and(|interval| interval.low < interval.high));
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RankedPair {
    /// The networks in the order of their scores, those of one score in that of their accuracies.
    order: Vec<u32>,
    /// Levels of the scores.
    scores: Vec<u32>,
    /// Levels of the accuracies.
    accuracies: Vec<u32>,
}

impl RankedPair {
    /// Sorts both columns.
    ///
    /// # Errors
    ///
    /// If they differ in length, or there are too many networks.
    pub fn new(scores: &Scores, accuracies: &Accuracies) -> Result<Self, Error> {
        let rows = check(&[scores])?;
        let accuracies = levels(accuracies.check_len(rows)?);
        let scores = levels(scores.ranking());
        let mut order: Vec<u32> = (0..).take(rows).collect();
        order.sort_unstable_by_key(|&row| (scores[row as usize], accuracies[row as usize], row));
        Ok(Self {
            order,
            scores,
            accuracies,
        })
    }

    /// Kendall's tau-b of the drawn networks; `None` where a column is constant.
    ///
    /// # Panics
    ///
    /// If there is not one count a network.
    pub fn kendall(&self, counts: &[u32]) -> Option<f64> {
        self.check_counts(counts);
        self.kendall_of(counts, 0)
    }

    /// Kendall's tau-b among the drawn networks of the highest accuracies: a proportion of them, rounded
    /// up, and those that tie with the last. What a proxy knows of the networks that matter.
    ///
    /// # Errors
    ///
    /// If the proportion is not above 0 and at most 1, or nothing is drawn.
    ///
    /// # Panics
    ///
    /// If there is not one count a network.
    pub fn kendall_of_top(&self, counts: &[u32], proportion: f64) -> Result<Option<f64>, Error> {
        self.check_counts(counts);
        let mut drawn = vec![0_usize; level_count(&self.accuracies)];
        for (&level, &count) in self.accuracies.iter().zip(counts) {
            drawn[level as usize] += count as usize;
        }
        let wanted = top_size(drawn.iter().sum(), proportion)?;
        let mut above = 0;
        let edge = (0..drawn.len()).rev().find(|&level| {
            above += drawn[level];
            above >= wanted
        });
        Ok(self.kendall_of(counts, edge.unwrap_or_default()))
    }

    /// Spearman's correlation of the drawn networks; `None` where a column is constant.
    ///
    /// # Panics
    ///
    /// If there is not one count a network.
    pub fn spearman(&self, counts: &[u32]) -> Option<f64> {
        self.check_counts(counts);
        // Ranks of n networks have the mean (n + 1) / 2.
        let mean = counts.iter().map(|&count| f64::from(count)).sum::<f64>() + 1.0;
        let ranks = |levels: &[u32]| doubled_ranks(levels, counts);
        let pairs = ranks(&self.scores).into_iter().zip(ranks(&self.accuracies));
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for ((x, y), &count) in pairs.zip(counts).filter(|(_, count)| **count > 0) {
            let (x, y, count) = (f64::from(x) - mean, f64::from(y) - mean, f64::from(count));
            xx += count * x * x;
            yy += count * y * y;
            xy += count * x * y;
        }
        (xx > 0.0 && yy > 0.0).then(|| (xy / xx.sqrt() / yy.sqrt()).clamp(-1.0, 1.0))
    }

    /// Of the drawn networks whose level of accuracy is at least `least`.
    fn kendall_of(&self, counts: &[u32], least: usize) -> Option<f64> {
        let rows = self.order.iter().map(|&row| row as usize);
        let rows = rows.filter(|&row| self.accuracies[row] as usize >= least);
        tau_b_of_levels(rows.flat_map(|row| {
            let pair = (self.scores[row], self.accuracies[row]);
            std::iter::repeat_n(pair, counts[row] as usize)
        }))
    }

    fn check_counts(&self, counts: &[u32]) {
        assert_eq!(counts.len(), self.order.len(), "one count a network");
    }
}
