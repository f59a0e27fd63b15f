//! Convolutions without bias, padding `kernel / 2`.

use burn::tensor::Tensor;
use nbzero_graph::Conv2d;
use nbzero_ops::{
    ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};

pub(crate) fn forward(x: Tensor<4>, weight: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    let [_, _, resolution, _] = x.dims();
    convolution(x, weight, geometry(conv, resolution))
}

/// Gradient of an input of height and width `resolution`.
pub(crate) fn input_gradient(
    gradient: Tensor<4>,
    weight: Tensor<4>,
    conv: &Conv2d,
    resolution: usize,
) -> Tensor<4> {
    convolution_input_gradient(gradient, weight, geometry(conv, resolution))
}

/// Gradient of the weight; from k gradients one after another k results, along the output
/// channels.
pub(crate) fn weight_gradient(input: Tensor<4>, gradient: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    let [_, _, resolution, _] = input.dims();
    convolution_weight_gradient(input, gradient, geometry(conv, resolution))
}

fn geometry(conv: &Conv2d, resolution: usize) -> ConvGeometry {
    let [kernel, stride] = conv
        .window
        .as_square()
        .expect("architectures have square windows");
    ConvGeometry {
        stride,
        groups: conv.groups,
        kernel,
        resolution,
    }
}
