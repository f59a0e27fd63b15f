//! Sensitivity of the loss to each weight, relative to its spread within each layer.
//!
//! - **Formula**: sum over convolutions and linear layers of sum s / deviation of s, s = |w dL/dw| of
//!   [`snip`](super::snip); the deviation is that of a sample, a layer whose s are all equal counts its sum
//! - **Source**: T-CET (2023); iViolinSolo/zero-cost-proxies at 1ece46a,
//!   `alethiometer/zero_cost_metrics/t_cet.py`
//! - **Deviations**: as [`snr_synflow`](super::snr_synflow)
//! - **Direction**: higher is better
//! - **Sweep**: loss
//! - **Cost**: two passes over the weight gradients

use burn::tensor::Tensor;
use nbzero_model::sum;
use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct SnrSnip {
    sum: f64,
}

impl Proxy for SnrSnip {
    fn definition(&self) -> Definition {
        Definition {
            name: "snr_snip",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: Some(2023),
            needs: Needs::Labels,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let saliencies = layer.weight_gradient() * layer.weight.clone();
        self.sum += signal_to_noise(saliencies.abs());
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}

/// The sum of all numbers, divided by their deviation as that of a sample, if that is positive.
pub(super) fn signal_to_noise(saliencies: Tensor<4>) -> f64 {
    let count = saliencies.shape().num_elements() as f64;
    let total = sum(saliencies.clone());
    let squares = sum(saliencies.sub_scalar(total / count).square());
    let deviation = (squares / (count - 1.0)).sqrt();
    if deviation > 0.0 {
        total / deviation
    } else {
        total
    }
}
