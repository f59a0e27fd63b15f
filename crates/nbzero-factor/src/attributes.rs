//! The 16 features: four attributes of each of four stages.

use std::fmt;

use nbzero_table::{StageAttribute, StageAttributes};
use serde::Serialize;

use crate::Error;

/// Stages that have features.
const STAGES: usize = 4;

/// A feature: one attribute of one stage.
///
/// ```
/// use nbzero_factor::Feature;
///
/// let names: Vec<String> = Feature::all().map(|feature| feature.to_string()).collect();
/// assert_eq!(names[..5], ["S1in", "S1out", "S1s", "S1L", "S2in"]);
/// assert_eq!(names.len(), 16);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Feature {
    /// The stage, from 1 to 4.
    pub stage: usize,
    /// The attribute.
    pub attribute: StageAttribute,
}

impl Feature {
    /// Number of features.
    pub const COUNT: usize = STAGES * StageAttribute::ALL.len();

    /// All features, stage after stage.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=STAGES).flat_map(|stage| {
            let feature = move |attribute| Self { stage, attribute };
            StageAttribute::ALL.into_iter().map(feature)
        })
    }
}

impl fmt::Display for Feature {
    /// The paper's names: `S1in`, `S1out`, `S1s`, `S1L`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}{}", self.stage, self.attribute.suffix())
    }
}

/// The features of a pool of networks, one row a network.
///
/// A network of fewer than four stages *lacks* the features of the others. `XGBoost` knows missing
/// values: at each split it learns to which side they belong, so that a missing stage is neither a
/// stage of width 0 nor one like the average.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Row by row; NaN is missing.
    values: Vec<f32>,
}

impl Attributes {
    /// The features of networks by their stages, as `nbzero_table::Table::stages` has them.
    ///
    /// # Errors
    ///
    /// If a network has no stages or more than four, or an attribute other than the depth is zero. A
    /// stage may be without blocks (those of NAS-Bench-Macro, where all are identities).
    pub fn new(networks: &[Vec<StageAttributes>]) -> Result<Self, Error> {
        let mut values = Vec::with_capacity(networks.len() * Feature::COUNT);
        for (row, stages) in networks.iter().enumerate() {
            if stages.is_empty() || stages.len() > STAGES {
                return Err(Error::Stages {
                    row,
                    stages: stages.len(),
                });
            }
            for feature in Feature::all() {
                let stage = stages.get(feature.stage - 1);
                let value = stage.map(|stage| feature.attribute.of(stage));
                if value == Some(0) && feature.attribute != StageAttribute::Depth {
                    let feature = feature.to_string();
                    return Err(Error::Zero { row, feature });
                }
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "widths and depths are far below 2^24"
                )]
                values.push(value.map_or(f32::NAN, |value| value as f32));
            }
        }
        Ok(Self { values })
    }

    /// Number of networks.
    pub fn len(&self) -> usize {
        self.values.len() / Feature::COUNT
    }

    /// Whether there are no networks.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The given rows, one after the other.
    pub(crate) fn select(&self, rows: &[usize]) -> Vec<f32> {
        let row = |&row: &usize| &self.values[row * Feature::COUNT..(row + 1) * Feature::COUNT];
        rows.iter().flat_map(row).copied().collect()
    }
}
