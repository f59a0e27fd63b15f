//! How proxies are judged: which budgets, and the two indices under them.

use nbzero_metrics::{Accuracies, Bootstrap, Costs, Interval, Pool, RankScale, Scores, Subset};
use nbzero_table::Cost;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::Result;
use crate::number::fixed;

/// Number of budgets, as in the paper: 20%, 40%, 60%, 80% and 100% of the range of the costs.
pub(crate) const BUDGETS: usize = 5;

/// Number of candidates that the search of expected mBR sees: enough to choose among, and few enough
/// that the index does not rest on the very top of the ranking.
pub(crate) const DRAWS: usize = 10;

/// How to read mBR10, for notes.
pub(crate) const EXPECTED: &str = "mBR10 is what is expected of it in searches that see 10 random \
    candidates under each budget (chance is 0.45), whatever the number of networks";

/// How proxies are judged.
///
/// | parameter | default | range |
/// |---|---|---|
/// | `budgets_on` | FLOPs | FLOPs, params, depth |
/// | `budgets` | 5 | at least 1 |
/// | `draws` | 10 | at least 1 |
/// | `bootstrap` | 1000 resamples, seed 0 | |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judging {
    /// What the budgets limit.
    pub budgets_on: Cost,
    /// Number of budgets, at even steps over the range of the costs.
    pub budgets: usize,
    /// Number m of candidates that the search of expected mBR sees under each budget.
    pub draws: usize,
    /// How intervals are made.
    pub bootstrap: Bootstrap,
}

impl Default for Judging {
    fn default() -> Self {
        Self::from(Bootstrap::default())
    }
}

impl From<Bootstrap> for Judging {
    /// The paper's budgets with a bootstrap of your own.
    fn from(bootstrap: Bootstrap) -> Self {
        Self {
            budgets_on: Cost::Flops,
            budgets: BUDGETS,
            draws: DRAWS,
            bootstrap,
        }
    }
}

impl Judging {
    /// Whether the paper's values under budgets can stand beside these.
    pub(crate) fn is_the_papers(&self) -> bool {
        self.budgets_on == Cost::Flops && self.budgets == BUDGETS
    }

    /// Each budget in whole percent of the range of the costs.
    pub(crate) fn percents(&self) -> impl Iterator<Item = String> {
        let budgets = self.budgets;
        (1..=budgets).map(move |i| fixed(100.0 * i as f64 / budgets as f64, 0))
    }
}

/// A number and its 95% bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The number on the pool itself.
    pub value: f64,
    /// What it would be for other pools of this size; `None` where no resample defines it.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// An index by how often each of so many networks is drawn, on the pool and on its resamples, which may be none;
    /// `None` where the pool has no index.
    pub(crate) fn of_counts(
        networks: usize,
        resamples: &[Vec<u32>],
        index: impl Fn(&[u32]) -> Option<f64>,
    ) -> Option<Self> {
        Some(Self {
            value: index(&vec![1; networks])?,
            interval: Interval::of(resamples.iter().map(|counts| index(counts))),
        })
    }
}

/// Expected mBR of a search that sees `draws` candidates under each budget; in JSON an entry named
/// after their number, `mbr10`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedMbr {
    /// Number of candidates seen.
    pub draws: usize,
    /// The index, from 0 (the oracle) to 1; chance is (m - 1) / 2m.
    pub estimate: Estimate,
}

impl ExpectedMbr {
    /// `mBR10`.
    pub fn name(&self) -> String {
        format!("mBR{}", self.draws)
    }

    /// `mbr10`, as CSV and JSON call it.
    pub fn key(&self) -> String {
        format!("mbr{}", self.draws)
    }
}

impl Serialize for ExpectedMbr {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.key(), &self.estimate)?;
        map.end()
    }
}

/// A number on the pool and on each of its resamples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) value: f64,
    pub(crate) resamples: Vec<f64>,
}

impl Sample {
    pub(crate) fn estimate(&self) -> Estimate {
        Estimate {
            value: self.value,
            interval: Interval::of(self.resamples.iter().copied().map(Some)),
        }
    }

    /// The mean of two numbers of the same resamples.
    fn midpoint(&self, other: &Self) -> Self {
        let pairs = self.resamples.iter().zip(&other.resamples);
        Self {
            value: f64::midpoint(self.value, other.value),
            resamples: pairs.map(|(a, b)| f64::midpoint(*a, *b)).collect(),
        }
    }
}

/// mBR and expected mBR of one proxy, on the same resamples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Indices {
    pub(crate) mbr: Sample,
    pub(crate) expected: Sample,
}

impl Indices {
    pub(crate) fn of(
        scores: &Scores,
        accuracies: &Accuracies,
        costs: &Costs,
        judging: &Judging,
    ) -> Result<Self> {
        let scale = RankScale::default();
        let pool = Pool::new(&[scores], accuracies, costs, judging.budgets, scale)?;
        let (alone, draws) = ([Subset::new(&[0])?], [judging.draws]);
        let sample = |value: Vec<f64>, resamples: Vec<Vec<f64>>| Sample {
            value: value.into_iter().sum(),
            resamples: resamples.into_iter().flatten().collect(),
        };
        Ok(Self {
            mbr: sample(
                pool.mean_best_ranks(&alone)?,
                pool.resampled(&alone, &judging.bootstrap)?,
            ),
            expected: sample(
                pool.expected_mean_best_ranks(&alone, &draws)?,
                pool.resampled_expected(&alone, &draws, &judging.bootstrap)?,
            ),
        })
    }

    /// The means of two proxies' indices on the same resamples.
    pub(crate) fn midpoint(&self, other: &Self) -> Self {
        Self {
            mbr: self.mbr.midpoint(&other.mbr),
            expected: self.expected.midpoint(&other.expected),
        }
    }

    pub(crate) fn expected_mbr(&self, judging: &Judging) -> ExpectedMbr {
        ExpectedMbr {
            draws: judging.draws,
            estimate: self.expected.estimate(),
        }
    }
}
