//! min(max(x, 0), 6).

use burn::tensor::Tensor;

pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// The gradient passes strictly between the bounds, as in PyTorch.
pub(crate) fn backward(output: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    let passed = super::relu::backward(output.clone(), gradient);
    passed.mask_fill(output.greater_equal_scalar(6.0), 0.0)
}
