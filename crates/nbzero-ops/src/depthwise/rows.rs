//! Vectors of neighbouring positions: stride 1, rows of whole vectors.
//!
//! A plane is copied into a zero-padded one that stays in the first-level cache and swept row by
//! row; results go straight to the destination.

use super::sweep::{Sweep, vectors_of_weights};
use super::{for_each_part, sum_bundles};
use crate::geometry::Geometry;
use crate::layout::Layout;
use crate::pack::pack_plane;
use crate::simd::{Job, Simd};
use crate::{Element, Isa};
use std::mem::MaybeUninit;
use std::ops::Range;

/// How planes are packed and swept.
pub(super) struct Plan<'a> {
    isa: Isa,
    geometry: &'a Geometry,
    layout: Layout,
    sweep: Sweep,
}

impl<'a> Plan<'a> {
    pub(super) fn new<T: Element>(isa: Isa, geometry: &'a Geometry) -> Plan<'a> {
        let layout = Layout::new(geometry, T::lanes(isa), 1);
        assert!(layout.is_direct(geometry));
        let bases = layout.bases(1, geometry.grid[0]);
        let sweep = Sweep {
            places: (0..bases.len()).map(|v| v * layout.lanes).collect(),
            offsets: layout.offsets(&geometry.passes[0], 1, 0),
            bases,
        };
        sweep.check(layout.lanes, layout.plane_len, geometry.dst_plane());
        Plan {
            isa,
            geometry,
            layout,
            sweep,
        }
    }

    fn pack<T: Element>(&self, plane: &[T], packed: &mut [T]) {
        pack_plane(
            self.geometry,
            &self.layout,
            &(0..self.geometry.grid[0]),
            plane,
            packed,
        );
    }

    pub(super) fn convolve<T: Element>(&self, src: &[T], weight: &[T], dst: &mut [MaybeUninit<T>]) {
        let Self {
            geometry, layout, ..
        } = self;
        let taps: Vec<_> = geometry.passes[0]
            .taps
            .iter()
            .map(|tap| tap.weight)
            .collect();
        let weights = vectors_of_weights(weight, geometry.kernel_len, &taps, 1, layout.lanes);
        for_each_part(geometry, 1, src, dst, |channels: Range<usize>, src, dst| {
            let mut scratch = T::take_scratch();
            let planes = src.chunks_exact(geometry.src_plane());
            let results = dst.chunks_exact_mut(geometry.dst_plane());
            for ((channel, plane), dst) in channels.zip(planes).zip(results) {
                let packed = scratch.planes.slice(layout.plane_len);
                self.pack(plane, packed);
                let len = taps.len() * layout.lanes;
                let weights = &weights[channel * len..][..len];
                T::dispatch(
                    self.isa,
                    Convolve {
                        sweep: &self.sweep,
                        weights,
                        packed,
                        dst,
                    },
                );
            }
            T::put_scratch(scratch);
        });
    }

    pub(super) fn weight_grad<T: Element>(&self, input: &[T], grad: &[T], weight_grad: &mut [T]) {
        let Self {
            geometry,
            layout,
            sweep,
            ..
        } = self;
        sum_bundles(geometry, 1, layout.lanes, weight_grad, |images, channel| {
            let mut sums = vec![T::ZERO; geometry.kernel_len * layout.lanes];
            let mut scratch = T::take_scratch();
            for image in images {
                let index = image * geometry.groups + channel;
                let plane = &input[index * geometry.src_plane()..][..geometry.src_plane()];
                let grad = &grad[index * geometry.dst_plane()..][..geometry.dst_plane()];
                let packed = scratch.planes.slice(layout.plane_len);
                self.pack(plane, packed);
                T::dispatch(
                    self.isa,
                    Correlate {
                        sweep,
                        grad,
                        packed,
                        sums: &mut sums,
                    },
                );
            }
            T::put_scratch(scratch);
            sums
        });
    }
}

struct Convolve<'a, T> {
    sweep: &'a Sweep,
    weights: &'a [T],
    packed: &'a [T],
    dst: &'a mut [MaybeUninit<T>],
}

impl<T: Element> Job<T> for Convolve<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        // SAFETY: `Plan::new` checked the sweep for buffers of these lengths, made by the plan.
        unsafe {
            let dst = self.dst.as_mut_ptr().cast();
            self.sweep
                .convolve::<S>(self.weights.as_ptr(), self.packed.as_ptr(), dst);
        }
    }
}

struct Correlate<'a, T> {
    sweep: &'a Sweep,
    grad: &'a [T],
    packed: &'a [T],
    sums: &'a mut [T],
}

impl<T: Element> Job<T> for Correlate<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        // SAFETY: `Plan::new` checked the sweep for buffers of these lengths, made by the plan.
        unsafe {
            let sums = self.sums.as_mut_ptr();
            self.sweep
                .correlate::<S>(self.grad.as_ptr(), self.packed.as_ptr(), sums);
        }
    }
}
