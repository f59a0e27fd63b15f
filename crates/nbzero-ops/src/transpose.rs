//! Planes side by side: vectors that hold one position of several planes.

use crate::Element;
use crate::simd::{Job, Simd};
use std::mem::MaybeUninit;

/// Where the vectors of consecutive positions are.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    list: Vec<usize>,
    largest: usize,
}

impl Places {
    pub(crate) fn new(list: Vec<usize>) -> Self {
        let largest = list.iter().copied().max().unwrap_or(0);
        Self { list, largest }
    }
}

/// Stores the vectors of `count` planes that lie `stride` apart; lanes without a plane are 0.
pub(crate) struct SideBySide<'a, T> {
    pub(crate) planes: &'a [T],
    pub(crate) stride: usize,
    pub(crate) count: usize,
    pub(crate) places: &'a Places,
    pub(crate) to: &'a mut [T],
}

impl<T: Element> Job<T> for SideBySide<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let len = self.places.list.len();
        assert!((1..=S::LANES).contains(&self.count));
        assert!((self.count - 1) * self.stride + len <= self.planes.len());
        assert!(self.places.largest + S::LANES <= self.to.len());
        if self.count == S::LANES && len >= S::LANES {
            // A loop and no iterator: small planes are many, and a step costs a division.
            let mut next = 0;
            while next < len {
                // The last block may overlap the one before.
                let position = next.min(len - S::LANES);
                next += S::LANES;
                // SAFETY: asserted above; `position` plus a vector stays within the positions.
                unsafe {
                    let from = self.planes.as_ptr().add(position);
                    let places = self.places.list.as_ptr().add(position);
                    S::scatter_transposed(from, self.stride, self.to.as_mut_ptr(), places);
                }
            }
            return;
        }
        for (position, place) in self.places.list.iter().enumerate() {
            for (lane, x) in self.to[*place..][..S::LANES].iter_mut().enumerate() {
                let plane = lane * self.stride + position;
                *x = if lane < self.count {
                    self.planes[plane]
                } else {
                    T::ZERO
                };
            }
        }
    }
}

/// The reverse of [`SideBySide`]; lanes without a plane are dropped.
pub(crate) struct Apart<'a, T> {
    pub(crate) from: &'a [T],
    pub(crate) places: &'a Places,
    pub(crate) planes: &'a mut [MaybeUninit<T>],
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

impl<T: Element> Job<T> for Apart<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let len = self.places.list.len();
        assert!((1..=S::LANES).contains(&self.count));
        assert!((self.count - 1) * self.stride + len <= self.planes.len());
        assert!(self.places.largest + S::LANES <= self.from.len());
        if self.count == S::LANES && len >= S::LANES {
            // A loop and no iterator: small planes are many, and a step costs a division.
            let mut next = 0;
            while next < len {
                // The last block may overlap the one before.
                let position = next.min(len - S::LANES);
                next += S::LANES;
                // SAFETY: asserted above; `position` plus a vector stays within the positions.
                unsafe {
                    let to = self.planes.as_mut_ptr().add(position).cast();
                    let places = self.places.list.as_ptr().add(position);
                    S::gather_transposed(self.from.as_ptr(), places, to, self.stride);
                }
            }
            return;
        }
        for (position, place) in self.places.list.iter().enumerate() {
            let vector = &self.from[*place..][..S::LANES];
            for (lane, x) in vector.iter().enumerate().take(self.count) {
                self.planes[lane * self.stride + position] = MaybeUninit::new(*x);
            }
        }
    }
}
