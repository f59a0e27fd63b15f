//! How well hyperparameters explain the accuracies: the marginal likelihood with weak priors, and
//! its gradient.
//!
//! The accuracy of a network, a mean over its runs, is f(x) + e + the mean of the runs' noise: f is
//! the function of its features, e is the network's own (variance t), and each run's noise has the
//! variance v. What the runs of one network say about v by themselves, their squares around their
//! mean, counts, too. Where no network has two runs, nothing tells v from t, and v is left out.
//!
//! Source: Rasmussen and Williams 2006, equations 2.30 and 5.9.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::kernel::Kernel;

/// What is learned from, standardised.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    /// A network a row.
    pub(crate) features: DMatrix<f64>,
    /// Mean over the runs of each network.
    pub(crate) values: DVector<f64>,
    /// Number of runs of each network.
    pub(crate) runs: Vec<f64>,
    /// Degrees of freedom of the runs around their networks' means, and the sum of their squares.
    pub(crate) freedom: f64,
    pub(crate) squares: f64,
}

/// What is learned beside the function itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hyper {
    pub(crate) kernel: Kernel,
    /// Variance of what is the network's own.
    pub(crate) own: f64,
    /// Variance of a run; none where no network has two.
    pub(crate) run: Option<f64>,
}

/// Hyperparameters are searched by their logarithms, each in an interval: a point u of the search
/// stands for middle + half tanh((u - middle) / half), which is u itself well inside.
struct Scale {
    middle: f64,
    half: f64,
    /// Mean and deviation of the normal prior of the logarithm.
    prior: (f64, f64),
}

impl Scale {
    fn new(low: f64, high: f64, prior: (f64, f64)) -> Self {
        Self {
            middle: f64::midpoint(low, high),
            half: (high - low) / 2.0,
            prior,
        }
    }

    fn logarithm(&self, u: f64) -> f64 {
        self.middle + self.half * self.inside(u)
    }

    /// The derivative of the logarithm by u.
    fn slope(&self, u: f64) -> f64 {
        1.0 - self.inside(u).powi(2)
    }

    fn inside(&self, u: f64) -> f64 {
        ((u - self.middle) / self.half).tanh()
    }
}

/// Deviation of the prior of a length's logarithm around that of sqrt(features), the distance of
/// two networks in standardised features. The likelihood alone takes chance for structure where there
/// are 150 networks and 30 features.
const LENGTHS: f64 = 0.5;
/// Weak priors of the logarithms of variances, which are in units of that of the accuracies: of the
/// smooth part, of the straight part, of what is a network's own and of a run.
const SMOOTH: (f64, f64) = (0.0, 2.0);
const LINEAR: (f64, f64) = (-1.0, 2.0);
const NOISE: (f64, f64) = (-4.0, 3.0);

/// Within these is the logarithm of the variance of a run.
const RUN: (f64, f64) = (-18.0, 3.0);

/// The search space of the hyperparameters of some data.
pub(crate) struct Objective<'a> {
    data: &'a Data,
    scales: Vec<Scale>,
}

impl<'a> Objective<'a> {
    pub(crate) fn new(data: &'a Data) -> Self {
        let features = data.features.ncols();
        let typical = (features.max(1) as f64).sqrt().ln();
        let length = || Scale::new(typical - 6.0, typical + 6.0, (typical, LENGTHS));
        let mut scales: Vec<Scale> = (0..features).map(|_| length()).collect();
        scales.push(Scale::new(-12.0, 6.0, SMOOTH));
        scales.push(Scale::new(-12.0, 6.0, LINEAR));
        scales.push(Scale::new(-14.0, 2.0, NOISE));
        if data.freedom > 0.0 {
            scales.push(Scale::new(RUN.0, RUN.1, NOISE));
        }
        Self { data, scales }
    }

    /// Where the search begins: the middle of the priors, but what the runs of each network say of
    /// their noise.
    pub(crate) fn start(&self) -> Vec<f64> {
        let mut start: Vec<f64> = self.scales.iter().map(|scale| scale.prior.0).collect();
        let run = self.data.squares / self.data.freedom;
        if run.is_finite()
            && let Some(last) = start.last_mut()
        {
            *last = run.ln().clamp(RUN.0 + 1.0, RUN.1 - 1.0);
        }
        start
    }

    /// The hyperparameters that a point of the search stands for.
    pub(crate) fn hyper(&self, point: &[f64]) -> Hyper {
        let values = point.iter().zip(&self.scales);
        let values: Vec<f64> = values.map(|(u, scale)| scale.logarithm(*u).exp()).collect();
        let (lengths, variances) = values.split_at(self.data.features.ncols());
        Hyper {
            kernel: Kernel {
                lengths: lengths.to_vec(),
                smooth: variances[0],
                linear: variances[1],
            },
            own: variances[2],
            run: variances.get(3).copied(),
        }
    }

    /// Minus the logarithm of the posterior density, by the number of networks, and its gradient;
    /// none where the covariance cannot be factored.
    pub(crate) fn value(&self, point: &[f64]) -> Option<(f64, Vec<f64>)> {
        let Data {
            features,
            values,
            runs,
            freedom,
            squares,
        } = self.data;
        let hyper = self.hyper(point);
        let parts = hyper.kernel.parts(features);
        let factor = Factor::new(&parts.smooth + &parts.linear, &hyper.noise(runs))?;
        let weights = factor.solve(values);
        let inverse = factor.inverse();
        let n = values.len() as f64;
        let mut total = 0.5 * values.dot(&weights) + factor.half_log_determinant();
        // Half of K^-1 - a a', of which each derivative is the sum of products with dK.
        let mut outer = inverse;
        outer.ger(-0.5, &weights, &weights, 0.5);

        let mut gradient = length_gradients(&outer, &parts.slope, &parts.scaled);
        gradient.push(outer.dot(&parts.smooth));
        gradient.push(outer.dot(&parts.linear));
        let diagonal = outer.diagonal();
        gradient.push(hyper.own * diagonal.sum());
        if let Some(run) = hyper.run {
            total += 0.5 * (freedom * run.ln() + squares / run);
            let shares = diagonal.iter().zip(runs).map(|(d, runs)| d / runs);
            gradient.push(run * shares.sum::<f64>() + 0.5 * (freedom - squares / run));
        }
        for ((slope, u), scale) in gradient.iter_mut().zip(point).zip(&self.scales) {
            let (mean, deviation) = scale.prior;
            let off = (scale.logarithm(*u) - mean) / deviation;
            total += 0.5 * off * off;
            *slope += off / deviation;
            *slope *= scale.slope(*u) / n;
        }
        let sound = total.is_finite() && gradient.iter().all(|slope| slope.is_finite());
        sound.then_some((total / n, gradient))
    }
}

/// Derivatives by the logarithm of each length: the sum over all pairs of networks of the product of
/// both matrices and the squared difference of their scaled features, times -2, which is what the
/// square has for a derivative.
fn length_gradients(outer: &DMatrix<f64>, slope: &DMatrix<f64>, scaled: &DMatrix<f64>) -> Vec<f64> {
    let weights = outer.component_mul(slope);
    let sums = weights.column_sum();
    let products = &weights * scaled;
    let columns = scaled.column_iter().zip(products.column_iter());
    let gradient = columns.map(|(z, product)| {
        let squares: f64 = z.iter().zip(&sums).map(|(z, sum)| z * z * sum).sum();
        -4.0 * (squares - z.dot(&product))
    });
    gradient.collect()
}

impl Hyper {
    /// The variance of each network's accuracy around the function, by its number of runs.
    pub(crate) fn noise(&self, runs: &[f64]) -> Vec<f64> {
        let noise = runs.iter().map(|&runs| self.own + self.run_noise(runs));
        noise.collect()
    }

    /// The variance of the mean of so many runs around the network's accuracy.
    pub(crate) fn run_noise(&self, runs: f64) -> f64 {
        self.run.map_or(0.0, |run| run / runs)
    }
}

/// A covariance matrix with its noise, factored.
#[derive(Debug, Clone)]
pub(crate) struct Factor(Cholesky<f64, Dyn>);

impl Factor {
    pub(crate) fn new(mut covariance: DMatrix<f64>, noise: &[f64]) -> Option<Self> {
        for (i, noise) in noise.iter().enumerate() {
            covariance[(i, i)] += noise;
        }
        Cholesky::new(covariance).map(Self)
    }

    pub(crate) fn solve(&self, values: &DVector<f64>) -> DVector<f64> {
        self.0.solve(values)
    }

    pub(crate) fn solve_all(&self, columns: &DMatrix<f64>) -> DMatrix<f64> {
        self.0.solve(columns)
    }

    pub(crate) fn lower(&self) -> DMatrix<f64> {
        self.0.l()
    }

    /// Half of the logarithm of the determinant.
    fn half_log_determinant(&self) -> f64 {
        self.0.l_dirty().diagonal().iter().map(|d| d.ln()).sum()
    }

    fn inverse(&self) -> DMatrix<f64> {
        let lower = inverse_of_lower(&self.0.l());
        lower.transpose() * lower
    }
}

/// The inverse of a lower triangular matrix, by halves: nearly all of it is products of matrices,
/// which are several times faster than substitution.
pub(crate) fn inverse_of_lower(lower: &DMatrix<f64>) -> DMatrix<f64> {
    const SMALL: usize = 32;
    let n = lower.nrows();
    if n <= SMALL {
        let mut inverse = DMatrix::identity(n, n);
        lower.solve_lower_triangular_unchecked_mut(&mut inverse);
        return inverse;
    }
    let half = n / 2;
    let part = |row, column, rows, columns| lower.view((row, column), (rows, columns)).into_owned();
    let first = inverse_of_lower(&part(0, 0, half, half));
    let second = inverse_of_lower(&part(half, half, n - half, n - half));
    let below = -(&second * part(half, 0, n - half, half)) * &first;
    let mut inverse = DMatrix::zeros(n, n);
    inverse.view_mut((0, 0), (half, half)).copy_from(&first);
    inverse
        .view_mut((half, half), (n - half, n - half))
        .copy_from(&second);
    inverse
        .view_mut((half, 0), (n - half, half))
        .copy_from(&below);
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made-up data of some networks with one, two or three runs.
    pub(crate) fn data(networks: usize, features: usize, freedom: f64) -> Data {
        let wave = |i: usize, j: usize| ((i * 7 + j * 13 + i * j) as f64 * 0.37).sin();
        Data {
            features: DMatrix::from_fn(networks, features, wave),
            values: DVector::from_fn(networks, |i, _| wave(i, 3) + 0.3 * wave(2 * i, 5)),
            runs: (0..networks).map(|i| (1 + i % 3) as f64).collect(),
            freedom,
            squares: 0.03 * freedom,
        }
    }

    /// The same by determinant and inverse, as the books have it.
    fn directly(data: &Data, hyper: &Hyper) -> f64 {
        let n = data.values.len();
        let covariance = DMatrix::from_fn(n, n, |i, j| {
            let (a, b) = (data.features.row(i), data.features.row(j));
            let lengths = hyper.kernel.lengths.iter().enumerate();
            let square: f64 = lengths.map(|(d, l)| ((a[d] - b[d]) / l).powi(2)).sum();
            let r = square.sqrt();
            let root = 5.0_f64.sqrt();
            let smooth = (1.0 + root * r + 5.0 * r * r / 3.0) * (-root * r).exp();
            let straight = 1.0 + a.dot(&b) / data.features.ncols() as f64;
            let noise = if i == j {
                hyper.own + hyper.run.unwrap_or(0.0) / data.runs[i]
            } else {
                0.0
            };
            hyper.kernel.smooth * smooth + hyper.kernel.linear * straight + noise
        });
        let inverse = covariance.clone().try_inverse().expect("invertible");
        let fit = (data.values.transpose() * inverse * &data.values)[(0, 0)];
        let of_runs = hyper
            .run
            .map_or(0.0, |run| data.freedom * run.ln() + data.squares / run);
        0.5 * (fit + covariance.determinant().ln() + of_runs)
    }

    #[test]
    fn the_value_is_that_of_a_plain_inverse() {
        for freedom in [0.0, 8.0] {
            let data = data(9, 3, freedom);
            let objective = Objective::new(&data);
            let mut point = objective.start();
            point[1] += 0.4;
            let (value, _) = objective.value(&point).expect("positive definite");
            let scales = point.iter().zip(&objective.scales);
            let prior: f64 = scales
                .map(|(u, scale)| {
                    let (mean, deviation) = scale.prior;
                    0.5 * ((scale.logarithm(*u) - mean) / deviation).powi(2)
                })
                .sum();
            let direct = directly(&data, &objective.hyper(&point)) + prior;
            assert!((9.0 * value - direct).abs() < 1e-9, "{value} {direct}");
        }
    }

    #[test]
    fn the_gradient_is_that_of_differences() {
        let data = data(20, 4, 12.0);
        let objective = Objective::new(&data);
        let mut point = objective.start();
        for (i, u) in point.iter_mut().enumerate() {
            *u += 0.7 * (i as f64).cos();
        }
        let (_, gradient) = objective.value(&point).expect("positive definite");
        for i in 0..point.len() {
            let at = |step: f64| {
                let mut moved = point.clone();
                moved[i] += step;
                objective.value(&moved).expect("positive definite").0
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(
                (gradient[i] - difference).abs() < 1e-7,
                "{i}: {} {difference}",
                gradient[i]
            );
        }
    }

    #[test]
    fn a_triangular_inverse_is_one() {
        for n in [1, 2, 32, 33, 101] {
            let lower = DMatrix::from_fn(
                n,
                n,
                |i, j| {
                    if i < j { 0.0 } else { 1.0 / (1 + i - j) as f64 }
                },
            );
            let product = inverse_of_lower(&lower) * &lower;
            assert!((product - DMatrix::identity(n, n)).amax() < 1e-12, "{n}");
        }
    }
}
