//! Vectors of the instruction sets, behind one trait, and the choice between them at run time.
//!
//! A kernel is a [`Job`]: a struct that holds its arguments, with one generic `run`. Entering
//! [`Kernel::dispatch`] compiles `run` once per instruction set with that set switched on, so
//! everything inside must be `#[inline(always)]` down to the intrinsics.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod isa;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use isa::{Isa, IsaError};

use std::ops::{Add, Div, Mul, Sub};

/// Channels that the kernel of dense convolutions computes together.
pub(crate) const TILE: usize = 4;

/// One vector type of one instruction set.
///
/// # Safety
/// All methods: the machine has the instruction set, and pointers are valid for `LANES` elements.
pub trait Simd: Copy {
    /// What a vector holds.
    type Elem: Kernel;
    /// The vector.
    type Vec: Copy;
    /// Elements in a vector.
    const LANES: usize;
    /// Vectors that, times [`TILE`] channels, fill the registers with sums.
    const VECTORS: usize;

    /// All lanes `x`.
    unsafe fn splat(x: Self::Elem) -> Self::Vec;
    /// `LANES` elements from any address.
    unsafe fn load(from: *const Self::Elem) -> Self::Vec;
    /// `LANES` elements to any address.
    unsafe fn store(to: *mut Self::Elem, v: Self::Vec);
    /// `a + b`.
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// `a * b + c`; fused where the instruction set can.
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec;
    /// Lane-wise minimum.
    unsafe fn min(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// Lane-wise maximum.
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// `x` where `low < t && t < high`, else 0.
    unsafe fn keep_between(
        x: Self::Vec,
        t: Self::Vec,
        low: Self::Vec,
        high: Self::Vec,
    ) -> Self::Vec;
    /// Sum of the lanes, in a fixed order.
    unsafe fn sum(v: Self::Vec) -> Self::Elem;

    /// Asks for the memory that a later load will read. Nothing is read, so any address will do.
    fn prefetch(from: *const Self::Elem);

    /// Reads `LANES` vectors that lie `stride` apart, transposes them, and stores vector `j` at
    /// `places[j]`.
    unsafe fn scatter_transposed(
        from: *const Self::Elem,
        stride: usize,
        to: *mut Self::Elem,
        places: *const usize,
    );
    /// Reads vector `j` at `places[j]`, transposes them, and stores them `stride` apart.
    unsafe fn gather_transposed(
        from: *const Self::Elem,
        places: *const usize,
        to: *mut Self::Elem,
        stride: usize,
    );

    /// Computes `LANES` vectors, vector `j` as `sum over t of weights[t] * from[bases[j] +
    /// offsets[t]]`, transposes them, and stores them `stride` apart.
    ///
    /// Callers also promise a vector of weights for each offset, and a vector at `from` plus every
    /// base plus every offset.
    unsafe fn convolve_transposed(
        weights: *const Self::Elem,
        offsets: &[usize],
        from: *const Self::Elem,
        bases: *const usize,
        to: *mut Self::Elem,
        stride: usize,
    );

    /// `TILE` channels times `NV` vectors: `sum over k of weight[k * TILE + c] * from[v][offsets[k]]`.
    ///
    /// Callers also promise `TILE` weights for each offset, and a vector at every `from` plus
    /// every offset.
    #[inline(always)]
    unsafe fn tile_product<const NV: usize>(
        weight: *const Self::Elem,
        offsets: &[usize],
        from: [*const Self::Elem; NV],
    ) -> [[Self::Vec; NV]; TILE] {
        // SAFETY: the caller's promises.
        unsafe { tile_product::<Self, NV>(weight, offsets, from) }
    }
}

/// [`Simd::tile_product`] in plain vector operations.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn tile_product<S: Simd, const NV: usize>(
    weight: *const S::Elem,
    offsets: &[usize],
    from: [*const S::Elem; NV],
) -> [[S::Vec; NV]; TILE] {
    // SAFETY: the caller's promises.
    unsafe {
        let mut sums = [[S::splat(S::Elem::default()); NV]; TILE];
        let mut weight = weight;
        for &offset in offsets {
            let x: [S::Vec; NV] = std::array::from_fn(|j| S::load(from[j].wrapping_add(offset)));
            for (m, sums) in sums.iter_mut().enumerate() {
                let w = S::splat(*weight.add(m));
                for j in 0..NV {
                    sums[j] = S::mul_add(w, x[j], sums[j]);
                }
            }
            weight = weight.add(TILE);
        }
        sums
    }
}

/// A kernel with its arguments.
pub trait Job<T> {
    /// Runs with vectors `S`. Implementations are `#[inline(always)]`.
    ///
    /// # Safety
    /// The machine has the instruction set of `S`.
    unsafe fn run<S: Simd<Elem = T>>(self);
}

/// What the kernels need of an element type: its vectors and its working memory.
pub trait Kernel:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + std::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + 'static
{
    /// Elements in a vector of an instruction set.
    fn lanes(isa: Isa) -> usize;
    /// Runs a job with the vectors of `isa`, which the machine must have.
    fn dispatch<J: Job<Self>>(isa: Isa, job: J);
    /// Takes this thread's working memory; give it back with [`Kernel::put_scratch`].
    fn take_scratch() -> crate::scratch::Scratch<Self>;
    /// Returns working memory for the next job of this thread.
    fn put_scratch(scratch: crate::scratch::Scratch<Self>);
}

/// An element type of tensors: `f32` or `f64`.
pub trait Element: Kernel {
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Rounds a double to this type.
    fn from_f64(x: f64) -> Self;
    /// This value as a double.
    fn to_f64(self) -> f64;
}

macro_rules! element {
    ($t:ty, $avx512:ident, $avx2:ident, $portable:ident, $scratch:ident, $from:expr) => {
        std::thread_local! {
            static $scratch: std::cell::RefCell<crate::scratch::Scratch<$t>> =
                std::cell::RefCell::default();
        }
        impl Kernel for $t {
            fn lanes(isa: Isa) -> usize {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => avx512::$avx512::LANES,
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => avx2::$avx2::LANES,
                    _ => portable::$portable::LANES,
                }
            }
            fn dispatch<J: Job<Self>>(isa: Isa, job: J) {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: public entries call `Isa::check`, so the machine has all three.
                    Isa::Avx512 => unsafe { avx512::run::<avx512::$avx512, J>(job) },
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: public entries call `Isa::check`, so the machine has AVX2 and FMA.
                    Isa::Avx2 => unsafe { avx2::run::<avx2::$avx2, J>(job) },
                    // SAFETY: portable vectors need nothing.
                    _ => unsafe { job.run::<portable::$portable>() },
                }
            }
            fn take_scratch() -> crate::scratch::Scratch<Self> {
                $scratch.with_borrow_mut(std::mem::take)
            }
            fn put_scratch(scratch: crate::scratch::Scratch<Self>) {
                $scratch.set(scratch);
            }
        }
        impl Element for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            fn from_f64(x: f64) -> Self {
                $from(x)
            }
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
        }
    };
}

#[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
fn round_to_f32(x: f64) -> f32 {
    x as f32
}

element!(f32, F32x16, F32x8, F32x4, SCRATCH_F32, round_to_f32);
element!(
    f64,
    F64x8,
    F64x4,
    F64x2,
    SCRATCH_F64,
    std::convert::identity
);
