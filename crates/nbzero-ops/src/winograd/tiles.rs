//! The two-dimensional transforms of source planes, weights and products.
//!
//! A vector holds one position of several images. The transformed form of a tile is `POINTS *
//! POINTS` such vectors, one for each product.

use super::transform::{KERNEL, POINTS, RESULTS, kernel, results, source};
use crate::Element;
use crate::simd::{Job, Simd, TILE};
use std::array::from_fn;

/// Products of a tile.
pub(super) const PRODUCTS: usize = POINTS * POINTS;

/// Most lanes of a vector.
pub(super) const WIDEST: usize = 8;

/// `N` vectors that lie `stride` elements apart.
///
/// # Safety
/// They exist, and the machine has `S`.
#[inline(always)]
pub(super) unsafe fn load<T: Element, S: Simd<Elem = T>, const N: usize>(
    from: *const T,
    stride: usize,
) -> [S::Vec; N] {
    // SAFETY: the caller's promises.
    unsafe {
        let mut vectors = [S::splat(T::ZERO); N];
        for (i, vector) in vectors.iter_mut().enumerate() {
            *vector = S::load(from.add(i * stride));
        }
        vectors
    }
}

/// The reverse of [`load`].
///
/// # Safety
/// As there.
#[inline(always)]
pub(super) unsafe fn store<T: Element, S: Simd<Elem = T>, const N: usize>(
    vectors: [S::Vec; N],
    to: *mut T,
    stride: usize,
) {
    for (i, vector) in vectors.into_iter().enumerate() {
        // SAFETY: the caller's promises.
        unsafe { S::store(to.add(i * stride), vector) }
    }
}

/// One row of a square that is held by columns.
#[inline(always)]
pub(super) fn across<V: Copy, const H: usize, const W: usize>(
    columns: &[[V; H]; W],
    y: usize,
) -> [V; W] {
    from_fn(|x| columns[x][y])
}

/// Columns that `tiles` neighbouring tiles read.
pub(super) fn source_columns(tiles: usize) -> usize {
    tiles * RESULTS + POINTS - RESULTS
}

/// Transforms the tiles of a packed plane of vectors, `source_columns(columns)` a row.
pub(super) struct Sources<'a, T> {
    pub(super) planes: &'a [T],
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Working memory: `POINTS` rows.
    pub(super) lines: &'a mut [T],
    pub(super) to: &'a mut [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    /// Elements from a tile to the next.
    pub(super) tile_stride: usize,
}

impl<T: Element> Job<T> for Sources<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let pitch = source_columns(self.columns) * S::LANES;
        let tiles = self.rows * self.columns;
        assert!(source_columns(self.rows) * pitch <= self.planes.len());
        assert!(POINTS * pitch <= self.lines.len());
        let last = (PRODUCTS - 1) * self.stride + (tiles - 1) * self.tile_stride;
        assert!(tiles > 0 && last + S::LANES <= self.to.len());
        let lines = self.lines.as_mut_ptr();
        for row in 0..self.rows {
            // SAFETY: asserted above; rows, columns and products are those of the asserts.
            unsafe {
                let planes = self.planes.as_ptr().add(row * RESULTS * pitch);
                for x in (0..pitch).step_by(S::LANES) {
                    let column = source::<T, S>(load::<T, S, POINTS>(planes.add(x), pitch));
                    store::<T, S, POINTS>(column, lines.add(x), pitch);
                }
                for tile in 0..self.columns {
                    let from = lines.add(tile * RESULTS * S::LANES);
                    let to = self.to.as_mut_ptr();
                    let to = to.add((row * self.columns + tile) * self.tile_stride);
                    for y in 0..POINTS {
                        let line = load::<T, S, POINTS>(from.add(y * pitch), S::LANES);
                        let line = source::<T, S>(line);
                        store::<T, S, POINTS>(line, to.add(y * POINTS * self.stride), self.stride);
                    }
                }
            }
        }
    }
}

/// Makes planes of vectors, `columns * RESULTS` a row, of the products of one channel.
pub(super) struct Results<'a, T> {
    pub(super) products: &'a [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Element> Job<T> for Results<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let pitch = self.columns * RESULTS * S::LANES;
        let tiles = self.rows * self.columns;
        assert!((PRODUCTS - 1) * self.stride + tiles * S::LANES <= self.products.len());
        assert!(self.rows * RESULTS * pitch <= self.to.len());
        for tile in 0..tiles {
            // SAFETY: asserted above; the tile is one of the plane.
            unsafe {
                let from = self.products.as_ptr().add(tile * S::LANES);
                let mut columns = [[S::splat(T::ZERO); RESULTS]; POINTS];
                for (x, to) in columns.iter_mut().enumerate() {
                    let from = from.add(x * self.stride);
                    let column = load::<T, S, POINTS>(from, POINTS * self.stride);
                    *to = results::<T, S>(column);
                }
                let [row, column] = [tile / self.columns, tile % self.columns];
                let to = self.to.as_mut_ptr();
                let to = to.add(row * RESULTS * pitch + column * RESULTS * S::LANES);
                for y in 0..RESULTS {
                    let line = results::<T, S>(across(&columns, y));
                    store::<T, S, RESULTS>(line, to.add(y * pitch), S::LANES);
                }
            }
        }
    }
}

/// Transforms the weights of `TILE` destination channels, in the order of the multiplication:
/// `[source channel][TILE]` for each product.
pub(super) struct Weights<'a, T> {
    /// Weights from the first destination channel on.
    pub(super) weight: &'a [T],
    /// Elements from a destination channel to the next, and from a source channel to the next.
    pub(super) strides: [usize; 2],
    /// Where the weight of each kernel position is.
    pub(super) taps: &'a [usize; KERNEL * KERNEL],
    /// Destination channels, at most `TILE`; the others are zero.
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) to: &'a mut [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
}

/// Elements that [`Weights`] writes for each product: whole vectors of any instruction set.
pub(super) fn weights_len(inputs: usize) -> usize {
    (inputs * TILE).next_multiple_of(WIDEST)
}

impl<T: Element> Job<T> for Weights<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let len = weights_len(self.inputs);
        assert!(len.is_multiple_of(S::LANES));
        assert!((PRODUCTS - 1) * self.stride + len <= self.to.len());
        let [to_output, to_input] = self.strides;
        let mut taps = [[T::ZERO; WIDEST]; KERNEL * KERNEL];
        assert!(S::LANES <= taps[0].len());
        for first in (0..len).step_by(S::LANES) {
            for lane in 0..S::LANES {
                let [input, output] = [(first + lane) / TILE, (first + lane) % TILE];
                if input < self.inputs && output < self.outputs {
                    let kernel = &self.weight[output * to_output + input * to_input..];
                    let kernel = &kernel[..KERNEL * KERNEL];
                    for (tap, place) in taps.iter_mut().zip(self.taps) {
                        tap[lane] = kernel[*place];
                    }
                } else {
                    for tap in &mut taps {
                        tap[lane] = T::ZERO;
                    }
                }
            }
            // SAFETY: asserted above; taps hold a vector each.
            unsafe {
                let to = self.to.as_mut_ptr().add(first);
                let mut columns = [[S::splat(T::ZERO); POINTS]; KERNEL];
                for (x, to) in columns.iter_mut().enumerate() {
                    let from = taps.as_ptr().add(x).cast();
                    *to = kernel::<T, S>(load::<T, S, KERNEL>(from, KERNEL * WIDEST));
                }
                for y in 0..POINTS {
                    let line = kernel::<T, S>(across(&columns, y));
                    store::<T, S, POINTS>(line, to.add(y * POINTS * self.stride), self.stride);
                }
            }
        }
    }
}
