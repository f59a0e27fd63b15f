//! AVX2 with fused multiply-add: eight `f32` or four `f64`.

use super::x86::vectors;
use super::{Job, Simd, TILE};
use std::arch::asm;
#[allow(
    clippy::wildcard_imports,
    reason = "intrinsics: their prefix says where they come from"
)]
use std::arch::x86_64::*;

/// Runs a job with AVX2 and FMA switched on.
///
/// # Safety
/// The machine has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn run<S: Simd, J: Job<S::Elem>>(job: J) {
    // SAFETY: the caller's promise.
    unsafe { job.run::<S>() }
}

macro_rules! tile {
    ($name:ident, $elem:ty, $vec:ty, $scale:literal, $suffix:literal, $scalar:literal) => {
        /// Four channels times three vectors, all sixteen registers in use. In assembly because
        /// the compiler, scheduling for latency, needs a seventeenth and spills a sum in the loop,
        /// which halves the speed.
        ///
        /// # Safety
        /// As `Simd::tile_product`, and there is at least one offset.
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn $name(weight: *const $elem, offsets: &[usize], from: [*const $elem; 3]) -> [[$vec; 3]; 4] {
            let (s0, s1, s2, s3, s4, s5): ($vec, $vec, $vec, $vec, $vec, $vec);
            let (s6, s7, s8, s9, s10, s11): ($vec, $vec, $vec, $vec, $vec, $vec);
            // SAFETY: reads the weights, offsets and vectors that the caller promises, writes none.
            unsafe {
                asm!(
                    "vxorps {s0}, {s0}, {s0}",
                    "vxorps {s1}, {s1}, {s1}",
                    "vxorps {s2}, {s2}, {s2}",
                    "vxorps {s3}, {s3}, {s3}",
                    "vxorps {s4}, {s4}, {s4}",
                    "vxorps {s5}, {s5}, {s5}",
                    "vxorps {s6}, {s6}, {s6}",
                    "vxorps {s7}, {s7}, {s7}",
                    "vxorps {s8}, {s8}, {s8}",
                    "vxorps {s9}, {s9}, {s9}",
                    "vxorps {s10}, {s10}, {s10}",
                    "vxorps {s11}, {s11}, {s11}",
                    ".p2align 5",
                    "2:",
                    "mov {offset}, [{offsets}]",
                    concat!("vmovups {x0}, [{from0} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x1}, [{from1} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x2}, [{from2} + ", $scale, "*{offset}]"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight}]"),
                    concat!("vfmadd231", $suffix, " {s0}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s1}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s2}, {w}, {x2}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + ", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s3}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s4}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s5}, {w}, {x2}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + 2*", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s6}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s7}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s8}, {w}, {x2}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + 3*", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s9}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s10}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s11}, {w}, {x2}"),
                    concat!("add {weight}, 4*", $scale),
                    "add {offsets}, 8",
                    "cmp {offsets}, {end}",
                    "jne 2b",
                    weight = inout(reg) weight => _,
                    offsets = inout(reg) offsets.as_ptr() => _,
                    end = in(reg) offsets.as_ptr_range().end,
                    offset = out(reg) _,
                    from0 = in(reg) from[0],
                    from1 = in(reg) from[1],
                    from2 = in(reg) from[2],
                    x0 = out(ymm_reg) _,
                    x1 = out(ymm_reg) _,
                    x2 = out(ymm_reg) _,
                    w = out(ymm_reg) _,
                    s0 = out(ymm_reg) s0,
                    s1 = out(ymm_reg) s1,
                    s2 = out(ymm_reg) s2,
                    s3 = out(ymm_reg) s3,
                    s4 = out(ymm_reg) s4,
                    s5 = out(ymm_reg) s5,
                    s6 = out(ymm_reg) s6,
                    s7 = out(ymm_reg) s7,
                    s8 = out(ymm_reg) s8,
                    s9 = out(ymm_reg) s9,
                    s10 = out(ymm_reg) s10,
                    s11 = out(ymm_reg) s11,
                    options(pure, readonly, nostack),
                );
            }
            [[s0, s1, s2], [s3, s4, s5], [s6, s7, s8], [s9, s10, s11]]
        }
    };
}

tile!(tile_ps, f32, __m256, 4, "ps", "ss");
tile!(tile_pd, f64, __m256d, 8, "pd", "sd");

/// Transposes eight by eight.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn transpose_ps(r: [__m256; 8]) -> [__m256; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let pairs = |a, b| (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        let ((a0, a1), (a2, a3)) = (pairs(r[0], r[1]), pairs(r[2], r[3]));
        let ((a4, a5), (a6, a7)) = (pairs(r[4], r[5]), pairs(r[6], r[7]));
        let quads = |a, b| {
            (
                _mm256_shuffle_ps::<0x44>(a, b),
                _mm256_shuffle_ps::<0xEE>(a, b),
            )
        };
        let ((b0, b1), (b2, b3)) = (quads(a0, a2), quads(a1, a3));
        let ((b4, b5), (b6, b7)) = (quads(a4, a6), quads(a5, a7));
        let low = |a, b| _mm256_permute2f128_ps::<0x20>(a, b);
        let high = |a, b| _mm256_permute2f128_ps::<0x31>(a, b);
        [
            low(b0, b4),
            low(b1, b5),
            low(b2, b6),
            low(b3, b7),
            high(b0, b4),
            high(b1, b5),
            high(b2, b6),
            high(b3, b7),
        ]
    }
}

/// Transposes four by four.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn transpose_pd(r: [__m256d; 4]) -> [__m256d; 4] {
    // SAFETY: the caller's promise.
    unsafe {
        let (a0, a1) = (
            _mm256_unpacklo_pd(r[0], r[1]),
            _mm256_unpackhi_pd(r[0], r[1]),
        );
        let (a2, a3) = (
            _mm256_unpacklo_pd(r[2], r[3]),
            _mm256_unpackhi_pd(r[2], r[3]),
        );
        [
            _mm256_permute2f128_pd::<0x20>(a0, a2),
            _mm256_permute2f128_pd::<0x20>(a1, a3),
            _mm256_permute2f128_pd::<0x31>(a0, a2),
            _mm256_permute2f128_pd::<0x31>(a1, a3),
        ]
    }
}

/// Sum of eight lanes.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn sum_ps(v: __m256) -> f32 {
    // SAFETY: the caller's promise.
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

/// Sum of four lanes.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn sum_pd(v: __m256d) -> f64 {
    // SAFETY: the caller's promise.
    unsafe {
        let two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd::<1>(v));
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    }
}

/// `x` where `low < t && t < high`, else 0.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn keep_between_ps(x: __m256, t: __m256, low: __m256, high: __m256) -> __m256 {
    // SAFETY: the caller's promise.
    unsafe {
        let above = _mm256_cmp_ps::<_CMP_LT_OQ>(low, t);
        _mm256_and_ps(
            x,
            _mm256_and_ps(above, _mm256_cmp_ps::<_CMP_LT_OQ>(t, high)),
        )
    }
}

/// `x` where `low < t && t < high`, else 0.
///
/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn keep_between_pd(x: __m256d, t: __m256d, low: __m256d, high: __m256d) -> __m256d {
    // SAFETY: the caller's promise.
    unsafe {
        let above = _mm256_cmp_pd::<_CMP_LT_OQ>(low, t);
        _mm256_and_pd(
            x,
            _mm256_and_pd(above, _mm256_cmp_pd::<_CMP_LT_OQ>(t, high)),
        )
    }
}

vectors!(
    F32x8,
    f32,
    __m256,
    8,
    3,
    sum_ps,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_fmadd_ps,
    _mm256_min_ps,
    _mm256_max_ps,
    keep_between_ps,
    tile_ps,
    transpose_ps
);
vectors!(
    F64x4,
    f64,
    __m256d,
    4,
    3,
    sum_pd,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_add_pd,
    _mm256_fmadd_pd,
    _mm256_min_pd,
    _mm256_max_pd,
    keep_between_pd,
    tile_pd,
    transpose_pd
);
