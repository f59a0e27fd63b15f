//! Natural logarithm of synflow.
//!
//! - **Formula**: ln of [`synflow`](super::synflow)
//! - **Source**: NAS-Bench-Suite-Zero (Krishnakumar et al. 2022) stores synflow this way
//! - **Deviations**: none where synflow is finite, and the ranking is that of synflow; where synflow is
//!   beyond float64, its logarithm is computed as one
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: one forward and backward pass of one image

use nbzero_model::sweep::LayerFlow;

use super::synflow::Terms;
use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct LogSynflow {
    terms: Terms,
}

impl Proxy for LogSynflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "log_synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
            year: Some(2022),
            needs: Needs::Nothing,
        }
    }

    fn flow(&mut self, layer: &LayerFlow<'_>) {
        self.terms.add(layer);
    }

    fn score(&mut self) -> Score {
        finite(self.terms.ln())
    }
}
