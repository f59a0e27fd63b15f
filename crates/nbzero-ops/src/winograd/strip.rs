//! Some rows of tiles of a plane, and where its positions are in packed planes of vectors.

use super::scheme::{Scheme, source_columns};
use crate::geometry::Geometry;
use crate::layout::odd_lines;
use crate::transpose::Places;
use std::ops::Range;

/// Rows of tiles over the whole width of a plane.
pub(super) struct Strip {
    /// Elements of a packed row of sources.
    pub(super) source_pitch: usize,
    /// Elements of a packed plane of sources.
    pub(super) sources_len: usize,
    /// Elements of a packed plane of results.
    pub(super) results_len: usize,
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// First source position, and where it and those behind it go in the packed plane.
    pub(super) sources: (usize, Places),
    /// First destination position, and where it and those behind it are in the packed plane.
    pub(super) results: (usize, Places),
}

impl Strip {
    /// The tile rows `rows` of the planes of a geometry.
    pub(super) fn new<C: Scheme>(geometry: &Geometry, rows: Range<usize>, lanes: usize) -> Self {
        let ([src_height, src_width], [height, width]) = (geometry.src, geometry.dst);
        let columns = width.div_ceil(C::RESULTS);
        let (top, lead) = (rows.start * C::STEP, C::LEAD);
        let (packed_rows, pitch) = (
            source_columns::<C>(rows.len()),
            source_columns::<C>(columns),
        );
        let from = top.saturating_sub(lead);
        let source_rows = from..(top + packed_rows - lead).min(src_height);
        let source =
            |y: usize| (0..src_width).map(move |x| ((y + lead - top) * pitch + x + lead) * lanes);
        let source_pitch = pitch * lanes;
        let top = rows.start * C::RESULTS;
        let result_rows = top..(rows.end * C::RESULTS).min(height);
        let pitch = columns * C::RESULTS;
        let result = |y: usize| (0..width).map(move |x| ((y - top) * pitch + x) * lanes);
        let places = |list: Vec<usize>| Places::new(list);
        Self {
            source_pitch,
            sources_len: odd_lines(packed_rows * source_pitch),
            results_len: rows.len() * C::RESULTS * pitch * lanes,
            rows: rows.len(),
            columns,
            sources: (
                from * src_width,
                places(source_rows.flat_map(source).collect()),
            ),
            results: (top * width, places(result_rows.flat_map(result).collect())),
        }
    }

    /// Tiles of a plane.
    pub(super) fn tiles(&self) -> usize {
        self.rows * self.columns
    }
}

/// Planes and rows of tiles of a block that holds at most `most` tiles, where it can: rows of one
/// plane, or whole planes.
pub(super) fn block_size([rows, columns]: [usize; 2], most: usize) -> (usize, usize) {
    let in_block = (most / columns).clamp(1, rows);
    // Blocks of equal height, not one tall and one low.
    let in_block = rows.div_ceil(rows.div_ceil(in_block));
    let planes = if in_block < rows {
        1
    } else {
        (most / (rows * columns)).max(1)
    };
    (planes, in_block)
}
