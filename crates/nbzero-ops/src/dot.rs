//! The inner product of weight gradients: output gradients times packed planes, over positions.

use crate::Element;
use crate::multiply::next_group;

use crate::simd::{Job, Simd};

/// Output channels that a kernel sums together.
pub(crate) const ROWS: usize = 4;
/// Bytes of packed planes that stay in the first-level cache while all channels meet them, where
/// each is read by one offset only.
const PLANES: usize = 12 << 10;

/// `sums[c][k] += sum over v and lanes of grad[places[v] + c * stride] * planes[bases[v] + offsets[k]]`.
#[derive(Debug)]
pub(crate) struct Dot<'a, T> {
    pub(crate) grad: &'a [T],
    pub(crate) places: &'a [usize],
    pub(crate) channel_stride: usize,
    pub(crate) channels: usize,
    pub(crate) planes: &'a [T],
    pub(crate) bases: &'a [usize],
    pub(crate) offsets: &'a [usize],
    /// Whether each plane is read by one offset only.
    pub(crate) pointwise: bool,
    pub(crate) sums: &'a mut [T],
    /// Elements from the sums of a channel to those of the next.
    pub(crate) sums_stride: usize,
}

impl<T: Element> Dot<'_, T> {
    /// Asserts that every access of the kernel is inside its slice.
    fn check(&self, lanes: usize) {
        let max = |list: &[usize]| list.iter().copied().max().unwrap_or(0);
        assert!(self.channels > 0 && self.bases.len() == self.places.len());
        assert!(max(self.bases) + max(self.offsets) + lanes <= self.planes.len());
        let last = max(self.places) + (self.channels - 1) * self.channel_stride + lanes;
        assert!(last <= self.grad.len());
        assert!((self.channels - 1) * self.sums_stride + self.offsets.len() <= self.sums.len());
    }

    /// `NK` offsets from `k` on for the tile of channels from `channel` on.
    ///
    /// # Safety
    /// [`Self::check`] passed, offsets and channel exist, and the machine has `S`.
    #[inline(always)]
    unsafe fn tile<S: Simd<Elem = T>, const NK: usize>(&mut self, channel: usize, k: usize) {
        // SAFETY: `check` bounds all bases plus offsets and all places plus channels; rows of
        // missing channels repeat the last one.
        unsafe {
            let planes = self.planes.as_ptr();
            let from: [*const T; NK] =
                std::array::from_fn(|j| planes.wrapping_add(*self.offsets.get_unchecked(k + j)));
            let rows: [*const T; ROWS] = std::array::from_fn(|m| {
                let row = (channel + m).min(self.channels - 1);
                self.grad.as_ptr().wrapping_add(row * self.channel_stride)
            });
            let mut sums = [[S::splat(T::ZERO); NK]; ROWS];
            for v in 0..self.bases.len() {
                let base = *self.bases.get_unchecked(v);
                let place = *self.places.get_unchecked(v);
                let x: [S::Vec; NK] = std::array::from_fn(|j| S::load(from[j].wrapping_add(base)));
                for m in 0..ROWS {
                    let g = S::load(rows[m].wrapping_add(place));
                    for j in 0..NK {
                        sums[m][j] = S::mul_add(g, x[j], sums[m][j]);
                    }
                }
            }
            for (m, sums) in sums.iter().enumerate().take(self.channels - channel) {
                let to = (channel + m) * self.sums_stride + k;
                for (j, sum) in sums.iter().enumerate() {
                    let to = self.sums.get_unchecked_mut(to + j);
                    *to = *to + S::sum(*sum);
                }
            }
        }
    }
}

impl<T: Element> Job<T> for Dot<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(mut self) {
        self.check(S::LANES);
        let bytes = self.bases.len() * S::LANES * size_of::<T>();
        let fits = (PLANES / bytes.max(1) / S::VECTORS * S::VECTORS).max(S::VECTORS);
        let block = if self.pointwise {
            fits
        } else {
            self.offsets.len().max(1)
        };
        for first in (0..self.offsets.len()).step_by(block) {
            let last = (first + block).min(self.offsets.len());
            for channel in (0..self.channels).step_by(ROWS) {
                let mut k = first;
                while k < last {
                    let count = next_group(last - k, S::VECTORS);
                    // SAFETY: checked above; `k` plus `count` stays within the offsets.
                    unsafe {
                        match count {
                            1 => self.tile::<S, 1>(channel, k),
                            2 => self.tile::<S, 2>(channel, k),
                            3 => self.tile::<S, 3>(channel, k),
                            4 => self.tile::<S, 4>(channel, k),
                            5 => self.tile::<S, 5>(channel, k),
                            _ => self.tile::<S, 6>(channel, k),
                        }
                    }
                    k += count;
                }
            }
        }
    }
}
