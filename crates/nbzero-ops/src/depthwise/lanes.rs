//! Vectors of neighbouring channels: any stride, any row and any padding.
//!
//! As many planes as a vector has lanes are transposed into one zero-padded plane of vectors,
//! swept, and the results transposed back.

use super::sweep::{Sweep, vectors_of_weights};
use super::{for_each_part, sum_bundles};
use crate::geometry::Geometry;
use crate::simd::{Job, Simd};
use crate::transpose::{Apart, Places, SideBySide};
use crate::{Element, Isa};
use std::mem::MaybeUninit;
use std::ops::Range;

/// How planes are packed and swept.
pub(super) struct Plan<'a> {
    isa: Isa,
    geometry: &'a Geometry,
    lanes: usize,
    /// Elements of a packed plane of vectors.
    packed_len: usize,
    /// Where the vector of each source position goes in the packed plane.
    source_places: Places,
    /// Where the vector of each destination position is in the result.
    result_places: Places,
    /// One sweep for each pass.
    sweeps: Vec<Sweep>,
    /// Whether one sweep makes all results in their order, whole vectors of them.
    in_order: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new<T: Element>(isa: Isa, geometry: &'a Geometry) -> Self {
        let lanes = T::lanes(isa);
        let Geometry {
            step,
            lead,
            src,
            dst,
            ..
        } = *geometry;
        // Source position y is packed row y + lead; a tap reads row step * grid + its own row.
        let last_row = |shift: usize| step * shift + step - 1;
        let side = |axis: usize| {
            let reads = step * (geometry.grid[axis] - 1) + last_row(geometry.reach[axis]) + 1;
            reads.max(src[axis] + lead[axis])
        };
        let pitch = side(1);
        let positions = |[h, w]: [usize; 2], pitch: usize, lead: [usize; 2]| -> Vec<usize> {
            let row =
                move |y: usize| (0..w).map(move |x| ((y + lead[0]) * pitch + x + lead[1]) * lanes);
            (0..h).flat_map(row).collect()
        };
        let sweep = |pass: &crate::geometry::Pass| {
            let grid =
                (0..geometry.grid[0]).flat_map(|y| (0..geometry.grid[1]).map(move |x| [y, x]));
            let place = |[y, x]: [usize; 2]| {
                [
                    geometry.out_step * y + pass.offset[0],
                    geometry.out_step * x + pass.offset[1],
                ]
            };
            let grid: Vec<_> = grid
                .filter(|p| place(*p)[0] < dst[0] && place(*p)[1] < dst[1])
                .collect();
            Sweep {
                bases: grid
                    .iter()
                    .map(|[y, x]| (step * y * pitch + step * x) * lanes)
                    .collect(),
                places: grid
                    .iter()
                    .map(|p| (place(*p)[0] * dst[1] + place(*p)[1]) * lanes)
                    .collect(),
                offsets: pass
                    .taps
                    .iter()
                    .map(|tap| {
                        let [y, x] = [0, 1].map(|axis| step * tap.shift[axis] + tap.phase[axis]);
                        (y * pitch + x) * lanes
                    })
                    .collect(),
            }
        };
        let packed_len = side(0) * pitch * lanes;
        let sweeps: Vec<Sweep> = geometry.passes.iter().map(sweep).collect();
        let ordered = |sweep: &Sweep| {
            sweep
                .places
                .iter()
                .copied()
                .eq((0..sweep.places.len()).map(|v| v * lanes))
        };
        let plan = Self {
            in_order: sweeps.len() == 1 && ordered(&sweeps[0]) && geometry.dst_plane() >= lanes,
            isa,
            geometry,
            lanes,
            packed_len,
            source_places: Places::new(positions(src, pitch, lead)),
            result_places: Places::new(positions(dst, dst[1], [0; 2])),
            sweeps,
        };
        for sweep in &plan.sweeps {
            sweep.check(lanes, packed_len, geometry.dst_plane() * lanes);
        }
        plan
    }

    pub(super) fn convolve<T: Element>(&self, src: &[T], weight: &[T], dst: &mut [MaybeUninit<T>]) {
        let Self {
            geometry, lanes, ..
        } = *self;
        let passes = geometry.passes.iter();
        let taps: Vec<_> = passes
            .flat_map(|pass| &pass.taps)
            .map(|tap| tap.weight)
            .collect();
        let weights = vectors_of_weights(weight, geometry.kernel_len, &taps, lanes, lanes);
        for_each_part(
            geometry,
            lanes,
            src,
            dst,
            |channels: Range<usize>, src, dst| {
                let mut scratch = T::take_scratch();
                let packed = scratch.planes.slice(self.packed_len);
                let result = scratch.tiles.slice(geometry.dst_plane() * lanes);
                packed.fill(T::ZERO);
                let weights = &weights[channels.start / lanes * taps.len() * lanes..];
                T::dispatch(
                    self.isa,
                    Convolve {
                        plan: self,
                        src,
                        weights,
                        packed,
                        result,
                        dst,
                    },
                );
                T::put_scratch(scratch);
            },
        );
    }

    pub(super) fn weight_grad<T: Element>(&self, input: &[T], grad: &[T], weight_grad: &mut [T]) {
        let Self {
            geometry, lanes, ..
        } = *self;
        sum_bundles(geometry, lanes, lanes, weight_grad, |images, channel| {
            let mut sums = vec![T::ZERO; geometry.kernel_len * lanes];
            let mut scratch = T::take_scratch();
            let packed = scratch.planes.slice(self.packed_len);
            let result = scratch.tiles.slice(geometry.dst_plane() * lanes);
            packed.fill(T::ZERO);
            let channels = channel..(channel + lanes).min(geometry.groups);
            for image in images {
                let first = image * geometry.groups + channels.start;
                let input = &input[first * geometry.src_plane()..];
                let input = &input[..channels.len() * geometry.src_plane()];
                let grad = &grad[first * geometry.dst_plane()..];
                let grad = &grad[..channels.len() * geometry.dst_plane()];
                let sums = &mut sums;
                T::dispatch(
                    self.isa,
                    Correlate {
                        plan: self,
                        input,
                        grad,
                        packed,
                        result,
                        sums,
                    },
                );
            }
            T::put_scratch(scratch);
            sums
        });
    }
}

/// All channels of a part of an image.
struct Convolve<'a, T> {
    plan: &'a Plan<'a>,
    src: &'a [T],
    weights: &'a [T],
    packed: &'a mut [T],
    result: &'a mut [T],
    dst: &'a mut [MaybeUninit<T>],
}

impl<T: Element> Job<T> for Convolve<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let Plan {
            geometry,
            source_places,
            result_places,
            sweeps,
            ..
        } = self.plan;
        let src = self.src.chunks(S::LANES * geometry.src_plane());
        let dst = self.dst.chunks_mut(S::LANES * geometry.dst_plane());
        let taps: usize = sweeps.iter().map(|sweep| sweep.offsets.len()).sum();
        let mut weights = self.weights;
        for (src, dst) in src.zip(dst) {
            let count = dst.len() / geometry.dst_plane();
            let stride = geometry.src_plane();
            let (places, to) = (source_places, &mut *self.packed);
            prefetch_after::<S, _>(src);
            prefetch_after::<S, _>(dst);
            // SAFETY: this job was promised the instruction set.
            unsafe {
                SideBySide {
                    planes: src,
                    stride,
                    count,
                    places,
                    to,
                }
                .run::<S>();
            };
            let (mut of_bundle, rest) = weights.split_at(taps * S::LANES);
            weights = rest;
            if self.plan.in_order && count == S::LANES {
                // SAFETY: `Plan::new` checked the sweep for a packed plane of this length and for
                // results in the order of `dst`; this job was promised the instruction set.
                unsafe { sweeps[0].convolve_apart::<S>(of_bundle, self.packed, dst) };
                continue;
            }
            for sweep in sweeps {
                let (of_sweep, rest) = of_bundle.split_at(sweep.offsets.len() * S::LANES);
                of_bundle = rest;
                // SAFETY: `Plan::new` checked the sweeps for buffers of these lengths.
                unsafe {
                    let (planes, result) = (self.packed.as_ptr(), self.result.as_mut_ptr());
                    sweep.convolve::<S>(of_sweep.as_ptr(), planes, result);
                }
            }
            let (from, places, stride) = (&*self.result, result_places, geometry.dst_plane());
            // SAFETY: this job was promised the instruction set.
            unsafe {
                Apart {
                    from,
                    places,
                    planes: dst,
                    stride,
                    count,
                }
                .run::<S>();
            };
        }
    }
}

/// Asks for what lies behind `planes`, as much again: the next bundle.
#[inline(always)]
fn prefetch_after<S: Simd, T>(planes: &[T]) {
    let line = 64 / size_of::<T>();
    let next = planes.as_ptr_range().end.cast::<S::Elem>();
    let mut at = 0;
    while at < planes.len() {
        S::prefetch(next.wrapping_add(at));
        at += line;
    }
}

/// One bundle of channels of one image.
struct Correlate<'a, T> {
    plan: &'a Plan<'a>,
    input: &'a [T],
    grad: &'a [T],
    packed: &'a mut [T],
    result: &'a mut [T],
    sums: &'a mut [T],
}

impl<T: Element> Job<T> for Correlate<'_, T> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = T>>(self) {
        let Plan {
            geometry,
            source_places,
            result_places,
            sweeps,
            ..
        } = self.plan;
        let count = self.grad.len() / geometry.dst_plane();
        let sides = [
            (
                self.input,
                geometry.src_plane(),
                source_places,
                &mut *self.packed,
            ),
            (
                self.grad,
                geometry.dst_plane(),
                result_places,
                &mut *self.result,
            ),
        ];
        for (planes, stride, places, to) in sides {
            // SAFETY: this job was promised the instruction set.
            unsafe {
                SideBySide {
                    planes,
                    stride,
                    count,
                    places,
                    to,
                }
                .run::<S>();
            };
        }
        // SAFETY: `Plan::new` checked the sweep for buffers of these lengths.
        unsafe {
            let (grad, planes) = (self.result.as_ptr(), self.packed.as_ptr());
            sweeps[0].correlate::<S>(grad, planes, self.sums.as_mut_ptr());
        }
    }
}
