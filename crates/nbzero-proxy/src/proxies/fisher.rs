//! Fisher information of the channels' activations.
//!
//! - **Formula**: per output channel of each convolution and linear layer, 0.5 x mean over images
//!   of (sum over positions of a dL/da)^2, a the output with its bias, before batch norm; each channel counts once
//!   per weight of the channel
//! - **Source**: Theis et al. 2018, Turner et al. 2020; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/fisher.py`
//! - **Deviations**: none: zero-cost-nas expands the channel's value to the weight's shape and sums
//!   that, hence the factor
//! - **Direction**: higher is better
//! - **Sweep**: loss
//! - **Cost**: one pass over the activations and their gradients

use nbzero_model::sum;
use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Fisher {
    sum: f64,
}

impl Proxy for Fisher {
    fn definition(&self) -> Definition {
        Definition {
            name: "fisher",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: Some(2021),
            needs: Needs::Labels,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let sensitivity = (layer.output.clone() * layer.output_gradient.clone()).sum_dims(&[2, 3]);
        let [batch, _, _, _] = sensitivity.dims();
        let channels = sum(sensitivity.square()) / batch as f64;
        let [_, inputs, height, width] = layer.weight.dims();
        self.sum += 0.5 * channels * (inputs * height * width) as f64;
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
