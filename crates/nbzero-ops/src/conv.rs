//! The three directions of a convolution, for every kind of it.
//!
//! Each comes in three forms: into a slice, into a slice with a chosen instruction set, and into
//! a new vector whose memory is written once only.

use crate::geometry::Geometry;
use crate::scratch::as_uninit;
use crate::strided_pointwise::{gather, gathered_shape, scatter};
use crate::{ConvShape, Element, Isa, dense, dense_weight_grad, depthwise, winograd};
use std::mem::MaybeUninit;

/// Forward convolution.
///
/// `input` `[n, c_in, h, w]`, `weight` `[c_out, c_in / groups, k, k]`, `output`
/// `[n, c_out, out_h, out_w]`, which is overwritten. Runs on the current rayon pool; the result
/// does not depend on its size.
///
/// # Panics
/// When a length is not that of the shape.
pub fn conv2d<T: Element>(shape: &ConvShape, input: &[T], weight: &[T], output: &mut [T]) {
    conv2d_with(Isa::chosen(), shape, input, weight, output);
}

/// [`conv2d`] into a new vector `[n, c_out, out_h, out_w]`.
///
/// # Panics
/// When a length is not that of the shape.
#[must_use]
pub fn conv2d_vec<T: Element>(shape: &ConvShape, input: &[T], weight: &[T]) -> Vec<T> {
    filled(shape.output_len(), |output| {
        forward(Isa::chosen(), shape, input, weight, output);
    })
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
    forward(isa, shape, input, weight, as_uninit(output));
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
    conv2d_input_grad_with(Isa::chosen(), shape, output_grad, weight, input_grad);
}

/// [`conv2d_input_grad`] into a new vector `[n, c_in, h, w]`.
///
/// # Panics
/// When a length is not that of the shape.
#[must_use]
pub fn conv2d_input_grad_vec<T: Element>(
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
) -> Vec<T> {
    filled(shape.input_len(), |grad| {
        input_grad(Isa::chosen(), shape, output_grad, weight, grad);
    })
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
    self::input_grad(isa, shape, output_grad, weight, as_uninit(input_grad));
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
    conv2d_weight_grad_with(Isa::chosen(), shape, input, output_grad, weight_grad);
}

/// [`conv2d_weight_grad`] into a new vector `[c_out, c_in / groups, k, k]`.
///
/// # Panics
/// When a length is not that of the shape.
#[must_use]
pub fn conv2d_weight_grad_vec<T: Element>(
    shape: &ConvShape,
    input: &[T],
    output_grad: &[T],
) -> Vec<T> {
    let mut weight_grad = vec![T::ZERO; shape.weight_len()];
    conv2d_weight_grad(shape, input, output_grad, &mut weight_grad);
    weight_grad
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
    } else if let Some(gathered) = gathered_shape(shape) {
        let input = gather(shape, input);
        conv2d_weight_grad_with(isa, &gathered, &input, output_grad, weight_grad);
    } else {
        let geometry = Geometry::forward(&shape.with_long_rows());
        match winograd::isa_of_weight_grad::<T>(isa, &geometry) {
            Some(isa) => winograd::weight_grad(isa, &geometry, input, output_grad, weight_grad),
            None => dense_weight_grad::weight_grad(isa, &geometry, input, output_grad, weight_grad),
        }
    }
}

/// Writes every element of `output`.
fn forward<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    input: &[T],
    weight: &[T],
    output: &mut [MaybeUninit<T>],
) {
    check(isa, shape, input.len(), weight.len(), output.len());
    if shape.is_depthwise() {
        depthwise::forward(isa, shape, input, weight, output);
    } else if let Some(gathered) = gathered_shape(shape) {
        forward(isa, &gathered, &gather(shape, input), weight, output);
    } else {
        let geometry = Geometry::forward(&shape.with_long_rows());
        mix_channels(isa, &geometry, input, weight, output);
    }
}

/// Writes every element of `grad`.
fn input_grad<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
    grad: &mut [MaybeUninit<T>],
) {
    check(isa, shape, grad.len(), weight.len(), output_grad.len());
    if shape.is_depthwise() {
        depthwise::input_grad(isa, shape, output_grad, weight, grad);
    } else if let Some(gathered) = gathered_shape(shape) {
        let small = filled(gathered.input_len(), |small| {
            input_grad(isa, &gathered, output_grad, weight, small);
        });
        scatter(shape, &small, grad);
    } else {
        let geometry = Geometry::input_grad(&shape.with_long_rows());
        mix_channels(isa, &geometry, output_grad, weight, grad);
    }
}

/// A convolution of either direction that mixes channels, by the faster of two ways.
fn mix_channels<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    src: &[T],
    weight: &[T],
    dst: &mut [MaybeUninit<T>],
) {
    if winograd::suits::<T>(isa, geometry) {
        winograd::convolve(isa, geometry, src, weight, dst);
    } else {
        dense::convolve(isa, geometry, src, weight, dst);
    }
}

/// A vector of `len` elements, all of which `write` writes.
pub(crate) fn filled<T: Copy>(len: usize, write: impl FnOnce(&mut [MaybeUninit<T>])) -> Vec<T> {
    let mut vector = Vec::with_capacity(len);
    write(&mut vector.spare_capacity_mut()[..len]);
    // SAFETY: the callers' kernels write every element of the slice.
    unsafe { vector.set_len(len) };
    vector
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
