//! The derivative of a batch norm's backward pass: gradients and their derivatives walk back
//! together.
//!
//! With c = x - mean, s = (variance + epsilon)^(-1/2), f = scale s, the input moving by u + x as
//! in the tangent, g the gradient of the norm's output, g' its derivative, E the mean over images
//! and positions, q = E[c u] + variance, k = 1 - s^2 q, p = E[c g], r = E[(u - E[u]) g]:
//!
//! ```text
//! x_grad   = f (g - E[g] - s^2 p c)
//! x_grad'  = f (g' - E[g'] - s^2 E[c g'] c) - s^2 q x_grad
//!            - f s^2 (p (u - E[u]) + (2 k p + r) c)
//! ```

use crate::Element;
use crate::conv::filled;
use crate::simd::{Job, Simd};
use rayon::prelude::*;
use std::mem::MaybeUninit;

use super::apply::JOB;
use super::channels::{Channels, at, kept};
use super::sums::{Terms, sum_channels};
use super::{BatchNorm, Moments};

/// A gradient and its derivative, each `[n, c, plane]`.
#[derive(Clone, Copy, Debug)]
pub struct MovingGrad<'a, T> {
    /// The gradient.
    pub grad: &'a [T],
    /// Its derivative.
    pub moved: &'a [T],
}

impl<T: Element> BatchNorm<'_, T> {
    /// Gradient of the input and its derivative, from those of the output (behind the
    /// activation), where the input moves by `moved + input` as in [`BatchNorm::tangent`].
    ///
    /// # Panics
    /// When lengths do not agree.
    #[must_use]
    pub fn backward_tangent(
        &self,
        input: &[T],
        plane: usize,
        moments: &Moments<T>,
        moved: &[T],
        output: MovingGrad<'_, T>,
    ) -> [Vec<T>; 2] {
        self.check(input, plane, moments);
        let len = input.len();
        assert!(
            moved.len() == len && output.grad.len() == len && output.moved.len() == len,
            "a derivative, a gradient and its derivative per input element"
        );
        let factors = self.factors(moments);
        let maps = Maps {
            input,
            moved,
            output,
            channels: self.channels(moments, &factors),
        };
        let sums = sum_channels(self.isa, len, self.scale.len(), plane, &maps);
        let count = (len / self.scale.len()) as f64;
        let lines: Vec<_> = sums
            .iter()
            .enumerate()
            .map(|(channel, sums)| self.line(moments, channel, sums.map(|sum| sum / count)))
            .collect();
        let mut moved_grad = Vec::new();
        let grad = filled(len, |grad| {
            moved_grad = filled(len, |moved_grad| {
                let planes = JOB.div_ceil(plane);
                let results = grad
                    .par_chunks_mut(planes * plane)
                    .zip(moved_grad.par_chunks_mut(planes * plane));
                results.enumerate().for_each(|(job, (grad, moved_grad))| {
                    let pass = Pass {
                        maps: &maps,
                        lines: &lines,
                        plane,
                        first: job * planes,
                        grad,
                        moved_grad,
                    };
                    T::dispatch(self.isa, pass);
                });
            });
        });
        [grad, moved_grad]
    }

    /// Factors of a channel from the means of its terms.
    fn line(&self, moments: &Moments<T>, channel: usize, means: [f64; TERMS]) -> Line<T> {
        let [g, p, g_moved, p_moved, u, cu, ug] = means;
        let s = self.inverse_deviation(moments, channel);
        let (f, square) = (self.scale[channel].to_f64() * s, s * s);
        let q = cu + moments.variance[channel].to_f64();
        let k = 1.0 - square * q;
        let r = ug - u * g;
        // x_grad = f g + slope c + constant, and so on for its derivative.
        let slope = -f * square * p;
        let constant = -f * g;
        let of_u = -f * square * p;
        Line {
            slope: T::from_f64(slope),
            constant: T::from_f64(constant),
            of_grad: T::from_f64(-square * q),
            of_moved: T::from_f64(of_u),
            moved_slope: T::from_f64(-f * square * (p_moved + 2.0 * k * p + r)),
            moved_constant: T::from_f64(-f * g_moved - of_u * u),
        }
    }
}

/// `x_grad = factor g + slope c + constant`, and
/// `x_grad' = factor g' + of_grad x_grad + of_moved u + moved_slope c + moved_constant`.
#[derive(Clone, Copy, Debug)]
struct Line<T> {
    slope: T,
    constant: T,
    of_grad: T,
    of_moved: T,
    moved_slope: T,
    moved_constant: T,
}

/// Sums that the pass needs: of g, c g, g', c g', u, c u, u g.
const TERMS: usize = 7;

/// What both passes read.
struct Maps<'a, T> {
    input: &'a [T],
    moved: &'a [T],
    output: MovingGrad<'a, T>,
    channels: Channels<'a, T>,
}

/// An element of the maps: c, u, g, g', the gradients masked by the activation.
struct Element4<V> {
    c: V,
    u: V,
    grad: V,
    moved_grad: V,
}

impl<T: Element> Maps<'_, T> {
    fn element(&self, channel: usize, index: usize) -> Element4<T> {
        let [c, y] = self.channels.at(channel, self.input[index]);
        Element4 {
            c,
            u: self.moved[index],
            grad: self.channels.kept(self.output.grad[index], y),
            moved_grad: self.channels.kept(self.output.moved[index], y),
        }
    }

    /// # Safety
    /// A vector from `index` on exists in every map, and the machine has `S`.
    #[inline(always)]
    unsafe fn elements<S: Simd<Elem = T>>(
        &self,
        of: &[S::Vec; 5],
        index: usize,
    ) -> Element4<S::Vec> {
        // SAFETY: the caller's promise; all maps have one length.
        unsafe {
            let [c, y] = at::<S>(of, S::load(self.input.as_ptr().add(index)));
            let grad = S::load(self.output.grad.as_ptr().add(index));
            let moved_grad = S::load(self.output.moved.as_ptr().add(index));
            Element4 {
                c,
                u: S::load(self.moved.as_ptr().add(index)),
                grad: kept::<S>(of, grad, y),
                moved_grad: kept::<S>(of, moved_grad, y),
            }
        }
    }
}

impl<T: Element> Terms<T, TERMS> for Maps<'_, T> {
    fn scalar(&self, channel: usize, index: usize) -> [T; TERMS] {
        let Element4 {
            c,
            u,
            grad,
            moved_grad,
        } = self.element(channel, index);
        [
            grad,
            c * grad,
            moved_grad,
            c * moved_grad,
            u,
            c * u,
            u * grad,
        ]
    }

    #[inline(always)]
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5] {
        // SAFETY: the caller's promise.
        unsafe { self.channels.wide::<S>(channel) }
    }

    #[inline(always)]
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; TERMS] {
        // SAFETY: the caller's promise.
        unsafe {
            let zero = S::splat(T::ZERO);
            let Element4 {
                c,
                u,
                grad,
                moved_grad,
            } = self.elements::<S>(of, index);
            [
                grad,
                S::mul_add(c, grad, zero),
                moved_grad,
                S::mul_add(c, moved_grad, zero),
                u,
                S::mul_add(c, u, zero),
                S::mul_add(u, grad, zero),
            ]
        }
    }

    fn check(&self, len: usize, channels: usize) {
        for map in [self.input, self.moved, self.output.grad, self.output.moved] {
            assert!(map.len() == len);
        }
        self.channels.check(channels);
    }
}

/// Some planes, from plane `first` on.
struct Pass<'a, T> {
    maps: &'a Maps<'a, T>,
    lines: &'a [Line<T>],
    plane: usize,
    first: usize,
    grad: &'a mut [MaybeUninit<T>],
    moved_grad: &'a mut [MaybeUninit<T>],
}

impl<T: Element> Job<T> for Pass<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let maps = self.maps;
        assert!(self.grad.len() == self.moved_grad.len());
        assert!(self.first * self.plane + self.grad.len() <= maps.input.len());
        let results = self
            .grad
            .chunks_exact_mut(self.plane)
            .zip(self.moved_grad.chunks_exact_mut(self.plane));
        for (plane, (grad, moved_grad)) in (self.first..).zip(results) {
            let channel = plane % self.lines.len();
            let start = plane * self.plane;
            let whole = self.plane / S::LANES * S::LANES;
            let (line, factor) = (self.lines[channel], maps.channels.factors[channel]);
            // SAFETY: the planes exist in every map (asserted here and by `backward_tangent`).
            unsafe {
                let of = maps.channel::<S>(channel);
                let (slope, constant) = (S::splat(line.slope), S::splat(line.constant));
                let (of_grad, of_moved) = (S::splat(line.of_grad), S::splat(line.of_moved));
                let moved_slope = S::splat(line.moved_slope);
                let moved_constant = S::splat(line.moved_constant);
                for index in (0..whole).step_by(S::LANES) {
                    let at = maps.elements::<S>(&of, start + index);
                    let x = S::mul_add(at.grad, of[1], S::mul_add(at.c, slope, constant));
                    let rest = S::mul_add(at.c, moved_slope, moved_constant);
                    let rest = S::mul_add(at.u, of_moved, rest);
                    let rest = S::mul_add(x, of_grad, rest);
                    let moved = S::mul_add(at.moved_grad, of[1], rest);
                    S::store(grad.as_mut_ptr().add(index).cast(), x);
                    S::store(moved_grad.as_mut_ptr().add(index).cast(), moved);
                }
            }
            for index in whole..self.plane {
                let at = maps.element(channel, start + index);
                let x = at.grad * factor + (at.c * line.slope + line.constant);
                let rest = at.c * line.moved_slope + line.moved_constant;
                let rest = x * line.of_grad + (at.u * line.of_moved + rest);
                grad[index] = MaybeUninit::new(x);
                moved_grad[index] = MaybeUninit::new(at.moved_grad * factor + rest);
            }
        }
    }
}
