//! The inner loops of depthwise convolutions, for vectors of positions and of channels alike.

use std::mem::MaybeUninit;

use crate::Element;
use crate::simd::Simd;

/// Largest element of a list of offsets.
pub(super) fn largest(list: &[usize]) -> usize {
    list.iter().copied().max().unwrap_or(0)
}

/// Where vectors are read and written: `dst[places[v]]` is made of `planes[bases[v] + offsets[t]]`
/// over all taps `t`.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    pub(super) bases: Vec<usize>,
    pub(super) places: Vec<usize>,
    pub(super) offsets: Vec<usize>,
}

impl Sweep {
    /// Asserts that all reads and writes are inside buffers of these lengths.
    pub(super) fn check(&self, lanes: usize, planes: usize, places: usize) {
        assert!(self.bases.len() == self.places.len());
        assert!(largest(&self.bases) + largest(&self.offsets) + lanes <= planes);
        assert!(largest(&self.places) + lanes <= places);
    }

    /// `dst[places[v]] = sum over t of weights[t] * planes[bases[v] + offsets[t]]`.
    ///
    /// # Safety
    /// [`Self::check`] passed for what lies behind `planes` and `dst`, there is a vector of
    /// weights for each offset, and the machine has `S`.
    #[inline(always)]
    pub(super) unsafe fn convolve<S: Simd>(
        &self,
        weights: *const S::Elem,
        planes: *const S::Elem,
        dst: *mut S::Elem,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            match self.offsets.len() {
                1 => self.convolve_taps::<S, 1>(weights, planes, dst),
                2 => self.convolve_taps::<S, 2>(weights, planes, dst),
                4 => self.convolve_taps::<S, 4>(weights, planes, dst),
                9 => self.convolve_taps::<S, 9>(weights, planes, dst),
                _ => self.convolve_any::<S>(weights, planes, dst),
            }
        }
    }

    /// As [`Self::convolve`], for results in their order, `LANES` planes one after another in
    /// `dst`.
    ///
    /// # Safety
    /// [`Self::check`] passed for `planes`, the places are all multiples of `LANES` in order, at
    /// least `LANES` of them, and the machine has `S`.
    #[inline(always)]
    pub(super) unsafe fn convolve_apart<S: Simd>(
        &self,
        weights: &[S::Elem],
        planes: &[S::Elem],
        dst: &mut [MaybeUninit<S::Elem>],
    ) {
        let positions = self.bases.len();
        assert!(weights.len() >= self.offsets.len() * S::LANES);
        assert!(dst.len() >= positions * S::LANES);
        let mut next = 0;
        while next < positions {
            // The last block may overlap the one before.
            let first = next.min(positions - S::LANES);
            next += S::LANES;
            // SAFETY: the caller's promises; `first` plus a vector stays within a plane of `dst`.
            unsafe {
                S::convolve_transposed(
                    weights.as_ptr(),
                    &self.offsets,
                    planes.as_ptr(),
                    self.bases.as_ptr().add(first),
                    dst.as_mut_ptr().add(first).cast(),
                    positions,
                );
            }
        }
    }

    /// `TAPS` taps, their weights in registers.
    ///
    /// # Safety
    /// As [`Self::convolve`], and there are `TAPS` offsets.
    #[inline(always)]
    unsafe fn convolve_taps<S: Simd, const TAPS: usize>(
        &self,
        weights: *const S::Elem,
        planes: *const S::Elem,
        dst: *mut S::Elem,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let weights: [S::Vec; TAPS] =
                std::array::from_fn(|t| S::load(weights.add(t * S::LANES)));
            let from: [*const S::Elem; TAPS] =
                std::array::from_fn(|t| planes.wrapping_add(*self.offsets.get_unchecked(t)));
            for (base, place) in self.bases.iter().zip(&self.places) {
                let mut sum = S::splat(S::Elem::default());
                for t in 0..TAPS {
                    sum = S::mul_add(weights[t], S::load(from[t].wrapping_add(*base)), sum);
                }
                S::store(dst.add(*place), sum);
            }
        }
    }

    /// Any number of taps.
    ///
    /// # Safety
    /// As [`Self::convolve`].
    #[inline(always)]
    unsafe fn convolve_any<S: Simd>(
        &self,
        weights: *const S::Elem,
        planes: *const S::Elem,
        dst: *mut S::Elem,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            for (base, place) in self.bases.iter().zip(&self.places) {
                let mut sum = S::splat(S::Elem::default());
                for (t, offset) in self.offsets.iter().enumerate() {
                    let x = S::load(planes.add(base + offset));
                    sum = S::mul_add(S::load(weights.add(t * S::LANES)), x, sum);
                }
                S::store(dst.add(*place), sum);
            }
        }
    }

    /// `sums[t] += sum over v of grad[places[v]] * planes[bases[v] + offsets[t]]`, lane by lane.
    ///
    /// # Safety
    /// [`Self::check`] passed for what lies behind `planes` and `grad`, there is a vector of sums
    /// for each offset, and the machine has `S`.
    #[inline(always)]
    pub(super) unsafe fn correlate<S: Simd>(
        &self,
        grad: *const S::Elem,
        planes: *const S::Elem,
        sums: *mut S::Elem,
    ) {
        let taps = self.offsets.len();
        let nines = taps / 9 * 9;
        // SAFETY: the caller's promises; every tap is visited once.
        unsafe {
            for t in (0..nines).step_by(9) {
                self.correlate_taps::<S, 9>(t, grad, planes, sums.add(t * S::LANES));
            }
            for t in nines..taps {
                self.correlate_taps::<S, 1>(t, grad, planes, sums.add(t * S::LANES));
            }
        }
    }

    /// `TAPS` taps from `first` on.
    ///
    /// # Safety
    /// As [`Self::correlate`], and these taps exist.
    #[inline(always)]
    unsafe fn correlate_taps<S: Simd, const TAPS: usize>(
        &self,
        first: usize,
        grad: *const S::Elem,
        planes: *const S::Elem,
        to: *mut S::Elem,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let from: [*const S::Elem; TAPS] = std::array::from_fn(|t| {
                planes.wrapping_add(*self.offsets.get_unchecked(first + t))
            });
            let mut sums = [S::splat(S::Elem::default()); TAPS];
            for (base, place) in self.bases.iter().zip(&self.places) {
                let g = S::load(grad.add(*place));
                for t in 0..TAPS {
                    sums[t] = S::mul_add(g, S::load(from[t].wrapping_add(*base)), sums[t]);
                }
            }
            for (t, sum) in sums.iter().enumerate() {
                let to = to.add(t * S::LANES);
                S::store(to, S::add(S::load(to), *sum));
            }
        }
    }
}

/// `weight` of each tap as vectors, `[bundle][tap][lane]`; lane `l` belongs to channel `l % bundle`
/// of the bundle.
pub(super) fn vectors_of_weights<T: Element>(
    weight: &[T],
    kernel_len: usize,
    taps: &[usize],
    bundle: usize,
    lanes: usize,
) -> Vec<T> {
    let channels = weight.len() / kernel_len;
    let mut vectors =
        Vec::with_capacity(channels.next_multiple_of(bundle) * taps.len() * lanes / bundle);
    for first in (0..channels).step_by(bundle) {
        for tap in taps {
            vectors.extend((0..lanes).map(|lane| {
                let channel = (first + lane % bundle).min(channels - 1);
                weight[channel * kernel_len + tap]
            }));
        }
    }
    vectors
}
