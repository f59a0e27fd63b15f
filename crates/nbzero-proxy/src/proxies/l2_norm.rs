//! Size of the weights.
//!
//! - **Formula**: sum over convolutions and linear layers of the 2-norm of w
//! - **Source**: SamsungLabs/zero-cost-nas, `foresight/pruners/measures/l2_norm.py`
//! - **Deviations**: none
//! - **Direction**: higher is better
//! - **Sweep**: weights
//! - **Cost**: one pass over the weights

use burn::tensor::Tensor;
use nbzero_model::sum;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct L2Norm {
    sum: f64,
}

impl Proxy for L2Norm {
    fn definition(&self) -> Definition {
        Definition {
            name: "l2_norm",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Weights,
            year: Some(2021),
            needs: Needs::Nothing,
        }
    }

    fn weight(&mut self, weight: &Tensor<1>) {
        self.sum += sum(weight.clone().square()).sqrt();
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
