//! How source planes are packed so that every load of a kernel is one plain vector load.
//!
//! A packed plane is zero-padded, split into the phases of the stride, and holds `interleave`
//! units (images, or channels of a depthwise convolution) side by side in each position, so that
//! rows of 4 or 7 elements fill vectors too. Reading tap `t` for grid position `p` is then reading
//! at `base(p) + offset(t)`.

use crate::geometry::{Geometry, Pass, Tap};
use crate::scratch::LINE;

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
    /// Units side by side.
    pub(crate) interleave: usize,
    /// Columns of the grid, rounded up to whole vectors.
    pub(crate) grid_w: usize,
    /// Grid rows in a block.
    pub(crate) rows: usize,
    /// Positions in a packed row.
    pub(crate) pitch: usize,
    /// Elements of a phase.
    pub(crate) phase_len: usize,
    /// Elements of a packed plane.
    pub(crate) plane_len: usize,
}

impl Layout {
    /// The layout with the least padding for `units` that could lie side by side.
    pub(crate) fn new(geometry: &Geometry, lanes: usize, units: usize) -> Self {
        let width = |interleave: usize| {
            let unit = lanes / interleave;
            geometry.grid[1].div_ceil(unit) * unit
        };
        let mut interleave = 1;
        let mut candidate = 1;
        while candidate <= lanes {
            let cost = |i: usize| width(i) * units.div_ceil(i) * i;
            if cost(candidate) < cost(interleave) {
                interleave = candidate;
            }
            candidate *= 2;
        }
        let layout = Self {
            lanes,
            interleave,
            grid_w: width(interleave),
            rows: 0,
            pitch: width(interleave) + geometry.reach,
            phase_len: 0,
            plane_len: 0,
        };
        layout.with_rows(geometry, geometry.grid[0])
    }

    /// The same layout for blocks of `rows` grid rows.
    pub(crate) fn with_rows(self, geometry: &Geometry, rows: usize) -> Self {
        let phase_len = (rows + geometry.reach) * self.pitch * self.interleave;
        let plane_len = odd_lines(geometry.phases * geometry.phases * phase_len);
        Self {
            rows,
            phase_len,
            plane_len,
            ..self
        }
    }

    /// Vectors in a grid row.
    pub(crate) fn row_vectors(&self) -> usize {
        self.grid_w * self.interleave / self.lanes
    }

    /// Where a tap reads, from the base of a vector.
    pub(crate) fn offset(&self, geometry: &Geometry, tap: &Tap) -> usize {
        (tap.phase[0] * geometry.phases + tap.phase[1]) * self.phase_len
            + (tap.shift[0] * self.pitch + tap.shift[1]) * self.interleave
    }

    /// Elements from the packed planes of a channel to those of the next, for `bundles` bundles.
    pub(crate) fn channel_stride(&self, bundles: usize) -> usize {
        odd_lines(bundles * self.plane_len)
    }

    /// Offsets of all taps of `channels` channels that lie `stride` apart, channel by channel.
    pub(crate) fn offsets(
        &self,
        geometry: &Geometry,
        pass: &Pass,
        channels: usize,
        stride: usize,
    ) -> Vec<usize> {
        let taps: Vec<_> = pass
            .taps
            .iter()
            .map(|tap| self.offset(geometry, tap))
            .collect();
        (0..channels)
            .flat_map(|c| taps.iter().map(move |tap| c * stride + tap))
            .collect()
    }

    /// Bases of the vectors of `rows` grid rows of the packed planes of `bundles` bundles.
    pub(crate) fn bases(&self, bundles: usize, rows: usize) -> Vec<usize> {
        let row = self.pitch * self.interleave;
        let mut bases = Vec::with_capacity(bundles * rows * self.row_vectors());
        for bundle in 0..bundles {
            for y in 0..rows {
                for v in 0..self.row_vectors() {
                    bases.push(bundle * self.plane_len + y * row + v * self.lanes);
                }
            }
        }
        bases
    }

    /// Whether grid rows lie in the destination exactly as the kernel makes them.
    pub(crate) fn is_direct(&self, geometry: &Geometry) -> bool {
        self.interleave == 1 && self.grid_w == geometry.grid[1] && geometry.out_step == 1
    }
}
