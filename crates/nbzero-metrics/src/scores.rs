//! A proxy's scores, oriented so that higher is better.

use serde::{Deserialize, Serialize};

use crate::random::SplitMix64;

/// Which scores of a proxy are the better ones.
///
/// Fixed by the proxy's definition, never by looking at the accuracies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A higher score promises a higher accuracy.
    Higher,
    /// A lower score promises a higher accuracy (`ntk`).
    Lower,
}

/// A checked column of scores, one a network, oriented so that higher is better.
///
/// A value that is not finite (NaN, infinite) means that the proxy is *undefined* for that
/// network. Undefined scores rank last: below every defined one and tied with each other.
///
/// ```
/// use nbzero_metrics::{Direction, Scores};
///
/// let scores = Scores::new(&[3.0, f64::NAN, 1.0, 2.0], Direction::Lower);
/// assert_eq!(scores.coverage(), 0.75);
/// assert_eq!(scores.oriented(0), Some(-3.0));
/// assert_eq!(scores.oriented(1), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Higher is better; negative infinity stands for undefined, so that it ranks last.
    oriented: Vec<f64>,
}

impl Scores {
    /// Orients `values`: those of [`Direction::Lower`] are negated.
    pub fn new(values: &[f64], direction: Direction) -> Self {
        // Adding 0 makes -0 into +0, so that `total_cmp` ties exactly what `==` ties.
        let orient = |&value: &f64| match direction {
            _ if !value.is_finite() => f64::NEG_INFINITY,
            Direction::Higher => value + 0.0,
            Direction::Lower => -value + 0.0,
        };
        Self {
            oriented: values.iter().map(orient).collect(),
        }
    }

    /// Scores drawn at random, one a network, uniform from 0 to 1: what every proxy should beat. The same
    /// seed gives the same scores on every machine.
    pub fn random(networks: usize, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        Self {
            oriented: (0..networks).map(|_| random.share()).collect(),
        }
    }

    /// Number of networks, those with an undefined score included.
    pub fn len(&self) -> usize {
        self.oriented.len()
    }

    /// Whether there are no networks.
    pub fn is_empty(&self) -> bool {
        self.oriented.is_empty()
    }

    /// The oriented score of a row (higher is better); `None` where it is undefined.
    ///
    /// # Panics
    ///
    /// If the row is not in the column.
    pub fn oriented(&self, row: usize) -> Option<f64> {
        let value = self.oriented[row];
        value.is_finite().then_some(value)
    }

    /// Number of networks with a defined score.
    pub fn defined(&self) -> usize {
        self.oriented.iter().filter(|v| v.is_finite()).count()
    }

    /// Fraction of networks with a defined score, from 0 to 1; 1 for an empty column.
    pub fn coverage(&self) -> f64 {
        if self.is_empty() {
            return 1.0;
        }
        self.defined() as f64 / self.len() as f64
    }

    /// Whether some networks rank above others. Scores that are all the same, or all undefined, do not: they
    /// have no correlation, and what they pick is any network.
    pub fn tell_apart(&self) -> bool {
        let mut neighbours = self.oriented.windows(2);
        neighbours.any(|two| two[0].total_cmp(&two[1]).is_ne())
    }

    /// The given rows, in that order; a row may be repeated, as a bootstrap does.
    ///
    /// # Panics
    ///
    /// If a row is not in the column.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            oriented: rows.iter().map(|&row| self.oriented[row]).collect(),
        }
    }

    /// The oriented values, negative infinity where undefined: an order in which undefined is last.
    pub(crate) fn ranking(&self) -> &[f64] {
        &self.oriented
    }
}
