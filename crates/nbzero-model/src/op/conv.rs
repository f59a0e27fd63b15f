//! Convolutions without bias, padding `kernel / 2`.

use burn::tensor::Tensor;
use nbzero_graph::Conv2d;
use nbzero_ops::{
    ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>, weight: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    let [_, _, resolution, _] = x.dims();
    convolution(x, weight, geometry(conv, resolution))
}

/// The jet of the output, the weight moving along itself and along `gradient`.
pub(crate) fn forward_jet(
    jet: Jet,
    weight: &Tensor<4>,
    gradient: &Tensor<4>,
    conv: &Conv2d,
) -> Jet {
    jet.weighted(
        |x| forward(x, weight.clone(), conv),
        |x| forward(x, gradient.clone(), conv),
    )
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

/// Gradient of the weight.
pub(crate) fn weight_gradient(input: Tensor<4>, gradient: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    let [_, _, resolution, _] = input.dims();
    convolution_weight_gradient(input, gradient, geometry(conv, resolution))
}

/// Gradient of the weight for each of several gradients
/// `[images, count, channels, height, width]`, `[count, parameters]`.
pub(crate) fn weight_gradients(input: Tensor<4>, gradients: Tensor<5>, conv: &Conv2d) -> Tensor<2> {
    let [images, count, channels, height, width] = gradients.dims();
    let parameters = conv.weight_shape().iter().product();
    if conv.groups == 1 {
        // Each gradient's channels are output channels of one wide convolution.
        let gradients = gradients.reshape([images, count * channels, height, width]);
        return weight_gradient(input, gradients, conv).reshape([count, parameters]);
    }
    let one = |i| {
        let gradient = gradients.clone().narrow(1, i, 1).squeeze_dim(1);
        weight_gradient(input.clone(), gradient, conv).reshape([1, parameters])
    };
    Tensor::cat((0..count).map(one).collect(), 0)
}

fn geometry(conv: &Conv2d, resolution: usize) -> ConvGeometry {
    ConvGeometry {
        stride: conv.stride,
        groups: conv.groups,
        kernel: conv.kernel,
        resolution,
    }
}
