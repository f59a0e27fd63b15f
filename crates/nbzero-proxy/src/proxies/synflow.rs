//! Synaptic flow.
//!
//! - **Formula**: sum of |w dR/dw| over convolution and linear weights, R the sum of the outputs
//!   for one all-ones image, batch norm skipped (other norms stay), all parameters absolute
//! - **Source**: Tanaka et al. 2020; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/synflow.py`
//! - **Deviations**: float64 throughout, as there; a sum beyond float64 is undefined, not infinite
//!   (its logarithm, [`log_synflow`](super::log_synflow), is not)
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: one forward and backward pass of one image

use nbzero_model::sweep::LayerFlow;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Synflow {
    terms: Terms,
}

impl Proxy for Synflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
            year: Some(2020),
            needs: Needs::Nothing,
        }
    }

    fn flow(&mut self, layer: &LayerFlow<'_>) {
        self.terms.add(layer);
    }

    fn score(&mut self) -> Score {
        finite(self.terms.sum())
    }
}

/// The layers' terms, each a number and the power of two that it is to be multiplied by.
#[derive(Debug, Default)]
pub(super) struct Terms(Vec<(f64, i64)>);

impl Terms {
    pub(super) fn add(&mut self, layer: &LayerFlow<'_>) {
        let product = layer.weight_gradient.clone() * layer.weight.clone();
        let term = product.abs().sum().into_scalar::<f64>();
        self.0.push((term, layer.exponent));
    }

    /// The sum as a float64: infinite beyond its range.
    pub(super) fn sum(&self) -> f64 {
        let terms = self.0.iter().map(|&(term, power)| scale(term, power));
        terms.sum()
    }

    /// Its natural logarithm, also where it is beyond float64.
    pub(super) fn ln(&self) -> f64 {
        let sum = self.sum();
        if sum.is_normal() {
            return sum.ln();
        }
        let positive = self.0.iter().filter(|(term, _)| *term != 0.0);
        let largest = positive.map(|&(_, power)| power).max().unwrap_or(0);
        let terms = self.0.iter();
        let sum: f64 = terms
            .map(|&(term, power)| scale(term, power - largest))
            .sum();
        sum.ln() + largest as f64 * std::f64::consts::LN_2
    }
}

/// `term` times 2^power; exact, but for numbers too small or large for float64.
fn scale(term: f64, power: i64) -> f64 {
    if term == 0.0 {
        return 0.0;
    }
    // In two steps, each of which is in range wherever the result is.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let power = power.clamp(-4000, 4000) as i32;
    let half = power / 2;
    term * 2.0_f64.powi(half) * 2.0_f64.powi(power - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_reaches_beyond_the_sum() {
        let terms = Terms(vec![(3.0, 0), (0.0, 4000), (2.0, 1)]);
        assert_eq!((terms.sum(), terms.ln()), (7.0, 7.0_f64.ln()));
        for power in [5000_i32, 1024, -1100, -5000] {
            let exponent = i64::from(power);
            let terms = Terms(vec![(1.0, exponent), (0.0, 9000), (6.0, exponent - 1)]);
            let expected = 4.0_f64.ln() + f64::from(power) * std::f64::consts::LN_2;
            let error = (terms.ln() - expected).abs() / expected.abs();
            assert!(error < 1e-15, "{power}: {error}");
        }
        assert!(Terms(vec![(1.0, 5000)]).sum().is_infinite());
        assert!(
            Terms(vec![(0.0, 5000)])
                .ln()
                .total_cmp(&f64::NEG_INFINITY)
                .is_eq()
        );
        assert!(Terms(vec![(f64::NAN, 0)]).ln().is_nan());
    }
}
