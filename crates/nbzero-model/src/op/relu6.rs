//! min(max(x, 0), 6).

use burn::tensor::Tensor;

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// The gradient passes strictly between the bounds, as in PyTorch; the output may be
/// broadcast.
pub(crate) fn backward<const D: usize>(output: Tensor<D>, gradient: Tensor<D>) -> Tensor<D> {
    let passed = super::relu::backward(output.clone(), gradient);
    let blocked = output.greater_equal_scalar(6.0).expand(passed.shape());
    passed.mask_fill(blocked, 0.0)
}

/// Derivatives pass strictly between the bounds.
pub(crate) fn forward_jet(jet: Jet) -> Jet {
    jet.activated(forward, backward)
}
