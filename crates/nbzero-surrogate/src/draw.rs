//! Joint draws of the accuracies of many networks, given those of the trained ones.
//!
//! - **Exact**, up to [`EXACT`] networks: mean + L z, with L the Cholesky factor of the posterior
//!   covariance.
//! - **Pathwise**, beyond (Matheron's rule; Wilson et al. 2020, equation 11): a draw from the prior
//!   plus what the trained networks correct of it, f + k(., X) (K + noise)^-1 (y - f(X) - e). The
//!   correction is exact. The prior draw is one of [`FREQUENCIES`] random waves (Rahimi and Recht
//!   2007; Matern's spectrum is Student's t with 5 degrees of freedom), and its straight part is
//!   exact. Every [`TOGETHER`] draws have waves of their own, so that over all draws the covariance is
//!   that of the kernel; within one such group it is off by about 1/sqrt([`FREQUENCIES`]) of the
//!   prior's variance.

use nalgebra::{Cholesky, DMatrix, DVector};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use crate::process::{Process, blocks};
use crate::{Error, Result};

/// Up to so many networks draws are exact.
pub(crate) const EXACT: usize = 1000;
/// Waves of a draw.
const FREQUENCIES: usize = 1024;
/// Draws that share their waves.
const TOGETHER: usize = 32;

/// Draws of the function with what is each network's own: a network a row, a draw a column.
pub(crate) fn draw(
    process: &Process,
    features: &DMatrix<f64>,
    draws: usize,
    seed: u64,
) -> Result<DMatrix<f64>> {
    let rng = ChaCha8Rng::seed_from_u64(seed);
    if features.nrows() <= EXACT {
        exact(process, features, draws, rng)
    } else {
        Ok(pathwise(process, features, draws, rng))
    }
}

pub(crate) fn exact(
    process: &Process,
    features: &DMatrix<f64>,
    draws: usize,
    mut rng: ChaCha8Rng,
) -> Result<DMatrix<f64>> {
    let networks = features.nrows();
    let mut covariance = process.covariance(features);
    for i in 0..networks {
        covariance[(i, i)] += process.hyper.own;
    }
    let factor = Cholesky::new(covariance).ok_or(Error::Covariance {
        networks,
        matrix: "that of the networks to draw",
    })?;
    let mut found = factor.l() * normals(networks, draws, &mut rng);
    let (means, _) = process.predict(features);
    for mut column in found.column_iter_mut() {
        column += &means;
    }
    Ok(found)
}

pub(crate) fn pathwise(
    process: &Process,
    features: &DMatrix<f64>,
    draws: usize,
    mut rng: ChaCha8Rng,
) -> DMatrix<f64> {
    let hyper = &process.hyper;
    let mut found = DMatrix::zeros(features.nrows(), draws);
    for first in (0..draws).step_by(TOGETHER) {
        let count = TOGETHER.min(draws - first);
        let prior = Prior::draw(process, count, &mut rng);
        let mut residuals = -prior.at(process, &process.data.features);
        let mut noise = normals(residuals.nrows(), count, &mut rng);
        for (row, variance) in hyper.noise(&process.data.runs).into_iter().enumerate() {
            noise.row_mut(row).scale_mut(variance.sqrt());
        }
        residuals -= noise;
        for mut column in residuals.column_iter_mut() {
            column += &process.data.values;
        }
        let corrections = process.factor.solve_all(&residuals);
        for (start, block) in blocks(features) {
            let cross = hyper.kernel.between(&block, &process.data.features);
            let mut values = prior.at(process, &block) + cross * &corrections;
            values += normals(block.nrows(), count, &mut rng) * hyper.own.sqrt();
            found
                .view_mut((start, first), (block.nrows(), count))
                .copy_from(&values);
        }
    }
    found
}

/// Draws from the prior that share their waves.
struct Prior {
    /// A wave a column, in units of the lengths.
    frequencies: DMatrix<f64>,
    /// Weights of the waves' cosines and of their sines, a draw a column.
    cosines: DMatrix<f64>,
    sines: DMatrix<f64>,
    /// The constants and slopes of the straight part.
    constants: DVector<f64>,
    slopes: DMatrix<f64>,
}

impl Prior {
    fn draw(process: &Process, draws: usize, rng: &mut ChaCha8Rng) -> Self {
        let kernel = &process.hyper.kernel;
        let features = kernel.lengths.len();
        let mut frequencies = normals(features, FREQUENCIES, rng);
        let spectrum = ChiSquared::new(5.0).expect("5 is positive");
        for mut wave in frequencies.column_iter_mut() {
            let chi: f64 = spectrum.sample(rng);
            wave *= (5.0 / chi).sqrt();
        }
        let amplitude = (kernel.smooth / FREQUENCIES as f64).sqrt();
        let constants = normals(draws, 1, rng) * kernel.linear.sqrt();
        Self {
            frequencies,
            cosines: normals(FREQUENCIES, draws, rng) * amplitude,
            sines: normals(FREQUENCIES, draws, rng) * amplitude,
            constants: constants.column(0).into_owned(),
            slopes: normals(features, draws, rng) * kernel.slope().sqrt(),
        }
    }

    /// The values of the draws at some networks.
    fn at(&self, process: &Process, features: &DMatrix<f64>) -> DMatrix<f64> {
        let phases = process.hyper.kernel.scaled(features) * &self.frequencies;
        let mut values = features * &self.slopes;
        values += phases.map(f64::cos) * &self.cosines;
        values += phases.map(f64::sin) * &self.sines;
        for (mut column, constant) in values.column_iter_mut().zip(&self.constants) {
            column.add_scalar_mut(*constant);
        }
        values
    }
}

fn normals(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |_, _| StandardNormal.sample(rng))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Kernel;
    use crate::likelihood::{Data, Hyper};

    fn process() -> Process {
        let wave = |i: usize, j: usize| ((i * 5 + j * 11 + i * j) as f64 * 0.29).cos();
        let data = Data {
            features: DMatrix::from_fn(10, 3, wave),
            values: DVector::from_fn(10, |i, _| wave(i, 7)),
            runs: vec![1.0; 10],
            freedom: 0.0,
            squares: 0.0,
        };
        let hyper = Hyper {
            kernel: Kernel {
                lengths: vec![0.8, 1.5, 3.0],
                smooth: 0.9,
                linear: 0.4,
            },
            own: 0.02,
            run: None,
        };
        Process::new(data, hyper).expect("positive definite")
    }

    /// Networks near to those learned from and far from them.
    fn others() -> DMatrix<f64> {
        DMatrix::from_fn(8, 3, |i, j| {
            ((i * 3 + j * j) as f64).sin() * (1.0 + 0.4 * i as f64)
        })
    }

    fn moments(draws: &DMatrix<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let mean = draws.column_mean();
        let mut off = draws.clone();
        for mut column in off.column_iter_mut() {
            column -= &mean;
        }
        let covariance = &off * off.transpose() / draws.ncols() as f64;
        (mean, covariance)
    }

    /// What draws should have, and how far means and covariances of so many may be from it: five
    /// standard errors.
    fn assert_right(draws: &DMatrix<f64>) {
        let process = process();
        let (means, _) = process.predict(&others());
        let mut expected = process.covariance(&others());
        for i in 0..expected.nrows() {
            expected[(i, i)] += process.hyper.own;
        }
        let (mean, covariance) = moments(draws);
        let count = draws.ncols() as f64;
        for i in 0..means.len() {
            let error = (expected[(i, i)] / count).sqrt();
            assert!(
                (mean[i] - means[i]).abs() < 5.0 * error,
                "{i}: {} {}",
                mean[i],
                means[i]
            );
            for j in 0..means.len() {
                let product = expected[(i, i)] * expected[(j, j)];
                let error = ((product + expected[(i, j)].powi(2)) / count).sqrt();
                let off = covariance[(i, j)] - expected[(i, j)];
                assert!(off.abs() < 5.0 * error, "{i}, {j}: {off} against {error}");
            }
        }
    }

    #[test]
    fn exact_draws_have_the_posterior_s_moments() {
        let rng = ChaCha8Rng::seed_from_u64(1);
        assert_right(&exact(&process(), &others(), 20_000, rng).expect("positive definite"));
    }

    #[test]
    fn pathwise_draws_have_the_same_moments() {
        let rng = ChaCha8Rng::seed_from_u64(2);
        assert_right(&pathwise(&process(), &others(), 8_000, rng));
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let (process, others) = (process(), others());
        let drawn = |seed| draw(&process, &others, 3, seed).expect("positive definite");
        assert_eq!(drawn(4), drawn(4));
        assert_ne!(drawn(4), drawn(5));
        let many = DMatrix::from_fn(EXACT + 1, 3, |i, j| ((i * 3 + j) as f64).sin());
        let drawn = |seed| draw(&process, &many, 2, seed).expect("positive definite");
        assert_eq!(drawn(4), drawn(4));
        assert_ne!(drawn(4), drawn(5));
    }
}
