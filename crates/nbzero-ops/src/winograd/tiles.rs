//! The two-dimensional transforms of source planes, weights and products.
//!
//! A vector holds one position of several images. The transformed form of a tile is as many such
//! vectors as the scheme has products.

use super::scheme::{MOST, Scheme, WEIGHTS, source_columns};
use super::transform::KERNEL;
use crate::Element;
use crate::simd::{Job, Simd, TILE};
use std::array::from_fn;

/// Most lanes of a vector.
pub(super) const WIDEST: usize = 16;

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

/// Transforms the tiles of a packed plane of vectors, `source_columns(columns)` a row.
pub(super) struct Sources<'a, T, C> {
    pub(super) scheme: C,
    pub(super) planes: &'a [T],
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Working memory: a row for each of [`Scheme::POINTS`].
    pub(super) lines: &'a mut [T],
    pub(super) to: &'a mut [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    /// Elements from a tile to the next.
    pub(super) tile_stride: usize,
}

impl<T: Element, C: Scheme> Job<T> for Sources<'_, T, C> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let pitch = source_columns::<C>(self.columns) * S::LANES;
        let tiles = self.rows * self.columns;
        assert!(source_columns::<C>(self.rows) * pitch <= self.planes.len());
        assert!(C::POINTS * pitch <= self.lines.len());
        let last = (C::POINTS * C::POINTS - 1) * self.stride + (tiles - 1) * self.tile_stride;
        assert!(tiles > 0 && last + S::LANES <= self.to.len());
        let lines = self.lines.as_mut_ptr();
        for row in 0..self.rows {
            // SAFETY: asserted above; rows, columns and products are those of the asserts.
            unsafe {
                let planes = self.planes.as_ptr().add(row * C::STEP * pitch);
                for x in (0..pitch).step_by(S::LANES) {
                    self.scheme
                        .source::<T, S>(planes.add(x), [pitch; 2], lines.add(x));
                }
                for tile in 0..self.columns {
                    let from = lines.add(tile * C::STEP * S::LANES);
                    let to = self.to.as_mut_ptr();
                    let to = to.add((row * self.columns + tile) * self.tile_stride);
                    for y in 0..C::POINTS {
                        let to = to.add(y * C::POINTS * self.stride);
                        self.scheme.source::<T, S>(
                            from.add(y * pitch),
                            [S::LANES, self.stride],
                            to,
                        );
                    }
                }
            }
        }
    }
}

/// Makes planes of vectors, `columns` times [`Scheme::RESULTS`] a row, of the products of one channel.
pub(super) struct Results<'a, T, C> {
    pub(super) scheme: C,
    pub(super) products: &'a [T],
    /// Elements from a product to the next.
    pub(super) stride: usize,
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Element, C: Scheme> Job<T> for Results<'_, T, C> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        const { assert!(C::POINTS <= MOST && C::RESULTS <= MOST) }
        let pitch = self.columns * C::RESULTS * S::LANES;
        let tiles = self.rows * self.columns;
        assert!(
            (C::POINTS * C::POINTS - 1) * self.stride + tiles * S::LANES <= self.products.len()
        );
        assert!(self.rows * C::RESULTS * pitch <= self.to.len());
        // SAFETY: the machine has `S`.
        let mut lines = [unsafe { S::splat(T::ZERO) }; MOST * MOST];
        let lines = lines.as_mut_ptr().cast::<T>();
        let line_len = C::POINTS * S::LANES;
        for tile in 0..tiles {
            // SAFETY: asserted above; the tile is one of the plane.
            unsafe {
                let from = self.products.as_ptr().add(tile * S::LANES);
                for x in 0..C::POINTS {
                    let apart = [C::POINTS * self.stride, line_len];
                    self.scheme.results::<T, S>(
                        from.add(x * self.stride),
                        apart,
                        lines.add(x * S::LANES),
                    );
                }
                let [row, column] = [tile / self.columns, tile % self.columns];
                let to = self.to.as_mut_ptr();
                let to = to.add(row * C::RESULTS * pitch + column * C::RESULTS * S::LANES);
                for y in 0..C::RESULTS {
                    self.scheme.results::<T, S>(
                        lines.add(y * line_len),
                        [S::LANES; 2],
                        to.add(y * pitch),
                    );
                }
            }
        }
    }
}

/// Transforms the weights of `TILE` destination channels, in the order of the multiplication:
/// `[source channel][TILE]` for each transformed weight.
pub(super) struct Weights<'a, T, C> {
    pub(super) scheme: C,
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
    /// Elements from a transformed weight to the next.
    pub(super) stride: usize,
}

/// Elements that [`Weights`] writes for each transformed weight: whole vectors of any instruction set.
pub(super) fn weights_len(inputs: usize) -> usize {
    (inputs * TILE).next_multiple_of(WIDEST)
}

impl<T: Element, C: Scheme> Job<T> for Weights<'_, T, C> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let len = weights_len(self.inputs);
        assert!(len.is_multiple_of(S::LANES));
        assert!((WEIGHTS * WEIGHTS - 1) * self.stride + len <= self.to.len());
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
                let mut columns = [[S::splat(T::ZERO); WEIGHTS]; KERNEL];
                for (x, to) in columns.iter_mut().enumerate() {
                    let from = taps.as_ptr().add(x).cast();
                    *to = self
                        .scheme
                        .kernel::<T, S>(load::<T, S, KERNEL>(from, KERNEL * WIDEST));
                }
                for y in 0..WEIGHTS {
                    let line = self.scheme.kernel::<T, S>(across(&columns, y));
                    store::<T, S, WEIGHTS>(line, to.add(y * WEIGHTS * self.stride), self.stride);
                }
            }
        }
    }
}
