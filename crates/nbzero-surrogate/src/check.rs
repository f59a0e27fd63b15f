//! How well held-out networks are predicted.

use nbzero_metrics::{Accuracies, Bootstrap, Direction, Interval, Scores, kendall, spearman};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Serialize;

use crate::surrogate::LEAST;
use crate::{Error, Result, Surrogate, Trained};

/// Parts of a cross-validation.
pub const FOLDS: usize = 10;

/// The normal quantile of a 95% interval.
const Z95: f64 = 1.959_963_984_540_054;

/// How well held-out networks were predicted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Spearman's correlation of predicted and measured accuracies; `None` where it is undefined.
    pub spearman: Option<f64>,
    /// Kendall's tau-b of them.
    pub kendall: Option<f64>,
    /// The root of the mean squared error, in percent.
    pub rmse: f64,
    /// The share of measured accuracies within the 95% interval of their prediction. It allows for
    /// the noise of the runs that were measured.
    pub coverage95: f64,
    /// Number of networks learned from; of a cross-validation the least of any part.
    pub train: usize,
    /// Number of networks predicted.
    pub test: usize,
    /// What the numbers would be on other networks to predict, of the same number; what other
    /// networks would have taught is not in it.
    pub intervals: Intervals,
}

/// 95% bootstrap intervals of the numbers of a [`Check`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intervals {
    /// Of [`Check::spearman`].
    pub spearman: Option<Interval>,
    /// Of [`Check::kendall`].
    pub kendall: Option<Interval>,
    /// Of [`Check::rmse`].
    pub rmse: Option<Interval>,
    /// Of [`Check::coverage95`].
    pub coverage95: Option<Interval>,
}

/// A network that was predicted without having been learned from.
struct Held {
    predicted: f64,
    measured: f64,
    covered: bool,
}

/// Predicts each of [`FOLDS`] parts of the networks from the others.
///
/// The seed decides the parts. Hyperparameters are learned anew for each part.
///
/// # Errors
///
/// If there are fewer than 12 networks, or as [`Surrogate::learn`].
pub fn cross_validate(trained: &[Trained], seed: u64) -> Result<Check> {
    let networks = trained.len();
    let largest = networks.div_ceil(FOLDS);
    let needed = LEAST + 2;
    if networks < needed {
        let found = networks;
        return Err(Error::TooFew { found, needed });
    }
    let order = shuffled(networks, seed);
    let mut held = Vec::with_capacity(networks);
    for fold in 0..FOLDS {
        let (test, train): (Vec<_>, Vec<_>) =
            (0..networks).partition(|place| place % FOLDS == fold);
        held.extend(predict(trained, &order, &train, &test)?);
    }
    Check::of(&held, networks - largest)
}

/// Learns from `train` random networks and predicts the others.
///
/// # Errors
///
/// If fewer than two are left, or as [`Surrogate::learn`].
pub fn hold_out(trained: &[Trained], train: usize, seed: u64) -> Result<Check> {
    let networks = trained.len();
    let left = networks.saturating_sub(train);
    if left < 2 {
        let most = networks.saturating_sub(2);
        return Err(Error::NothingToTest {
            train,
            left,
            networks,
            most,
        });
    }
    let order = shuffled(networks, seed);
    let places: Vec<usize> = (0..networks).collect();
    let (first, others) = places.split_at(train);
    Check::of(&predict(trained, &order, first, others)?, train)
}

/// Predicts the networks at some places of an order from those at others.
fn predict(
    trained: &[Trained],
    order: &[usize],
    train: &[usize],
    test: &[usize],
) -> Result<Vec<Held>> {
    let at = |places: &[usize]| -> Vec<Trained> {
        let those = places.iter().map(|&place| trained[order[place]].clone());
        those.collect()
    };
    let surrogate = Surrogate::learn(&at(train))?;
    let test = at(test);
    let networks: Vec<_> = test.iter().map(|one| one.network.clone()).collect();
    let predictions = surrogate.predict(&networks)?;
    let held = test.iter().zip(predictions).map(|(one, prediction)| {
        let deviation = surrogate.deviation_of_mean(prediction, one.accuracies.len());
        let measured = one.mean();
        Held {
            predicted: prediction.mean,
            measured,
            covered: (measured - prediction.mean).abs() <= Z95 * deviation,
        }
    });
    Ok(held.collect())
}

impl Check {
    fn of(held: &[Held], train: usize) -> Result<Self> {
        let predicted: Vec<f64> = held.iter().map(|one| one.predicted).collect();
        let measured: Vec<f64> = held.iter().map(|one| one.measured).collect();
        let (scores, truth) = (
            Scores::new(&predicted, Direction::Higher),
            Accuracies::new(&measured)?,
        );
        let mut resampled = [const { Vec::new() }; 4];
        Bootstrap::default().each_resample(held.len(), |resample| {
            let rows = resample.rows;
            let (scores, truth) = (scores.select(rows), truth.resampled(resample));
            let values = [
                spearman(&scores, &truth).ok().and_then(|found| found.value),
                kendall(&scores, &truth).ok().and_then(|found| found.value),
                Some(rmse(rows.iter().map(|&row| &held[row]))),
                Some(coverage(rows.iter().map(|&row| &held[row]))),
            ];
            for (all, value) in resampled.iter_mut().zip(values) {
                all.push(value);
            }
        });
        let [spearmans, kendalls, rmses, coverages] = resampled.map(Interval::of);
        Ok(Self {
            spearman: spearman(&scores, &truth)?.value,
            kendall: kendall(&scores, &truth)?.value,
            rmse: rmse(held.iter()),
            coverage95: coverage(held.iter()),
            train,
            test: held.len(),
            intervals: Intervals {
                spearman: spearmans,
                kendall: kendalls,
                rmse: rmses,
                coverage95: coverages,
            },
        })
    }
}

fn rmse<'a>(held: impl ExactSizeIterator<Item = &'a Held>) -> f64 {
    let count = held.len() as f64;
    let squares: f64 = held.map(|one| (one.predicted - one.measured).powi(2)).sum();
    (squares / count).sqrt()
}

fn coverage<'a>(held: impl ExactSizeIterator<Item = &'a Held>) -> f64 {
    let count = held.len() as f64;
    held.filter(|one| one.covered).count() as f64 / count
}

/// The numbers below `count` in random order.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let below = u128::from(rng.next_u64()) * (last as u128 + 1);
        let other = usize::try_from(below >> 64).expect("less than the count");
        order.swap(last, other);
    }
    order
}
