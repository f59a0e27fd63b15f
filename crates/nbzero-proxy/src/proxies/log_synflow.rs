//! Natural logarithm of synflow.
//!
//! - **Formula**: ln of [`synflow`](super::synflow)
//! - **Source**: NAS-Bench-Suite-Zero (Krishnakumar et al. 2022) stores synflow this way
//! - **Deviations**: none; the ranking is that of synflow
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: one forward and backward pass of one image

use nbzero_model::sweep::LayerGradient;

use super::synflow::Synflow;
use crate::score::finite;
use crate::{Definition, Direction, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct LogSynflow {
    synflow: Synflow,
}

impl Proxy for LogSynflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "log_synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        self.synflow.layer(layer);
    }

    fn score(&mut self) -> Score {
        self.synflow.score().and_then(|sum| finite(sum.ln()))
    }
}
