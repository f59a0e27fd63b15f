//! A candidate, and who measures it.

use nbzero_space::Architecture;
use nbzero_table::Score;
use serde::{Deserialize, Serialize};

use crate::{Costs, Error, Resource};

/// A network that was scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The network.
    pub arch: Architecture,
    /// What it costs.
    pub costs: Costs,
    /// Milliseconds for one image, where there is a budget of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<f64>,
    /// The scores of the objective's members, in their order.
    pub scores: Vec<Score>,
}

impl Candidate {
    /// What it costs of one kind; no latency where none was measured.
    pub fn cost(&self, resource: Resource) -> Option<f64> {
        self.costs.of(resource).or(match resource {
            Resource::Latency => self.latency,
            _ => None,
        })
    }
}

/// Who finds out what networks cost and score.
pub trait Measure {
    /// How measuring fails.
    type Error: From<Error>;

    /// What a network costs.
    fn costs(&mut self, network: &Architecture) -> Costs;

    /// Milliseconds that a network takes for one image; `None` where nobody knows, and such a network
    /// keeps to no budget. Asked for once a network, and only where there is a budget.
    fn latency(&mut self, network: &Architecture) -> Result<Option<f64>, Self::Error>;

    /// Scores networks, as many at a time as it likes, and hands the scores of each to `take`, in
    /// the order of the networks: those of the objective's members, in their order.
    fn score(
        &mut self,
        networks: &[Architecture],
        take: &mut dyn FnMut(Vec<Score>) -> Result<(), Self::Error>,
    ) -> Result<(), Self::Error>;
}
