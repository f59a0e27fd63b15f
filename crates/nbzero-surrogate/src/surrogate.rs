//! What is learned from trained networks, and said of others.

use nalgebra::{DMatrix, DVector};
use nbzero_table::{Split, Table};

use crate::draw::draw;
use crate::likelihood::Data;
use crate::process::Process;
use crate::{Error, Network, Result};

/// With fewer networks than this nothing can be learned that is worth a number.
pub(crate) const LEAST: usize = 10;
/// Time grows with the cube of the number of networks learned from.
pub(crate) const MOST: usize = 2_000;

/// A network with the accuracies of its training runs, in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The network.
    pub network: Network,
    /// One accuracy a run, at least one.
    pub accuracies: Vec<f64>,
}

impl Trained {
    /// The networks of a table that have a test accuracy, in the order of the table.
    ///
    /// # Errors
    ///
    /// If none has, or the surrogate knows no features of their family.
    pub fn of_table(table: &Table) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for row in table.rows() {
            let accuracies: Vec<f64> = row.accuracies(Split::Test).map(|(_, a)| a).collect();
            if !accuracies.is_empty() {
                let network = Network::of_row(row, table.metadata())?;
                found.push(Self {
                    network,
                    accuracies,
                });
            }
        }
        if found.is_empty() {
            let networks = table.len();
            return Err(Error::NoAccuracy { networks });
        }
        Ok(found)
    }

    /// The mean over the runs.
    pub fn mean(&self) -> f64 {
        self.accuracies.iter().sum::<f64>() / self.accuracies.len() as f64
    }
}

/// What is expected of a network's accuracy, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The expected accuracy. Nothing keeps it within 0 and 100.
    pub mean: f64,
    /// Its standard deviation: how far the mean over many training runs of the network may be from
    /// it. Where the networks learned from have one run each, the noise of a run is in it, because
    /// nothing tells it from what is the network's own.
    pub deviation: f64,
}

/// A Gaussian process on the structure and the costs of networks.
///
/// The accuracy of a network is a smooth function of its features, plus something of its own, plus
/// the noise of each training run. See the crate's page for the model.
#[derive(Debug, Clone)]
pub struct Surrogate {
    family: String,
    /// Number of features before those were left out that say nothing.
    features: usize,
    columns: Vec<Column>,
    level: f64,
    spread: f64,
    process: Process,
}

/// A feature that is not the same for all networks learned from, and how it is standardised.
#[derive(Debug, Clone, Copy)]
struct Column {
    index: usize,
    mean: f64,
    deviation: f64,
}

impl Surrogate {
    /// Learns from the networks of a table that have a test accuracy.
    ///
    /// # Errors
    ///
    /// As [`Trained::of_table`] and [`Surrogate::learn`].
    pub fn of_table(table: &Table) -> Result<Self> {
        Self::learn(&Trained::of_table(table)?)
    }

    /// Learns from trained networks. The same networks in the same order give the same surrogate, to
    /// the last bit on one machine.
    ///
    /// # Errors
    ///
    /// If there are fewer than 10 networks or more than 2,000, an accuracy is not finite, all are equal, or two
    /// networks are of different families.
    pub fn learn(trained: &[Trained]) -> Result<Self> {
        let first = match trained {
            [first, ..] if trained.len() >= LEAST => &first.network,
            _ => {
                let (found, needed) = (trained.len(), LEAST);
                return Err(Error::TooFew { found, needed });
            }
        };
        if trained.len() > MOST {
            let (found, most) = (trained.len(), MOST);
            return Err(Error::TooMany { found, most });
        }
        let features = first.features.len();
        for one in trained {
            of_family(&one.network, first.family(), features)?;
            finite(one)?;
        }
        let means = DVector::from_iterator(trained.len(), trained.iter().map(Trained::mean));
        let (level, spread) = moments(means.iter().copied());
        if spread <= f64::EPSILON * level.abs() {
            let (networks, accuracy) = (trained.len(), trained[0].mean());
            return Err(Error::Constant { networks, accuracy });
        }
        let columns = telling(features, trained);
        let networks = trained.iter().map(|one| &one.network);
        let (mut freedom, mut squares) = (0.0, 0.0);
        for one in trained {
            freedom += one.accuracies.len() as f64 - 1.0;
            let off = one.accuracies.iter().map(|a| (a - one.mean()) / spread);
            squares += off.map(|off| off * off).sum::<f64>();
        }
        let runs = trained.iter().map(|one| one.accuracies.len() as f64);
        let process = Process::learn(Data {
            features: standardised(&columns, networks),
            values: means.map(|mean| (mean - level) / spread),
            runs: runs.collect(),
            freedom,
            squares,
        })?;
        Ok(Self {
            family: first.family().to_owned(),
            features,
            columns,
            level,
            spread,
            process,
        })
    }

    /// Number of networks learned from.
    pub fn networks(&self) -> usize {
        self.process.data.values.len()
    }

    /// Standard deviation of what is a network's own, in percent: how far its accuracy is from
    /// those of networks alike.
    pub fn own_deviation(&self) -> f64 {
        self.spread * self.process.hyper.own.sqrt()
    }

    /// Standard deviation of a training run around the network's accuracy, in percent; `None` where
    /// no network has two runs.
    pub fn run_deviation(&self) -> Option<f64> {
        let run = self.process.hyper.run;
        run.map(|run| self.spread * run.sqrt())
    }

    /// Predicts the accuracies of networks, each by itself.
    ///
    /// # Errors
    ///
    /// If a network is of another family than those learned from.
    pub fn predict(&self, networks: &[Network]) -> Result<Vec<Prediction>> {
        let (means, variances) = self.process.predict(&self.see(networks)?);
        let own = self.process.hyper.own;
        let both = means.iter().zip(&variances);
        let predictions = both.map(|(mean, variance)| Prediction {
            mean: self.level + self.spread * mean,
            deviation: self.spread * (variance + own).sqrt(),
        });
        Ok(predictions.collect())
    }

    /// Draws the accuracies of networks together, in percent: `draws` lists with one accuracy a
    /// network. They differ as what is not known of the networks lets them, networks alike together.
    /// The noise of single runs is not in them, as in [`Prediction::deviation`].
    ///
    /// Draws of up to 1,000 networks are exact; of more they are made of random waves, see the
    /// crate's page. The same networks, number and seed give the same draws, to the last bit on one
    /// machine.
    ///
    /// # Errors
    ///
    /// If a network is of another family than those learned from.
    pub fn draw(&self, networks: &[Network], draws: usize, seed: u64) -> Result<Vec<Vec<f64>>> {
        let drawn = draw(&self.process, &self.see(networks)?, draws, seed)?;
        let of = |value: &f64| self.level + self.spread * value;
        let columns = drawn.column_iter();
        Ok(columns
            .map(|column| column.iter().map(of).collect())
            .collect())
    }

    /// The deviation of the mean of so many runs from its prediction.
    pub(crate) fn deviation_of_mean(&self, prediction: Prediction, runs: usize) -> f64 {
        let noise = self.process.hyper.run_noise(runs as f64);
        prediction.deviation.hypot(self.spread * noise.sqrt())
    }

    fn see(&self, networks: &[Network]) -> Result<DMatrix<f64>> {
        for network in networks {
            of_family(network, &self.family, self.features)?;
        }
        Ok(standardised(&self.columns, networks.iter()))
    }
}

impl Column {
    /// None where all networks have the same.
    fn of(index: usize, trained: &[Trained]) -> Option<Self> {
        let values = trained.iter().map(|one| one.network.features[index]);
        let (mean, deviation) = moments(values.clone());
        let first = values.clone().next();
        let differ = values.into_iter().any(|value| Some(value) != first);
        differ.then_some(Self {
            index,
            mean,
            deviation,
        })
    }
}

/// The features that tell networks apart: not those that all have, nor copies of another.
fn telling(features: usize, trained: &[Trained]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for index in 0..features {
        let of = |one: &Trained, index: usize| one.network.features[index].to_bits();
        let same = |other: &Column| {
            trained
                .iter()
                .all(|one| of(one, index) == of(one, other.index))
        };
        if !columns.iter().any(same) {
            columns.extend(Column::of(index, trained));
        }
    }
    columns
}

/// Features as the process sees them, a network a row.
fn standardised<'a>(
    columns: &[Column],
    networks: impl ExactSizeIterator<Item = &'a Network>,
) -> DMatrix<f64> {
    let rows = networks.len();
    let values = networks.flat_map(|network| {
        let of =
            |column: &Column| (network.features[column.index] - column.mean) / column.deviation;
        columns.iter().map(of)
    });
    DMatrix::from_row_iterator(rows, columns.len(), values)
}

/// Mean and standard deviation.
fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}

fn of_family(network: &Network, family: &str, features: usize) -> Result<()> {
    let arch = network.arch().to_owned();
    if network.family() != family {
        let (family, learned) = (network.family().to_owned(), family.to_owned());
        return Err(Error::OtherFamily {
            arch,
            family,
            learned,
        });
    }
    let found = network.features.len();
    if found != features {
        let learned = features;
        return Err(Error::OtherLength {
            arch,
            found,
            learned,
        });
    }
    Ok(())
}

fn finite(one: &Trained) -> Result<()> {
    let arch = || one.network.arch().to_owned();
    match one.accuracies.iter().find(|accuracy| !accuracy.is_finite()) {
        None if one.accuracies.is_empty() => Err(Error::NotFinite {
            arch: arch(),
            accuracy: f64::NAN,
        }),
        None => Ok(()),
        Some(&accuracy) => Err(Error::NotFinite {
            arch: arch(),
            accuracy,
        }),
    }
}
