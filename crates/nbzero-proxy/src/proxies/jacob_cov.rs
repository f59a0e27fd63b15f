//! Correlation of the images' input gradients.
//!
//! - **Formula**: -sum over eigenvalues v of C of ln(v + k) + 1 / (v + k), k = 1e-5, C the
//!   correlation matrix of d(sum of logits)/dx over the images of the batch
//! - **Source**: Mellor et al. 2020 (version 1); SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/jacob_cov.py`
//! - **Deviations**: the matrix and its eigenvalues in float64; a constant gradient makes it
//!   undefined there as here, but here it says so; so does a batch of one image, whose correlation
//!   with itself is 1 whatever the network. So does a singular matrix, whose least eigenvalue is not above
//!   1e-12 times the number of images: of no fewer images than an image has numbers, or of two that are
//!   equal. There each eigenvalue that is 0 adds some -1e5, and rounding decides the rest
//! - **Direction**: higher is better
//! - **Sweep**: ones
//! - **Cost**: one backward pass to the input without weight gradients

use burn::tensor::Tensor;
use nalgebra::DMatrix;

use crate::score::{ONE_IMAGE, finite};
use crate::spectrum::eigenvalues;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

const K: f64 = 1e-5;

/// What rounding leaves of an eigenvalue that is 0, for each image.
const ROUNDING: f64 = 1e-12;

/// See the module's page.
#[derive(Debug, Default)]
pub struct JacobCov {
    /// One column an image.
    gradients: DMatrix<f64>,
}

impl Proxy for JacobCov {
    fn definition(&self) -> Definition {
        Definition {
            name: "jacob_cov",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Ones,
            year: Some(2020),
            needs: Needs::Images,
        }
    }

    fn input_gradient(&mut self, gradient: &Tensor<4>) {
        self.gradients = columns(gradient);
    }

    fn score(&mut self) -> Score {
        if self.gradients.ncols() < 2 {
            return Err(ONE_IMAGE);
        }
        let correlation = correlation(&mut self.gradients)?;
        let eigenvalues = eigenvalues(&correlation).ok_or(Undefined::NotFinite)?;
        if eigenvalues.min() <= ROUNDING * eigenvalues.len() as f64 {
            return Err(Undefined::Singular("the images' gradients are dependent"));
        }
        finite(-eigenvalues.map(|v| (v + K).ln() + 1.0 / (v + K)).sum())
    }
}

/// The gradients of a batch `[batch, channels, height, width]`, one column an image.
pub(super) fn columns(gradient: &Tensor<4>) -> DMatrix<f64> {
    let [batch, channels, height, width] = gradient.dims();
    let values = gradient
        .try_to_vec_as::<f64>()
        .expect("a gradient is floats");
    DMatrix::from_vec(channels * height * width, batch, values)
}

/// Pearson correlation of the columns.
pub(super) fn correlation(columns: &mut DMatrix<f64>) -> Result<DMatrix<f64>, Undefined> {
    for mut column in columns.column_iter_mut() {
        column.add_scalar_mut(-column.mean());
        let norm = column.norm();
        if !norm.is_finite() {
            return Err(Undefined::NotFinite);
        }
        if norm <= 0.0 {
            return Err(Undefined::Singular("the gradient of an image is constant"));
        }
        column /= norm;
    }
    Ok(columns.tr_mul(columns))
}
