//! How alike the gradients of two half batches are.
//!
//! - **Formula**: sum over convolutions and linear layers of ln of the sum over weights of
//!   mean |g| / deviation of g, over the gradients g of the mean cross-entropy of the two halves of the
//!   batch; the deviation is that of the population, weights with deviation 0 and layers with sum 0 are
//!   left out
//! - **Source**: Li et al. 2023; SLDGroup/ZiCo, `ZeroShotProxy/compute_zico.py`
//! - **Deviations**: the two batches are the first and the second half of the one that is given; of an odd
//!   number the second has one image more. The paper takes the deviation of |g|, the program of g: the
//!   program is followed
//! - **Direction**: higher is better
//! - **Sweep**: halves; two half batches with their labels
//! - **Cost**: a forward and backward pass of each half in float64, without which the differences of
//!   near gradients are rounding; the first half's weight gradients are held

use burn::tensor::Tensor;
use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Zico {
    terms: Terms,
}

impl Proxy for Zico {
    fn definition(&self) -> Definition {
        Definition {
            name: "zico",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Halves,
            year: Some(2023),
            needs: Needs::Labels,
        }
    }

    fn halves(&mut self, first: &Tensor<4>, second: &LayerGradient<'_>) {
        self.terms.add(first, second);
    }

    fn score(&mut self) -> Score {
        finite(self.terms.sum)
    }
}

/// The sum of the layers' logarithms.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) sum: f64,
}

impl Terms {
    pub(super) fn add(&mut self, first: &Tensor<4>, second: &LayerGradient<'_>) {
        let numbers = |gradient: &Tensor<4>| {
            gradient
                .try_to_vec_as::<f64>()
                .expect("gradients are floats")
        };
        let (first, second) = (numbers(first), numbers(&second.weight_gradient()));
        // Of two numbers the deviation is half of their distance, and halves cancel.
        let ratio = |(a, b): (&f64, &f64)| {
            let distance = (a - b).abs();
            // A number that is none must not look like a weight without deviation.
            (distance != 0.0).then(|| (a.abs() + b.abs()) / distance)
        };
        let sum: f64 = first.iter().zip(&second).filter_map(ratio).sum();
        if sum != 0.0 {
            self.sum += sum.ln();
        }
    }
}
