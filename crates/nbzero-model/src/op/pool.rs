//! Global average pooling.

use burn::tensor::Tensor;

/// `[N, C, H, W]` to `[N, C, 1, 1]`.
pub(crate) fn forward(x: Tensor<4>) -> Tensor<4> {
    x.mean_dims(&[2, 3])
}

/// Every position takes an equal part of the gradient.
pub(crate) fn backward(gradient: Tensor<4>, resolution: usize) -> Tensor<4> {
    let [batch, channels, _, _] = gradient.dims();
    let share = gradient.div_scalar((resolution * resolution) as f64);
    share.expand([batch, channels, resolution, resolution])
}
