//! A table at a glance.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::predicted::Predicted;
use crate::{Cost, Noise, PredictedSummary, Score, Split, Table};

/// What a table holds, in a few numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Number of rows.
    pub architectures: usize,
    /// The range of each cost, over the networks of which it is known.
    pub costs: BTreeMap<Cost, Range<u64>>,
    /// The accuracies on each split.
    pub accuracies: BTreeMap<Split, Accuracies>,
    /// Number of training runs that diverged.
    pub diverged: usize,
    /// By proxy, the share of rows where its score is defined, from 0 to 1.
    pub coverage: BTreeMap<String, f64>,
    /// What was predicted; `None` (absent in JSON) where accuracies were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted: Option<PredictedSummary>,
}

/// The accuracies of a table on one split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Accuracies {
    /// By seed, the number of networks that have an accuracy.
    pub runs: BTreeMap<u64, usize>,
    /// The range of the networks' mean accuracies, in percent; `None` where there are none.
    pub means: Option<Range<f64>>,
    /// How far accuracies differ from seed to seed; `None` where no network has two seeds.
    pub noise: Option<Noise>,
}

/// The lowest, the middle and the highest of some values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range<T> {
    /// The lowest.
    pub least: T,
    /// The middle one; of an even number the mean of the two, rounded down where it is a count.
    pub median: T,
    /// The highest.
    pub most: T,
}

impl<T: Copy> Range<T> {
    /// `None` where there are no values; they come in ascending order.
    fn of(sorted: &[T], midpoint: fn(T, T) -> T) -> Option<Self> {
        Some(Self {
            least: *sorted.first()?,
            median: midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]),
            most: *sorted.last()?,
        })
    }
}

impl Table {
    /// The table at a glance.
    ///
    /// ```
    /// # fn show(table: &nbzero_table::Table) {
    /// use nbzero_table::Cost;
    ///
    /// let summary = table.summary();
    /// let flops = &summary.costs[&Cost::Flops];
    /// println!("{} networks, up to {} FLOPs", summary.architectures, flops.most);
    /// # }
    /// ```
    pub fn summary(&self) -> Summary {
        let range = |cost| {
            let mut values: Vec<u64> = self.costs(cost).into_iter().flatten().collect();
            values.sort_unstable();
            Some((cost, Range::of(&values, u64::midpoint)?))
        };
        let splits = Split::ALL.into_iter();
        Summary {
            architectures: self.len(),
            costs: Cost::ALL.into_iter().filter_map(range).collect(),
            accuracies: splits
                .map(|split| (split, self.accuracies_on(split)))
                .collect(),
            diverged: self.diverged_runs(),
            coverage: self
                .scores
                .iter()
                .map(|(name, scores)| (name.clone(), defined_share(scores)))
                .collect(),
            predicted: self.predicted().map(Predicted::summary),
        }
    }

    fn accuracies_on(&self, split: Split) -> Accuracies {
        let columns = self.accuracies.iter().filter(|((of, _), _)| *of == split);
        let means = self.mean_accuracy(split).into_iter().flatten().collect();
        Accuracies {
            runs: columns
                .map(|(&(_, seed), column)| (seed, column.iter().flatten().count()))
                .collect(),
            means: range_of(means),
            noise: self.noise(split),
        }
    }
}

/// The range of numbers in any order; `None` where there are none.
pub(crate) fn range_of(mut values: Vec<f64>) -> Option<Range<f64>> {
    values.sort_by(f64::total_cmp);
    Range::of(&values, f64::midpoint)
}

/// The share of scores that are defined, from 0 to 1.
pub(crate) fn defined_share(scores: &[Score]) -> f64 {
    let defined = scores.iter().filter(|score| score.value().is_some());
    defined.count() as f64 / scores.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::table;

    #[test]
    fn a_table_is_summed_up() {
        let summary = table().summary();
        assert_eq!(summary.architectures, 2);
        assert_eq!(
            summary.costs[&Cost::Flops],
            Range {
                least: 11_000,
                median: 14_500,
                most: 18_000
            }
        );
        let test = &summary.accuracies[&Split::Test];
        assert_eq!(test.runs, [(0, 2), (1, 1)].into());
        assert_eq!(test.means.map(|means| means.most), Some(70.0));
        assert_eq!(summary.diverged, 1);
        assert_eq!(test.noise.map(|noise| noise.networks), Some(1));
        assert_eq!(summary.coverage["grasp"].to_bits(), 0.0_f64.to_bits());
        assert_eq!(summary.coverage["snip"].to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_summary_is_json() -> serde_json::Result<()> {
        let json = serde_json::to_value(table().summary())?;
        assert_eq!(json["costs"]["flops"]["most"], 18_000);
        assert_eq!(json["accuracies"]["test"]["runs"]["1"], 1);
        Ok(())
    }
}
