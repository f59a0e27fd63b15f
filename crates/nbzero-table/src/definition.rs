//! What a stored score means.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which scores are better. Fixed by the proxy's definition, never chosen after the fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Higher scores are better.
    Higher,
    /// Lower scores are better.
    Lower,
}

impl Direction {
    /// 1 where higher is better, -1 where lower is: multiplied by it, higher is always better.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Higher => 1.0,
            Self::Lower => -1.0,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        })
    }
}

/// What somebody needs to know to compute a stored score again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreDefinition {
    /// The proxy's name, such as `grad_norm`.
    pub name: String,
    /// The version of the proxy's definition; raised whenever its values change. 0 for scores that
    /// others computed and published: `settings` says whose they are.
    pub version: u32,
    /// Which scores are better.
    pub direction: Direction,
    /// Batch size, seed, batch normalisation mode, initialisation and data, as text.
    pub settings: String,
}

impl fmt::Display for ScoreDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            version,
            direction,
            settings,
        } = self;
        write!(
            f,
            "{name} version {version}, {direction} is better, {settings}"
        )
    }
}
