//! min(max(x, 0), 6).

use burn::tensor::Tensor;

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// The gradient passes strictly between the bounds, as in PyTorch.
pub(crate) fn backward(output: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    let passed = super::relu::backward(output.clone(), gradient);
    passed.mask_fill(output.greater_equal_scalar(6.0), 0.0)
}

/// Derivatives pass strictly between the bounds.
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
