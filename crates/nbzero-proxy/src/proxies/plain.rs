//! Signed sensitivity of the loss to each weight.
//!
//! - **Formula**: sum of w dL/dw over convolution and linear weights
//! - **Source**: Mozer and Smolensky 1989, as in SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/plain.py`
//! - **Deviations**: none
//! - **Direction**: higher is better
//! - **Sweep**: loss
//! - **Cost**: one pass over the weight gradients

use nbzero_model::sum;
use nbzero_model::sweep::LayerGradient;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Plain {
    sum: f64,
}

impl Proxy for Plain {
    fn definition(&self) -> Definition {
        Definition {
            name: "plain",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: Some(2021),
            needs: Needs::Labels,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let product = layer.weight_gradient() * layer.weight.clone();
        self.sum += sum(product);
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
