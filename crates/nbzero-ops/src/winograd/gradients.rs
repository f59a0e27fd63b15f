//! The two-dimensional transforms of F(3 x 3, 4 x 4), which makes weight gradients: the kernel is a
//! tile of output gradients, and sources are transformed as in the forward direction.
//!
//! A vector holds one position of several channels.

use super::tiles::{PRODUCTS, WIDEST, across, load, store};
use super::transform::{KERNEL, POINTS, RESULTS, gradient, weight_gradients};
use crate::Element;
use crate::simd::{Job, Simd, TILE};

/// Transforms the tiles of a packed plane of output gradients, in the order of the multiplication:
/// `[tile][TILE]` for each product and each `TILE` channels.
pub(super) struct Gradients<'a, T> {
    pub(super) planes: &'a [T],
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) to: &'a mut [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    /// Elements from `TILE` channels to the next `TILE`.
    pub(super) channel_stride: usize,
}

impl<T: Element> Job<T> for Gradients<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let pitch = self.columns * RESULTS * S::LANES;
        let tiles = self.rows * self.columns;
        let channels = S::LANES.div_ceil(TILE);
        let last = (PRODUCTS - 1) * self.stride + (channels - 1) * self.channel_stride;
        assert!(S::LANES <= WIDEST && tiles > 0);
        assert!(last + (tiles - 1) * TILE + S::LANES.min(TILE) <= self.to.len());
        assert!(self.rows * RESULTS * pitch <= self.planes.len());
        for tile in 0..tiles {
            let [row, column] = [tile / self.columns, tile % self.columns];
            // SAFETY: asserted above; the tile is one of the plane.
            unsafe {
                let from = self.planes.as_ptr();
                let from = from.add(row * RESULTS * pitch + column * RESULTS * S::LANES);
                let mut columns = [[S::splat(T::ZERO); POINTS]; RESULTS];
                for (x, to) in columns.iter_mut().enumerate() {
                    let column = load::<T, S, RESULTS>(from.add(x * S::LANES), pitch);
                    *to = gradient::<T, S>(column);
                }
                let to = self.to.as_mut_ptr().add(tile * TILE);
                for y in 0..POINTS {
                    let line = gradient::<T, S>(across(&columns, y));
                    for (x, vector) in line.into_iter().enumerate() {
                        let mut lanes = [T::ZERO; WIDEST];
                        S::store(lanes.as_mut_ptr(), vector);
                        let to = to.add((y * POINTS + x) * self.stride);
                        for part in 0..channels {
                            let from = lanes.as_ptr().add(part * TILE);
                            let to = to.add(part * self.channel_stride);
                            to.copy_from_nonoverlapping(from, S::LANES.min(TILE));
                        }
                    }
                }
            }
        }
    }
}

/// Makes the weight gradients `[source channel][KERNEL * KERNEL]` of one destination channel.
pub(super) struct WeightGradients<'a, T> {
    pub(super) products: &'a [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Element> Job<T> for WeightGradients<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let vectors = self.to.chunks_mut(S::LANES * KERNEL * KERNEL);
        let last = (PRODUCTS - 1) * self.stride + vectors.len() * S::LANES;
        assert!(S::LANES <= WIDEST && last <= self.products.len());
        for (vector, to) in vectors.enumerate() {
            let mut taps = [[T::ZERO; WIDEST]; KERNEL * KERNEL];
            // SAFETY: asserted above; taps hold a vector each.
            unsafe {
                let from = self.products.as_ptr().add(vector * S::LANES);
                let mut columns = [[S::splat(T::ZERO); KERNEL]; POINTS];
                for (x, to) in columns.iter_mut().enumerate() {
                    let from = from.add(x * self.stride);
                    let column = load::<T, S, POINTS>(from, POINTS * self.stride);
                    *to = weight_gradients::<T, S>(column);
                }
                for y in 0..KERNEL {
                    let line = weight_gradients::<T, S>(across(&columns, y));
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
