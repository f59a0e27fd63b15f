//! Some rows of tiles of a plane, and where its positions are in packed planes of vectors.

use super::tiles::source_columns;
use super::transform::RESULTS;
use crate::layout::odd_lines;
use crate::transpose::Places;
use std::ops::Range;

/// Rows of tiles over the whole width of a plane.
pub(super) struct Strip {
    lanes: usize,
    /// Tiles in each direction.
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// First source position, and where it and those behind it go in the packed plane.
    pub(super) sources: (usize, Places),
    /// First destination position, and where it and those behind it are in the packed plane.
    pub(super) results: (usize, Places),
}

impl Strip {
    /// The tile rows `rows` of planes of the size `[height, width]`.
    pub(super) fn new([height, width]: [usize; 2], rows: Range<usize>, lanes: usize) -> Self {
        let columns = width.div_ceil(RESULTS);
        let top = rows.start * RESULTS;
        let pitch = source_columns(columns);
        let from = top.saturating_sub(1);
        let source_rows = from..(top + source_columns(rows.len()) - 1).min(height);
        let source = |y: usize| (0..width).map(move |x| ((y + 1 - top) * pitch + x + 1) * lanes);
        let result_rows = top..(rows.end * RESULTS).min(height);
        let pitch = columns * RESULTS;
        let result = |y: usize| (0..width).map(move |x| ((y - top) * pitch + x) * lanes);
        let places = |list: Vec<usize>| Places::new(list);
        Self {
            lanes,
            rows: rows.len(),
            columns,
            sources: (from * width, places(source_rows.flat_map(source).collect())),
            results: (top * width, places(result_rows.flat_map(result).collect())),
        }
    }

    /// Tiles of a plane.
    pub(super) fn tiles(&self) -> usize {
        self.rows * self.columns
    }

    /// Elements of a packed row of sources.
    pub(super) fn source_pitch(&self) -> usize {
        source_columns(self.columns) * self.lanes
    }

    /// Elements of a packed plane of sources.
    pub(super) fn sources_len(&self) -> usize {
        odd_lines(source_columns(self.rows) * self.source_pitch())
    }

    /// Elements of a packed plane of results.
    pub(super) fn results_len(&self) -> usize {
        self.tiles() * RESULTS * RESULTS * self.lanes
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
