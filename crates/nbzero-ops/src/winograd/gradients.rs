//! The two-dimensional transforms of weight gradients: the kernel is a tile of output gradients, and
//! sources are transformed as in the forward direction.
//!
//! A vector holds one position of several channels.

use super::scheme::{MOST, SchemeOfSums, WEIGHTS};
use super::tiles::{WIDEST, across, load, store};
use super::transform::{KERNEL, RESULTS};
use crate::Element;
use crate::simd::{Job, Simd, TILE};

/// Where a product of the output gradients goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Element of the first channel and tile.
    pub(super) first: usize,
    /// Elements from `TILE` channels to the next `TILE`.
    pub(super) channel_stride: usize,
}

/// Transforms the tiles of a packed plane of output gradients, in the order of the multiplication:
/// `[tile][TILE]` for each product and each `TILE` channels.
pub(super) struct Gradients<'a, T, C> {
    pub(super) scheme: C,
    pub(super) planes: &'a [T],
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) to: &'a mut [T],
    /// One for each product.
    pub(super) places: &'a [Place],
}

impl<T: Element, C: SchemeOfSums> Job<T> for Gradients<'_, T, C> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        assert!(S::LANES <= WIDEST);
        let pitch = self.columns * RESULTS * S::LANES;
        let tiles = self.rows * self.columns;
        let channels = S::LANES.div_ceil(TILE);
        let part_len = S::LANES.min(TILE);
        assert!(tiles > 0 && self.places.len() == C::POINTS * C::POINTS);
        for place in self.places {
            let last = place.first + (channels - 1) * place.channel_stride + (tiles - 1) * TILE;
            assert!(last + part_len <= self.to.len());
        }
        assert!(self.rows * RESULTS * pitch <= self.planes.len());
        for tile in 0..tiles {
            let [row, column] = [tile / self.columns, tile % self.columns];
            // SAFETY: asserted above; the tile is one of the plane.
            unsafe {
                let from = self.planes.as_ptr();
                let from = from.add(row * RESULTS * pitch + column * RESULTS * S::LANES);
                let mut columns = [[S::splat(T::ZERO); MOST]; RESULTS];
                for (x, to) in columns.iter_mut().enumerate() {
                    let column = load::<T, S, RESULTS>(from.add(x * S::LANES), pitch);
                    *to = self.scheme.gradient::<T, S>(column);
                }
                let to = self.to.as_mut_ptr().add(tile * TILE);
                for y in 0..C::POINTS {
                    let line = self.scheme.gradient::<T, S>(across(&columns, y));
                    for (x, vector) in line.into_iter().enumerate().take(C::POINTS) {
                        let mut lanes = [T::ZERO; WIDEST];
                        S::store(lanes.as_mut_ptr(), vector);
                        let place = self.places.get_unchecked(y * C::POINTS + x);
                        let to = to.add(place.first);
                        for part in 0..channels {
                            let from = lanes.as_ptr().add(part * TILE);
                            let to = to.add(part * place.channel_stride);
                            to.copy_from_nonoverlapping(from, part_len);
                        }
                    }
                }
            }
        }
    }
}

/// Makes the weight gradients `[source channel][KERNEL * KERNEL]` of one destination channel.
pub(super) struct WeightGradients<'a, T, C> {
    pub(super) scheme: C,
    /// Sums of the products of each transformed weight.
    pub(super) products: &'a [T],
    /// Elements from a weight to the next.
    pub(super) stride: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Element, C: SchemeOfSums> Job<T> for WeightGradients<'_, T, C> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let vectors = self.to.chunks_mut(S::LANES * KERNEL * KERNEL);
        let last = (WEIGHTS * WEIGHTS - 1) * self.stride + vectors.len() * S::LANES;
        assert!(S::LANES <= WIDEST && last <= self.products.len());
        for (vector, to) in vectors.enumerate() {
            let mut taps = [[T::ZERO; WIDEST]; KERNEL * KERNEL];
            // SAFETY: asserted above; taps hold a vector each.
            unsafe {
                let from = self.products.as_ptr().add(vector * S::LANES);
                let mut columns = [[S::splat(T::ZERO); KERNEL]; WEIGHTS];
                for (x, to) in columns.iter_mut().enumerate() {
                    let from = from.add(x * self.stride);
                    let column = load::<T, S, WEIGHTS>(from, WEIGHTS * self.stride);
                    *to = self.scheme.weight_gradients::<T, S>(column);
                }
                for y in 0..KERNEL {
                    let line = self.scheme.weight_gradients::<T, S>(across(&columns, y));
                    let to = taps.as_mut_ptr().add(y * KERNEL).cast();
                    store::<T, S, KERNEL>(line, to, WIDEST);
                }
            }
            for (lane, kernel) in to.chunks_exact_mut(KERNEL * KERNEL).enumerate() {
                for (x, tap) in kernel.iter_mut().zip(&taps) {
                    *x = tap[lane];
                }
            }
        }
    }
}
