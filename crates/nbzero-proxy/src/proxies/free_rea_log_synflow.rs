//! Synaptic flow with a logarithm for each weight.
//!
//! - **Formula**: sum of |w ln(1 + dR/dw)| over convolution and linear weights, R and the network as in
//!   [`synflow`](super::synflow)
//! - **Source**: Cavagnero et al. 2023 (`FreeREA`); `NiccoloCavagnero/FreeREA`, `metrics/synflow.py`
//! - **Deviations**: none; gradients beyond float64 are no obstacle to their logarithms. One that is not above -1,
//!   which takes an operation that falls where its input rises (a layer norm), has none: not finite
//! - **Direction**: higher is better
//! - **Sweep**: synflow
//! - **Cost**: a logarithm for each weight

use nbzero_model::sweep::LayerFlow;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct FreeReaLogSynflow {
    sum: f64,
}

impl Proxy for FreeReaLogSynflow {
    fn definition(&self) -> Definition {
        Definition {
            name: "free_rea_log_synflow",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Synflow,
            year: Some(2023),
            needs: Needs::Nothing,
        }
    }

    fn flow(&mut self, layer: &LayerFlow<'_>) {
        // ln(1 + 2^e g) = e ln 2 + ln(2^-e + g), where 2^-e may be 0 beside g.
        let logarithms = if layer.exponent == 0 {
            layer.weight_gradient.clone().log1p()
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "clamped")]
            let power = (-layer.exponent).clamp(-2000, 1000) as i32;
            let gradients = layer
                .weight_gradient
                .clone()
                .add_scalar(2.0_f64.powi(power));
            let shift = layer.exponent as f64 * std::f64::consts::LN_2;
            gradients.log().add_scalar(shift)
        };
        let product = layer.weight.clone() * logarithms;
        self.sum += product.abs().sum().into_scalar::<f64>();
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}
