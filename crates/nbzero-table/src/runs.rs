//! The noise of training: what the same network reaches with different seeds.

use serde::Serialize;

use crate::{Split, Table};

/// The accuracies of one network over its seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Runs {
    /// Number of seeds that have an accuracy, at least 1.
    pub count: usize,
    /// Their mean, in percent.
    pub mean: f64,
    /// Their standard deviation (divided by the number less one); `None` for a single seed.
    pub deviation: Option<f64>,
}

impl Runs {
    /// `None` where there are no values.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        // Accuracies are counts of images, and equal means must be equal: what a sum of decimals is
        // off in its last digits is rounded away.
        let mean = (values.iter().sum::<f64>() / count as f64 * 1e12).round() / 1e12;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self {
            count,
            mean,
            deviation: (count > 1).then(|| (squares / (count - 1) as f64).sqrt()),
        })
    }
}

/// The noise of training over a whole table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Noise {
    /// Networks with more than one seed, at least 1.
    pub networks: usize,
    /// Standard deviation of a network's accuracy from seed to seed, in percent: pooled over those
    /// networks, each weighted by its number of seeds less one.
    pub deviation: f64,
}

impl Table {
    /// How far accuracies differ from seed to seed; `None` where no network has two seeds.
    ///
    /// Differences between networks below this say nothing about the networks.
    ///
    /// ```
    /// # fn show(table: &nbzero_table::Table) {
    /// use nbzero_table::Split;
    ///
    /// if let Some(noise) = table.noise(Split::Test) {
    ///     println!("{:.2}% from seed to seed, {} networks", noise.deviation, noise.networks);
    /// }
    /// # }
    /// ```
    pub fn noise(&self, split: Split) -> Option<Noise> {
        let (mut networks, mut freedom, mut squares) = (0, 0, 0.0);
        for runs in self.rows().filter_map(|row| row.runs(split)) {
            if let Some(deviation) = runs.deviation {
                networks += 1;
                freedom += runs.count - 1;
                squares += deviation.powi(2) * (runs.count - 1) as f64;
            }
        }
        (networks > 0).then(|| Noise {
            networks,
            deviation: (squares / freedom as f64).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{build, record, table};

    #[test]
    fn a_network_has_a_mean_and_a_deviation() {
        let table = table();
        let runs = |arch: &str| table.find(arch).expect("there").runs(Split::Test);
        let two = runs("r1:8:16x1s2").expect("trained");
        assert_eq!((two.count, two.mean), (2, 62.0));
        assert_eq!(two.deviation, Some(0.5_f64.sqrt()));
        // The other seed diverged.
        let one = runs("r1:16:8x1s2,16x1s2").expect("trained");
        assert_eq!((one.count, one.mean, one.deviation), (1, 70.0, None));
    }

    #[test]
    fn equal_means_are_equal() {
        let mean = |values: &[f64]| Runs::of(values).map(|runs| runs.mean.to_bits());
        assert_eq!(mean(&[47.025, 48.925]), mean(&[47.975]));
        assert_eq!(mean(&[16.4, 16.4, 16.4]), mean(&[16.4]));
        assert_ne!(mean(&[47.975]), mean(&[47.974]));
    }

    #[test]
    fn the_noise_of_a_table_is_pooled() {
        let noise = |records: &[_]| build(records).expect("valid").noise(Split::Test);
        assert_eq!(noise(&[record("a", 0, 50.0), record("b", 1, 60.0)]), None);
        let records = [
            record("a", 0, 50.0),
            record("a", 1, 52.0),
            record("b", 0, 60.0),
            record("b", 1, 60.0),
            record("b", 2, 63.0),
            record("c", 0, 70.0),
        ];
        // Sums of squares 2 and 6, over 1 and 2 degrees of freedom.
        let found = noise(&records).expect("two networks");
        assert_eq!(found.networks, 2);
        assert!((found.deviation - (8.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
