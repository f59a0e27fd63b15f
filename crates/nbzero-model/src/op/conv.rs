//! Convolutions without bias, padding `kernel / 2`.

use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv2d, conv2d_weight_backward};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions, PadMode};
use nbzero_graph::Conv2d;

use super::jet::Jet;

pub(crate) fn forward(x: Tensor<4>, weight: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    conv2d(x, weight, None, options(conv))
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
    let [_, _, out_resolution, _] = gradient.dims();
    let padding = conv.kernel / 2;
    // What the strided positions leave over at the far edge.
    let rest = resolution + 2 * padding - conv.kernel - (out_resolution - 1) * conv.stride;
    let options = ConvTransposeOptions::new(
        [conv.stride; 2],
        [padding; 2],
        [rest; 2],
        [1; 2],
        conv.groups,
    );
    conv_transpose2d(gradient, weight, None, options)
}

/// Gradient of the weight.
pub(crate) fn weight_gradient(input: Tensor<4>, gradient: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    if is_depthwise(conv) {
        return depthwise_weight_gradient(input, gradient, conv);
    }
    // Only its shape is read.
    let weight = Tensor::empty(conv.weight_shape(), (&input.device(), input.dtype()));
    conv2d_weight_backward(input, weight, gradient, options(conv))
}

fn is_depthwise(conv: &Conv2d) -> bool {
    conv.groups > 1 && conv.groups == conv.in_channels && conv.groups == conv.out_channels
}

/// Tap by tap: the input shifted by the tap times the gradient, summed over images and
/// positions. Burn's own gradient of a grouped convolution is one convolution a group.
fn depthwise_weight_gradient(input: Tensor<4>, gradient: Tensor<4>, conv: &Conv2d) -> Tensor<4> {
    let [_, channels, height, width] = gradient.dims();
    let (k, stride) = (conv.kernel, conv.stride);
    let p = k / 2;
    let padded = input.pad((p, p, p, p), PadMode::Constant(0.0));
    let mut taps = Vec::with_capacity(k * k);
    for row in 0..k {
        for column in 0..k {
            let rows = window(row, height, stride);
            let columns = window(column, width, stride);
            let shifted =
                padded
                    .clone()
                    .slice([burn::tensor::s![..], burn::tensor::s![..], rows, columns]);
            taps.push((shifted * gradient.clone()).sum_dims(&[0, 2, 3]));
        }
    }
    Tensor::cat(taps, 3).reshape([channels, 1, k, k])
}

/// The positions `start, start + stride, ...`, `count` of them.
fn window(start: usize, count: usize, stride: usize) -> burn::tensor::Slice {
    let end = start + (count - 1) * stride + 1;
    let index = |i: usize| isize::try_from(i).expect("a resolution is small");
    burn::tensor::Slice::new(index(start), Some(index(end)), index(stride))
}

fn options(conv: &Conv2d) -> ConvOptions<2> {
    let padding = conv.kernel / 2;
    ConvOptions::new([conv.stride; 2], [padding; 2], [1; 2], conv.groups)
}
