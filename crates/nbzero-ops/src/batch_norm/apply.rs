//! The element-wise passes of batch norm.

use super::channels::{Channels, at, kept};
use crate::simd::{Job, Simd};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Elements in a job, roughly.
pub(super) const JOB: usize = 1 << 15;

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
    pub(super) channels: Channels<'a, T>,
}

impl<T: Element> Job<T> for Forward<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(self.input.len() == self.output.len());
        let [low, high] = self.channels.bounds;
        let planes = self.input.chunks_exact(self.plane);
        let results = self.output.chunks_exact_mut(self.plane);
        let channels = (0..self.channels.mean.len()).cycle().skip(self.first);
        for ((x, y), channel) in planes.zip(results).zip(channels) {
            let whole = x.len() / S::LANES * S::LANES;
            // SAFETY: `index` plus a vector stays within both planes.
            unsafe {
                let of = self.channels.wide::<S>(channel);
                for index in (0..whole).step_by(S::LANES) {
                    let [_, v] = at::<S>(&of, S::load(x.as_ptr().add(index)));
                    // The bound first: the instructions return the second operand for NaN.
                    let v = S::max(of[3], S::min(of[4], v));
                    S::store(y.as_mut_ptr().add(index).cast(), v);
                }
            }
            for (x, y) in x[whole..].iter().zip(&mut y[whole..]) {
                let [_, v] = self.channels.at(channel, *x);
                let v = if high < v { high } else { v };
                *y = MaybeUninit::new(if low > v { low } else { v });
            }
        }
    }
}

/// Where the activation's mask goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Masked {
    /// On what comes in: a gradient of the output.
    Source,
    /// On what goes out: a derivative of the output.
    Result,
}

/// `result = factor * source + line[0] * (input - mean) + line[1]`, with the source or the result 0
/// outside the bounds of the activation.
pub(super) struct Affine<'a, T> {
    pub(super) masked: Masked,
    pub(super) input: &'a [T],
    pub(super) source: &'a [T],
    pub(super) result: &'a mut [MaybeUninit<T>],
    pub(super) plane: usize,
    pub(super) first: usize,
    pub(super) channels: Channels<'a, T>,
    pub(super) lines: &'a [[T; 2]],
}

impl<T: Element> Job<T> for Affine<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(self.input.len() == self.result.len());
        assert!(self.input.len() == self.source.len());
        let before = self.masked == Masked::Source;
        let source = self.source.chunks_exact(self.plane);
        let sources = self.input.chunks_exact(self.plane).zip(source);
        let results = self.result.chunks_exact_mut(self.plane);
        let channels = (0..self.channels.mean.len()).cycle().skip(self.first);
        for (((x, source), to), channel) in sources.zip(results).zip(channels) {
            let line = self.lines[channel];
            let factor = self.channels.factors[channel];
            let whole = x.len() / S::LANES * S::LANES;
            // SAFETY: `index` plus a vector stays within the three planes.
            unsafe {
                let of = self.channels.wide::<S>(channel);
                let (slope, constant) = (S::splat(line[0]), S::splat(line[1]));
                for index in (0..whole).step_by(S::LANES) {
                    let [c, y] = at::<S>(&of, S::load(x.as_ptr().add(index)));
                    let g = S::load(source.as_ptr().add(index));
                    let g = if before { kept::<S>(&of, g, y) } else { g };
                    let v = S::mul_add(g, of[1], S::mul_add(c, slope, constant));
                    let v = if before { v } else { kept::<S>(&of, v, y) };
                    S::store(to.as_mut_ptr().add(index).cast(), v);
                }
            }
            for index in whole..x.len() {
                let [c, y] = self.channels.at(channel, x[index]);
                let g = source[index];
                let g = if before { self.channels.kept(g, y) } else { g };
                let v = g * factor + (c * line[0] + line[1]);
                let v = if before { v } else { self.channels.kept(v, y) };
                to[index] = MaybeUninit::new(v);
            }
        }
    }
}
