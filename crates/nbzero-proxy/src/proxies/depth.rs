//! Number of layers.
//!
//! - **Formula**: convolutions and linear layers, shortcut projections not counted
//! - **Source**: NAS-Bench-Zero, section 4.3; the paper does not define it, this is the count that
//!   names ResNet-18
//! - **Deviations**: none
//! - **Direction**: higher is better
//! - **Sweep**: graph
//! - **Cost**: no tensors; where nothing but costs is asked for, no network is made: 40 microseconds
//!   a network of `r1`, its graph included

use nbzero_graph::Graph;

use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Depth {
    value: f64,
}

impl Proxy for Depth {
    fn definition(&self) -> Definition {
        Definition {
            name: "depth",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Graph,
            year: None,
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.value = f64::from(graph.depth());
    }

    fn score(&mut self) -> Score {
        Ok(self.value)
    }
}
