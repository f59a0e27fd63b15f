//! What can be chosen of the analysis.

use serde::Serialize;

use crate::Error;

/// Parameters of the trees and of the cross-validation.
///
/// | parameter | default | range | meaning |
/// |---|---|---|---|
/// | `rounds` | 100 | at least 1 | trees, each fitted to what the ones before left over |
/// | `eta` | 0.3 | above 0, to 1 | what part of a tree's prediction is added |
/// | `max_depth` | 6 | 1 to 30 | splits from the root to a leaf |
/// | `folds` | 5 | 2 to 100 | parts of the cross-validation |
/// | `seed` | 0 | any | which network is in which part |
///
/// The defaults of the first three are those of Python's `XGBRegressor`; the paper names none. What
/// cannot be chosen: squared error, exact splits (`tree_method = exact`), lambda 1, alpha 0, gamma 0,
/// `min_child_weight` 1, no sampling of rows or columns, `base_score` 0, one thread. Nothing in the
/// training is random.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameters {
    /// Number of trees.
    pub rounds: u16,
    /// Learning rate.
    pub eta: f32,
    /// Greatest depth of a tree.
    pub max_depth: u8,
    /// Number of folds of the cross-validation.
    pub folds: usize,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            rounds: 100,
            eta: 0.3,
            max_depth: 6,
            folds: 5,
            seed: 0,
        }
    }
}

impl Parameters {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |name, value, range| Err(Error::Parameter { name, value, range });
        if self.rounds == 0 {
            return refuse("rounds", 0.0, "of at least 1");
        }
        if !(self.eta > 0.0 && self.eta <= 1.0) {
            return refuse("eta", f64::from(self.eta), "(0, 1]");
        }
        if !(1..=30).contains(&self.max_depth) {
            return refuse("max_depth", f64::from(self.max_depth), "1 to 30");
        }
        if !(2..=100).contains(&self.folds) {
            return refuse("folds", self.folds as f64, "2 to 100");
        }
        Ok(())
    }
}
