//! Eigenvalues of what channels have in common.

use std::mem;

use burn::tensor::Tensor;
use nalgebra::{DMatrix, DVector};
use nbzero_model::sweep::Gram;
use nbzero_ops::symmetric_eigenvalues;
use rayon::prelude::*;

/// Maps `[images, channels, height, width]` as `[channels, images x positions]`.
pub(crate) fn by_channel(maps: &Tensor<4>) -> Tensor<2> {
    let [images, channels, height, width] = maps.dims();
    let rows = maps.clone().swap_dims(0, 1);
    rows.reshape([channels, images * height * width])
}

/// Each row less its mean.
pub(crate) fn centred(rows: Tensor<2>) -> Tensor<2> {
    let mean = rows.clone().mean_dim(1);
    rows - mean
}

/// Inner products of the rows, summed in float64.
pub(crate) fn gram(rows: &Tensor<2>) -> DMatrix<f64> {
    let gram = Gram::of(rows.clone());
    DMatrix::from_vec(gram.size, gram.size, gram.values)
}

/// Those of a symmetric matrix, by its lower half, ascending; `None` where an entry is not finite.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Option<DVector<f64>> {
    symmetric_eigenvalues(matrix.as_slice(), matrix.nrows()).map(DVector::from_vec)
}

/// Symmetric matrices whose eigenvalues are computed side by side, a few at once, and come in the order of the
/// matrices.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Vec<DMatrix<f64>>);

/// Matrices that wait at most.
pub(crate) const AT_ONCE: usize = 4;

impl Waiting {
    /// Adds a matrix, and gives the eigenvalues of all that wait once there are enough.
    pub(crate) fn add(&mut self, matrix: DMatrix<f64>) -> Vec<Option<DVector<f64>>> {
        self.0.push(matrix);
        if self.0.len() < AT_ONCE {
            return Vec::new();
        }
        self.rest()
    }

    /// The eigenvalues of those that still wait.
    pub(crate) fn rest(&mut self) -> Vec<Option<DVector<f64>>> {
        let matrices = mem::take(&mut self.0);
        matrices.par_iter().map(eigenvalues).collect()
    }
}

/// -sum p ln p of values divided by their sum.
pub(crate) fn entropy(values: &DVector<f64>) -> f64 {
    let sum = values.sum();
    let parts = values.iter().map(|value| value / sum);
    -parts.filter(|p| *p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}

/// The channels' covariance over images and positions, times the number of those.
pub(crate) fn covariance(maps: &Tensor<4>) -> DMatrix<f64> {
    gram(&centred(by_channel(maps)))
}

/// How evenly the channels' variance is spread over its directions: the entropy of the eigenvalues of
/// their covariance, divided by their sum (a common factor cancels); NaN where nothing varies or a value is not
/// finite.
pub(crate) fn covariance_entropy(eigenvalues: Option<DVector<f64>>) -> f64 {
    let Some(values) = eigenvalues else {
        return f64::NAN;
    };
    let values = values.map(|value| value.max(0.0));
    let parts = &values / values.sum();
    -parts.map(|p| p * (p + 1e-8).ln()).sum()
}
