//! What the instruction sets of x86-64 share: a vector type in terms of its intrinsics and of a few functions
//! that differ more than in their names.

macro_rules! vectors {
    ($name:ident, $elem:ty, $vec:ty, $lanes:literal, $vectors:literal, $sum:ident, $splat:ident, $load:ident,
     $store:ident, $add:ident, $fma:ident, $min:ident, $max:ident, $keep_between:ident, $tile:ident,
     $transpose:ident) => {
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        // SAFETY of all blocks: the machine has the instruction set and pointers are valid for a vector, as
        // `Simd` demands of its callers.
        #[allow(
            clippy::undocumented_unsafe_blocks,
            reason = "one comment for all, above"
        )]
        impl Simd for $name {
            type Elem = $elem;
            type Vec = $vec;
            const LANES: usize = $lanes;
            const VECTORS: usize = $vectors;

            #[inline(always)]
            unsafe fn splat(x: $elem) -> $vec {
                unsafe { $splat(x) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $elem) -> $vec {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $elem, v: $vec) {
                unsafe { $store(to, v) }
            }
            #[inline(always)]
            unsafe fn add(a: $vec, b: $vec) -> $vec {
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn mul_add(a: $vec, b: $vec, c: $vec) -> $vec {
                unsafe { $fma(a, b, c) }
            }
            #[inline(always)]
            unsafe fn min(a: $vec, b: $vec) -> $vec {
                unsafe { $min(a, b) }
            }
            #[inline(always)]
            unsafe fn max(a: $vec, b: $vec) -> $vec {
                unsafe { $max(a, b) }
            }
            #[inline(always)]
            unsafe fn keep_between(x: $vec, t: $vec, low: $vec, high: $vec) -> $vec {
                unsafe { $keep_between(x, t, low, high) }
            }
            #[inline(always)]
            unsafe fn tile_product<const NV: usize>(
                weight: *const $elem,
                offsets: &[usize],
                from: [*const $elem; NV],
            ) -> [[$vec; NV]; TILE] {
                unsafe {
                    if NV == $vectors && !offsets.is_empty() {
                        let sums = $tile(weight, offsets, std::array::from_fn(|j| from[j]));
                        std::array::from_fn(|m| std::array::from_fn(|j| sums[m][j]))
                    } else {
                        super::tile_product::<Self, NV>(weight, offsets, from)
                    }
                }
            }
            #[inline(always)]
            fn prefetch(from: *const $elem) {
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
            }
            #[inline(always)]
            unsafe fn scatter_transposed(
                from: *const $elem,
                stride: usize,
                to: *mut $elem,
                places: *const usize,
            ) {
                unsafe {
                    let rows = std::array::from_fn(|i| $load(from.add(i * stride)));
                    for (j, column) in $transpose(rows).into_iter().enumerate() {
                        $store(to.add(*places.add(j)), column);
                    }
                }
            }
            #[inline(always)]
            unsafe fn gather_transposed(
                from: *const $elem,
                places: *const usize,
                to: *mut $elem,
                stride: usize,
            ) {
                unsafe {
                    let columns = std::array::from_fn(|j| $load(from.add(*places.add(j))));
                    for (i, row) in $transpose(columns).into_iter().enumerate() {
                        $store(to.add(i * stride), row);
                    }
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
                unsafe {
                    let from: [_; $lanes] = std::array::from_fn(|j| from.add(*bases.add(j)));
                    let mut sums = [$splat(0.0); $lanes];
                    for (t, offset) in offsets.iter().enumerate() {
                        let weight = $load(weights.add(t * $lanes));
                        for j in 0..$lanes {
                            sums[j] = $fma(weight, $load(from[j].add(*offset)), sums[j]);
                        }
                    }
                    for (i, row) in $transpose(sums).into_iter().enumerate() {
                        $store(to.add(i * stride), row);
                    }
                }
            }
            #[inline(always)]
            unsafe fn sum(v: $vec) -> $elem {
                unsafe { $sum(v) }
            }
        }
    };
}

pub(super) use vectors;
