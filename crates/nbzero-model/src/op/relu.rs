//! max(x, 0).

use burn::tensor::{Tensor, activation};

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    activation::relu(x)
}

/// The gradient passes where the output is positive; the output may be broadcast.
pub(crate) fn backward<const D: usize>(output: Tensor<D>, gradient: Tensor<D>) -> Tensor<D> {
    let blocked = output.lower_equal_scalar(0.0).expand(gradient.shape());
    gradient.mask_fill(blocked, 0.0)
}

/// Derivatives pass where the value is positive.
pub(crate) fn forward_jet(jet: Jet) -> Jet {
    jet.activated(forward, backward)
}
