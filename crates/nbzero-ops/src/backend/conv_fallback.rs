//! Burn's own primitives, for the devices and the windows that have no kernels here.

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
        dilation,
        groups,
        padding: [[top, bottom], [left, right]],
        size: [height, width],
        ..
    } = geometry;
    let [_, _, rows, columns] = gradient.shape().dims();
    let (results, span, padded) = ([rows, columns], geometry.span(), geometry.padded());
    // What the strided positions leave over at the far edge.
    let rest = [0, 1].map(|i| padded[i] - span[i] - (results[i] - 1) * stride[i]);
    let equal = top == bottom && left == right;
    // A transposed convolution leaves out as much before as behind: where the two differ, all is found
    // and cut.
    let padding = if equal { [top, left] } else { [0; 2] };
    let options = ConvTransposeOptions::new(stride, padding, rest, dilation, groups);
    let found = B::conv_transpose2d(gradient, weight, None, options);
    if equal {
        return found;
    }
    let all = || Slice::new(0, None, 1);
    B::float_slice(
        found,
        &[all(), all(), run(top, height, 1), run(left, width, 1)],
    )
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
    let [rows, columns] = geometry.kernel;
    let shape = Shape::new([c_out, c_in / geometry.groups, rows, columns]);
    let weight = B::float_zeros(shape, &input.device(), input.dtype().into());
    B::conv2d_weight_backward(input, weight, gradient, options(geometry))
}

/// Tap by tap: the input shifted by the tap times the gradient, summed over images and
/// positions. Burn's own gradient of a grouped convolution is one convolution a group.
fn depthwise_weight_gradient<B: Backend>(
    input: FloatTensor<B>,
    gradient: &FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let ConvGeometry {
        stride,
        kernel: [rows, columns],
        dilation,
        ..
    } = geometry;
    let [_, channels, height, width] = gradient.shape().dims();
    let padded = padded::<B>(input, geometry.padding);
    let mut taps = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let all = || Slice::new(0, None, 1);
            let window = [
                all(),
                all(),
                run(row * dilation[0], height, stride[0]),
                run(column * dilation[1], width, stride[1]),
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
    B::float_reshape(taps, Shape::new([channels, 1, rows, columns]))
}

/// The map with zeros before and behind.
fn padded<B: Backend>(map: FloatTensor<B>, [rows, columns]: [[usize; 2]; 2]) -> FloatTensor<B> {
    let [batch, channels, height, width] = map.shape().dims();
    let (high, wide) = (rows[0] + height + rows[1], columns[0] + width + columns[1]);
    let shape = Shape::new([batch, channels, high, wide]);
    let zeros = B::float_zeros(shape, &map.device(), map.dtype().into());
    let all = || Slice::new(0, None, 1);
    let inner = [
        all(),
        all(),
        run(rows[0], height, 1),
        run(columns[0], width, 1),
    ];
    B::float_slice_assign(zeros, &inner, map)
}

/// The positions `start, start + stride, ...`, `count` of them.
fn run(start: usize, count: usize, stride: usize) -> Slice {
    let index = |i: usize| isize::try_from(i).expect("a resolution is small");
    let end = start + (count - 1) * stride + 1;
    Slice::new(index(start), Some(index(end)), index(stride))
}

fn options(geometry: ConvGeometry) -> ConvOptions<2> {
    ConvOptions {
        stride: geometry.stride,
        padding: geometry.padding.map(|[before, behind]| (before, behind)),
        dilation: geometry.dilation,
        groups: geometry.groups,
    }
}
