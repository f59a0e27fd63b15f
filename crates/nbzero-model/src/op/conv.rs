//! Convolutions without bias, padding `kernel / 2`.

use burn::tensor::module::{conv_transpose2d, conv2d, conv2d_weight_backward};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions, PadMode};
use burn::tensor::{Tensor, s};
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
        let rows = depthwise_weight_gradients(input, &gradient.unsqueeze_dim(1), conv);
        return rows.reshape(conv.weight_shape());
    }
    if conv.groups == 1 {
        let taps = dense_taps(input, gradient, conv);
        let taps = taps.map(|tap| tap.unsqueeze_dim::<3>(2)).collect();
        return Tensor::cat(taps, 2).reshape(conv.weight_shape());
    }
    // Only its shape is read.
    let weight = Tensor::empty(conv.weight_shape(), (&input.device(), input.dtype()));
    conv2d_weight_backward(input, weight, gradient, options(conv))
}

/// `[channels, in_channels]` for each tap: one product of the gradient with the input shifted by
/// the tap, over all images and positions. Burn's own is a convolution with the gradient as its
/// kernel, whose products have one column a tap: slower where the gradient has many channels, or
/// one tap.
fn dense_taps(
    input: Tensor<4>,
    gradient: Tensor<4>,
    conv: &Conv2d,
) -> impl Iterator<Item = Tensor<2>> {
    let [batch, channels, height, width] = gradient.dims();
    let (k, stride, inputs) = (conv.kernel, conv.stride, conv.in_channels);
    let positions = batch * height * width;
    let gradient = gradient.swap_dims(0, 1).reshape([channels, positions]);
    let padded = padded(input.swap_dims(0, 1), k / 2);
    (0..k * k).map(move |tap| {
        let rows = window(tap / k, height, stride);
        let columns = window(tap % k, width, stride);
        let shifted = padded.clone().slice([s![..], s![..], rows, columns]);
        let shifted = shifted.reshape([inputs, positions]);
        gradient.clone().matmul(shifted.transpose())
    })
}

fn padded(input: Tensor<4>, padding: usize) -> Tensor<4> {
    if padding == 0 {
        return input;
    }
    input.pad((padding, padding, padding, padding), PadMode::Constant(0.0))
}

/// Gradient of the weight for each of several gradients
/// `[images, count, channels, height, width]`, `[count, parameters]` with the parameters in any
/// order.
pub(crate) fn weight_gradients(input: Tensor<4>, gradients: Tensor<5>, conv: &Conv2d) -> Tensor<2> {
    if is_depthwise(conv) {
        return depthwise_weight_gradients(input, &gradients, conv);
    }
    let [images, count, channels, height, width] = gradients.dims();
    let parameters = conv.weight_shape().iter().product();
    if conv.groups == 1 {
        // Each gradient's channels are output channels of one wide convolution.
        let gradients = gradients.reshape([images, count * channels, height, width]);
        let taps = dense_taps(input, gradients, conv);
        let row = |tap: Tensor<2>| tap.reshape([count, channels * conv.in_channels]);
        return Tensor::cat(taps.map(row).collect(), 1);
    }
    let one = |i| {
        let gradient = gradients.clone().narrow(1, i, 1).squeeze_dim(1);
        weight_gradient(input.clone(), gradient, conv).reshape([1, parameters])
    };
    Tensor::cat((0..count).map(one).collect(), 0)
}

fn is_depthwise(conv: &Conv2d) -> bool {
    conv.groups > 1 && conv.groups == conv.in_channels && conv.groups == conv.out_channels
}

/// Tap by tap: the input shifted by the tap times the gradient, summed over images and
/// positions. Burn's own gradient of a grouped convolution is one convolution a group.
fn depthwise_weight_gradients(input: Tensor<4>, gradients: &Tensor<5>, conv: &Conv2d) -> Tensor<2> {
    let [_, count, channels, height, width] = gradients.dims();
    let (k, stride) = (conv.kernel, conv.stride);
    let padded: Tensor<5> = padded(input, k / 2).unsqueeze_dim(1);
    let mut taps = Vec::with_capacity(k * k);
    for row in 0..k {
        for column in 0..k {
            let rows = window(row, height, stride);
            let columns = window(column, width, stride);
            let shifted = padded
                .clone()
                .slice([s![..], s![..], s![..], rows, columns]);
            let products = shifted * gradients.clone();
            taps.push(products.sum_dims(&[0, 3, 4]));
        }
    }
    Tensor::cat(taps, 4).reshape([count, channels * k * k])
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
