//! How differently the activation functions respond to the images.
//!
//! - **Formula**: ln |K|, K = sum over activation functions of c c^T + (1 - c)(1 - c)^T, c the
//!   binary code of each image: which outputs are positive
//! - **Source**: Mellor et al. 2021 (NASWOT); BayesWatch/nas-without-training, `score.py`
//! - **Deviations**: K holds exact counts; images that no activation tells apart make K singular,
//!   which the original reports as minus infinity or as rounding leaves it
//! - **Direction**: higher is better
//! - **Sweep**: forward
//! - **Cost**: a forward pass, and a product of the codes for each activation function

use burn::tensor::Tensor;
use nalgebra::{Cholesky, DMatrix};

use crate::score::finite;
use crate::{Definition, Direction, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Naswot {
    agreements: Option<DMatrix<f64>>,
}

impl Proxy for Naswot {
    fn definition(&self) -> Definition {
        Definition {
            name: "naswot",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Forward,
        }
    }

    fn activation(&mut self, output: &Tensor<4>) {
        let counts = agreements(output);
        self.agreements = Some(match self.agreements.take() {
            Some(sum) => sum + counts,
            None => counts,
        });
    }

    fn score(&mut self) -> Score {
        let kernel = self.agreements.take();
        log_determinant(kernel.ok_or(Undefined::NotApplicable("no activation function"))?)
    }
}

/// For each pair of images the number of outputs on which both are positive or both are not.
///
/// Exact: products of zeros and ones sum to whole numbers, and float32 holds those up to 2^24,
/// more than an image has outputs anywhere.
fn agreements(output: &Tensor<4>) -> DMatrix<f64> {
    let [batch, channels, height, width] = output.dims();
    let outputs = channels * height * width;
    let positive = output.clone().greater_scalar(0.0);
    let codes: Tensor<2> = positive.float().reshape([batch, outputs]);
    let both = codes.clone().matmul(codes.transpose());
    let both = both.try_to_vec_as::<f64>().expect("counts are floats");
    let both = DMatrix::from_vec(batch, batch, both);
    // The other half needs no product: neither = outputs - one's - the other's + both.
    let count = |i: usize| both[(i, i)];
    DMatrix::from_fn(batch, batch, |i, j| {
        outputs as f64 - count(i) - count(j) + 2.0 * both[(i, j)]
    })
}

/// ln |K| of a positive definite matrix of whole numbers.
fn log_determinant(kernel: DMatrix<f64>) -> Score {
    let alike = Undefined::Singular("the activations do not tell some images apart");
    let rounding = kernel.nrows() as f64 * f64::EPSILON * kernel.diagonal().max();
    let factor = Cholesky::new(kernel).ok_or(alike.clone())?;
    let pivots = factor.l_dirty().diagonal().map(|d| d * d);
    if pivots.min() <= rounding {
        return Err(alike);
    }
    finite(pivots.map(f64::ln).sum())
}
