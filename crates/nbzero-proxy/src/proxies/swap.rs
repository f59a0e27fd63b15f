//! How many activations respond to the images in their own way.
//!
//! - **Formula**: number of distinct columns of the 0/1 matrix images x activations: which outputs of
//!   every ReLU and ReLU6 are positive; the mean over initialisations, with its 95% interval
//! - **Source**: Peng et al. 2024; pym1024/SWAP at 8d62256, `src/metrics/swap.py`, and
//!   `src/utils/utilities.py` for the standard normal weights
//! - **Deviations**: ReLU6 counts as ReLU does, no other activation function counts. The count is at most 2^images
//! - **Direction**: higher is better
//! - **Sweep**: initialisations; 32 of the batch's first 16 images. A batch with a perturbation is measured
//!   once, all of it, on the network's own parameters
//! - **Cost**: a forward pass an initialisation, its random weights, and sorting the columns

use crate::score::{ONE_IMAGE, finite};
use crate::{Definition, Direction, Interval, Needs, Patterns, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Swap {
    counts: Counts,
}

impl Proxy for Swap {
    fn definition(&self) -> Definition {
        Definition {
            name: "swap",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Initialisations,
            year: Some(2024),
            needs: Needs::Images,
        }
    }

    fn patterns(&mut self, patterns: &Patterns) {
        self.counts.0.push(*patterns);
    }

    fn score(&mut self) -> Score {
        self.counts.mean()
    }

    fn interval(&self) -> Option<Interval> {
        Interval::of_mean(&self.counts.numbers())
    }
}

/// One count an initialisation.
#[derive(Debug, Default)]
pub(super) struct Counts(pub(super) Vec<Patterns>);

impl Counts {
    pub(super) fn numbers(&self) -> Vec<f64> {
        self.0.iter().map(|one| one.distinct as f64).collect()
    }

    pub(super) fn mean(&self) -> Score {
        match self.0.first() {
            None => return Err(Undefined::NotApplicable("no initialisation")),
            Some(one) if one.activations == 0 => {
                return Err(Undefined::NotApplicable("no ReLU"));
            }
            Some(one) if one.images < 2 => return Err(ONE_IMAGE),
            Some(_) => {}
        }
        if self.0.iter().any(|one| !one.is_finite) {
            return Err(Undefined::NotFinite);
        }
        finite(self.numbers().iter().sum::<f64>() / self.0.len() as f64)
    }
}
