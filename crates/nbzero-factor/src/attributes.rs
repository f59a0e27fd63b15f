//! The 17 features: the number of stages, and four attributes of each of four stages.

use std::fmt;

use nbzero_table::{StageAttribute, StageAttributes};
use serde::Serialize;

use crate::Error;

/// Stages that have features.
const STAGES: usize = 4;

/// A feature of a network.
///
/// ```
/// use nbzero_factor::Feature;
///
/// let names: Vec<String> = Feature::all().map(|feature| feature.to_string()).collect();
/// assert_eq!(names[..6], ["stages", "S1in", "S1out", "S1s", "S1L", "S2in"]);
/// assert_eq!(names.len(), 17);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub enum Feature {
    /// The number of stages.
    Stages,
    /// One attribute of one stage.
    Of {
        /// The stage, from 1 to 4.
        stage: usize,
        /// The attribute.
        attribute: StageAttribute,
    },
}

impl Feature {
    /// Number of features.
    pub const COUNT: usize = 1 + STAGES * StageAttribute::ALL.len();

    /// All features: the number of stages, then stage after stage.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_stages = (1..=STAGES).flat_map(|stage| {
            let feature = move |attribute| Self::Of { stage, attribute };
            StageAttribute::ALL.into_iter().map(feature)
        });
        std::iter::once(Self::Stages).chain(of_stages)
    }

    /// Its value for a network that has stages. A stage that is not there is like the last one, with
    /// that one's output coming in.
    fn of(self, stages: &[StageAttributes]) -> Option<u32> {
        let Self::Of { stage, attribute } = self else {
            return u32::try_from(stages.len()).ok();
        };
        let last = stages.last()?;
        let stage = stages.get(stage - 1);
        Some(match (stage, attribute) {
            (Some(stage), _) => attribute.of(stage),
            (None, StageAttribute::Input) => last.output,
            (None, _) => attribute.of(last),
        })
    }
}

impl fmt::Display for Feature {
    /// The paper's names: `S1in`, `S1out`, `S1s`, `S1L`; and `stages`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stages => f.write_str("stages"),
            Self::Of { stage, attribute } => write!(f, "S{stage}{}", attribute.suffix()),
        }
    }
}

impl From<Feature> for String {
    fn from(feature: Feature) -> Self {
        feature.to_string()
    }
}

/// The features of a pool of networks, one row a network.
///
/// Whether a network has a fourth stage is one feature, the number of its stages, and no other: a
/// stage that is not there takes the values of the last one that is (its width, stride and depth, and
/// its output as input). Left missing, each of its four attributes would tell the same, and trees
/// would call it a matter of widths, strides or depths.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Row by row.
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
                let value = feature.of(stages).unwrap_or(0);
                let may_be_zero = matches!(
                    feature,
                    Feature::Of {
                        attribute: StageAttribute::Depth,
                        ..
                    }
                );
                if value == 0 && !may_be_zero {
                    let feature = feature.to_string();
                    return Err(Error::Zero { row, feature });
                }
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "widths and depths are far below 2^24"
                )]
                values.push(value as f32);
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
