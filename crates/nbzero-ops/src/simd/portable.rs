//! Small arrays that the compiler turns into 128-bit vectors where the machine has them.

use super::Simd;
use std::array::from_fn;

macro_rules! vectors {
    ($name:ident, $elem:ty, $lanes:expr) => {
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        impl Simd for $name {
            type Elem = $elem;
            type Vec = [$elem; $lanes];
            const LANES: usize = $lanes;
            const VECTORS: usize = 3;

            #[inline(always)]
            fn prefetch(_from: *const $elem) {}
            #[inline(always)]
            unsafe fn splat(x: $elem) -> Self::Vec {
                [x; $lanes]
            }
            #[inline(always)]
            unsafe fn load(from: *const $elem) -> Self::Vec {
                // SAFETY: the caller promises a vector behind the pointer.
                unsafe { from.cast::<Self::Vec>().read_unaligned() }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $elem, v: Self::Vec) {
                // SAFETY: the caller promises a vector behind the pointer.
                unsafe { to.cast::<Self::Vec>().write_unaligned(v) }
            }
            #[inline(always)]
            unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
                from_fn(|i| a[i] + b[i])
            }
            #[inline(always)]
            unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
                // Not `mul_add`: without the instruction it is a slow library call.
                from_fn(|i| a[i] * b[i] + c[i])
            }
            #[inline(always)]
            unsafe fn min(a: Self::Vec, b: Self::Vec) -> Self::Vec {
                from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
            }
            #[inline(always)]
            unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
                from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
            }
            #[inline(always)]
            unsafe fn keep_between(
                x: Self::Vec,
                t: Self::Vec,
                low: Self::Vec,
                high: Self::Vec,
            ) -> Self::Vec {
                from_fn(|i| {
                    if low[i] < t[i] && t[i] < high[i] {
                        x[i]
                    } else {
                        0.0
                    }
                })
            }
            #[inline(always)]
            unsafe fn scatter_transposed(
                from: *const $elem,
                stride: usize,
                to: *mut $elem,
                places: *const usize,
            ) {
                for (i, j) in (0..$lanes).flat_map(|i| (0..$lanes).map(move |j| (i, j))) {
                    // SAFETY: the caller promises vectors at all rows and places.
                    unsafe { *to.add(*places.add(j) + i) = *from.add(i * stride + j) }
                }
            }
            #[inline(always)]
            unsafe fn gather_transposed(
                from: *const $elem,
                places: *const usize,
                to: *mut $elem,
                stride: usize,
            ) {
                for (i, j) in (0..$lanes).flat_map(|i| (0..$lanes).map(move |j| (i, j))) {
                    // SAFETY: the caller promises vectors at all rows and places.
                    unsafe { *to.add(i * stride + j) = *from.add(*places.add(j) + i) }
                }
            }
            #[inline(always)]
            unsafe fn convolve_transposed(
                weights: *const $elem,
                offsets: &[usize],
                from: *const $elem,
                bases: *const usize,
                to: *mut $elem,
                stride: usize,
            ) {
                for j in 0..$lanes {
                    let mut sum = [0.0; $lanes];
                    // SAFETY: the caller promises vectors at all bases, offsets and rows.
                    unsafe {
                        let from = from.add(*bases.add(j));
                        for (t, offset) in offsets.iter().enumerate() {
                            let weight = Self::load(weights.add(t * $lanes));
                            sum = Self::mul_add(weight, Self::load(from.add(*offset)), sum);
                        }
                        for (i, x) in sum.into_iter().enumerate() {
                            *to.add(i * stride + j) = x;
                        }
                    }
                }
            }
            #[inline(always)]
            unsafe fn sum(v: Self::Vec) -> $elem {
                v.iter().sum()
            }
        }
    };
}

vectors!(F32x4, f32, 4);
vectors!(F64x2, f64, 2);
