//! Synaptic flow.
//!
//! - **Formula**: sum of |w dR/dw| over convolution and linear weights, R the sum of the outputs
//!   for one all-ones image, batch norm skipped, all parameters absolute
//! - **Source**: Tanaka et al. 2020; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/synflow.py`
//! - **Deviations**: float64 throughout, as there; a sum beyond float64 is undefined, not infinite
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: one forward and backward pass of one image

use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Synflow {
    sum: f64,
}

impl Proxy for Synflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let product = layer.weight_gradient() * layer.weight.clone();
        self.sum += product.abs().sum().into_scalar::<f64>();
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
