//! Two sums for each channel of `[n, c, plane]`, in one pass over memory.
//!
//! Lanes sum a limited number of elements before they go to doubles. Jobs are blocks of images and
//! channels that depend on sizes only, and their sums are added in order.

use crate::simd::{Job, Simd};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::ops::Range;

/// Vectors that a lane sums before it goes to a double.
const FLUSH: usize = 64;
/// Elements in a job, roughly.
const JOB: usize = 1 << 16;
/// Elements of an image that a job reads in one go, at least: about a page.
const RUN: usize = 1 << 10;

/// Terms that are summed.
pub(super) trait Terms<T>: Sync {
    /// The two terms of one element of a channel.
    fn scalar(&self, channel: usize, index: usize) -> [T; 2];
    /// What `vector` needs of a channel.
    ///
    /// # Safety
    /// The machine has `S`.
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5];
    /// The two terms of the elements from `index` on.
    ///
    /// # Safety
    /// There are `LANES` of them, and the machine has `S`.
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; 2];
    /// Asserts that there are `len` elements and `channels` channels.
    fn check(&self, len: usize, channels: usize);
}

/// `x - shift` and its square.
pub(super) struct Squares<'a, T> {
    pub(super) input: &'a [T],
    pub(super) shift: &'a [T],
}

impl<T: Element> Terms<T> for Squares<'_, T> {
    fn scalar(&self, channel: usize, index: usize) -> [T; 2] {
        let x = self.input[index] - self.shift[channel];
        [x, x * x]
    }
    #[inline(always)]
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5] {
        // SAFETY: the caller's promise.
        unsafe { [S::splat(T::ZERO - self.shift[channel]); 5] }
    }
    #[inline(always)]
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            let x = S::add(S::load(self.input.as_ptr().add(index)), of[0]);
            [x, S::mul_add(x, x, S::splat(T::ZERO))]
        }
    }
    fn check(&self, len: usize, channels: usize) {
        assert!(self.input.len() == len && self.shift.len() == channels);
    }
}

/// The gradient before the activation, and its product with `x - mean`.
pub(super) struct GradSums<'a, T> {
    pub(super) input: &'a [T],
    pub(super) output_grad: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) factors: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) bounds: [T; 2],
}

impl<T: Element> Terms<T> for GradSums<'_, T> {
    fn scalar(&self, channel: usize, index: usize) -> [T; 2] {
        let x = self.input[index] - self.mean[channel];
        let y = x * self.factors[channel] + self.bias[channel];
        let inside = self.bounds[0] < y && y < self.bounds[1];
        let grad = if inside {
            self.output_grad[index]
        } else {
            T::ZERO
        };
        [grad, grad * x]
    }
    #[inline(always)]
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5] {
        // SAFETY: the caller's promise.
        unsafe {
            [
                S::splat(T::ZERO - self.mean[channel]),
                S::splat(self.factors[channel]),
                S::splat(self.bias[channel]),
                S::splat(self.bounds[0]),
                S::splat(self.bounds[1]),
            ]
        }
    }
    #[inline(always)]
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            let x = S::add(S::load(self.input.as_ptr().add(index)), of[0]);
            let y = S::mul_add(x, of[1], of[2]);
            let grad = S::load(self.output_grad.as_ptr().add(index));
            let grad = S::keep_between(grad, y, of[3], of[4]);
            [grad, S::mul_add(grad, x, S::splat(T::ZERO))]
        }
    }
    fn check(&self, len: usize, channels: usize) {
        assert!(self.input.len() == len && self.output_grad.len() == len);
        for list in [self.mean, self.factors, self.bias] {
            assert!(list.len() == channels);
        }
    }
}

/// The sums of a block of images and channels.
struct Block<'a, P> {
    terms: &'a P,
    images: Range<usize>,
    channels: Range<usize>,
    all_channels: usize,
    plane: usize,
    sums: &'a mut [[f64; 2]],
}

impl<T: Element, P: Terms<T>> Job<T> for Block<'_, P> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        for image in self.images.clone() {
            for (channel, sums) in self.channels.clone().zip(self.sums.iter_mut()) {
                let start = (image * self.all_channels + channel) * self.plane;
                let whole = start + self.plane / S::LANES * S::LANES;
                // SAFETY: `sum_channels` checked that images, channels and planes exist.
                unsafe {
                    let of = self.terms.channel::<S>(channel);
                    let mut first = start;
                    while first < whole {
                        let last = (first + FLUSH * S::LANES).min(whole);
                        let run = sum_run::<S, T, P>(self.terms, &of, first..last);
                        sums[0] += run[0].to_f64();
                        sums[1] += run[1].to_f64();
                        first = last;
                    }
                }
                for index in whole..start + self.plane {
                    let terms = self.terms.scalar(channel, index);
                    sums[0] += terms[0].to_f64();
                    sums[1] += terms[1].to_f64();
                }
            }
        }
    }
}

/// Sums of a run of whole vectors, two at a time so that additions overlap.
///
/// # Safety
/// The elements exist, and the machine has `S`.
#[inline(always)]
unsafe fn sum_run<S: Simd<Elem = T>, T: Element, P: Terms<T>>(
    terms: &P,
    of: &[S::Vec; 5],
    run: Range<usize>,
) -> [T; 2] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[S::splat(T::ZERO); 2]; 2];
        let mut index = run.start;
        while index + 2 * S::LANES <= run.end {
            for (half, sums) in sums.iter_mut().enumerate() {
                let [a, b] = terms.vector::<S>(of, index + half * S::LANES);
                *sums = [S::add(sums[0], a), S::add(sums[1], b)];
            }
            index += 2 * S::LANES;
        }
        if index < run.end {
            let [a, b] = terms.vector::<S>(of, index);
            sums[0] = [S::add(sums[0][0], a), S::add(sums[0][1], b)];
        }
        [
            S::sum(S::add(sums[0][0], sums[1][0])),
            S::sum(S::add(sums[0][1], sums[1][1])),
        ]
    }
}

/// Sums the terms of `len` elements `[n, channels, plane]` over images and positions.
pub(super) fn sum_channels<T: Element, P: Terms<T>>(
    isa: Isa,
    len: usize,
    channels: usize,
    plane: usize,
    terms: &P,
) -> Vec<[f64; 2]> {
    terms.check(len, channels);
    let images = len / (channels * plane);
    let block_channels = RUN.div_ceil(plane).min(channels);
    let block_images = (JOB / (block_channels * plane)).max(1);
    let mut sums = vec![[0.0; 2]; channels];
    sums.par_chunks_mut(block_channels)
        .enumerate()
        .for_each(|(block, sums)| {
            let channels_of = block * block_channels..block * block_channels + sums.len();
            let starts = (0..images).into_par_iter().step_by(block_images);
            let parts: Vec<_> = starts
                .map(|first| {
                    let mut part = vec![[0.0; 2]; sums.len()];
                    let block = Block {
                        terms,
                        images: first..(first + block_images).min(images),
                        channels: channels_of.clone(),
                        all_channels: channels,
                        plane,
                        sums: &mut part,
                    };
                    T::dispatch(isa, block);
                    part
                })
                .collect();
            for part in parts {
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum = [sum[0] + part[0], sum[1] + part[1]];
                }
            }
        });
    sums
}
