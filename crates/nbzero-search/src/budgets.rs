//! What a network costs, and how much it may.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a budget limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// Multiply-accumulates for one image.
    Flops,
    /// Trainable parameters.
    Params,
    /// Convolutions and linear layers.
    Depth,
    /// The most bytes of activations that one image holds in evaluation.
    Memory,
    /// Milliseconds for one image in evaluation.
    Latency,
}

impl Resource {
    /// Every resource, the one that takes longest to find out last.
    pub const ALL: [Self; 5] = [
        Self::Flops,
        Self::Params,
        Self::Depth,
        Self::Memory,
        Self::Latency,
    ];

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flops => "flops",
            Self::Params => "params",
            Self::Depth => "depth",
            Self::Memory => "memory",
            Self::Latency => "latency",
        }
    }

    /// The unit behind a number, in words.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Flops => "FLOPs",
            Self::Params => "parameters",
            Self::Depth => "layers",
            Self::Memory => "bytes of activations",
            Self::Latency => "ms",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a network costs without running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// Multiply-accumulates for one image.
    pub flops: u64,
    /// Trainable parameters.
    pub params: u64,
    /// Convolutions and linear layers, shortcut projections not counted.
    pub depth: u32,
    /// The most bytes of activations that one image holds in evaluation.
    pub memory: u64,
}

impl Costs {
    /// The cost of one kind; latency, which has to be measured, is none of them.
    pub fn of(&self, resource: Resource) -> Option<f64> {
        match resource {
            Resource::Flops => Some(self.flops as f64),
            Resource::Params => Some(self.params as f64),
            Resource::Depth => Some(self.depth.into()),
            Resource::Memory => Some(self.memory as f64),
            Resource::Latency => None,
        }
    }
}

/// The most that a network may cost, of any resources together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Budgets(BTreeMap<Resource, f64>);

impl Budgets {
    /// The same budgets and one more: at most `limit` of a resource.
    #[must_use]
    pub fn with(mut self, resource: Resource, limit: f64) -> Self {
        self.0.insert(resource, limit);
        self
    }

    /// The resources that are limited, with their limits.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, f64)> {
        self.0.iter().map(|(&resource, &limit)| (resource, limit))
    }

    /// The limit of a resource, if it has one.
    pub fn limit(&self, resource: Resource) -> Option<f64> {
        self.0.get(&resource).copied()
    }

    /// By which part of its limit the dearest cost is over it; 0 where all are within theirs.
    /// Latency is not looked at.
    pub fn excess(&self, costs: &Costs) -> f64 {
        let over = self.iter().filter_map(|(resource, limit)| {
            let cost = costs.of(resource)?;
            Some((cost / limit - 1.0).max(0.0))
        });
        over.fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_cost_counts() {
        let costs = Costs {
            flops: 300,
            params: 120,
            depth: 8,
            memory: 64,
        };
        let budgets = Budgets::default().with(Resource::Flops, 200.0);
        let both = budgets.clone().with(Resource::Params, 100.0);
        let met = Budgets::default().with(Resource::Depth, 8.0);
        let latency = met.clone().with(Resource::Latency, 0.1);
        for (budgets, excess) in [(budgets, 0.5), (both, 0.5), (met, 0.0), (latency, 0.0)] {
            assert!((budgets.excess(&costs) - excess).abs() < 1e-12);
        }
    }
}
