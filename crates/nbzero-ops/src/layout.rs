//! How source planes are packed so that every load of a kernel is one plain vector load.
//!
//! A packed plane is zero-padded. Where rows are long, a vector holds neighbouring positions, and
//! the plane is split into the phases of the stride so that they lie next to each other. Where rows
//! are short or odd, a vector holds one position of several images side by side. In both, reading
//! tap `t` for grid position `p` is reading at `base(p) + offset(t)`.

use crate::geometry::{Geometry, Pass, Tap};
use crate::scratch::LINE;
use crate::transpose::Places;
use std::ops::Range;

/// The next odd number of cache lines, in elements: what lies so far apart is spread over all sets
/// of the caches, where powers of two would meet in one.
pub(crate) fn odd_lines(len: usize) -> usize {
    let line = LINE / size_of::<f32>();
    (len.div_ceil(line) | 1) * line
}

/// The packed form of the planes of a block of grid rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) lanes: usize,
    /// Images side by side: 1 or as many as lanes.
    pub(crate) interleave: usize,
    /// Columns of the grid, rounded up to whole vectors.
    pub(crate) grid_w: usize,
    /// Grid rows in a block.
    pub(crate) rows: usize,
    /// Phases in each direction.
    pub(crate) phases: usize,
    /// Packed positions from one grid position to the next.
    pub(crate) step: usize,
    /// Positions in a packed row.
    pub(crate) pitch: usize,
    /// Elements of a phase.
    pub(crate) phase_len: usize,
    /// Elements of a packed plane.
    pub(crate) plane_len: usize,
}

impl Layout {
    /// The layout with the least padding for `images`.
    pub(crate) fn new(geometry: &Geometry, lanes: usize, images: usize) -> Self {
        let [_, width] = geometry.grid;
        let whole = width.next_multiple_of(lanes);
        let apart = whole * images <= width * images.next_multiple_of(lanes);
        let side_by_side = geometry.step * (width + geometry.reach[1]);
        let layout = Self {
            lanes,
            interleave: if apart { 1 } else { lanes },
            grid_w: if apart { whole } else { width },
            rows: 0,
            phases: if apart { geometry.phases } else { 1 },
            step: if apart { 1 } else { geometry.step },
            pitch: if apart {
                whole + geometry.reach[1]
            } else {
                side_by_side.max(geometry.src[1] + geometry.lead[1])
            },
            phase_len: 0,
            plane_len: 0,
        };
        layout.with_rows(geometry, geometry.grid[0])
    }

    /// The same layout for blocks of `rows` grid rows.
    pub(crate) fn with_rows(self, geometry: &Geometry, rows: usize) -> Self {
        let phase_len = self.step * (rows + geometry.reach[0]) * self.pitch * self.interleave;
        let plane_len = odd_lines(self.phases * self.phases * phase_len);
        Self {
            rows,
            phase_len,
            plane_len,
            ..self
        }
    }

    /// Packed elements for each grid row.
    pub(crate) fn row_len(&self) -> usize {
        self.phases * self.phases * self.step * self.pitch * self.interleave
    }

    /// Vectors in a grid row.
    pub(crate) fn row_vectors(&self) -> usize {
        self.grid_w * self.interleave / self.lanes
    }

    /// Where a tap reads, from the base of a vector.
    pub(crate) fn offset(&self, tap: &Tap) -> usize {
        let [phase, shift] = if self.interleave == 1 {
            [tap.phase, tap.shift]
        } else {
            [
                [0, 0],
                [0, 1].map(|axis| self.step * tap.shift[axis] + tap.phase[axis]),
            ]
        };
        (phase[0] * self.phases + phase[1]) * self.phase_len
            + (shift[0] * self.pitch + shift[1]) * self.interleave
    }

    /// Source positions that a block of grid rows reads, and where their vectors of images go.
    pub(crate) fn places(&self, geometry: &Geometry, block: &Range<usize>) -> (usize, Places) {
        let start = self.step * block.start;
        let end = self.step * (block.end + geometry.reach[0]);
        let rows = start.saturating_sub(geometry.lead[0])
            ..end.saturating_sub(geometry.lead[0]).min(geometry.src[0]);
        let first = rows.start * geometry.src[1];
        let row = |y: usize| {
            let line = (y + geometry.lead[0] - start) * self.pitch + geometry.lead[1];
            (0..geometry.src[1]).map(move |x| (line + x) * self.interleave)
        };
        (first, Places::new(rows.flat_map(row).collect()))
    }

    /// Elements from the packed planes of a channel to those of the next, for `bundles` bundles.
    pub(crate) fn channel_stride(&self, bundles: usize) -> usize {
        odd_lines(bundles * self.plane_len)
    }

    /// Offsets of all taps of `channels` channels that lie `stride` apart, channel by channel.
    pub(crate) fn offsets(&self, pass: &Pass, channels: usize, stride: usize) -> Vec<usize> {
        let taps: Vec<_> = pass.taps.iter().map(|tap| self.offset(tap)).collect();
        (0..channels)
            .flat_map(|c| taps.iter().map(move |tap| c * stride + tap))
            .collect()
    }

    /// Bases of the vectors of `rows` grid rows of the packed planes of `bundles` bundles.
    pub(crate) fn bases(&self, bundles: usize, rows: usize) -> Vec<usize> {
        let row = self.step * self.pitch * self.interleave;
        let mut bases = Vec::with_capacity(bundles * rows * self.row_vectors());
        for bundle in 0..bundles {
            for y in 0..rows {
                for v in 0..self.row_vectors() {
                    bases.push(bundle * self.plane_len + y * row + v * self.step * self.lanes);
                }
            }
        }
        bases
    }

    /// Where the vectors of `rows` grid rows of `images` images of `image_len` elements lie unpacked, from the
    /// first of these rows on.
    pub(crate) fn in_images(&self, images: usize, rows: usize, image_len: usize) -> Vec<usize> {
        let in_image = rows * self.row_vectors();
        (0..images * in_image)
            .map(|v| v / in_image * image_len + v % in_image * self.lanes)
            .collect()
    }

    /// Whether grid rows lie in the destination exactly as the kernel makes them.
    pub(crate) fn is_direct(&self, geometry: &Geometry) -> bool {
        self.interleave == 1 && self.grid_w == geometry.grid[1] && geometry.out_step == 1
    }

    /// Whether a kernel may read the source as it lies: in a pointwise convolution of whole vectors, each of
    /// them a whole cache line. Narrower ones would fetch each line more than once from planes that lie apart
    /// by powers of two and meet in one set of the first-level cache.
    pub(crate) fn reads_as_it_lies<T>(&self, geometry: &Geometry) -> bool {
        let line = self.lanes * size_of::<T>() == LINE;
        line && self.is_direct(geometry) && geometry.kernel_len == 1 && geometry.step == 1
    }
}
