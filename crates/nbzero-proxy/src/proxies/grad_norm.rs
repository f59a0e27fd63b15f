//! Sum of the gradients' norms.
//!
//! - **Formula**: sum over convolutions and linear layers of the 2-norm of dL/dw, L the mean
//!   cross-entropy of the batch
//! - **Source**: Abdelfattah et al. 2021; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/grad_norm.py`
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
pub struct GradNorm {
    sum: f64,
}

impl Proxy for GradNorm {
    fn definition(&self) -> Definition {
        Definition {
            name: "grad_norm",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: Some(2021),
            needs: Needs::Labels,
        }
    }

    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let gradient = layer.weight_gradient();
        self.sum += sum(gradient.square()).sqrt();
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
