//! The inner product of all dense convolutions: packed weights times packed planes.

use crate::Element;
use crate::simd::{Job, Simd, TILE};
use std::mem::MaybeUninit;

/// Bytes of packed weights that are reused from the second-level cache.
const WEIGHT_BLOCK: usize = 128 << 10;

/// `dst[c][v] (+)= sum over k of weight[c][k] * planes[bases[v] + offsets[k]]`, where `v` counts
/// vectors and `c` destination channels.
#[derive(Debug)]
pub(crate) struct Multiply<'a, T> {
    /// Packed weights of the first tile, from the first `k` of this block on.
    pub(crate) weight: &'a [T],
    /// Elements from one tile of weights to the next.
    pub(crate) tile_stride: usize,
    pub(crate) offsets: &'a [usize],
    pub(crate) planes: &'a [T],
    pub(crate) bases: &'a [usize],
    pub(crate) dst: &'a mut [MaybeUninit<T>],
    /// Where each vector goes, for channel 0.
    pub(crate) places: &'a [usize],
    pub(crate) channel_stride: usize,
    pub(crate) channels: usize,
    /// Whether to add to what `dst` holds, from an earlier block.
    pub(crate) accumulate: bool,
}

impl<T: Element> Multiply<'_, T> {
    /// Asserts that every access of the kernel is inside its slice.
    fn check(&self, lanes: usize) {
        let max = |list: &[usize]| list.iter().copied().max().unwrap_or(0);
        let tiles = self.channels.div_ceil(TILE);
        assert!(self.channels > 0 && self.bases.len() == self.places.len());
        if !self.offsets.is_empty() {
            let weights = (tiles - 1) * self.tile_stride + self.offsets.len() * TILE;
            assert!(weights <= self.weight.len());
            assert!(max(self.bases) + max(self.offsets) + lanes <= self.planes.len());
        }
        let last = max(self.places) + (self.channels - 1) * self.channel_stride + lanes;
        assert!(last <= self.dst.len());
    }

    /// All channels from tile `tiles.start` to `tiles.end` for `NV` vectors from `v` on.
    ///
    /// # Safety
    /// [`Self::check`] passed, tiles and vectors exist, and the machine has `S`.
    #[inline(always)]
    unsafe fn vectors<S: Simd<Elem = T>, const NV: usize>(
        &mut self,
        tiles: std::ops::Range<usize>,
        v: usize,
    ) {
        // SAFETY: `check` bounds every base plus every offset, every tile of weights and every
        // place plus every channel.
        unsafe {
            let bases: [usize; NV] = std::array::from_fn(|j| *self.bases.get_unchecked(v + j));
            let places: [usize; NV] = std::array::from_fn(|j| *self.places.get_unchecked(v + j));
            for tile in tiles {
                let weight = self.weight.as_ptr().add(tile * self.tile_stride);
                let planes = self.planes.as_ptr();
                let from = std::array::from_fn(|j| planes.wrapping_add(bases[j]));
                let sums = S::tile_product::<NV>(weight, self.offsets, from);
                let channels = (self.channels - tile * TILE).min(TILE);
                for (m, sums) in sums.iter().enumerate().take(channels) {
                    let row = self
                        .dst
                        .as_mut_ptr()
                        .add((tile * TILE + m) * self.channel_stride);
                    let row = row.cast::<T>();
                    for j in 0..NV {
                        let to = row.add(places[j]);
                        let sum = if self.accumulate {
                            S::add(S::load(to), sums[j])
                        } else {
                            sums[j]
                        };
                        S::store(to, sum);
                    }
                }
            }
        }
    }
}

impl<T: Element> Job<T> for Multiply<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(mut self) {
        self.check(S::LANES);
        let tiles = self.channels.div_ceil(TILE);
        let block = (WEIGHT_BLOCK / (self.offsets.len() * TILE * size_of::<T>()).max(1)).max(1);
        let vectors = self.bases.len();
        for first in (0..tiles).step_by(block) {
            let range = first..(first + block).min(tiles);
            let mut v = 0;
            while v < vectors {
                let count = next_group(vectors - v, S::VECTORS);
                // SAFETY: checked above; `v` plus `count` stays within the vectors.
                unsafe {
                    match count {
                        1 => self.vectors::<S, 1>(range.clone(), v),
                        2 => self.vectors::<S, 2>(range.clone(), v),
                        3 => self.vectors::<S, 3>(range.clone(), v),
                        4 => self.vectors::<S, 4>(range.clone(), v),
                        5 => self.vectors::<S, 5>(range.clone(), v),
                        _ => self.vectors::<S, 6>(range.clone(), v),
                    }
                }
                v += count;
            }
        }
    }
}

/// How many of `left` vectors to take together: at most `most`, and as many in each group, so that
/// no single one is left, which would wait for its own sums.
pub(crate) fn next_group(left: usize, most: usize) -> usize {
    left.div_ceil(left.div_ceil(most))
}
