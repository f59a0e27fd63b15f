//! A number on a pool and on each of its resamples, and arithmetic that keeps them paired.

use nbzero_metrics::Interval;

use crate::Estimate;

/// A number and what it is on each resample, `None` where it is undefined there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) value: f64,
    pub(super) resamples: Vec<Option<f64>>,
}

impl Series {
    /// Of a number that has no pool of its own to be measured on: the mean over its resamples.
    pub(super) fn mean_of(resamples: Vec<Option<f64>>) -> Self {
        let defined: Vec<f64> = resamples.iter().copied().flatten().collect();
        let value = defined.iter().sum::<f64>() / defined.len() as f64;
        Self { value, resamples }
    }

    /// A number made of several: `make` sees the values of all on the pool, then on each resample
    /// that defines them all.
    pub(super) fn combine(all: &[&Self], make: impl Fn(&[f64]) -> Option<f64>) -> Self {
        let values: Vec<f64> = all.iter().map(|series| series.value).collect();
        let count = all.iter().map(|s| s.resamples.len()).min().unwrap_or(0);
        let resample = |place: usize| {
            let values = all.iter().map(|series| series.resamples[place]);
            make(&values.collect::<Option<Vec<f64>>>()?)
        };
        Self {
            value: make(&values).unwrap_or(f64::NAN),
            resamples: (0..count).map(resample).collect(),
        }
    }

    /// This number less another.
    pub(super) fn less(&self, other: &Self) -> Self {
        Self::combine(&[self, other], |v| Some(v[0] - v[1]))
    }

    /// The number with its 95% interval.
    pub(super) fn estimate(&self) -> Estimate {
        Estimate {
            value: self.value,
            interval: Interval::of(self.resamples.iter().copied()),
        }
    }
}

/// The share of the numbers below 0.
pub(super) fn share_below_zero(all: &[Series]) -> Series {
    Series::combine(&all.iter().collect::<Vec<_>>(), |values| {
        let below = values.iter().filter(|value| **value < 0.0).count();
        (!values.is_empty()).then(|| below as f64 / values.len() as f64)
    })
}

/// Spearman's correlation between two lists of numbers, such as the mBR of proxies on two tables.
pub(super) fn order_agreement(one: &[&Series], other: &[&Series]) -> Series {
    let all: Vec<&Series> = one.iter().chain(other).copied().collect();
    Series::combine(&all, |values| {
        let (one, other) = values.split_at(one.len());
        rank_correlation(one, other)
    })
}

/// Spearman's correlation of two columns; `None` if one of them is constant or not finite.
pub(super) fn rank_correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    use nbzero_metrics::{Accuracies, Direction, Scores, spearman};
    let scores = Scores::new(one, Direction::Higher);
    spearman(&scores, &Accuracies::new(other).ok()?).ok()?.value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(value: f64, resamples: &[f64]) -> Series {
        Series {
            value,
            resamples: resamples.iter().copied().map(Some).collect(),
        }
    }

    #[test]
    fn differences_are_paired() {
        let (a, b) = (series(2.0, &[1.0, 5.0]), series(1.0, &[0.0, 4.0]));
        let less = a.less(&b).estimate();
        assert_eq!(less.interval.map(|i| (i.low, i.high)), Some((1.0, 1.0)));
    }

    #[test]
    fn what_a_resample_does_not_define_stays_undefined() {
        let mut a = series(2.0, &[1.0, 5.0]);
        a.resamples[0] = None;
        assert_eq!(a.less(&series(0.0, &[0.0, 0.0])).resamples[0], None);
    }

    #[test]
    fn reversed_orders_disagree() {
        let (low, high) = (series(0.1, &[0.1]), series(0.9, &[0.9]));
        let agreement = order_agreement(&[&low, &high], &[&high, &low]);
        assert!((agreement.value + 1.0).abs() < 1e-12);
    }
}
