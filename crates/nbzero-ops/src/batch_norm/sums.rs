//! Sums for each channel of `[n, c, plane]`, several in one pass over memory.
//!
//! Lanes sum a limited number of elements before they go to doubles. Jobs are blocks of images and
//! channels that depend on sizes only, and their sums are added in order.

use super::channels::{Channels, at, kept};
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
pub(super) trait Terms<T, const N: usize>: Sync {
    /// The terms of one element of a channel.
    fn scalar(&self, channel: usize, index: usize) -> [T; N];
    /// What `vector` needs of a channel.
    ///
    /// # Safety
    /// The machine has `S`.
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5];
    /// The terms of the elements from `index` on.
    ///
    /// # Safety
    /// There are `LANES` of them, and the machine has `S`.
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; N];
    /// Asserts that there are `len` elements and `channels` channels.
    fn check(&self, len: usize, channels: usize);
}

/// `x - shift` and its square.
pub(super) struct Squares<'a, T> {
    pub(super) input: &'a [T],
    pub(super) shift: &'a [T],
}

impl<T: Element> Terms<T, 2> for Squares<'_, T> {
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
    pub(super) channels: Channels<'a, T>,
}

impl<T: Element> Terms<T, 2> for GradSums<'_, T> {
    fn scalar(&self, channel: usize, index: usize) -> [T; 2] {
        let [x, y] = self.channels.at(channel, self.input[index]);
        let grad = self.channels.kept(self.output_grad[index], y);
        [grad, grad * x]
    }
    #[inline(always)]
    unsafe fn channel<S: Simd<Elem = T>>(&self, channel: usize) -> [S::Vec; 5] {
        // SAFETY: the caller's promise.
        unsafe { self.channels.wide::<S>(channel) }
    }
    #[inline(always)]
    unsafe fn vector<S: Simd<Elem = T>>(&self, of: &[S::Vec; 5], index: usize) -> [S::Vec; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            let [x, y] = at::<S>(of, S::load(self.input.as_ptr().add(index)));
            let grad = S::load(self.output_grad.as_ptr().add(index));
            let grad = kept::<S>(of, grad, y);
            [grad, S::mul_add(grad, x, S::splat(T::ZERO))]
        }
    }
    fn check(&self, len: usize, channels: usize) {
        assert!(self.input.len() == len && self.output_grad.len() == len);
        self.channels.check(channels);
    }
}

/// The sums of a block of images and channels.
struct Block<'a, P, const N: usize> {
    terms: &'a P,
    images: Range<usize>,
    channels: Range<usize>,
    all_channels: usize,
    plane: usize,
    sums: &'a mut [[f64; N]],
}

impl<T: Element, P: Terms<T, N>, const N: usize> Job<T> for Block<'_, P, N> {
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
                        let run = sum_run::<S, T, P, N>(self.terms, &of, first..last);
                        for (sum, run) in sums.iter_mut().zip(run) {
                            *sum += run.to_f64();
                        }
                        first = last;
                    }
                }
                for index in whole..start + self.plane {
                    for (sum, term) in sums.iter_mut().zip(self.terms.scalar(channel, index)) {
                        *sum += term.to_f64();
                    }
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
unsafe fn sum_run<S: Simd<Elem = T>, T: Element, P: Terms<T, N>, const N: usize>(
    terms: &P,
    of: &[S::Vec; 5],
    run: Range<usize>,
) -> [T; N] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[S::splat(T::ZERO); N]; 2];
        let mut index = run.start;
        while index + 2 * S::LANES <= run.end {
            for (half, sums) in sums.iter_mut().enumerate() {
                let terms = terms.vector::<S>(of, index + half * S::LANES);
                for k in 0..N {
                    sums[k] = S::add(sums[k], terms[k]);
                }
            }
            index += 2 * S::LANES;
        }
        if index < run.end {
            let terms = terms.vector::<S>(of, index);
            for k in 0..N {
                sums[0][k] = S::add(sums[0][k], terms[k]);
            }
        }
        let [even, odd] = sums;
        std::array::from_fn(|k| S::sum(S::add(even[k], odd[k])))
    }
}

/// Sums the terms of `len` elements `[n, channels, plane]` over images and positions.
pub(super) fn sum_channels<T: Element, P: Terms<T, N>, const N: usize>(
    isa: Isa,
    len: usize,
    channels: usize,
    plane: usize,
    terms: &P,
) -> Vec<[f64; N]> {
    terms.check(len, channels);
    let images = len / (channels * plane);
    let block_channels = RUN.div_ceil(plane).min(channels);
    let block_images = (JOB / (block_channels * plane)).max(1);
    let mut sums = vec![[0.0; N]; channels];
    sums.par_chunks_mut(block_channels)
        .enumerate()
        .for_each(|(block, sums)| {
            let channels_of = block * block_channels..block * block_channels + sums.len();
            let starts = (0..images).into_par_iter().step_by(block_images);
            let parts: Vec<_> = starts
                .map(|first| {
                    let mut part = vec![[0.0; N]; sums.len()];
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
                    for (sum, part) in sum.iter_mut().zip(part) {
                        *sum += part;
                    }
                }
            }
        });
    sums
}
