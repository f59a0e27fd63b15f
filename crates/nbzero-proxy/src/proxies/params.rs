//! Number of trainable parameters.
//!
//! - **Formula**: convolution and linear weights, biases, batch-norm scales and shifts
//! - **Source**: NAS-Bench-Zero, section 3.3
//! - **Deviations**: none
//! - **Direction**: higher is better
//! - **Sweep**: graph
//! - **Cost**: no tensors; where nothing but costs is asked for, no network is made: 40 microseconds
//!   a network of `r1`, its graph included

use nbzero_graph::Graph;

use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Params {
    value: f64,
}

impl Proxy for Params {
    fn definition(&self) -> Definition {
        Definition {
            name: "params",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Graph,
            year: None,
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.value = graph.params() as f64;
    }

    fn score(&mut self) -> Score {
        Ok(self.value)
    }
}
