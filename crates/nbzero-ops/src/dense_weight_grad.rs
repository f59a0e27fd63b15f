//! Weight gradient of convolutions that mix channels.
//!
//! A job sums over a block of images for a block of output and input channels; the partial sums
//! of the image blocks are then added in order. Blocks depend on sizes only.

use crate::dot::{Dot, ROWS};
use crate::geometry::Geometry;
use crate::layout::{Layout, odd_lines};
use crate::pack::SourceBlock;
use crate::scratch::Scratch;
use crate::transpose::{Places, SideBySide};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes of one channel's packed planes and four channels' gradients, which meet in the
/// first-level cache.
const CLOSE: usize = 24 << 10;
/// Vectors of positions summed in one go for pointwise convolutions, where more planes meet.
const POINTWISE_VECTORS: usize = 64;
/// Bytes of packed planes that stay in the second-level cache.
const PLANES: usize = 192 << 10;
/// Vectors of positions in a job, at least: what it costs to end a sum is spread over them.
const JOB_VECTORS: usize = 32;
/// Jobs that a gradient is split into, where it can be.
const JOBS: usize = 8;
/// Elements of all partial sums together, roughly.
const PARTIALS: usize = 1 << 20;

/// How a weight gradient is cut into jobs and blocks.
struct Plan<'a, T> {
    geometry: &'a Geometry,
    layout: Layout,
    isa: Isa,
    input: &'a [T],
    output_grad: &'a [T],
    /// Images in a job and in a block.
    job_images: usize,
    block_images: usize,
    /// Channels of a group in a job.
    outputs: usize,
    inputs: usize,
    /// Input channels in a block.
    block_inputs: usize,
    /// Whether the input is read as it lies.
    unpacked: bool,
    /// Elements from a packed input channel to the next.
    channel_stride: usize,
    offsets: Vec<usize>,
}

/// One job: some images, and the channels of one group, relative to the group.
#[derive(Clone, Debug)]
struct Part {
    images: Range<usize>,
    group: usize,
    outputs: Range<usize>,
    inputs: Range<usize>,
}

impl<'a, T: Element> Plan<'a, T> {
    fn new(isa: Isa, geometry: &'a Geometry, input: &'a [T], output_grad: &'a [T]) -> Self {
        let layout = Layout::new(geometry, T::lanes(isa), geometry.n);
        let vectors = vectors_in_block::<T>(geometry, &layout);
        let rows = (vectors / layout.row_vectors()).clamp(1, geometry.grid[0]);
        let rows = geometry.grid[0].div_ceil(geometry.grid[0].div_ceil(rows));
        let layout = layout.with_rows(geometry, rows);
        let bundles = geometry.n.div_ceil(layout.interleave);
        let weights = geometry.groups * geometry.dst_c * geometry.src_c * geometry.kernel_len;
        let all_vectors = bundles * geometry.grid[0] * layout.row_vectors();
        let parts = (PARTIALS / weights)
            .min(all_vectors / JOB_VECTORS)
            .clamp(1, JOBS * 2)
            .min(bundles);
        let job_bundles = bundles.div_ceil(parts);
        let jobs = bundles.div_ceil(job_bundles) * geometry.groups;
        let (outputs, inputs) = split_channels(geometry, JOBS.div_ceil(jobs));
        let block_bundles = (vectors / (rows * layout.row_vectors())).clamp(1, job_bundles);
        let plane = block_bundles * layout.plane_len * size_of::<T>();
        let block_inputs = (PLANES / plane).clamp(1, inputs);
        let unpacked = layout.reads_as_it_lies::<T>(geometry);
        let channel_stride = if unpacked {
            geometry.src_plane()
        } else {
            layout.channel_stride(block_bundles)
        };
        let pass = &geometry.passes[0];
        Self {
            offsets: layout.offsets(pass, block_inputs, channel_stride),
            unpacked,
            channel_stride,
            geometry,
            layout,
            isa,
            input,
            output_grad,
            job_images: job_bundles * layout.interleave,
            block_images: block_bundles * layout.interleave,
            outputs,
            inputs,
            block_inputs,
        }
    }

    /// All jobs; those of one weight block are next to each other, in the order of the images.
    fn parts(&self) -> Vec<Part> {
        let geometry = self.geometry;
        let ranges = |len: usize, step: usize| {
            (0..len)
                .step_by(step)
                .map(move |start| start..(start + step).min(len))
        };
        let mut parts = Vec::new();
        for group in 0..geometry.groups {
            for outputs in ranges(geometry.dst_c, self.outputs) {
                for inputs in ranges(geometry.src_c, self.inputs) {
                    for images in ranges(geometry.n, self.job_images) {
                        let (outputs, inputs) = (outputs.clone(), inputs.clone());
                        parts.push(Part {
                            images,
                            group,
                            outputs,
                            inputs,
                        });
                    }
                }
            }
        }
        parts
    }

    /// The sums of a part, `[outputs][inputs][taps]`.
    fn sums(&self, part: &Part) -> Vec<T> {
        let geometry = self.geometry;
        let row_len = part.inputs.len() * geometry.kernel_len;
        let mut sums = vec![T::ZERO; part.outputs.len() * row_len];
        let mut scratch = T::take_scratch();
        for image in part.images.clone().step_by(self.block_images) {
            let images = image..(image + self.block_images).min(part.images.end);
            for row in (0..geometry.grid[0]).step_by(self.layout.rows) {
                let rows = row..(row + self.layout.rows).min(geometry.grid[0]);
                let block = Block {
                    plan: self,
                    part,
                    images: images.clone(),
                    rows,
                };
                block.add_to(&mut sums, row_len, &mut scratch);
            }
        }
        T::put_scratch(scratch);
        sums
    }
}

/// Vectors of positions that are summed in one go.
fn vectors_in_block<T>(geometry: &Geometry, layout: &Layout) -> usize {
    if geometry.kernel_len == 1 {
        return POINTWISE_VECTORS;
    }
    let vectors = geometry.grid[0] * layout.row_vectors();
    let planes = layout.plane_len.div_ceil(vectors);
    CLOSE / ((planes + ROWS * layout.lanes) * size_of::<T>())
}

/// Output and input channels of a job so that a group makes about `parts` jobs.
fn split_channels(geometry: &Geometry, parts: usize) -> (usize, usize) {
    let (mut outputs, mut inputs) = (geometry.dst_c, geometry.src_c);
    let mut made = 1;
    while made < parts && (outputs > 4 * ROWS || inputs > 4 * ROWS) {
        if outputs >= inputs {
            outputs = outputs.div_ceil(2).next_multiple_of(ROWS);
        } else {
            inputs = inputs.div_ceil(2);
        }
        made *= 2;
    }
    (outputs, inputs)
}

/// Some rows of some images of a part.
struct Block<'a, T> {
    plan: &'a Plan<'a, T>,
    part: &'a Part,
    images: Range<usize>,
    rows: Range<usize>,
}

impl<T: Element> Block<'_, T> {
    fn add_to(&self, sums: &mut [T], sums_stride: usize, scratch: &mut Scratch<T>) {
        let Plan {
            geometry, layout, ..
        } = self.plan;
        let bundles = self.images.len().div_ceil(layout.interleave);
        let vectors = bundles * self.rows.len() * layout.row_vectors();
        let unpacked = self.plan.unpacked;
        let bases = if unpacked {
            let image_len = geometry.groups * geometry.src_c * geometry.src_plane();
            layout.in_images(bundles, self.rows.len(), image_len)
        } else {
            layout.bases(bundles, self.rows.len())
        };
        // Positions of one plane are next to each other; planes of several images are far apart,
        // often by powers of two that meet in one set of the cache.
        let direct = layout.is_direct(geometry) && bundles <= 2;
        let tile_len = odd_lines(vectors * layout.lanes);
        let tiles = if direct {
            0
        } else {
            tile_len * self.part.outputs.len()
        };
        let tiles = scratch.tiles.slice(tiles);
        let packed = if unpacked {
            0
        } else {
            self.plan.block_inputs * self.plan.channel_stride
        };
        let packed = scratch.planes.slice(packed);
        let (grad, places, channel_stride) = if direct {
            (
                self.plan.output_grad,
                self.direct_places(),
                geometry.dst_plane(),
            )
        } else {
            self.pack_grad(tile_len, tiles);
            let places = (0..vectors).map(|v| v * layout.lanes).collect();
            (&*tiles, places, tile_len)
        };
        for first in self.part.inputs.clone().step_by(self.plan.block_inputs) {
            let inputs = first..(first + self.plan.block_inputs).min(self.part.inputs.end);
            let planes = self.input_planes(&inputs, packed);
            let dot = Dot {
                grad,
                places: &places,
                channel_stride,
                channels: self.part.outputs.len(),
                planes,
                bases: &bases,
                offsets: &self.plan.offsets[..inputs.len() * geometry.kernel_len],
                pointwise: geometry.kernel_len == 1,
                sums: &mut sums[(first - self.part.inputs.start) * geometry.kernel_len..],
                sums_stride,
            };
            T::dispatch(self.plan.isa, dot);
        }
    }

    /// Plane of an output channel of the part.
    fn output_plane(&self, image: usize, output: usize) -> usize {
        let Geometry { groups, dst_c, .. } = self.plan.geometry;
        image * groups * dst_c + self.part.group * dst_c + self.part.outputs.start + output
    }

    /// Where the vectors of the first channel are in the output gradient.
    fn direct_places(&self) -> Vec<usize> {
        let Plan {
            geometry, layout, ..
        } = self.plan;
        let plane = geometry.dst_plane();
        let first = self.output_plane(self.images.start, 0) * plane;
        let first = first + self.rows.start * layout.grid_w;
        let image_len = geometry.groups * geometry.dst_c * plane;
        let places = layout.in_images(self.images.len(), self.rows.len(), image_len);
        places.into_iter().map(|place| first + place).collect()
    }

    /// Packs the output gradient in the order of the vectors, zero where there is no position.
    fn pack_grad(&self, tile_len: usize, tiles: &mut [T]) {
        let Plan {
            geometry,
            layout,
            isa,
            output_grad,
            ..
        } = self.plan;
        let image_len = geometry.groups * geometry.dst_c * geometry.dst_plane();
        let width = geometry.grid[1];
        let bundle_len = self.rows.len() * layout.grid_w * layout.interleave;
        let positions = self.rows.len() * width;
        let places = Places::new((0..positions).map(|p| p * layout.interleave).collect());
        for (output, tile) in tiles.chunks_exact_mut(tile_len).enumerate() {
            let bundles = self.images.clone().step_by(layout.interleave);
            for (image, to) in bundles.zip(tile.chunks_exact_mut(bundle_len)) {
                let plane = self.output_plane(image, output) * geometry.dst_plane();
                let planes = &output_grad[plane + self.rows.start * width..];
                if layout.is_direct(geometry) {
                    to.copy_from_slice(&planes[..positions]);
                } else if layout.interleave == 1 {
                    to.fill(T::ZERO);
                    let rows = planes[..positions].chunks_exact(width);
                    let lines = to.chunks_exact_mut(layout.grid_w);
                    lines
                        .zip(rows)
                        .for_each(|(line, row)| line[..width].copy_from_slice(row));
                } else {
                    let count = (self.images.end - image).min(layout.interleave);
                    let (stride, places) = (image_len, &places);
                    T::dispatch(
                        *isa,
                        SideBySide {
                            planes,
                            stride,
                            count,
                            places,
                            to,
                        },
                    );
                }
            }
        }
    }

    fn input_planes<'b>(&'b self, inputs: &Range<usize>, packed: &'b mut [T]) -> &'b [T] {
        let block = SourceBlock {
            isa: self.plan.isa,
            geometry: self.plan.geometry,
            layout: &self.plan.layout,
            rows: &self.rows,
            images: &self.images,
            group: self.part.group,
        };
        let stride = self.plan.channel_stride;
        block.planes(self.plan.input, inputs, stride, packed)
    }
}

/// Weight gradient `[groups * dst_c, src_c, k, k]` of the forward `geometry`.
pub(crate) fn weight_grad<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    let plan = Plan::new(isa, geometry, input, output_grad);
    let parts = plan.parts();
    let sums: Vec<Vec<T>> = parts.par_iter().map(|part| plan.sums(part)).collect();
    let row_len = geometry.src_c * geometry.kernel_len;
    weight_grad.fill(T::ZERO);
    for (part, sums) in parts.iter().zip(&sums) {
        let taps = part.inputs.start * geometry.kernel_len..part.inputs.end * geometry.kernel_len;
        for (output, sums) in part.outputs.clone().zip(sums.chunks_exact(taps.len())) {
            let row =
                &mut weight_grad[(part.group * geometry.dst_c + output) * row_len..][..row_len];
            row[taps.clone()]
                .iter_mut()
                .zip(sums)
                .for_each(|(x, y)| *x = *x + *y);
        }
    }
}
