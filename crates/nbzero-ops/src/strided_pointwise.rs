//! Pointwise convolutions with a stride: they meet one position in `stride * stride`, so these are
//! gathered first and convolved without a stride.

use crate::conv::filled;
use crate::{ConvShape, Element};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Planes that one thread copies at least.
const MIN_PLANES: usize = 64;

/// The convolution of the gathered positions, where `shape` is a pointwise one with a stride.
pub(crate) fn gathered_shape(shape: &ConvShape) -> Option<ConvShape> {
    (shape.kernel() == 1 && shape.stride() > 1).then(|| shape.without_stride())
}

/// Every `stride`-th row and column: `[n, c, h, w]` to `[n, c, out_h, out_w]`.
pub(crate) fn gather<T: Element>(shape: &ConvShape, input: &[T]) -> Vec<T> {
    let (stride, width, out_w) = (shape.stride(), shape.w(), shape.out_w());
    let len = shape.n() * shape.c_in() * shape.out_h() * out_w;
    filled(len, |to| {
        let planes = to
            .par_chunks_exact_mut(shape.out_h() * out_w)
            .with_min_len(MIN_PLANES);
        planes
            .zip(input.par_chunks_exact(shape.h() * width))
            .for_each(|(to, from)| {
                let rows = from.chunks_exact(width).step_by(stride);
                for (to, row) in to.chunks_exact_mut(out_w).zip(rows) {
                    let source = row.chunks(stride);
                    to.iter_mut()
                        .zip(source)
                        .for_each(|(x, y)| *x = MaybeUninit::new(y[0]));
                }
            });
    })
}

/// The reverse of [`gather`], zeros in between.
pub(crate) fn scatter<T: Element>(shape: &ConvShape, from: &[T], to: &mut [MaybeUninit<T>]) {
    let (stride, width, out_w) = (shape.stride(), shape.w(), shape.out_w());
    let planes = to
        .par_chunks_exact_mut(shape.h() * width)
        .with_min_len(MIN_PLANES);
    planes
        .zip(from.par_chunks_exact(shape.out_h() * out_w))
        .for_each(|(to, from)| {
            to.fill(MaybeUninit::new(T::ZERO));
            let rows = to.chunks_exact_mut(width).step_by(stride);
            for (row, from) in rows.zip(from.chunks_exact(out_w)) {
                let places = row.iter_mut().step_by(stride);
                places
                    .zip(from)
                    .for_each(|(x, y)| *x = MaybeUninit::new(*y));
            }
        });
}
