//! Zen-score: how strongly a random network of this shape responds to a small change.
//!
//! - **Formula**: ln of the mean over images of the 1-norm of f(x) - f(x + 0.01 e), plus the sum
//!   over batch norms of 0.5 ln of the mean over channels of the biased variance of their input
//!   (on the pass of x); x, e and all weights standard normal, scales 1, shifts 0, no residual
//!   links (of a sum that is a residual addition only the branch is left, other sums stay), f the
//!   features before pooling; mean over repeats, with its 95% interval
//! - **Source**: Lin et al. 2021; idstcv/ZenNAS, `ZeroShotProxy/compute_zen_score.py`
//! - **Deviations**: variances of the batch (divided by its size), not running averages of them;
//!   the network that is scored keeps its weights, repeats are made on networks of their own
//! - **Direction**: higher is better
//! - **Sweep**: noise; 32 repeats of 16 images, or fewer where
//!   [`Settings::zen_precision`](crate::Settings::zen_precision) asks for no more. A batch with a
//!   perturbation is measured once, on the network's own parameters
//! - **Cost**: two forward passes a repeat, and its random numbers

use crate::score::finite;
use crate::{Definition, Direction, Interval, Needs, NoisePair, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Zen {
    repeats: Vec<f64>,
}

impl Proxy for Zen {
    fn definition(&self) -> Definition {
        Definition {
            name: "zen",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Noise,
            year: Some(2021),
            needs: Needs::Nothing,
        }
    }

    fn noise(&mut self, pair: &NoisePair) {
        let change = (pair.features.clone() - pair.perturbed.clone()).abs();
        let norms = change.sum_dims(&[1, 2, 3]);
        let norm = norms.mean().into_scalar::<f64>();
        let scales: f64 = pair.variances.iter().map(|v| 0.5 * v.ln()).sum();
        self.repeats.push(norm.ln() + scales);
    }

    fn score(&mut self) -> Score {
        if self.repeats.is_empty() {
            return Err(Undefined::NotApplicable("no repeat"));
        }
        finite(self.repeats.iter().sum::<f64>() / self.repeats.len() as f64)
    }

    fn interval(&self) -> Option<Interval> {
        Interval::of_mean(&self.repeats)
    }
}
