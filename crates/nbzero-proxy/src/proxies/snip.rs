//! Sensitivity of the loss to each weight.
//!
//! - **Formula**: sum of |w dL/dw| over convolution and linear weights
//! - **Source**: Lee et al. 2019; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/snip.py`
//! - **Deviations**: the gradient by a multiplicative mask at 1 equals w dL/dw, so no mask is built
//! - **Direction**: higher is better
//! - **Sweep**: loss
//! - **Cost**: one pass over the weight gradients

use nbzero_model::sum;
use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Snip {
    sum: f64,
}

impl Proxy for Snip {
    fn definition(&self) -> Definition {
        Definition {
            name: "snip",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: Some(2019),
            needs: Needs::Labels,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let product = layer.weight_gradient() * layer.weight.clone();
        self.sum += sum(product.abs());
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
