//! max(x, 0).

use burn::tensor::{Tensor, activation};

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    activation::relu(x)
}

/// The gradient passes where the output is positive.
pub(crate) fn backward(output: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    gradient.mask_fill(output.lower_equal_scalar(0.0), 0.0)
}

/// Derivatives pass where the value is positive.
pub(crate) fn forward_jet(jet: Jet) -> Jet {
    let x = forward(jet.x.clone());
    let pass = |derivative| backward(x.clone(), derivative);
    Jet {
        a: pass(jet.a),
        b: pass(jet.b),
        ab: pass(jet.ab),
        x,
    }
}
