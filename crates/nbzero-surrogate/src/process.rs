//! The Gaussian process: what is known of networks after some were trained.

use nalgebra::{DMatrix, DVector};

use crate::fit::fit;
use crate::likelihood::{Data, Factor, Hyper, inverse_of_lower};
use crate::{Error, Result};

/// Networks that are predicted at a time, so that memory does not grow with their number.
pub(crate) const BLOCK: usize = 1024;

/// A process with hyperparameters, conditioned on data.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) data: Data,
    pub(crate) hyper: Hyper,
    pub(crate) factor: Factor,
    /// The inverse of the factor, transposed.
    whitening: DMatrix<f64>,
    weights: DVector<f64>,
}

impl Process {
    /// Learns the hyperparameters from the data, too.
    pub(crate) fn learn(data: Data) -> Result<Self> {
        let hyper = fit(&data)?;
        Self::new(data, hyper)
    }

    pub(crate) fn new(data: Data, hyper: Hyper) -> Result<Self> {
        let covariance = hyper.kernel.between(&data.features, &data.features);
        let factor = Factor::new(covariance, &hyper.noise(&data.runs));
        let factor = factor.ok_or(Error::Covariance {
            networks: data.values.len(),
            matrix: "that of the networks learned from",
        })?;
        Ok(Self {
            whitening: inverse_of_lower(&factor.lower()).transpose(),
            weights: factor.solve(&data.values),
            factor,
            hyper,
            data,
        })
    }

    /// Mean and variance of the function at each network.
    pub(crate) fn predict(&self, features: &DMatrix<f64>) -> (DVector<f64>, DVector<f64>) {
        let n = features.nrows();
        let (mut means, mut variances) = (DVector::zeros(n), DVector::zeros(n));
        for (start, block) in blocks(features) {
            let (cross, whitened) = self.cross(&block);
            let mean = cross * &self.weights;
            let prior = self.hyper.kernel.variances(&block);
            for row in 0..block.nrows() {
                means[start + row] = mean[row];
                let known = whitened.row(row).norm_squared();
                variances[start + row] = (prior[row] - known).max(0.0);
            }
        }
        (means, variances)
    }

    /// The covariance of the function at some networks.
    pub(crate) fn covariance(&self, features: &DMatrix<f64>) -> DMatrix<f64> {
        let (_, whitened) = self.cross(features);
        let prior = self.hyper.kernel.between(features, features);
        prior - &whitened * whitened.transpose()
    }

    /// Covariances with the networks learned from, and the same behind their factor's inverse.
    fn cross(&self, features: &DMatrix<f64>) -> (DMatrix<f64>, DMatrix<f64>) {
        let cross = self.hyper.kernel.between(features, &self.data.features);
        let whitened = &cross * &self.whitening;
        (cross, whitened)
    }
}

/// The rows of a matrix in blocks, each with the number of its first.
pub(crate) fn blocks(rows: &DMatrix<f64>) -> impl Iterator<Item = (usize, DMatrix<f64>)> {
    let n = rows.nrows();
    (0..n).step_by(BLOCK).map(move |start| {
        let count = BLOCK.min(n - start);
        (start, rows.rows(start, count).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Kernel;

    /// A process of known hyperparameters on some made-up networks, and others to predict.
    fn known() -> (Process, DMatrix<f64>) {
        let wave = |i: usize, j: usize| ((i * 5 + j * 11 + i * j) as f64 * 0.29).cos();
        let data = Data {
            features: DMatrix::from_fn(12, 3, wave),
            values: DVector::from_fn(12, |i, _| wave(i, 7)),
            runs: (0..12).map(|i| f64::from(1 + i % 2)).collect(),
            freedom: 6.0,
            squares: 0.1,
        };
        let hyper = Hyper {
            kernel: Kernel {
                lengths: vec![0.8, 1.5, 3.0],
                smooth: 0.9,
                linear: 0.4,
            },
            own: 0.02,
            run: Some(0.05),
        };
        let others = DMatrix::from_fn(7, 3, |i, j| wave(i + 40, j));
        (
            Process::new(data, hyper).expect("positive definite"),
            others,
        )
    }

    #[test]
    fn predictions_are_those_of_a_plain_inverse() {
        let (process, others) = known();
        let kernel = &process.hyper.kernel;
        let mut covariance = kernel.between(&process.data.features, &process.data.features);
        for (i, noise) in process.hyper.noise(&process.data.runs).iter().enumerate() {
            covariance[(i, i)] += noise;
        }
        let inverse = covariance.try_inverse().expect("invertible");
        let cross = kernel.between(&others, &process.data.features);
        let means = &cross * &inverse * &process.data.values;
        let posterior = kernel.between(&others, &others) - &cross * inverse * cross.transpose();

        let (found, variances) = process.predict(&others);
        assert!((found - means).amax() < 1e-10);
        assert!((variances - posterior.diagonal()).amax() < 1e-10);
        assert!((process.covariance(&others) - posterior).amax() < 1e-10);
    }

    #[test]
    fn blocks_change_nothing() {
        let (process, _) = known();
        let many = DMatrix::from_fn(2 * BLOCK + 3, 3, |i, j| ((i + j) as f64).sin());
        let (means, variances) = process.predict(&many);
        for row in [0, BLOCK - 1, BLOCK, 2 * BLOCK + 2] {
            let (mean, variance) = process.predict(&many.rows(row, 1).into_owned());
            assert!((mean[0] - means[row]).abs() < 1e-12);
            assert!((variance[0] - variances[row]).abs() < 1e-12);
        }
    }
}
