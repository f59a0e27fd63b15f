//! Whether each block adds to what the one before can express.
//!
//! - **Formula**: the least difference of one block's entropy and that of the one before
//!   ([`az_expressivity`](super::az_expressivity))
//! - **Source**: Lee and Ham 2024 (AZ-NAS); cvlab-yonsei/AZ-NAS at c84b00b,
//!   `ImageNet_MBV2/ZeroShotProxy/compute_az_nas_score.py`
//! - **Deviations**: those of `az_expressivity`
//! - **Direction**: higher is better
//! - **Sweep**: blocks; as `az_expressivity`
//! - **Cost**: nothing beside `az_expressivity`

use nbzero_graph::Graph;

use super::az_expressivity::Entropies;
use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct AzProgressivity {
    entropies: Entropies,
}

impl Proxy for AzProgressivity {
    fn definition(&self) -> Definition {
        Definition {
            name: "az_progressivity",
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
        let pairs = self.entropies.all()?.windows(2);
        finite(
            pairs
                .map(|pair| pair[1] - pair[0])
                .fold(f64::INFINITY, f64::min),
        )
    }
}
