//! How differently the activation functions respond to the images.
//!
//! - **Formula**: ln |K|, K = sum over every ReLU and ReLU6 of c c^T + (1 - c)(1 - c)^T, c the binary
//!   code of each image: which outputs are positive. Other activation functions have no code, and a
//!   network without a ReLU no score
//! - **Source**: Mellor et al. 2021 (NASWOT); BayesWatch/nas-without-training, `score.py`
//! - **Deviations**: K holds exact counts; images that no activation tells apart make K singular,
//!   which the original reports as minus infinity or as rounding leaves it; of one image K is the
//!   number of activations, and the score undefined
//! - **Direction**: higher is better
//! - **Sweep**: forward
//! - **Cost**: a forward pass, and a product of the codes for each ReLU

use burn::tensor::Tensor;
use nalgebra::{Cholesky, DMatrix};

use crate::score::{ONE_IMAGE, finite};
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

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
            year: Some(2021),
            needs: Needs::Images,
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
        let kernel = kernel.ok_or(Undefined::NotApplicable("no ReLU"))?;
        if kernel.nrows() < 2 {
            return Err(ONE_IMAGE);
        }
        log_determinant(kernel)
    }
}

/// Outputs whose products are summed in float32, which holds whole numbers up to 2^24. A map of 64
/// channels of 512 x 512 has as many.
const EXACT: usize = 1 << 24;

/// For each pair of images the number of outputs on which both are positive or both are not, exactly.
fn agreements(output: &Tensor<4>) -> DMatrix<f64> {
    let [batch, channels, height, width] = output.dims();
    let outputs = channels * height * width;
    let positive = output.clone().greater_scalar(0.0);
    let codes: Tensor<2> = positive.float().reshape([batch, outputs]);
    let mut both = DMatrix::zeros(batch, batch);
    for first in (0..outputs).step_by(EXACT) {
        let part = codes.clone().narrow(1, first, EXACT.min(outputs - first));
        let part = part.clone().matmul(part.transpose());
        let part = part.try_into_vec_as::<f64>().expect("counts are floats");
        both += DMatrix::from_vec(batch, batch, part);
    }
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

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    #[test]
    fn counts_beyond_float32_are_exact() {
        // One image is positive everywhere, the other but once: float32 has no 2^24 + 1.
        let outputs = EXACT + 3;
        let mut values = vec![1.0_f32; 2 * outputs];
        values[outputs] = -1.0;
        let output = TensorData::new(values, [2, 1, 1, outputs]);
        let counts = agreements(&Tensor::from_data(output, &Device::flex()));
        let (all, but_one) = (outputs as f64, (outputs - 1) as f64);
        assert_eq!(counts.as_slice().to_vec(), vec![all, but_one, but_one, all]);
    }
}
