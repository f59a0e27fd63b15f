//! The one-dimensional transforms of F(4, 3), F(3, 4), F(4, 2) and F(2, 4), on vectors of tiles.
//!
//! Four results of a kernel of three are made of six products, and three weight gradients of four
//! output gradients of the same six points. The points are 0, +-sqrt(1/2),
//! +-sqrt(2) and infinity: the products of these stay near 1, which loses fewer digits than the
//! usual 0, +-1, +-2 and infinity. Those of F(4, 2), of which stride 2 is made, are +-1/2, +-sqrt(2) and
//! infinity, of the pairs that we tried among those with the least errors.

use crate::Element;
use crate::simd::Simd;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// Results of a tile in each direction.
pub(super) const RESULTS: usize = 4;
/// Elements of the kernel in each direction.
pub(super) const KERNEL: usize = 3;
/// Source positions, and products, of a tile in each direction.
pub(super) const POINTS: usize = RESULTS + KERNEL - 1;

/// `c * x + y`.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
unsafe fn plus<T: Element, S: Simd<Elem = T>>(c: f64, x: S::Vec, y: S::Vec) -> S::Vec {
    // SAFETY: the caller's promise.
    unsafe { S::mul_add(S::splat(T::from_f64(c)), x, y) }
}

/// Transforms six source positions.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn source<T: Element, S: Simd<Elem = T>>(
    d: [S::Vec; POINTS],
) -> [S::Vec; POINTS] {
    // SAFETY: the caller's promise.
    unsafe {
        let [even, odd] = [
            plus::<T, S>(-2.0, d[2], d[4]),
            plus::<T, S>(-2.0, d[1], d[3]),
        ];
        let [far_even, far_odd] = [
            plus::<T, S>(-0.5, d[2], d[4]),
            plus::<T, S>(-0.5, d[1], d[3]),
        ];
        [
            plus::<T, S>(-2.5, d[2], S::add(d[0], d[4])),
            plus::<T, S>(FRAC_1_SQRT_2, odd, even),
            plus::<T, S>(-FRAC_1_SQRT_2, odd, even),
            plus::<T, S>(SQRT_2, far_odd, far_even),
            plus::<T, S>(-SQRT_2, far_odd, far_even),
            plus::<T, S>(-2.5, d[3], S::add(d[1], d[5])),
        ]
    }
}

/// Transforms three weights.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn kernel<T: Element, S: Simd<Elem = T>>(
    g: [S::Vec; KERNEL],
) -> [S::Vec; POINTS] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let even = plus::<T, S>(-2.0 / 3.0, g[0], plus::<T, S>(-1.0 / 3.0, g[2], zero));
        let far_even = plus::<T, S>(1.0 / 6.0, g[0], plus::<T, S>(1.0 / 3.0, g[2], zero));
        [
            g[0],
            plus::<T, S>(-SQRT_2 / 3.0, g[1], even),
            plus::<T, S>(SQRT_2 / 3.0, g[1], even),
            plus::<T, S>(SQRT_2 / 6.0, g[1], far_even),
            plus::<T, S>(-SQRT_2 / 6.0, g[1], far_even),
            g[2],
        ]
    }
}

/// Makes four results of six products.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn results<T: Element, S: Simd<Elem = T>>(
    m: [S::Vec; POINTS],
) -> [S::Vec; RESULTS] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let [sum, difference] = [S::add(m[1], m[2]), plus::<T, S>(-1.0, m[2], m[1])];
        let [far_sum, far_difference] = [S::add(m[3], m[4]), plus::<T, S>(-1.0, m[4], m[3])];
        [
            S::add(m[0], S::add(sum, far_sum)),
            plus::<T, S>(
                FRAC_1_SQRT_2,
                plus::<T, S>(2.0, far_difference, difference),
                zero,
            ),
            plus::<T, S>(0.5, plus::<T, S>(4.0, far_sum, sum), zero),
            plus::<T, S>(
                FRAC_1_SQRT_2 / 2.0,
                plus::<T, S>(8.0, far_difference, difference),
                m[5],
            ),
        ]
    }
}

/// Transforms four output gradients, which are the kernel of F(3, 4).
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn gradient<T: Element, S: Simd<Elem = T>>(
    g: [S::Vec; RESULTS],
) -> [S::Vec; POINTS] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let even = plus::<T, S>(-2.0 / 3.0, g[0], plus::<T, S>(-1.0 / 3.0, g[2], zero));
        let odd = plus::<T, S>(0.5, g[3], g[1]);
        let far_even = plus::<T, S>(1.0 / 6.0, g[0], plus::<T, S>(1.0 / 3.0, g[2], zero));
        let far_odd = plus::<T, S>(2.0, g[3], g[1]);
        [
            g[0],
            plus::<T, S>(-SQRT_2 / 3.0, odd, even),
            plus::<T, S>(SQRT_2 / 3.0, odd, even),
            plus::<T, S>(SQRT_2 / 6.0, far_odd, far_even),
            plus::<T, S>(-SQRT_2 / 6.0, far_odd, far_even),
            g[3],
        ]
    }
}

/// Makes three weight gradients of six products.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn weight_gradients<T: Element, S: Simd<Elem = T>>(
    m: [S::Vec; POINTS],
) -> [S::Vec; KERNEL] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let [sum, difference] = [S::add(m[1], m[2]), plus::<T, S>(-1.0, m[2], m[1])];
        let [far_sum, far_difference] = [S::add(m[3], m[4]), plus::<T, S>(-1.0, m[4], m[3])];
        let odd = plus::<T, S>(2.0, far_difference, difference);
        [
            S::add(m[0], S::add(sum, far_sum)),
            plus::<T, S>(FRAC_1_SQRT_2, odd, zero),
            plus::<T, S>(0.5, plus::<T, S>(4.0, far_sum, sum), m[5]),
        ]
    }
}

/// Transforms the five source positions that the outer weights of stride 2 meet, for F(4, 2).
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn outer_source<T: Element, S: Simd<Elem = T>>(d: [S::Vec; 5]) -> [S::Vec; 5] {
    // SAFETY: the caller's promise.
    unsafe {
        let [even, odd] = [
            plus::<T, S>(-2.0, d[0], d[2]),
            plus::<T, S>(-2.0, d[1], d[3]),
        ];
        let [far_even, far_odd] = [
            plus::<T, S>(-0.25, d[0], d[2]),
            plus::<T, S>(-0.25, d[1], d[3]),
        ];
        [
            plus::<T, S>(0.5, even, odd),
            plus::<T, S>(-0.5, even, odd),
            plus::<T, S>(SQRT_2, far_even, far_odd),
            plus::<T, S>(-SQRT_2, far_even, far_odd),
            plus::<T, S>(-2.25, d[2], plus::<T, S>(0.5, d[0], d[4])),
        ]
    }
}

/// Transforms the outer two of three weights for F(4, 2); the middle one follows as it is.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn outer_kernel<T: Element, S: Simd<Elem = T>>(
    g: [S::Vec; KERNEL],
) -> [S::Vec; 6] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let odd = plus::<T, S>(-2.0 / 7.0, g[2], zero);
        let far_odd = plus::<T, S>(2.0 / 7.0, g[2], zero);
        [
            plus::<T, S>(-4.0 / 7.0, g[0], odd),
            plus::<T, S>(4.0 / 7.0, g[0], odd),
            plus::<T, S>(SQRT_2 / 7.0, g[0], far_odd),
            plus::<T, S>(-SQRT_2 / 7.0, g[0], far_odd),
            g[2],
            g[1],
        ]
    }
}

/// Makes four results of the five products of F(4, 2).
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn outer_results<T: Element, S: Simd<Elem = T>>(
    m: [S::Vec; 5],
) -> [S::Vec; RESULTS] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let [sum, difference] = [S::add(m[0], m[1]), plus::<T, S>(-1.0, m[1], m[0])];
        let [far_sum, far_difference] = [S::add(m[2], m[3]), plus::<T, S>(-1.0, m[3], m[2])];
        let far_odd = plus::<T, S>(SQRT_2, far_difference, zero);
        [
            S::add(sum, far_sum),
            plus::<T, S>(0.5, difference, far_odd),
            plus::<T, S>(0.25, plus::<T, S>(8.0, far_sum, sum), zero),
            plus::<T, S>(0.125, difference, plus::<T, S>(2.0, far_odd, m[4])),
        ]
    }
}

/// Transforms four output gradients, which are the kernel of F(2, 4), of the points of F(4, 2).
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn outer_gradient<T: Element, S: Simd<Elem = T>>(
    g: [S::Vec; RESULTS],
) -> [S::Vec; 5] {
    // SAFETY: the caller's promise.
    unsafe {
        let zero = S::splat(T::ZERO);
        let even = plus::<T, S>(0.25, g[2], g[0]);
        let odd = plus::<T, S>(-2.0 / 7.0, plus::<T, S>(0.25, g[3], g[1]), zero);
        let far_even = plus::<T, S>(2.0, g[2], g[0]);
        let far_odd = plus::<T, S>(2.0 / 7.0, plus::<T, S>(2.0, g[3], g[1]), zero);
        [
            plus::<T, S>(-4.0 / 7.0, even, odd),
            plus::<T, S>(4.0 / 7.0, even, odd),
            plus::<T, S>(SQRT_2 / 7.0, far_even, far_odd),
            plus::<T, S>(-SQRT_2 / 7.0, far_even, far_odd),
            g[3],
        ]
    }
}

/// Makes three weight gradients of the five sums of F(2, 4) and that of the middle weight.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn outer_weight_gradients<T: Element, S: Simd<Elem = T>>(
    m: [S::Vec; 6],
) -> [S::Vec; KERNEL] {
    // SAFETY: the caller's promise.
    unsafe {
        let [sum, difference] = [S::add(m[0], m[1]), plus::<T, S>(-1.0, m[1], m[0])];
        let [far_sum, far_difference] = [S::add(m[2], m[3]), plus::<T, S>(-1.0, m[3], m[2])];
        [
            S::add(sum, far_sum),
            m[5],
            plus::<T, S>(0.5, difference, plus::<T, S>(SQRT_2, far_difference, m[4])),
        ]
    }
}
