//! The forward derivative of a batch norm behind a layer whose weight moves along itself.
//!
//! A linear layer y = W x with x moving by x' and W by itself has y' = W x' + y. The second part
//! is the batch norm's own input, so only the first, called `u` here, is passed in; what the norm
//! makes of y itself, almost nothing, comes from a formula without cancellation.

use crate::conv::filled;
use crate::simd::{Job, Simd};
use crate::{Activation, Element};
use std::mem::MaybeUninit;

use super::sums::{GradSums, sum_channels};
use super::{BatchNorm, Moments, apply};

impl<T: Element> BatchNorm<'_, T> {
    /// The derivative of the output (behind the activation) where the input moves by
    /// `moved + input`, through the statistics of the batch; all `[n, c, plane]`.
    ///
    /// With c = x - mean, s = (variance + epsilon)^(-1/2) and f = scale s it is
    /// `f (u - E[u]) + f s^2 (epsilon - E[c u]) c`, where the output is inside the bounds of the
    /// activation.
    ///
    /// # Panics
    /// When lengths do not agree.
    #[must_use]
    pub fn tangent(&self, input: &[T], plane: usize, moments: &Moments<T>, moved: &[T]) -> Vec<T> {
        self.check(input, plane, moments);
        assert!(moved.len() == input.len(), "a derivative per input element");
        let factors = self.factors(moments);
        let mean = &moments.mean[..];
        let all = Activation::Identity.bounds();
        let sums = GradSums {
            input,
            output_grad: moved,
            mean,
            factors: &factors,
            bias: self.bias,
            bounds: all,
        };
        let sums = sum_channels(self.isa, input.len(), self.scale.len(), plane, &sums);
        let count = (input.len() / self.scale.len()) as f64;
        let line = |(channel, [sum, product]): (usize, &[f64; 2])| {
            let inverse = self.inverse_deviation(moments, channel);
            let factor = self.scale[channel].to_f64() * inverse;
            let slope = factor * inverse * inverse * (self.epsilon - product / count);
            [slope, -factor * sum / count].map(T::from_f64)
        };
        let lines: Vec<_> = sums.iter().enumerate().map(line).collect();
        let bounds = self.activation.bounds();
        filled(input.len(), |output| {
            apply::for_each_plane(self.isa, plane, output, |first, output| {
                let range = first * plane..first * plane + output.len();
                Tangent {
                    input: &input[range.clone()],
                    moved: &moved[range],
                    output,
                    plane,
                    first: first % self.scale.len(),
                    mean,
                    factors: &factors,
                    bias: self.bias,
                    lines: &lines,
                    bounds,
                }
            });
        })
    }
}

/// `output = factor * moved + line[0] * (input - mean) + line[1]` where the output of the norm is
/// inside the bounds, 0 elsewhere.
struct Tangent<'a, T> {
    input: &'a [T],
    moved: &'a [T],
    output: &'a mut [MaybeUninit<T>],
    plane: usize,
    first: usize,
    mean: &'a [T],
    factors: &'a [T],
    bias: &'a [T],
    lines: &'a [[T; 2]],
    bounds: [T; 2],
}

impl<T: Element> Job<T> for Tangent<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(self.input.len() == self.output.len());
        assert!(self.input.len() == self.moved.len());
        let [low, high] = self.bounds;
        let moved = self.moved.chunks_exact(self.plane);
        let sources = self.input.chunks_exact(self.plane).zip(moved);
        let results = self.output.chunks_exact_mut(self.plane);
        let channels = (0..self.mean.len()).cycle().skip(self.first);
        for (((x, u), to), channel) in sources.zip(results).zip(channels) {
            let (mean, factor) = (self.mean[channel], self.factors[channel]);
            let (bias, line) = (self.bias[channel], self.lines[channel]);
            let whole = x.len() / S::LANES * S::LANES;
            // SAFETY: `index` plus a vector stays within the three planes.
            unsafe {
                let (minus, times, plus) =
                    (S::splat(T::ZERO - mean), S::splat(factor), S::splat(bias));
                let (lowest, highest) = (S::splat(low), S::splat(high));
                let (slope, constant) = (S::splat(line[0]), S::splat(line[1]));
                for index in (0..whole).step_by(S::LANES) {
                    let c = S::add(S::load(x.as_ptr().add(index)), minus);
                    let y = S::mul_add(c, times, plus);
                    let u = S::load(u.as_ptr().add(index));
                    let v = S::mul_add(u, times, S::mul_add(c, slope, constant));
                    let v = S::keep_between(v, y, lowest, highest);
                    S::store(to.as_mut_ptr().add(index).cast(), v);
                }
            }
            for index in whole..x.len() {
                let c = x[index] - mean;
                let y = c * factor + bias;
                let inside = low < y && y < high;
                let v = u[index] * factor + (c * line[0] + line[1]);
                to[index] = MaybeUninit::new(if inside { v } else { T::ZERO });
            }
        }
    }
}
