//! Gradient signal preservation.
//!
//! - **Formula**: sum of -w (H g) over convolution and linear weights, H the Hessian and g the
//!   gradient of the mean cross-entropy by those weights
//! - **Source**: Wang et al. 2020; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/grasp.py`
//! - **Deviations**: the sum is one second derivative, -w^T H g, so that H g is never made; one
//!   pass over the whole batch, where some programs reset the gradient between chunks; no
//!   temperature (it is 1 there)
//! - **Direction**: higher is better
//! - **Sweep**: tangent
//! - **Cost**: six forward convolutions a layer, no stored activations; twice a forward and
//!   backward pass

use crate::score::finite;
use crate::{Definition, Direction, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Grasp {
    curvature: Option<f64>,
}

impl Proxy for Grasp {
    fn definition(&self) -> Definition {
        Definition {
            name: "grasp",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Tangent,
        }
    }

    fn curvature(&mut self, value: f64) {
        self.curvature = Some(value);
    }

    fn score(&mut self) -> Score {
        let curvature = self.curvature.ok_or(Undefined::NotApplicable("no batch"))?;
        finite(-curvature)
    }
}
