//! Which accuracy, and which cost.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, list};

/// The images that an accuracy was measured on. One is never answered from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// The dataset's test images.
    Test,
    /// Images held out from training, for a search to look at.
    NasValidation,
}

impl Split {
    /// All splits.
    pub const ALL: [Self; 2] = [Self::Test, Self::NasValidation];

    /// The name in commands and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::NasValidation => "nas-validation",
        }
    }
}

/// What a network costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cost {
    /// Multiply-accumulates of convolutions and linear layers for one image.
    Flops,
    /// Trainable parameters.
    Params,
    /// Convolution and linear layers, shortcut projections not counted.
    Depth,
}

impl Cost {
    /// All costs.
    pub const ALL: [Self; 3] = [Self::Flops, Self::Params, Self::Depth];

    /// The cost of this name, if it is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cost| cost.name() == name)
    }

    /// The name in commands and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flops => "flops",
            Self::Params => "params",
            Self::Depth => "depth",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Split {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|split| split.name() == name)
            .ok_or_else(|| Error::UnknownSplit {
                name: name.into(),
                known: list(Self::ALL),
            })
    }
}

impl FromStr for Cost {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|cost| cost.name() == name)
            .ok_or_else(|| Error::UnknownCost {
                name: name.into(),
                known: list(Self::ALL),
            })
    }
}
