//! The covariance of two networks' accuracies.
//!
//! k(x, y) = s m(r) + a (1 + x . y / d), where r is the distance of x and y with each of the d
//! features in units of its own length, and m(r) = (1 + √5 r + 5/3 r²) exp(-√5 r) is Matern's
//! function of smoothness 5/2 (Rasmussen and Williams 2006, equation 4.17): what is smooth, and a
//! straight line, along which it goes on where there are no networks to learn from.

use nalgebra::{DMatrix, DVector};

/// What the covariance depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kernel {
    /// The length of each feature: over how much of it accuracies change.
    pub(crate) lengths: Vec<f64>,
    /// Variance of the smooth part.
    pub(crate) smooth: f64,
    /// Variance of the constant, and of the slope along all features together.
    pub(crate) linear: f64,
}

/// The parts of a covariance matrix that its derivatives need.
pub(crate) struct Parts {
    /// Features in units of their lengths, a network a row.
    pub(crate) scaled: DMatrix<f64>,
    /// The smooth part.
    pub(crate) smooth: DMatrix<f64>,
    /// The derivative of the smooth part by r².
    pub(crate) slope: DMatrix<f64>,
    /// The straight part.
    pub(crate) linear: DMatrix<f64>,
}

/// Matern's function and its derivative by r², at r².
fn matern(square: f64) -> (f64, f64) {
    let root = (5.0 * square).sqrt();
    let decay = (-root).exp();
    (
        (1.0 + root + 5.0 / 3.0 * square) * decay,
        -5.0 / 6.0 * (1.0 + root) * decay,
    )
}

impl Kernel {
    /// Covariances of networks with others, features a network a row.
    pub(crate) fn between(&self, a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
        let mut found = squares(&self.scaled(a), &self.scaled(b));
        found.apply(|square| *square = self.smooth * matern(*square).0);
        found + self.straight(a, b)
    }

    /// Variances of networks.
    pub(crate) fn variances(&self, a: &DMatrix<f64>) -> DVector<f64> {
        let weight = self.slope();
        let variance = |row: usize| self.smooth + self.linear + weight * a.row(row).norm_squared();
        DVector::from_fn(a.nrows(), |row, _| variance(row))
    }

    /// The covariances of networks with each other, in parts.
    pub(crate) fn parts(&self, a: &DMatrix<f64>) -> Parts {
        let scaled = self.scaled(a);
        let mut smooth = squares(&scaled, &scaled);
        let mut slope = smooth.clone();
        for (value, slope) in smooth.iter_mut().zip(slope.iter_mut()) {
            let (matern, by_square) = matern(*value);
            (*value, *slope) = (self.smooth * matern, self.smooth * by_square);
        }
        Parts {
            scaled,
            smooth,
            slope,
            linear: self.straight(a, a),
        }
    }

    /// Variance of the slope along each feature. There may be no features.
    pub(crate) fn slope(&self) -> f64 {
        self.linear / self.lengths.len().max(1) as f64
    }

    fn straight(&self, a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
        let mut found = a * b.transpose() * self.slope();
        found.add_scalar_mut(self.linear);
        found
    }

    /// Features in units of their lengths.
    pub(crate) fn scaled(&self, a: &DMatrix<f64>) -> DMatrix<f64> {
        let mut scaled = a.clone();
        for (mut column, length) in scaled.column_iter_mut().zip(&self.lengths) {
            column /= *length;
        }
        scaled
    }
}

/// Squared distances of the rows of two matrices.
fn squares(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let norms = |rows: &DMatrix<f64>| -> Vec<f64> {
        rows.row_iter().map(|row| row.norm_squared()).collect()
    };
    let (of_a, of_b) = (norms(a), norms(b));
    let mut found = a * b.transpose();
    for (mut column, of_b) in found.column_iter_mut().zip(&of_b) {
        for (square, of_a) in column.iter_mut().zip(&of_a) {
            // Rounding takes nothing below zero.
            *square = (of_a + of_b - 2.0 * *square).max(0.0);
        }
    }
    found
}
