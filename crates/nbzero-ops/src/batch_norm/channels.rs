//! What every pass knows of the channels: how a norm maps its input, and where the activation behind
//! it passes gradients.

use crate::Element;
use crate::simd::Simd;

/// `y = (x - mean) * factor + bias` of each channel, clamped to the bounds.
#[derive(Clone, Copy)]
pub(super) struct Channels<'a, T> {
    pub(super) mean: &'a [T],
    /// Scale over standard deviation.
    pub(super) factors: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) bounds: [T; 2],
}

/// One channel in vectors: minus the mean, factor, bias, and the two bounds.
pub(super) type Wide<S> = [<S as Simd>::Vec; 5];

impl<T: Element> Channels<'_, T> {
    /// Asserts that there are `channels` channels.
    pub(super) fn check(&self, channels: usize) {
        for list in [self.mean, self.factors, self.bias] {
            assert!(list.len() == channels);
        }
    }

    /// `x - mean`, and y before it is clamped.
    #[inline(always)]
    pub(super) fn at(&self, channel: usize, x: T) -> [T; 2] {
        let centred = x - self.mean[channel];
        [
            centred,
            centred * self.factors[channel] + self.bias[channel],
        ]
    }

    /// `value` where y is strictly inside the bounds, else 0.
    #[inline(always)]
    pub(super) fn kept(&self, value: T, y: T) -> T {
        if self.bounds[0] < y && y < self.bounds[1] {
            value
        } else {
            T::ZERO
        }
    }

    /// # Safety
    /// The machine has `S`.
    #[inline(always)]
    pub(super) unsafe fn wide<S: Simd<Elem = T>>(&self, channel: usize) -> Wide<S> {
        // SAFETY: the caller's promise.
        unsafe {
            [
                S::splat(T::ZERO - self.mean[channel]),
                S::splat(self.factors[channel]),
                S::splat(self.bias[channel]),
                S::splat(self.bounds[0]),
                S::splat(self.bounds[1]),
            ]
        }
    }
}

/// [`Channels::at`] for a vector.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn at<S: Simd>(of: &Wide<S>, x: S::Vec) -> [S::Vec; 2] {
    // SAFETY: the caller's promise.
    unsafe {
        let centred = S::add(x, of[0]);
        [centred, S::mul_add(centred, of[1], of[2])]
    }
}

/// [`Channels::kept`] for a vector.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
pub(super) unsafe fn kept<S: Simd>(of: &Wide<S>, value: S::Vec, y: S::Vec) -> S::Vec {
    // SAFETY: the caller's promise.
    unsafe { S::keep_between(value, y, of[3], of[4]) }
}
