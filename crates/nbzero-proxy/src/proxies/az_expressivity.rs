//! How evenly the blocks' values use their channels.
//!
//! - **Formula**: sum over the stem and every block of -sum p ln(p + 1e-8), p the eigenvalues of the
//!   covariance of the value's channels over images and positions, divided by their sum
//! - **Source**: Lee and Ham 2024 (AZ-NAS); cvlab-yonsei/AZ-NAS at c84b00b,
//!   `ImageNet_MBV2/ZeroShotProxy/compute_az_nas_score.py`
//! - **Deviations**: eigenvalues in float64, those below 0 by rounding as 0. The blocks are those that the
//!   space marks in the graph: stem, then each block, cell or layer
//! - **Direction**: higher is better
//! - **Sweep**: blocks; 64 standard normal images under Kaiming weights over the fan-in. A batch with a
//!   perturbation is measured on the network's own parameters
//! - **Cost**: a forward pass, and the eigenvalues of a matrix of channels x channels a block

use nbzero_graph::Graph;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct AzExpressivity {
    entropies: Entropies,
}

impl Proxy for AzExpressivity {
    fn definition(&self) -> Definition {
        Definition {
            name: "az_expressivity",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Blocks,
            year: Some(2024),
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.entropies.expected = graph.block_ends().len();
    }

    fn block_entropy(&mut self, entropy: f64) {
        self.entropies.values.push(entropy);
    }

    fn score(&mut self) -> Score {
        finite(self.entropies.all()?.iter().sum())
    }
}

/// One entropy a block, the stem's first.
#[derive(Debug, Default)]
pub(super) struct Entropies {
    pub(super) expected: usize,
    pub(super) values: Vec<f64>,
}

/// Of a graph that has no more than a stem.
pub(super) const NO_BLOCKS: Undefined = Undefined::NotApplicable("the graph has no blocks");

impl Entropies {
    pub(super) fn all(&self) -> Result<&[f64], Undefined> {
        if self.expected < 2 {
            return Err(NO_BLOCKS);
        }
        if self.values.iter().any(|value| value.is_nan()) {
            return Err(Undefined::Singular(
                "a block's value does not vary, or is not finite",
            ));
        }
        Ok(&self.values)
    }
}
