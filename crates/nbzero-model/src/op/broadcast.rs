//! The adjoint of repeating lengths of 1.

use burn::tensor::Tensor;
use nbzero_graph::{Axis, Shape};

/// The gradient of a value of `shape` that was repeated: summed where it was.
pub(super) fn summed(gradient: Tensor<4>, shape: Shape) -> Tensor<4> {
    let axes = [Axis::Channels, Axis::Height, Axis::Width]
        .into_iter()
        .zip(1..);
    axes.fold(gradient, |gradient, (axis, dim)| {
        if shape.along(axis) == gradient.dims()[dim] {
            gradient
        } else {
            gradient.sum_dim(dim)
        }
    })
}

/// The same of two values.
pub(super) fn both(gradients: [Tensor<4>; 2], shapes: &[Shape; 2]) -> Vec<Tensor<4>> {
    let each = gradients.into_iter().zip(shapes);
    each.map(|(gradient, shape)| summed(gradient, *shape))
        .collect()
}
