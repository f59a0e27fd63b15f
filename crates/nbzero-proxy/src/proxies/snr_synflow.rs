//! Synaptic flow relative to its spread within each layer.
//!
//! - **Formula**: sum over convolutions and linear layers of sum s / deviation of s, s = |w dR/dw| of
//!   [`synflow`](super::synflow); the deviation is that of a sample, a layer whose s are all equal counts its sum
//! - **Source**: T-CET (2023); iViolinSolo/zero-cost-proxies at 1ece46a,
//!   `alethiometer/zero_cost_metrics/t_cet.py`
//! - **Deviations**: the layers' terms are added as they are; T-CET multiplies each by a naswot of one layer,
//!   paired with it by the order of modules, which is no order of a graph: `t_cet` itself is left out
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: two passes over the weights

use nbzero_model::sweep::LayerFlow;

use super::snr_snip::signal_to_noise;
use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct SnrSynflow {
    sum: f64,
}

impl Proxy for SnrSynflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "snr_synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
            year: Some(2023),
            needs: Needs::Nothing,
        }
    }

    fn flow(&mut self, layer: &LayerFlow<'_>) {
        // The power of two is in the sum and in the deviation.
        let saliencies = layer.weight.clone() * layer.weight_gradient.clone();
        self.sum += signal_to_noise(saliencies.abs());
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
