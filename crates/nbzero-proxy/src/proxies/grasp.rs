//! Gradient signal preservation.
//!
//! - **Formula**: sum of -w (H g) over convolution and linear weights, H the Hessian and g the
//!   gradient of the mean cross-entropy by those weights
//! - **Source**: Wang et al. 2020; SamsungLabs/zero-cost-nas at ca61347,
//!   `foresight/pruners/measures/grasp.py`
//! - **Deviations**: the sum is taken as -g^T H w, which is equal and cheaper (H is symmetric, and a
//!   linear layer moves along its own weight by its own output); one pass over the whole batch,
//!   where some programs reset the gradient between chunks; no temperature (it is 1 there)
//! - **Direction**: higher is better
//! - **Sweep**: tangent, ending in the loss sweep
//! - **Cost**: beside a forward and backward pass four convolutions a layer (one forward, one to the
//!   input, two to the weight), and the derivative of each stored activation

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

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
            year: Some(2020),
            needs: Needs::Labels,
        }
    }

    fn curvature(&mut self, value: f64) {
        self.curvature = Some(value);
    }

    fn score(&mut self) -> Score {
        let curvature = self.curvature.ok_or(Undefined::NotApplicable("no batch"))?;
        finite(0.0 - curvature)
    }
}
