//! The three directions of a convolution, for every kind of it.

use crate::geometry::Geometry;
use crate::{ConvShape, Element, Isa, dense, dense_weight_grad, depthwise};

/// Forward convolution.
///
/// `input` `[n, c_in, h, w]`, `weight` `[c_out, c_in / groups, k, k]`, `output`
/// `[n, c_out, out_h, out_w]`, which is overwritten. Runs on the current rayon pool; the result
/// does not depend on its size.
///
/// # Panics
/// When a length is not that of the shape.
pub fn conv2d<T: Element>(shape: &ConvShape, input: &[T], weight: &[T], output: &mut [T]) {
    conv2d_with(Isa::detect(), shape, input, weight, output);
}

/// [`conv2d`] with a chosen instruction set.
///
/// # Panics
/// When a length is not that of the shape, or this machine lacks the instruction set.
pub fn conv2d_with<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    input: &[T],
    weight: &[T],
    output: &mut [T],
) {
    check(isa, shape, input.len(), weight.len(), output.len());
    if shape.is_depthwise() {
        depthwise::forward(isa, shape, input, weight, output);
    } else {
        let geometry = Geometry::forward(&shape.with_long_rows());
        dense::convolve(isa, &geometry, input, weight, output);
    }
}

/// Gradient of the input, from the gradient of the output and the weight.
///
/// Shapes as in [`conv2d`]; `input_grad` is overwritten. The result does not depend on the number
/// of threads.
///
/// # Panics
/// When a length is not that of the shape.
pub fn conv2d_input_grad<T: Element>(
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
    input_grad: &mut [T],
) {
    conv2d_input_grad_with(Isa::detect(), shape, output_grad, weight, input_grad);
}

/// [`conv2d_input_grad`] with a chosen instruction set.
///
/// # Panics
/// When a length is not that of the shape, or this machine lacks the instruction set.
pub fn conv2d_input_grad_with<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
    input_grad: &mut [T],
) {
    check(
        isa,
        shape,
        input_grad.len(),
        weight.len(),
        output_grad.len(),
    );
    if shape.is_depthwise() {
        depthwise::input_grad(isa, shape, output_grad, weight, input_grad);
    } else {
        let geometry = Geometry::input_grad(&shape.with_long_rows());
        dense::convolve(isa, &geometry, output_grad, weight, input_grad);
    }
}

/// Gradient of the weight, from the input and the gradient of the output.
///
/// Shapes as in [`conv2d`]; `weight_grad` is overwritten. The result does not depend on the number
/// of threads.
///
/// # Panics
/// When a length is not that of the shape.
pub fn conv2d_weight_grad<T: Element>(
    shape: &ConvShape,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    conv2d_weight_grad_with(Isa::detect(), shape, input, output_grad, weight_grad);
}

/// [`conv2d_weight_grad`] with a chosen instruction set.
///
/// # Panics
/// When a length is not that of the shape, or this machine lacks the instruction set.
pub fn conv2d_weight_grad_with<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    check(
        isa,
        shape,
        input.len(),
        weight_grad.len(),
        output_grad.len(),
    );
    if shape.is_depthwise() {
        depthwise::weight_grad(isa, shape, input, output_grad, weight_grad);
    } else {
        let geometry = Geometry::forward(&shape.with_long_rows());
        dense_weight_grad::weight_grad(isa, &geometry, input, output_grad, weight_grad);
    }
}

fn check(isa: Isa, shape: &ConvShape, input: usize, weight: usize, output: usize) {
    isa.check();
    assert!(
        input == shape.input_len(),
        "input has {input} elements, {shape:?}"
    );
    assert!(
        weight == shape.weight_len(),
        "weight has {weight} elements, {shape:?}"
    );
    assert!(
        output == shape.output_len(),
        "output has {output} elements, {shape:?}"
    );
}
