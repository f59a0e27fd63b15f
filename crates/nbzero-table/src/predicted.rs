//! Accuracies that nobody measured: what a surrogate learned from other networks expects.
//!
//! They are never mixed with measured ones: a table has the one kind or the other, and whatever
//! asks it for measured accuracies finds none here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::check;
use crate::summary::{Range, range_of};
use crate::{Error, Metadata, Result, Row, StageAttributes, Table};

/// The predicted accuracies of a table, a value a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// By what they were predicted, and from which networks, for people.
    pub details: String,
    /// The expected test accuracy in percent. Nothing keeps it within 0 and 100.
    pub means: Vec<f64>,
    /// Its standard deviation in percent.
    pub deviations: Vec<f64>,
    /// What the accuracies of all networks together may be, a list a draw: hundredths of a percent above or
    /// below the mean of each network.
    #[serde(skip)]
    pub(crate) draws: Vec<Vec<i16>>,
}

/// What is expected of one network's test accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Prediction {
    /// The expected accuracy in percent. Nothing keeps it within 0 and 100.
    pub mean: f64,
    /// Its standard deviation in percent.
    pub deviation: f64,
}

/// A network of a table of predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedNetwork {
    /// The architecture string.
    pub arch: String,
    /// Multiply-accumulates for one image.
    pub flops: u64,
    /// Trainable parameters.
    pub params: u64,
    /// Convolution and linear layers.
    pub depth: u32,
    /// The stages, first to last.
    pub stages: Vec<StageAttributes>,
    /// What is expected of it.
    pub prediction: Prediction,
    /// Its accuracy in percent in each joint draw of all networks; as many for each of them, or none.
    pub draws: Vec<f64>,
}

/// The predictions of a table at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictedSummary {
    /// By what they were predicted, and from which networks.
    pub details: String,
    /// The range of the expected accuracies, in percent.
    pub means: Option<Range<f64>>,
    /// The range of their standard deviations.
    pub deviations: Option<Range<f64>>,
    /// Number of joint draws of all accuracies.
    pub draws: usize,
}

impl Table {
    /// A table of predicted accuracies, and of nothing that was measured: it has no seeds and no
    /// scores. `details` says by what and from which networks they were predicted, and `metadata`
    /// what they would be measured on, with the recipe of the networks learned from.
    ///
    /// # Errors
    ///
    /// If there are no networks, one is there twice, a prediction or draw is not finite, a deviation is
    /// negative, two networks have other numbers of draws, there are no details, or the metadata has seeds or
    /// scores.
    pub fn from_predictions(
        metadata: Metadata,
        networks: Vec<PredictedNetwork>,
        details: String,
    ) -> Result<Self> {
        let mut networks = networks;
        networks.sort_by(|a, b| a.arch.cmp(&b.arch));
        let column = |value: fn(&PredictedNetwork) -> f64| networks.iter().map(value).collect();
        let predicted = Predicted {
            details,
            means: column(|network| network.prediction.mean),
            deviations: column(|network| network.prediction.deviation),
            draws: draws(&networks).map_err(|what| Error::Invalid { what })?,
        };
        let table = Self {
            flops: networks.iter().map(|network| Some(network.flops)).collect(),
            params: networks
                .iter()
                .map(|network| Some(network.params))
                .collect(),
            depth: networks.iter().map(|network| Some(network.depth)).collect(),
            stages: networks.iter().map(|n| n.stages.clone()).collect(),
            architectures: networks.into_iter().map(|network| network.arch).collect(),
            metadata,
            scores: BTreeMap::new(),
            accuracies: BTreeMap::new(),
            diverged: Vec::new(),
            predicted: Some(predicted),
        };
        check(&table).map_err(|what| Error::Invalid { what })?;
        Ok(table)
    }

    /// The predicted accuracies; `None` in a table of measured ones.
    ///
    /// What is shown of them must be called predicted.
    pub fn predicted(&self) -> Option<&Predicted> {
        self.predicted.as_ref()
    }
}

impl Row<'_> {
    /// What is expected of the network's test accuracy; `None` in a table of measured ones.
    pub fn prediction(&self) -> Option<Prediction> {
        let predicted = self.table().predicted()?;
        Some(Prediction {
            mean: predicted.means[self.index()],
            deviation: predicted.deviations[self.index()],
        })
    }
}

impl Predicted {
    /// What the accuracies of all networks together may be, in percent: a list a draw with a value a row. An
    /// index that is computed on each says how far what is not known of the networks can move it.
    pub fn draws(&self) -> Vec<Vec<f64>> {
        let draw = |offsets: &Vec<i16>| {
            let both = self.means.iter().zip(offsets);
            both.map(|(mean, &offset)| mean + f64::from(offset) / PARTS)
                .collect()
        };
        self.draws.iter().map(draw).collect()
    }

    pub(crate) fn summary(&self) -> PredictedSummary {
        PredictedSummary {
            details: self.details.clone(),
            means: range_of(self.means.clone()),
            deviations: range_of(self.deviations.clone()),
            draws: self.draws.len(),
        }
    }
}

/// Parts of a percent in which draws are kept, as accuracies on 10,000 images come.
const PARTS: f64 = 100.0;

/// The draws of all networks.
fn draws(networks: &[PredictedNetwork]) -> Result<Vec<Vec<i16>>, String> {
    let count = networks.first().map_or(0, |network| network.draws.len());
    let mut draws = vec![Vec::with_capacity(networks.len()); count];
    for network in networks {
        if network.draws.len() != count {
            return Err(format!(
                "{} has {} draws, and the first network has {count}",
                network.arch,
                network.draws.len()
            ));
        }
        for (draw, value) in draws.iter_mut().zip(&network.draws) {
            if !value.is_finite() {
                return Err(format!("{} is drawn as {value}", network.arch));
            }
            let offset = (value - network.prediction.mean) * PARTS;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "saturates 327 percent off the mean"
            )]
            draw.push(offset.round() as i16);
        }
    }
    Ok(draws)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{drawn_predictions, predicted_network, predictions};
    use crate::{Query, Split};

    fn refusal(networks: Vec<PredictedNetwork>, details: &str) -> String {
        let metadata = predictions().metadata().clone();
        let refused = Table::from_predictions(metadata, networks, details.into());
        refused.expect_err("refused").to_string()
    }

    #[test]
    fn predictions_are_not_accuracies() {
        let table = predictions();
        let row = table.find("r1:8:16x1s2").expect("there");
        let prediction = row.prediction().expect("predicted");
        assert_eq!((prediction.mean, prediction.deviation), (62.25, 0.5));
        assert_eq!(row.mean_accuracy(Split::Test), None);
        assert_eq!(row.runs(Split::Test), None);
        assert!(table.accuracy(Split::Test, 0).is_err());
        assert!(table.seeds().is_empty());
        assert!(table.query(&Query::new(Split::Test)).is_empty());
        let summary = table.summary();
        assert_eq!(summary.accuracies[&Split::Test].means, None);
        let predicted = summary.predicted.expect("predicted");
        assert_eq!(predicted.means.map(|means| means.most), Some(101.5));
        assert_eq!(crate::sample::table().predicted(), None);
    }

    #[test]
    fn they_can_be_asked_for_by_name() {
        let table = predictions();
        let archs = |query: &Query| -> Vec<String> {
            let rows = table.query(query).into_iter();
            rows.map(|row| row.arch().to_owned()).collect()
        };
        let all = Query::of_predictions();
        assert_eq!(archs(&all), ["r1:16:8x1s2,16x1s2", "r1:8:16x1s2"]);
        assert_eq!(archs(&all.top(1)), ["r1:16:8x1s2,16x1s2"]);
        assert!(
            crate::sample::table()
                .query(&Query::of_predictions())
                .is_empty()
        );
    }

    #[test]
    fn draws_are_kept_in_hundredths_of_a_percent() {
        let table = drawn_predictions();
        let predicted = table.predicted().expect("predicted");
        assert_eq!(predicted.draws(), [[100.25, 62.5], [103.0, 61.49]]);
        assert_eq!(table.summary().predicted.expect("predicted").draws, 2);
        assert!(
            predictions()
                .predicted()
                .expect("predicted")
                .draws()
                .is_empty()
        );
    }

    #[test]
    fn what_is_no_prediction_is_refused() {
        let network = |mean, deviation| vec![predicted_network("r1:8:16x1s2", mean, deviation)];
        assert!(refusal(network(f64::NAN, 1.0), "d").contains("r1:8:16x1s2 is predicted as NaN"));
        assert!(refusal(network(50.0, -1.0), "d").contains("deviation -1"));
        assert!(refusal(network(50.0, f64::INFINITY), "d").contains("deviation inf"));
        let drawn = |draws: &[f64]| {
            let mut network = predicted_network("r1:8:16x1s2", 50.0, 1.0);
            network.draws = draws.to_vec();
            network
        };
        let nowhere = refusal(vec![drawn(&[f64::NAN])], "d");
        assert!(nowhere.contains("r1:8:16x1s2 is drawn as NaN"), "{nowhere}");
        let other = predicted_network("r1:16:8x1s2,16x1s2", 50.0, 1.0);
        let uneven = refusal(vec![drawn(&[51.0, 49.0]), other], "d");
        assert!(uneven.contains("r1:8:16x1s2 has 2 draws"), "{uneven}");
        assert!(refusal(network(50.0, 1.0), "").contains("by what"));
        assert!(refusal(Vec::new(), "d").contains("no architectures"));
        let twice = [network(50.0, 1.0), network(51.0, 1.0)].concat();
        assert!(refusal(twice, "d").contains("two rows"));
        let mut metadata = predictions().metadata().clone();
        metadata.seeds = vec![0];
        let refused = Table::from_predictions(metadata, network(50.0, 1.0), "d".into());
        let refused = refused.expect_err("refused").to_string();
        assert!(
            refused.contains("predicted accuracies beside measured ones"),
            "{refused}"
        );
    }
}
