//! How much a model relies on each feature.

use serde::Serialize;

use crate::Feature;
use crate::dump::Split;

/// What importance is measured by; the definitions are `XGBoost`'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Mean over the feature's splits of how much each lowers the loss.
    Gain,
    /// Sum over the feature's splits of how much each lowers the loss.
    TotalGain,
    /// Number of the feature's splits.
    Weight,
    /// Mean over the feature's splits of the number of networks that reach it.
    Cover,
}

/// The importance of one feature; all zero if no tree splits on it.
///
/// The target has variance 1, so gains of different proxies are on one scale: the loss is half the
/// sum of squared errors over the networks.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Importance {
    /// [`Kind::Gain`].
    pub gain: f64,
    /// [`Kind::Weight`].
    pub weight: usize,
    /// [`Kind::Cover`].
    pub cover: f64,
}

impl Importance {
    /// The importance of one kind.
    pub fn of(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Gain => self.gain,
            Kind::TotalGain => self.gain * self.weight as f64,
            Kind::Weight => self.weight as f64,
            Kind::Cover => self.cover,
        }
    }
}

/// The importance of a feature in the model of all networks and in those of the folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureImportance {
    /// The feature.
    pub feature: Feature,
    /// In the model of all networks.
    #[serde(flatten)]
    pub importance: Importance,
    /// In the model of each fold, which has not seen that fold's networks.
    pub folds: Vec<Importance>,
}

/// The importance of each feature, in their order.
pub(crate) fn importances(splits: &[Split]) -> Vec<Importance> {
    let mut found = vec![Importance::default(); Feature::COUNT];
    for split in splits {
        if let Some(importance) = found.get_mut(split.feature) {
            importance.weight += 1;
            importance.gain += split.gain;
            importance.cover += split.cover;
        }
    }
    for importance in &mut found {
        let splits = importance.weight.max(1) as f64;
        importance.gain /= splits;
        importance.cover /= splits;
    }
    found
}

/// The importances of one kind, scaled to a sum of 1; all zero if no tree has a split.
pub(crate) fn shares(importances: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = importances.collect();
    let sum: f64 = values.iter().sum();
    let share = |value| if sum > 0.0 { value / sum } else { 0.0 };
    values.into_iter().map(share).collect()
}
