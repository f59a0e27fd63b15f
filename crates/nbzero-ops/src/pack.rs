//! Copies tensors into the packed forms and back.

use crate::Element;
use crate::geometry::{Geometry, Pass};
use crate::layout::Layout;
use crate::simd::TILE;
use rayon::prelude::*;
use std::ops::Range;

/// Packs the `rows` grid rows from `first` on, of the planes that `plane` gives for each unit
/// (`None` packs zeros).
pub(crate) fn pack_plane<'a, T: Element>(
    geometry: &Geometry,
    layout: &Layout,
    block: Range<usize>,
    plane: impl Fn(usize) -> Option<&'a [T]>,
    out: &mut [T],
) {
    let units = layout.interleave;
    if let (1, 1, Some(plane)) = (units, geometry.step, plane(0))
        && pack_usual(geometry, layout, &block, plane, out)
    {
        return;
    }
    for phase in 0..geometry.phases * geometry.phases {
        let (a, b) = (phase / geometry.phases, phase % geometry.phases);
        let columns = Columns::new(geometry, b, layout.pitch);
        let lines = out[phase * layout.phase_len..].chunks_exact_mut(layout.pitch * units);
        for (j, line) in lines.take(block.len() + geometry.reach).enumerate() {
            let y = a + geometry.step * (block.start + j);
            if y < geometry.lead || y - geometry.lead >= geometry.src[0] {
                line.fill(T::ZERO);
                continue;
            }
            let start = (y - geometry.lead) * geometry.src[1];
            for unit in 0..units {
                let row = plane(unit).map_or(&[][..], |p| &p[start..start + geometry.src[1]]);
                columns.pack(geometry.step, row, unit, units, line);
            }
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
        (0, 0, _) => {
            let len = block.len() * width;
            out[..len].copy_from_slice(&plane[block.start * width..][..len]);
        }
        (1, 2, 8) => pack_padded::<T, 8>(geometry.src[0], block, plane, out),
        (1, 2, 16) => pack_padded::<T, 16>(geometry.src[0], block, plane, out),
        (1, 2, 32) => pack_padded::<T, 32>(geometry.src[0], block, plane, out),
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

/// The packed columns of a phase that hold source columns; the others are zero.
struct Columns {
    packed: Range<usize>,
    first: usize,
}

impl Columns {
    fn new(geometry: &Geometry, phase: usize, pitch: usize) -> Self {
        let start = geometry.lead.saturating_sub(phase).div_ceil(geometry.step);
        let first = phase + geometry.step * start - geometry.lead;
        let count = geometry.src[1]
            .saturating_sub(first)
            .div_ceil(geometry.step);
        let start = start.min(pitch);
        Self {
            packed: start..(start + count).min(pitch),
            first,
        }
    }

    /// Packs one source row (empty: zeros) as unit `unit` of `units` of a packed line.
    #[inline]
    fn pack<T: Element>(&self, step: usize, row: &[T], unit: usize, units: usize, line: &mut [T]) {
        if row.is_empty() {
            line.iter_mut()
                .skip(unit)
                .step_by(units)
                .for_each(|x| *x = T::ZERO);
            return;
        }
        let Range { start, end } = self.packed;
        if units == 1 {
            line[..start].fill(T::ZERO);
            line[end..].fill(T::ZERO);
            if start == end {
                return;
            }
            let source = &row[self.first..];
            let middle = &mut line[start..end];
            match step {
                1 => middle.copy_from_slice(&source[..middle.len()]),
                2 => every_second(source, middle),
                _ => middle
                    .iter_mut()
                    .zip(source.iter().step_by(step))
                    .for_each(|(x, y)| *x = *y),
            }
            return;
        }
        for x in (0..start).chain(end..line.len() / units) {
            line[x * units + unit] = T::ZERO;
        }
        if start < end {
            let places = line[start * units + unit..].iter_mut().step_by(units);
            let source = row[self.first..].iter().step_by(step);
            places
                .zip(source)
                .take(end - start)
                .for_each(|(x, y)| *x = *y);
        }
    }
}

/// Copies elements 0, 2, 4 ... of `from`.
fn every_second<T: Element>(from: &[T], to: &mut [T]) {
    let pairs = from.chunks_exact(2);
    let odd = pairs.remainder().first();
    let last = to.len() - 1;
    for (x, pair) in to.iter_mut().zip(pairs) {
        *x = pair[0];
    }
    if let (Some(x), true) = (odd, from.len() == 2 * last + 1) {
        to[last] = *x;
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
    let pack_tile = |(tile, packed): (usize, &mut [T])| {
        for lane in 0..TILE {
            let dst = tile * TILE + lane;
            let lanes = packed.iter_mut().skip(lane).step_by(TILE);
            if dst >= geometry.dst_c {
                lanes.for_each(|x| *x = T::ZERO);
                continue;
            }
            let values = (0..geometry.src_c).flat_map(|src| {
                let kernel = &weight[dst * to_dst + src * to_src..][..geometry.kernel_len];
                pass.taps.iter().map(move |tap| kernel[tap.weight])
            });
            lanes.zip(values).for_each(|(x, y)| *x = y);
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

/// Writes one grid row of `interleave` units to its places in one unit's destination row.
pub(crate) fn unpack_row<T: Element>(
    units: usize,
    unit: usize,
    out_step: usize,
    offset: usize,
    tile: &[T],
    row: &mut [T],
) {
    let source = tile[unit..].iter().step_by(units);
    row[offset..]
        .iter_mut()
        .step_by(out_step)
        .zip(source)
        .for_each(|(x, y)| *x = *y);
}
