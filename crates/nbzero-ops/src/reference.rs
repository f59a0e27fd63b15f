//! The same operations as plain nested loops: slow, obvious, and the oracle of all tests.

use crate::{ConvShape, Element};

/// Calls `f(image, out channel, in channel, weight, output, input)` with the flat index of the
/// weight, output and input element for every product that the convolution sums.
fn for_each_product(shape: &ConvShape, mut f: impl FnMut(usize, usize, usize)) {
    let (k, [[top, _], [left, _]]) = (shape.kernel(), shape.padding());
    let (h, w, oh, ow) = (shape.h(), shape.w(), shape.out_h(), shape.out_w());
    let (ci_group, co_group) = (
        shape.c_in() / shape.groups(),
        shape.c_out() / shape.groups(),
    );
    for image in 0..shape.n() {
        for co in 0..shape.c_out() {
            for ci in 0..ci_group {
                let channel = co / co_group * ci_group + ci;
                for (oy, ox) in (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x))) {
                    for (ky, kx) in (0..k).flat_map(|y| (0..k).map(move |x| (y, x))) {
                        let (y, x) = (oy * shape.stride() + ky, ox * shape.stride() + kx);
                        if y < top || x < left || y - top >= h || x - left >= w {
                            continue;
                        }
                        f(
                            ((co * ci_group + ci) * k + ky) * k + kx,
                            ((image * shape.c_out() + co) * oh + oy) * ow + ox,
                            ((image * shape.c_in() + channel) * h + y - top) * w + x - left,
                        );
                    }
                }
            }
        }
    }
}

/// Forward: input `[n, c_in, h, w]`, weight `[c_out, c_in / groups, k, k]` to
/// output `[n, c_out, out_h, out_w]`.
pub fn conv2d<T: Element>(shape: &ConvShape, input: &[T], weight: &[T], output: &mut [T]) {
    output.fill(T::ZERO);
    for_each_product(shape, |w, o, i| {
        output[o] = output[o] + weight[w] * input[i];
    });
}

/// Input gradient: output gradient and weight to input gradient, shapes as in [`conv2d`].
pub fn conv2d_input_grad<T: Element>(
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
    input_grad: &mut [T],
) {
    input_grad.fill(T::ZERO);
    for_each_product(shape, |w, o, i| {
        input_grad[i] = input_grad[i] + weight[w] * output_grad[o];
    });
}

/// Weight gradient: input and output gradient to weight gradient, shapes as in [`conv2d`].
pub fn conv2d_weight_grad<T: Element>(
    shape: &ConvShape,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    weight_grad.fill(T::ZERO);
    for_each_product(shape, |w, o, i| {
        weight_grad[w] = weight_grad[w] + output_grad[o] * input[i];
    });
}

/// Batch norm with the statistics of the batch, in doubles: output `[n, c, plane]`, mean and
/// biased variance `[c]` of `input` `[n, c, plane]`; `bounds` clamp the output.
pub fn batch_norm<T: Element>(
    input: &[T],
    plane: usize,
    scale: &[T],
    bias: &[T],
    epsilon: f64,
    bounds: [f64; 2],
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let channels = scale.len();
    let count = (input.len() / channels) as f64;
    let channel_of = |i: usize| i / plane % channels;
    let (mut mean, mut variance) = (vec![0.0; channels], vec![0.0; channels]);
    for (i, x) in input.iter().enumerate() {
        mean[channel_of(i)] += x.to_f64() / count;
    }
    for (i, x) in input.iter().enumerate() {
        variance[channel_of(i)] += (x.to_f64() - mean[channel_of(i)]).powi(2) / count;
    }
    let output = input.iter().enumerate().map(|(i, x)| {
        let c = channel_of(i);
        let normal = (x.to_f64() - mean[c]) / (variance[c] + epsilon).sqrt();
        (normal * scale[c].to_f64() + bias[c].to_f64()).clamp(bounds[0], bounds[1])
    });
    (output.collect(), mean, variance)
}
