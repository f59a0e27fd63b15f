//! FLOPs: multiply-accumulates of one image.
//!
//! - **Formula**: sum over convolutions and linear layers of (weights x output positions)
//! - **Source**: the convention of NAS-Bench-101 (Ying et al. 2019) and NAS-Bench-201 (Dong and
//!   Yang 2020)
//! - **Deviations**: none
//! - **Direction**: higher is better
//! - **Sweep**: graph
//! - **Cost**: no tensors; where nothing but costs is asked for, no network is made: 40 microseconds
//!   a network of `r1`, its graph included

use nbzero_graph::Graph;

use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Flops {
    value: f64,
}

impl Proxy for Flops {
    fn definition(&self) -> Definition {
        Definition {
            name: "flops",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Graph,
            year: None,
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.value = graph.flops() as f64;
    }

    fn score(&mut self) -> Score {
        Ok(self.value)
    }
}
