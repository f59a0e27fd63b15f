//! Depthwise convolutions: every channel alone.
//!
//! Two schemes. [`rows`] makes vectors of neighbouring positions, for stride 1, rows of whole
//! vectors and padding `kernel / 2`. [`lanes`] makes vectors of neighbouring channels, for every other shape:
//! narrow rows, odd rows, strides, other padding.

mod lanes;
mod rows;
mod sweep;

use crate::geometry::Geometry;
use crate::{ConvShape, Element, Isa};
use std::mem::MaybeUninit;
use std::ops::Range;

/// Jobs that a batch is split into, where it has so many planes.
const JOBS: usize = 16;

fn prefers_rows<T: Element>(isa: Isa, shape: &ConvShape) -> bool {
    let lanes = T::lanes(isa);
    shape.stride() == 1
        && shape.w() > lanes
        && shape.w().is_multiple_of(lanes)
        && shape.has_own_padding()
}

/// Forward: `input` `[n, c, h, w]`, `weight` `[c, 1, k, k]`, `output` `[n, c, out_h, out_w]`.
pub(crate) fn forward<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    input: &[T],
    weight: &[T],
    output: &mut [MaybeUninit<T>],
) {
    convolve(isa, shape, &Geometry::forward(shape), input, weight, output);
}

/// Gradient of the input; shapes as in [`forward`].
pub(crate) fn input_grad<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    output_grad: &[T],
    weight: &[T],
    input_grad: &mut [MaybeUninit<T>],
) {
    convolve(
        isa,
        shape,
        &Geometry::input_grad(shape),
        output_grad,
        weight,
        input_grad,
    );
}

fn convolve<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    geometry: &Geometry,
    src: &[T],
    weight: &[T],
    dst: &mut [MaybeUninit<T>],
) {
    if prefers_rows::<T>(isa, shape) {
        rows::Plan::new::<T>(isa, geometry).convolve(src, weight, dst);
    } else {
        lanes::Plan::new::<T>(isa, geometry).convolve(src, weight, dst);
    }
}

/// Gradient of the weight; shapes as in [`forward`].
pub(crate) fn weight_grad<T: Element>(
    isa: Isa,
    shape: &ConvShape,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    let geometry = Geometry::forward(shape);
    if prefers_rows::<T>(isa, shape) {
        rows::Plan::new::<T>(isa, &geometry).weight_grad(input, output_grad, weight_grad);
    } else {
        lanes::Plan::new::<T>(isa, &geometry).weight_grad(input, output_grad, weight_grad);
    }
}

/// Runs `job(first channel, source, destination)` for parts of images, in parallel. Parts are
/// whole images, or a multiple of `bundle` channels where there are few images.
fn for_each_part<T: Element>(
    geometry: &Geometry,
    bundle: usize,
    src: &[T],
    dst: &mut [MaybeUninit<T>],
    job: impl Fn(Range<usize>, &[T], &mut [MaybeUninit<T>]) + Sync,
) {
    use rayon::prelude::*;
    let channels = geometry.groups;
    let part = channels
        .div_ceil(JOBS.div_ceil(geometry.n))
        .next_multiple_of(bundle);
    let images = dst.par_chunks_mut(channels * geometry.dst_plane());
    let src = src.par_chunks(channels * geometry.src_plane());
    images.zip(src).for_each(|(dst, src)| {
        let parts = dst.par_chunks_mut(part * geometry.dst_plane());
        let src = src.par_chunks(part * geometry.src_plane());
        parts.zip(src).enumerate().for_each(|(index, (dst, src))| {
            let first = index * part;
            job(first..(first + part).min(channels), src, dst);
        });
    });
}

/// Computes `[tap][lane]` sums of blocks of images in parallel and adds them in order: the
/// gradients of each bundle of `bundle` channels, where lane `l` belongs to channel `l % bundle`.
fn sum_bundles<T: Element>(
    geometry: &Geometry,
    bundle: usize,
    lanes: usize,
    weight_grad: &mut [T],
    sums: impl Fn(Range<usize>, usize) -> Vec<T> + Sync,
) {
    use rayon::prelude::*;
    let bundles = geometry.groups.div_ceil(bundle);
    let images = geometry.n.div_ceil(JOBS.div_ceil(bundles).min(geometry.n));
    let chunks = weight_grad.par_chunks_mut(bundle * geometry.kernel_len);
    chunks.enumerate().for_each(|(index, grads)| {
        let blocks = (0..geometry.n).into_par_iter().step_by(images);
        let range = |first: usize| first..(first + images).min(geometry.n);
        let sums: Vec<_> = blocks
            .map(|first| sums(range(first), index * bundle))
            .collect();
        for (unit, grads) in grads.chunks_exact_mut(geometry.kernel_len).enumerate() {
            for (tap, grad) in grads.iter_mut().enumerate() {
                let lanes = tap * lanes + unit..(tap + 1) * lanes;
                let lanes = sums
                    .iter()
                    .flat_map(|sums| sums[lanes.clone()].iter().step_by(bundle));
                *grad = lanes.fold(T::ZERO, |a, b| a + *b);
            }
        }
    });
}
