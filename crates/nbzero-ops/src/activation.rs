//! Activations, and the sum of two maps with the activation behind it, in one pass.

use crate::conv::filled;
use crate::simd::{Job, Simd};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Elements in a job.
const JOB: usize = 1 << 15;

/// What follows a batch norm or a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activation {
    /// Nothing.
    #[default]
    Identity,
    /// `max(0, x)`.
    Relu,
    /// `min(max(0, x), 6)`.
    Relu6,
}

impl Activation {
    /// The interval that results are clamped to; the gradient is 1 inside and 0 outside.
    pub(crate) fn bounds<T: Element>(self) -> [T; 2] {
        let [low, high] = match self {
            Self::Identity => [f64::NEG_INFINITY, f64::INFINITY],
            Self::Relu => [0.0, f64::INFINITY],
            Self::Relu6 => [0.0, 6.0],
        };
        [T::from_f64(low), T::from_f64(high)]
    }
}

/// `activation(left + right)`.
///
/// # Panics
/// When the lengths differ.
#[must_use]
pub fn add_activated<T: Element>(left: &[T], right: &[T], activation: Activation) -> Vec<T> {
    assert!(left.len() == right.len(), "summands of one length");
    let bounds = activation.bounds();
    let isa = Isa::chosen();
    filled(left.len(), |sums| {
        let operands = left.par_chunks(JOB).zip(right.par_chunks(JOB));
        let jobs = operands.zip(sums.par_chunks_mut(JOB));
        jobs.for_each(|((left, right), sums)| {
            let sum = Sum {
                left,
                right,
                sums,
                bounds,
            };
            T::dispatch(isa, sum);
        });
    })
}

/// The gradient of an activation's input: that of its output where the output is strictly inside
/// the activation's bounds, 0 elsewhere (as in `PyTorch`).
///
/// `gradient` is as long as `output`, or holds several gradients one after another.
///
/// # Panics
/// When the gradient is no multiple of the output.
#[must_use]
pub fn activation_backward<T: Element>(
    output: &[T],
    gradient: &[T],
    activation: Activation,
) -> Vec<T> {
    assert!(
        !output.is_empty() && gradient.len().is_multiple_of(output.len()),
        "whole gradients of the output"
    );
    let bounds = activation.bounds();
    let isa = Isa::chosen();
    filled(gradient.len(), |results| {
        let gradients = gradient.par_chunks(output.len());
        let each = gradients.zip(results.par_chunks_mut(output.len()));
        each.for_each(|(gradient, results)| {
            let operands = output.par_chunks(JOB).zip(gradient.par_chunks(JOB));
            let jobs = operands.zip(results.par_chunks_mut(JOB));
            jobs.for_each(|((output, gradient), results)| {
                let mask = Mask {
                    output,
                    gradient,
                    results,
                    bounds,
                };
                T::dispatch(isa, mask);
            });
        });
    })
}

struct Sum<'a, T> {
    left: &'a [T],
    right: &'a [T],
    sums: &'a mut [MaybeUninit<T>],
    bounds: [T; 2],
}

impl<T: Element> Job<T> for Sum<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let Self {
            left,
            right,
            sums,
            bounds: [low, high],
        } = self;
        assert!(left.len() == sums.len() && right.len() == sums.len());
        let whole = sums.len() / S::LANES * S::LANES;
        // SAFETY: `index` plus a vector stays within all three slices.
        unsafe {
            let (lowest, highest) = (S::splat(low), S::splat(high));
            for index in (0..whole).step_by(S::LANES) {
                let v = S::add(
                    S::load(left.as_ptr().add(index)),
                    S::load(right.as_ptr().add(index)),
                );
                // The bound first: the instructions return the second operand for NaN.
                let v = S::max(lowest, S::min(highest, v));
                S::store(sums.as_mut_ptr().add(index).cast(), v);
            }
        }
        for index in whole..sums.len() {
            let v = left[index] + right[index];
            let v = if high < v { high } else { v };
            sums[index] = MaybeUninit::new(if low > v { low } else { v });
        }
    }
}

struct Mask<'a, T> {
    output: &'a [T],
    gradient: &'a [T],
    results: &'a mut [MaybeUninit<T>],
    bounds: [T; 2],
}

impl<T: Element> Job<T> for Mask<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let Self {
            output,
            gradient,
            results,
            bounds: [low, high],
        } = self;
        assert!(output.len() == results.len() && gradient.len() == results.len());
        let whole = results.len() / S::LANES * S::LANES;
        // SAFETY: `index` plus a vector stays within all three slices.
        unsafe {
            let (lowest, highest) = (S::splat(low), S::splat(high));
            for index in (0..whole).step_by(S::LANES) {
                let y = S::load(output.as_ptr().add(index));
                let g = S::load(gradient.as_ptr().add(index));
                let g = S::keep_between(g, y, lowest, highest);
                S::store(results.as_mut_ptr().add(index).cast(), g);
            }
        }
        for index in whole..results.len() {
            let y = output[index];
            let inside = low < y && y < high;
            results[index] = MaybeUninit::new(if inside { gradient[index] } else { T::ZERO });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_clamped_and_gradients_pass_strictly_inside() {
        let left: Vec<f32> = (0..37_u8).map(|i| f32::from(i) - 18.0).collect();
        let right = vec![1.0; 37];
        for (activation, low, high) in [
            (Activation::Identity, f32::NEG_INFINITY, f32::INFINITY),
            (Activation::Relu, 0.0, f32::INFINITY),
            (Activation::Relu6, 0.0, 6.0),
        ] {
            let sums = add_activated(&left, &right, activation);
            let expected: Vec<f32> = left.iter().map(|x| (x + 1.0).clamp(low, high)).collect();
            assert_eq!(sums, expected);
            let gradients: Vec<f32> = left.iter().chain(&right).copied().collect();
            let found = activation_backward(&sums, &gradients, activation);
            for (i, found) in found.iter().enumerate() {
                let y = sums[i % 37];
                let expected = if low < y && y < high {
                    gradients[i]
                } else {
                    0.0
                };
                assert!((found - expected).abs() < f32::EPSILON, "{i}: {found}");
            }
        }
    }

    #[test]
    fn not_a_number_stays_one() {
        let sums = add_activated(&[f32::NAN; 9], &[0.0; 9], Activation::Relu6);
        assert!(sums.iter().all(|x| x.is_nan()));
    }
}
