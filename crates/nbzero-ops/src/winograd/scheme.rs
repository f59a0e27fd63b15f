//! The three algorithms that share everything but their one-dimensional transforms.
//!
//! With stride 2, the outer two of three weights meet every second source position and the middle one
//! those between. Four results are then F(4, 2) of the ones, in five products, plus the middle weight times
//! the others, in four: nine products for what takes twelve, 81 for 144 in two dimensions. For the input
//! gradient, the middle weight makes the even positions and F(4, 2) of the outer two the odd ones: eight
//! results in nine products.

use super::tiles::{load, store};
use super::transform::{
    KERNEL, POINTS, RESULTS, gradient, kernel, outer_gradient, outer_kernel, outer_results,
    outer_source, outer_weight_gradients, results, source, weight_gradients,
};
use crate::Element;
use crate::simd::Simd;
use std::array::from_fn;
use std::ops::Range;

/// Transformed weights in each direction.
pub(super) const WEIGHTS: usize = POINTS;
/// Products of the outer weights of stride 2.
const OUTER: usize = WEIGHTS - 1;
/// Products of both, in each direction.
const BOTH: usize = OUTER + RESULTS;

/// Most products of a tile, in each direction.
pub(super) const MOST: usize = BOTH;

/// The sizes of a tile in each direction, and its transforms.
///
/// # Safety
/// All methods: the machine has `S`, and the vectors that are said to lie so far apart exist.
pub(super) trait Scheme: Copy + Send + Sync {
    /// Source positions that a tile reads.
    const SOURCES: usize;
    /// Source positions from a tile to the next.
    const STEP: usize;
    /// Source positions of the first tile that lie before the plane.
    const LEAD: usize;
    /// Products of a tile.
    const POINTS: usize;
    /// Results of a tile.
    const RESULTS: usize;

    /// Transforms [`Self::SOURCES`] source positions into [`Self::POINTS`]; `apart` are elements from one to
    /// the next.
    unsafe fn source<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        apart: [usize; 2],
        to: *mut T,
    );

    /// Transforms the weights.
    unsafe fn kernel<T: Element, S: Simd<Elem = T>>(self, g: [S::Vec; KERNEL])
    -> [S::Vec; WEIGHTS];

    /// Makes [`Self::RESULTS`] results of [`Self::POINTS`] products.
    unsafe fn results<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        apart: [usize; 2],
        to: *mut T,
    );
}

/// A scheme that also makes weight gradients.
///
/// # Safety
/// As there.
pub(super) trait SchemeOfSums: Scheme {
    /// Transforms [`RESULTS`] output gradients into [`Scheme::POINTS`], behind which are zeros.
    unsafe fn gradient<T: Element, S: Simd<Elem = T>>(self, g: [S::Vec; RESULTS])
    -> [S::Vec; MOST];

    /// Makes weight gradients of the sums of the products of each transformed weight.
    unsafe fn weight_gradients<T: Element, S: Simd<Elem = T>>(
        self,
        m: [S::Vec; WEIGHTS],
    ) -> [S::Vec; KERNEL];
}

/// The points of one transformed weight in each direction: one, or all those of the middle weight of stride 2.
fn points_of<C: Scheme>(weight: usize) -> Range<usize> {
    let last = weight + 1 == WEIGHTS;
    weight..if last { C::POINTS } else { weight + 1 }
}

/// The products of one of `WEIGHTS * WEIGHTS` transformed weights.
pub(super) fn products_of<C: Scheme>(weight: usize) -> impl Iterator<Item = usize> {
    let [rows, columns] = [weight / WEIGHTS, weight % WEIGHTS].map(points_of::<C>);
    rows.flat_map(move |y| columns.clone().map(move |x| y * C::POINTS + x))
}

/// Where `count` things are, `step` elements apart, of all products of one transformed weight, which lie `stride`
/// elements apart.
pub(super) fn places_of<C: Scheme>(
    weight: usize,
    stride: usize,
    count: usize,
    step: usize,
) -> Vec<usize> {
    let mut places = Vec::new();
    for product in products_of::<C>(weight) {
        // One range after the other: a flattened iterator is slow beside small products.
        places.extend((0..count).map(|i| product * stride + i * step));
    }
    places
}

/// Source columns that `tiles` neighbouring tiles read.
pub(super) fn source_columns<C: Scheme>(tiles: usize) -> usize {
    tiles * C::STEP + C::SOURCES - C::STEP
}

/// F(4, 3), for stride 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dense;

impl Scheme for Dense {
    const SOURCES: usize = POINTS;
    const STEP: usize = RESULTS;
    const LEAD: usize = 1;
    const POINTS: usize = POINTS;
    const RESULTS: usize = RESULTS;

    #[inline(always)]
    unsafe fn source<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let d = source::<T, S>(load::<T, S, POINTS>(from, apart));
            store::<T, S, POINTS>(d, to, to_apart);
        }
    }

    #[inline(always)]
    unsafe fn kernel<T: Element, S: Simd<Elem = T>>(
        self,
        g: [S::Vec; KERNEL],
    ) -> [S::Vec; WEIGHTS] {
        // SAFETY: the caller's promises.
        unsafe { kernel::<T, S>(g) }
    }

    #[inline(always)]
    unsafe fn results<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let y = results::<T, S>(load::<T, S, POINTS>(from, apart));
            store::<T, S, RESULTS>(y, to, to_apart);
        }
    }
}

impl SchemeOfSums for Dense {
    #[inline(always)]
    unsafe fn gradient<T: Element, S: Simd<Elem = T>>(
        self,
        g: [S::Vec; RESULTS],
    ) -> [S::Vec; MOST] {
        // SAFETY: the caller's promises.
        unsafe {
            let mut all = [S::splat(T::ZERO); MOST];
            all[..POINTS].copy_from_slice(&gradient::<T, S>(g));
            all
        }
    }

    #[inline(always)]
    unsafe fn weight_gradients<T: Element, S: Simd<Elem = T>>(
        self,
        m: [S::Vec; WEIGHTS],
    ) -> [S::Vec; KERNEL] {
        // SAFETY: the caller's promises.
        unsafe { weight_gradients::<T, S>(m) }
    }
}

/// Stride 2: the middle weight meets the positions between those of F(4, 2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Strided;

impl Scheme for Strided {
    const SOURCES: usize = BOTH;
    const STEP: usize = 2 * RESULTS;
    const LEAD: usize = 1;
    const POINTS: usize = BOTH;
    const RESULTS: usize = RESULTS;

    #[inline(always)]
    unsafe fn source<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let outer = load::<T, S, OUTER>(from, 2 * apart);
            let middle = load::<T, S, RESULTS>(from.add(apart), 2 * apart);
            store::<T, S, OUTER>(outer_source::<T, S>(outer), to, to_apart);
            store::<T, S, RESULTS>(middle, to.add(OUTER * to_apart), to_apart);
        }
    }

    #[inline(always)]
    unsafe fn kernel<T: Element, S: Simd<Elem = T>>(
        self,
        g: [S::Vec; KERNEL],
    ) -> [S::Vec; WEIGHTS] {
        // SAFETY: the caller's promises.
        unsafe { outer_kernel::<T, S>(g) }
    }

    #[inline(always)]
    unsafe fn results<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let middle = load::<T, S, RESULTS>(from.add(OUTER * apart), apart);
            let mut both = outer_results::<T, S>(load::<T, S, OUTER>(from, apart));
            for (y, middle) in both.iter_mut().zip(middle) {
                *y = S::add(*y, middle);
            }
            store::<T, S, RESULTS>(both, to, to_apart);
        }
    }
}

impl SchemeOfSums for Strided {
    #[inline(always)]
    unsafe fn gradient<T: Element, S: Simd<Elem = T>>(
        self,
        g: [S::Vec; RESULTS],
    ) -> [S::Vec; MOST] {
        // SAFETY: the caller's promises.
        unsafe {
            let mut all = [S::splat(T::ZERO); MOST];
            all[..OUTER].copy_from_slice(&outer_gradient::<T, S>(g));
            all[OUTER..].copy_from_slice(&g);
            all
        }
    }

    #[inline(always)]
    unsafe fn weight_gradients<T: Element, S: Simd<Elem = T>>(
        self,
        m: [S::Vec; WEIGHTS],
    ) -> [S::Vec; KERNEL] {
        // SAFETY: the caller's promises.
        unsafe { outer_weight_gradients::<T, S>(m) }
    }
}

/// The input gradient of stride 2: the middle weight makes the positions between those of F(4, 2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Interleaved;

impl Scheme for Interleaved {
    const SOURCES: usize = OUTER;
    const STEP: usize = RESULTS;
    const LEAD: usize = 0;
    const POINTS: usize = BOTH;
    const RESULTS: usize = 2 * RESULTS;

    #[inline(always)]
    unsafe fn source<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let d = load::<T, S, OUTER>(from, apart);
            store::<T, S, OUTER>(outer_source::<T, S>(d), to, to_apart);
            let middle: [_; RESULTS] = from_fn(|i| d[i]);
            store::<T, S, RESULTS>(middle, to.add(OUTER * to_apart), to_apart);
        }
    }

    #[inline(always)]
    unsafe fn kernel<T: Element, S: Simd<Elem = T>>(
        self,
        g: [S::Vec; KERNEL],
    ) -> [S::Vec; WEIGHTS] {
        // SAFETY: the caller's promises.
        unsafe { outer_kernel::<T, S>(g) }
    }

    #[inline(always)]
    unsafe fn results<T: Element, S: Simd<Elem = T>>(
        self,
        from: *const T,
        [apart, to_apart]: [usize; 2],
        to: *mut T,
    ) {
        // SAFETY: the caller's promises.
        unsafe {
            let middle = load::<T, S, RESULTS>(from.add(OUTER * apart), apart);
            let outer = outer_results::<T, S>(load::<T, S, OUTER>(from, apart));
            store::<T, S, RESULTS>(middle, to, 2 * to_apart);
            store::<T, S, RESULTS>(outer, to.add(to_apart), 2 * to_apart);
        }
    }
}
