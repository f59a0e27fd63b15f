//! Burn's own primitives, for the devices that have no kernels here.

use burn::backend::Backend;
use burn::backend::TensorMetadata;
use burn::backend::ops::{ConvOptions, ConvTransposeOptions};
use burn::backend::tensor::FloatTensor;
use burn::tensor::{Shape, Slice};

use crate::ConvGeometry;

pub(super) fn forward<B: Backend>(
    input: FloatTensor<B>,
    weight: FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    B::conv2d(input, weight, None, options(geometry))
}

pub(super) fn input_gradient<B: Backend>(
    gradient: FloatTensor<B>,
    weight: FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let ConvGeometry {
        stride,
        groups,
        kernel,
        resolution,
    } = geometry;
    let [_, _, out_resolution, _] = gradient.shape().dims();
    // What the strided positions leave over at the far edge.
    let rest = resolution + 2 * (kernel / 2) - kernel - (out_resolution - 1) * stride;
    let options =
        ConvTransposeOptions::new([stride; 2], [kernel / 2; 2], [rest; 2], [1; 2], groups);
    B::conv_transpose2d(gradient, weight, None, options)
}

/// The results of several gradients, one after another.
pub(super) fn weight_gradients<B: Backend>(
    input: &FloatTensor<B>,
    gradients: &FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let images = input.shape()[0];
    let one = |copy| {
        let gradient = B::float_slice(gradients.clone(), &[run(copy * images, images, 1)]);
        weight_gradient::<B>(input.clone(), gradient, geometry)
    };
    let copies = gradients.shape()[0] / images;
    B::float_cat((0..copies).map(one).collect(), 0)
}

fn weight_gradient<B: Backend>(
    input: FloatTensor<B>,
    gradient: FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let [_, c_in, _, _] = input.shape().dims();
    let [_, c_out, _, _] = gradient.shape().dims();
    if geometry.groups > 1 && geometry.groups == c_in && c_in == c_out {
        return depthwise_weight_gradient::<B>(input, &gradient, geometry);
    }
    let shape = [
        c_out,
        c_in / geometry.groups,
        geometry.kernel,
        geometry.kernel,
    ];
    let weight = B::float_zeros(Shape::new(shape), &input.device(), input.dtype().into());
    B::conv2d_weight_backward(input, weight, gradient, options(geometry))
}

/// Tap by tap: the input shifted by the tap times the gradient, summed over images and
/// positions. Burn's own gradient of a grouped convolution is one convolution a group.
fn depthwise_weight_gradient<B: Backend>(
    input: FloatTensor<B>,
    gradient: &FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let ConvGeometry { stride, kernel, .. } = geometry;
    let [_, channels, height, width] = gradient.shape().dims();
    let padded = padded::<B>(input, kernel / 2);
    let mut taps = Vec::with_capacity(kernel * kernel);
    for row in 0..kernel {
        for column in 0..kernel {
            let all = || Slice::new(0, None, 1);
            let window = [
                all(),
                all(),
                run(row, height, stride),
                run(column, width, stride),
            ];
            let shifted = B::float_slice(padded.clone(), &window);
            let product = B::float_mul(shifted, gradient.clone());
            let sums = [0, 2, 3]
                .iter()
                .fold(product, |sum, dim| B::float_sum_dim(sum, *dim));
            taps.push(sums);
        }
    }
    let taps = B::float_cat(taps, 3);
    B::float_reshape(taps, Shape::new([channels, 1, kernel, kernel]))
}

/// The map with a border of zeros.
fn padded<B: Backend>(map: FloatTensor<B>, border: usize) -> FloatTensor<B> {
    let [batch, channels, height, width] = map.shape().dims();
    let shape = Shape::new([batch, channels, height + 2 * border, width + 2 * border]);
    let zeros = B::float_zeros(shape, &map.device(), map.dtype().into());
    let all = || Slice::new(0, None, 1);
    let inner = [all(), all(), run(border, height, 1), run(border, width, 1)];
    B::float_slice_assign(zeros, &inner, map)
}

/// The positions `start, start + stride, ...`, `count` of them.
fn run(start: usize, count: usize, stride: usize) -> Slice {
    let index = |i: usize| isize::try_from(i).expect("a resolution is small");
    let end = start + (count - 1) * stride + 1;
    Slice::new(index(start), Some(index(end)), index(stride))
}

fn options(geometry: ConvGeometry) -> ConvOptions<2> {
    let padding = geometry.kernel / 2;
    ConvOptions::new([geometry.stride; 2], [padding; 2], [1; 2], geometry.groups)
}
