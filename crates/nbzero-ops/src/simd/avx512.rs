//! AVX-512: sixteen `f32` or eight `f64`, and thirty-two registers of them.

use super::x86::vectors;
use super::{Job, Simd, TILE};
use std::arch::asm;
#[allow(
    clippy::wildcard_imports,
    reason = "intrinsics: their prefix says where they come from"
)]
use std::arch::x86_64::*;

/// Runs a job with AVX-512 switched on.
///
/// # Safety
/// The machine has AVX-512F, AVX2 and FMA.
#[target_feature(enable = "avx512f,avx2,fma")]
pub(super) unsafe fn run<S: Simd, J: Job<S::Elem>>(job: J) {
    // SAFETY: the caller's promise.
    unsafe { job.run::<S>() }
}

macro_rules! tile {
    ($name:ident, $elem:ty, $vec:ty, $scale:literal, $suffix:literal, $scalar:literal) => {
        /// Four channels times six vectors: 24 sums, the vectors and one weight are 31 of the 32
        /// registers. In assembly, as the narrower one, so that no sum is spilled.
        ///
        /// # Safety
        /// As `Simd::tile_product`, and there is at least one offset.
        #[inline]
        #[expect(clippy::too_many_lines, reason = "an instruction or a register a line")]
        #[target_feature(enable = "avx512f,avx2,fma")]
        unsafe fn $name(weight: *const $elem, offsets: &[usize], from: [*const $elem; 6]) -> [[$vec; 6]; TILE] {
            let (s0, s1, s2, s3, s4, s5): ($vec, $vec, $vec, $vec, $vec, $vec);
            let (s6, s7, s8, s9, s10, s11): ($vec, $vec, $vec, $vec, $vec, $vec);
            let (s12, s13, s14, s15, s16, s17): ($vec, $vec, $vec, $vec, $vec, $vec);
            let (s18, s19, s20, s21, s22, s23): ($vec, $vec, $vec, $vec, $vec, $vec);
            // SAFETY: reads the weights, offsets and vectors that the caller promises, writes none.
            unsafe {
                asm!(
                    "vpxord {s0}, {s0}, {s0}",
                    "vpxord {s1}, {s1}, {s1}",
                    "vpxord {s2}, {s2}, {s2}",
                    "vpxord {s3}, {s3}, {s3}",
                    "vpxord {s4}, {s4}, {s4}",
                    "vpxord {s5}, {s5}, {s5}",
                    "vpxord {s6}, {s6}, {s6}",
                    "vpxord {s7}, {s7}, {s7}",
                    "vpxord {s8}, {s8}, {s8}",
                    "vpxord {s9}, {s9}, {s9}",
                    "vpxord {s10}, {s10}, {s10}",
                    "vpxord {s11}, {s11}, {s11}",
                    "vpxord {s12}, {s12}, {s12}",
                    "vpxord {s13}, {s13}, {s13}",
                    "vpxord {s14}, {s14}, {s14}",
                    "vpxord {s15}, {s15}, {s15}",
                    "vpxord {s16}, {s16}, {s16}",
                    "vpxord {s17}, {s17}, {s17}",
                    "vpxord {s18}, {s18}, {s18}",
                    "vpxord {s19}, {s19}, {s19}",
                    "vpxord {s20}, {s20}, {s20}",
                    "vpxord {s21}, {s21}, {s21}",
                    "vpxord {s22}, {s22}, {s22}",
                    "vpxord {s23}, {s23}, {s23}",
                    ".p2align 5",
                    "2:",
                    "mov {offset}, [{offsets}]",
                    concat!("vmovups {x0}, [{from0} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x1}, [{from1} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x2}, [{from2} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x3}, [{from3} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x4}, [{from4} + ", $scale, "*{offset}]"),
                    concat!("vmovups {x5}, [{from5} + ", $scale, "*{offset}]"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight}]"),
                    concat!("vfmadd231", $suffix, " {s0}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s1}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s2}, {w}, {x2}"),
                    concat!("vfmadd231", $suffix, " {s3}, {w}, {x3}"),
                    concat!("vfmadd231", $suffix, " {s4}, {w}, {x4}"),
                    concat!("vfmadd231", $suffix, " {s5}, {w}, {x5}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + ", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s6}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s7}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s8}, {w}, {x2}"),
                    concat!("vfmadd231", $suffix, " {s9}, {w}, {x3}"),
                    concat!("vfmadd231", $suffix, " {s10}, {w}, {x4}"),
                    concat!("vfmadd231", $suffix, " {s11}, {w}, {x5}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + 2*", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s12}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s13}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s14}, {w}, {x2}"),
                    concat!("vfmadd231", $suffix, " {s15}, {w}, {x3}"),
                    concat!("vfmadd231", $suffix, " {s16}, {w}, {x4}"),
                    concat!("vfmadd231", $suffix, " {s17}, {w}, {x5}"),
                    concat!("vbroadcast", $scalar, " {w}, [{weight} + 3*", $scale, "]"),
                    concat!("vfmadd231", $suffix, " {s18}, {w}, {x0}"),
                    concat!("vfmadd231", $suffix, " {s19}, {w}, {x1}"),
                    concat!("vfmadd231", $suffix, " {s20}, {w}, {x2}"),
                    concat!("vfmadd231", $suffix, " {s21}, {w}, {x3}"),
                    concat!("vfmadd231", $suffix, " {s22}, {w}, {x4}"),
                    concat!("vfmadd231", $suffix, " {s23}, {w}, {x5}"),
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
                    from3 = in(reg) from[3],
                    from4 = in(reg) from[4],
                    from5 = in(reg) from[5],
                    x0 = out(zmm_reg) _,
                    x1 = out(zmm_reg) _,
                    x2 = out(zmm_reg) _,
                    x3 = out(zmm_reg) _,
                    x4 = out(zmm_reg) _,
                    x5 = out(zmm_reg) _,
                    w = out(zmm_reg) _,
                    s0 = out(zmm_reg) s0,
                    s1 = out(zmm_reg) s1,
                    s2 = out(zmm_reg) s2,
                    s3 = out(zmm_reg) s3,
                    s4 = out(zmm_reg) s4,
                    s5 = out(zmm_reg) s5,
                    s6 = out(zmm_reg) s6,
                    s7 = out(zmm_reg) s7,
                    s8 = out(zmm_reg) s8,
                    s9 = out(zmm_reg) s9,
                    s10 = out(zmm_reg) s10,
                    s11 = out(zmm_reg) s11,
                    s12 = out(zmm_reg) s12,
                    s13 = out(zmm_reg) s13,
                    s14 = out(zmm_reg) s14,
                    s15 = out(zmm_reg) s15,
                    s16 = out(zmm_reg) s16,
                    s17 = out(zmm_reg) s17,
                    s18 = out(zmm_reg) s18,
                    s19 = out(zmm_reg) s19,
                    s20 = out(zmm_reg) s20,
                    s21 = out(zmm_reg) s21,
                    s22 = out(zmm_reg) s22,
                    s23 = out(zmm_reg) s23,
                    options(pure, readonly, nostack),
                );
            }
            [
                [s0, s1, s2, s3, s4, s5],
                [s6, s7, s8, s9, s10, s11],
                [s12, s13, s14, s15, s16, s17],
                [s18, s19, s20, s21, s22, s23],
            ]
        }
    };
}

tile!(tile_ps, f32, __m512, 4, "ps", "ss");
tile!(tile_pd, f64, __m512d, 8, "pd", "sd");

/// Transposes sixteen by sixteen.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn transpose_ps(r: [__m512; 16]) -> [__m512; 16] {
    // SAFETY: the caller's promise.
    unsafe {
        // Within the four quarters of the vectors: four by four.
        let zero = _mm512_setzero_ps();
        let mut q = [zero; 16];
        for i in (0..16).step_by(4) {
            let (a0, a1) = (
                _mm512_unpacklo_ps(r[i], r[i + 1]),
                _mm512_unpackhi_ps(r[i], r[i + 1]),
            );
            let (b0, b1) = (
                _mm512_unpacklo_ps(r[i + 2], r[i + 3]),
                _mm512_unpackhi_ps(r[i + 2], r[i + 3]),
            );
            q[i] = _mm512_shuffle_ps::<0x44>(a0, b0);
            q[i + 1] = _mm512_shuffle_ps::<0xEE>(a0, b0);
            q[i + 2] = _mm512_shuffle_ps::<0x44>(a1, b1);
            q[i + 3] = _mm512_shuffle_ps::<0xEE>(a1, b1);
        }
        // The quarters themselves, four by four.
        let mut out = [zero; 16];
        for i in 0..4 {
            let (a, b) = (
                _mm512_shuffle_f32x4::<0x88>(q[i], q[i + 4]),
                _mm512_shuffle_f32x4::<0x88>(q[i + 8], q[i + 12]),
            );
            let (c, d) = (
                _mm512_shuffle_f32x4::<0xDD>(q[i], q[i + 4]),
                _mm512_shuffle_f32x4::<0xDD>(q[i + 8], q[i + 12]),
            );
            out[i] = _mm512_shuffle_f32x4::<0x88>(a, b);
            out[i + 4] = _mm512_shuffle_f32x4::<0x88>(c, d);
            out[i + 8] = _mm512_shuffle_f32x4::<0xDD>(a, b);
            out[i + 12] = _mm512_shuffle_f32x4::<0xDD>(c, d);
        }
        out
    }
}

/// Transposes eight by eight.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn transpose_pd(r: [__m512d; 8]) -> [__m512d; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        // Within the four quarters of the vectors: two by two.
        let zero = _mm512_setzero_pd();
        let mut q = [zero; 8];
        for i in (0..8).step_by(2) {
            q[i] = _mm512_unpacklo_pd(r[i], r[i + 1]);
            q[i + 1] = _mm512_unpackhi_pd(r[i], r[i + 1]);
        }
        // The quarters themselves, four by four.
        let mut out = [zero; 8];
        for i in 0..2 {
            let (a, b) = (
                _mm512_shuffle_f64x2::<0x88>(q[i], q[i + 2]),
                _mm512_shuffle_f64x2::<0x88>(q[i + 4], q[i + 6]),
            );
            let (c, d) = (
                _mm512_shuffle_f64x2::<0xDD>(q[i], q[i + 2]),
                _mm512_shuffle_f64x2::<0xDD>(q[i + 4], q[i + 6]),
            );
            out[i] = _mm512_shuffle_f64x2::<0x88>(a, b);
            out[i + 2] = _mm512_shuffle_f64x2::<0x88>(c, d);
            out[i + 4] = _mm512_shuffle_f64x2::<0xDD>(a, b);
            out[i + 6] = _mm512_shuffle_f64x2::<0xDD>(c, d);
        }
        out
    }
}

/// Sum of sixteen lanes.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn sum_ps(v: __m512) -> f32 {
    // SAFETY: the caller's promise.
    unsafe {
        let upper = _mm512_castps512_ps256(_mm512_shuffle_f32x4::<0xEE>(v, v));
        let eight = _mm256_add_ps(_mm512_castps512_ps256(v), upper);
        let four = _mm_add_ps(
            _mm256_castps256_ps128(eight),
            _mm256_extractf128_ps::<1>(eight),
        );
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

/// Sum of eight lanes.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn sum_pd(v: __m512d) -> f64 {
    // SAFETY: the caller's promise.
    unsafe {
        let upper = _mm512_castpd512_pd256(_mm512_shuffle_f64x2::<0xEE>(v, v));
        let four = _mm256_add_pd(_mm512_castpd512_pd256(v), upper);
        let two = _mm_add_pd(
            _mm256_castpd256_pd128(four),
            _mm256_extractf128_pd::<1>(four),
        );
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    }
}

/// `x` where `low < t && t < high`, else 0.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn keep_between_ps(x: __m512, t: __m512, low: __m512, high: __m512) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe {
        let above = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(low, t);
        _mm512_maskz_mov_ps(_mm512_mask_cmp_ps_mask::<_CMP_LT_OQ>(above, t, high), x)
    }
}

/// `x` where `low < t && t < high`, else 0.
///
/// # Safety
/// The machine has AVX-512F.
#[inline(always)]
unsafe fn keep_between_pd(x: __m512d, t: __m512d, low: __m512d, high: __m512d) -> __m512d {
    // SAFETY: the caller's promise.
    unsafe {
        let above = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(low, t);
        _mm512_maskz_mov_pd(_mm512_mask_cmp_pd_mask::<_CMP_LT_OQ>(above, t, high), x)
    }
}

vectors!(
    F32x16,
    f32,
    __m512,
    16,
    6,
    sum_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_fmadd_ps,
    _mm512_min_ps,
    _mm512_max_ps,
    keep_between_ps,
    tile_ps,
    transpose_ps
);
vectors!(
    F64x8,
    f64,
    __m512d,
    8,
    6,
    sum_pd,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_add_pd,
    _mm512_fmadd_pd,
    _mm512_min_pd,
    _mm512_max_pd,
    keep_between_pd,
    tile_pd,
    transpose_pd
);
