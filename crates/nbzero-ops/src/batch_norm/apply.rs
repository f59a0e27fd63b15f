//! The element-wise passes of batch norm.

use crate::simd::{Job, Simd};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Elements in a job, roughly.
const JOB: usize = 1 << 15;

/// Runs the job that `make(first plane, its results)` makes for all planes, in parallel.
pub(super) fn for_each_plane<'a, T: Element, J: Job<T>>(
    isa: Isa,
    plane: usize,
    results: &'a mut [MaybeUninit<T>],
    make: impl Fn(usize, &'a mut [MaybeUninit<T>]) -> J + Sync,
) {
    let planes = JOB.div_ceil(plane);
    let chunks = results.par_chunks_mut(planes * plane).enumerate();
    chunks.for_each(|(job, results)| T::dispatch(isa, make(job * planes, results)));
}

/// `output = clamp((input - mean) * factor + bias)` for planes of channels from `first` on.
pub(super) struct Forward<'a, T> {
    pub(super) input: &'a [T],
    pub(super) output: &'a mut [MaybeUninit<T>],
    pub(super) plane: usize,
    pub(super) first: usize,
    pub(super) mean: &'a [T],
    pub(super) factors: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) bounds: [T; 2],
}

impl<T: Element> Job<T> for Forward<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(self.input.len() == self.output.len());
        let [low, high] = self.bounds;
        let planes = self.input.chunks_exact(self.plane);
        let results = self.output.chunks_exact_mut(self.plane);
        let mut channel = self.first;
        for (x, y) in planes.zip(results) {
            let (mean, factor, bias) = (
                self.mean[channel],
                self.factors[channel],
                self.bias[channel],
            );
            channel = if channel + 1 == self.mean.len() {
                0
            } else {
                channel + 1
            };
            let whole = x.len() / S::LANES * S::LANES;
            // SAFETY: `index` plus a vector stays within both planes.
            unsafe {
                let (minus, times, plus) =
                    (S::splat(T::ZERO - mean), S::splat(factor), S::splat(bias));
                let (lowest, highest) = (S::splat(low), S::splat(high));
                for index in (0..whole).step_by(S::LANES) {
                    let v = S::add(S::load(x.as_ptr().add(index)), minus);
                    let v = S::mul_add(v, times, plus);
                    // The bound first: the instructions return the second operand for NaN.
                    let v = S::max(lowest, S::min(highest, v));
                    S::store(y.as_mut_ptr().add(index).cast(), v);
                }
            }
            for (x, y) in x[whole..].iter().zip(&mut y[whole..]) {
                let v = (*x - mean) * factor + bias;
                let v = if high < v { high } else { v };
                *y = MaybeUninit::new(if low > v { low } else { v });
            }
        }
    }
}

/// `input_grad = factor * grad + line[0] * (input - mean) + line[1]`, where `grad` is the output
/// gradient inside the bounds of the activation and 0 outside.
pub(super) struct Backward<'a, T> {
    pub(super) input: &'a [T],
    pub(super) output_grad: &'a [T],
    pub(super) input_grad: &'a mut [MaybeUninit<T>],
    pub(super) plane: usize,
    pub(super) first: usize,
    pub(super) mean: &'a [T],
    pub(super) factors: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) lines: &'a [[T; 2]],
    pub(super) bounds: [T; 2],
}

impl<T: Element> Job<T> for Backward<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(self.input.len() == self.input_grad.len());
        assert!(self.input.len() == self.output_grad.len());
        let [low, high] = self.bounds;
        let sources = self
            .input
            .chunks_exact(self.plane)
            .zip(self.output_grad.chunks_exact(self.plane));
        let results = self.input_grad.chunks_exact_mut(self.plane);
        let mut channel = self.first;
        for ((x, grad), to) in sources.zip(results) {
            let (mean, factor, bias) = (
                self.mean[channel],
                self.factors[channel],
                self.bias[channel],
            );
            let line = self.lines[channel];
            channel = if channel + 1 == self.mean.len() {
                0
            } else {
                channel + 1
            };
            let whole = x.len() / S::LANES * S::LANES;
            // SAFETY: `index` plus a vector stays within the three planes.
            unsafe {
                let (minus, times, plus) =
                    (S::splat(T::ZERO - mean), S::splat(factor), S::splat(bias));
                let (lowest, highest) = (S::splat(low), S::splat(high));
                let (slope, constant) = (S::splat(line[0]), S::splat(line[1]));
                for index in (0..whole).step_by(S::LANES) {
                    let v = S::add(S::load(x.as_ptr().add(index)), minus);
                    let y = S::mul_add(v, times, plus);
                    let g = S::load(grad.as_ptr().add(index));
                    let g = S::keep_between(g, y, lowest, highest);
                    let rest = S::mul_add(v, slope, constant);
                    S::store(
                        to.as_mut_ptr().add(index).cast(),
                        S::mul_add(g, times, rest),
                    );
                }
            }
            for index in whole..x.len() {
                let v = x[index] - mean;
                let y = v * factor + bias;
                let g = if low < y && y < high {
                    grad[index]
                } else {
                    T::ZERO
                };
                to[index] = MaybeUninit::new(g * factor + (v * line[0] + line[1]));
            }
        }
    }
}
