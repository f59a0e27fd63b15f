//! What is searched, and how.

use std::fmt;
use std::str::FromStr;

use nbzero_space::Space;
use serde::{Deserialize, Serialize};

use crate::{Budgets, Objective};

/// How candidates are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// Each drawn anew.
    Random,
    /// Aging evolution (Real et al. 2019): the first are drawn; then each is a mutation of the best
    /// of a few of the population, every fourth of a crossover of two such, and takes the place of
    /// the oldest.
    Evolution,
}

/// What is searched, and how: everything that a search's result follows from, but for what is
/// measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where candidates come from.
    pub space: Space,
    /// How.
    pub strategy: Strategy,
    /// What they may cost.
    pub budgets: Budgets,
    /// Which are better.
    pub objective: Objective,
    /// How many are scored.
    pub candidates: usize,
    /// How many more are scored for each budget, within 10% more of it.
    pub relaxed: usize,
    /// Another seed looks at other candidates.
    pub seed: u64,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random",
            Self::Evolution => "evolution",
        })
    }
}

impl FromStr for Strategy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "random" => Ok(Self::Random),
            "evolution" => Ok(Self::Evolution),
            _ => Err(format!(
                "`{name}` is no strategy: there are random and evolution"
            )),
        }
    }
}
