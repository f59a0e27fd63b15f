//! Copies tensors into the packed forms and back.

use crate::geometry::{Geometry, Pass};
use crate::layout::Layout;
use crate::simd::TILE;
use crate::transpose::SideBySide;
use crate::{Element, Isa};
use rayon::prelude::*;
use std::array;
use std::ops::Range;

/// A block of grid rows of some images and of one group's channels.
pub(crate) struct SourceBlock<'a> {
    pub(crate) isa: Isa,
    pub(crate) geometry: &'a Geometry,
    pub(crate) layout: &'a Layout,
    pub(crate) rows: &'a Range<usize>,
    pub(crate) images: &'a Range<usize>,
    pub(crate) group: usize,
}

impl SourceBlock<'_> {
    /// The planes of these source channels as kernels read them: packed, or where the source is read as it lies,
    /// the source from the block's first row on.
    pub(crate) fn planes<'b, T: Element>(
        &self,
        src: &'b [T],
        channels: &Range<usize>,
        channel_stride: usize,
        packed: &'b mut [T],
    ) -> &'b [T] {
        let geometry = self.geometry;
        if self.layout.reads_as_it_lies::<T>(geometry) {
            let image = self.images.start * geometry.groups + self.group;
            let plane = (image * geometry.src_c + channels.start) * geometry.src_plane();
            return &src[plane + self.rows.start * self.layout.grid_w..];
        }
        self.pack(src, channels, channel_stride, packed);
        packed
    }

    /// Packs the block of these source channels, `channel_stride` elements a channel.
    fn pack<T: Element>(
        &self,
        src: &[T],
        channels: &Range<usize>,
        channel_stride: usize,
        planes: &mut [T],
    ) {
        let (geometry, layout) = (self.geometry, self.layout);
        let plane_len = geometry.src_plane();
        let image_len = geometry.groups * geometry.src_c * plane_len;
        let (first, places) = layout.places(geometry, self.rows);
        let packed = planes.chunks_exact_mut(channel_stride);
        for (channel, packed) in channels.clone().zip(packed) {
            let start = (self.group * geometry.src_c + channel) * plane_len;
            let bundles = self.images.clone().step_by(layout.interleave);
            for (image, to) in bundles.zip(packed.chunks_exact_mut(layout.plane_len)) {
                let planes = &src[image * image_len + start..];
                if layout.interleave == 1 {
                    pack_plane(geometry, layout, self.rows, &planes[..plane_len], to);
                    continue;
                }
                to.fill(T::ZERO);
                let count = (self.images.end - image).min(layout.interleave);
                let (planes, places) = (&planes[first..], &places);
                T::dispatch(
                    self.isa,
                    SideBySide {
                        planes,
                        stride: image_len,
                        count,
                        places,
                        to,
                    },
                );
            }
        }
    }
}

/// Packs a plane for a block of grid rows, where vectors hold neighbouring positions.
pub(crate) fn pack_plane<T: Element>(
    geometry: &Geometry,
    layout: &Layout,
    block: &Range<usize>,
    plane: &[T],
    out: &mut [T],
) {
    let usual = match geometry.step {
        1 => pack_usual(geometry, layout, block, plane, out),
        2 => pack_usual_halves(geometry, layout, block, plane, out),
        _ => false,
    };
    if usual {
        return;
    }
    for phase in 0..layout.phases * layout.phases {
        let (a, b) = (phase / layout.phases, phase % layout.phases);
        let columns = Columns::new(geometry, b, layout.pitch);
        let lines = out[phase * layout.phase_len..].chunks_exact_mut(layout.pitch);
        for (j, line) in lines.take(block.len() + geometry.reach[0]).enumerate() {
            let y = a + geometry.step * (block.start + j);
            let row = y.checked_sub(geometry.lead[0]);
            let Some(row) = row.filter(|&row| row < geometry.src[0]) else {
                line.fill(T::ZERO);
                continue;
            };
            let start = row * geometry.src[1];
            columns.pack(geometry.step, &plane[start..start + geometry.src[1]], line);
        }
    }
}

/// [`pack_plane`] for one plane, stride 1 and the usual kernels and widths: rows of a length known
/// to the compiler need no calls, which would take most of the time. False for other shapes.
fn pack_usual<T: Element>(
    geometry: &Geometry,
    layout: &Layout,
    block: &Range<usize>,
    plane: &[T],
    out: &mut [T],
) -> bool {
    let width = geometry.src[1];
    match (geometry.lead, layout.pitch - width, width) {
        ([0, 0], 0, _) => {
            let len = block.len() * width;
            out[..len].copy_from_slice(&plane[block.start * width..][..len]);
        }
        ([1, 1], 2, 8) => pack_padded::<T, 8>(geometry.src[0], block, plane, out),
        ([1, 1], 2, 16) => pack_padded::<T, 16>(geometry.src[0], block, plane, out),
        ([1, 1], 2, 32) => pack_padded::<T, 32>(geometry.src[0], block, plane, out),
        _ => return false,
    }
    true
}

/// Packs rows of `W` elements with one zero on each side.
fn pack_padded<T: Element, const W: usize>(
    height: usize,
    block: &Range<usize>,
    plane: &[T],
    out: &mut [T],
) {
    let (rows, _) = plane.as_chunks::<W>();
    let lines = out.chunks_exact_mut(W + 2).take(block.len() + 2);
    for (line, padded) in lines.zip(block.start..) {
        if padded == 0 || padded > height {
            line.fill(T::ZERO);
            continue;
        }
        line[0] = T::ZERO;
        line[W + 1] = T::ZERO;
        if let Some(middle) = line[1..].first_chunk_mut::<W>() {
            *middle = rows[padded - 1];
        }
    }
}

/// [`pack_usual`] for stride 2.
fn pack_usual_halves<T: Element>(
    geometry: &Geometry,
    layout: &Layout,
    block: &Range<usize>,
    plane: &[T],
    out: &mut [T],
) -> bool {
    let width = geometry.src[1];
    match (geometry.lead, 2 * layout.pitch - width, width) {
        ([1, 1], 2, 16) => pack_halves::<T, 8>(geometry, layout, block, plane, out),
        ([1, 1], 2, 32) => pack_halves::<T, 16>(geometry, layout, block, plane, out),
        _ => return false,
    }
    true
}

/// Packs rows of `HALF` pairs: behind a zero their second elements, which are phase 0, and their
/// first elements and a zero, which are phase 1.
fn pack_halves<T: Element, const HALF: usize>(
    geometry: &Geometry,
    layout: &Layout,
    block: &Range<usize>,
    plane: &[T],
    out: &mut [T],
) {
    let rows = plane.as_chunks::<2>().0.as_chunks::<HALF>().0;
    for (phase, out) in out.chunks_mut(2 * layout.phase_len).take(2).enumerate() {
        let (seconds, firsts) = out.split_at_mut(layout.phase_len);
        let lines = seconds
            .chunks_exact_mut(HALF + 1)
            .zip(firsts.chunks_exact_mut(HALF + 1));
        for ((seconds, firsts), line) in lines.take(block.len() + 1).zip(block.start..) {
            seconds[0] = T::ZERO;
            firsts[HALF] = T::ZERO;
            // Packed row `line` of phase `phase` is source row `2 * line + phase - 1`.
            let row = (2 * line + phase)
                .checked_sub(geometry.lead[0])
                .and_then(|y| rows.get(y));
            let row = row.copied().unwrap_or([[T::ZERO; 2]; HALF]);
            for (i, pair) in row.iter().enumerate() {
                seconds[i + 1] = pair[1];
                firsts[i] = pair[0];
            }
        }
    }
}

/// The packed columns of a phase that hold source columns; the others are zero.
struct Columns {
    packed: Range<usize>,
    first: usize,
}

impl Columns {
    fn new(geometry: &Geometry, phase: usize, pitch: usize) -> Self {
        let lead = geometry.lead[1];
        let start = lead.saturating_sub(phase).div_ceil(geometry.step);
        let first = phase + geometry.step * start - lead;
        let count = geometry.src[1]
            .saturating_sub(first)
            .div_ceil(geometry.step);
        let start = start.min(pitch);
        Self {
            packed: start..(start + count).min(pitch),
            first,
        }
    }

    /// Packs one source row.
    fn pack<T: Element>(&self, step: usize, row: &[T], line: &mut [T]) {
        let Range { start, end } = self.packed;
        line[..start].fill(T::ZERO);
        line[end..].fill(T::ZERO);
        if start == end {
            return;
        }
        let source = &row[self.first..];
        let middle = &mut line[start..end];
        if step == 1 {
            middle.copy_from_slice(&source[..middle.len()]);
        } else {
            middle
                .iter_mut()
                .zip(source.iter().step_by(step))
                .for_each(|(x, y)| *x = *y);
        }
    }
}

/// Packs the weights of one pass and one group for the kernel: tile by tile of `TILE` destination
/// channels, within a tile `[source channel][tap][TILE]`, missing channels zero.
pub(crate) fn pack_weights<T: Element>(
    geometry: &Geometry,
    pass: &Pass,
    weight: &[T],
    packed: &mut [T],
) {
    let taps = pass.taps.len();
    let [to_dst, to_src] = geometry.weight_strides;
    let tile_len = geometry.src_c * taps * TILE;
    if tile_len == 0 {
        return;
    }
    let missing = vec![T::ZERO; geometry.kernel_len];
    let pack_tile = |(tile, packed): (usize, &mut [T])| {
        let (packed, _) = packed.as_chunks_mut::<TILE>();
        for (src, packed) in packed.chunks_exact_mut(taps).enumerate() {
            let kernels: [&[T]; TILE] = array::from_fn(|lane| match tile * TILE + lane {
                dst if dst < geometry.dst_c => {
                    &weight[dst * to_dst + src * to_src..][..geometry.kernel_len]
                }
                _ => &missing[..],
            });
            for (tap, lanes) in pass.taps.iter().zip(packed) {
                *lanes = kernels.map(|kernel| kernel[tap.weight]);
            }
        }
    };
    if packed.len() > 1 << 14 {
        packed
            .par_chunks_exact_mut(tile_len)
            .enumerate()
            .for_each(pack_tile);
    } else {
        packed
            .chunks_exact_mut(tile_len)
            .enumerate()
            .for_each(pack_tile);
    }
}
