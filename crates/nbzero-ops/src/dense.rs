//! Convolutions that mix channels, forward and backward to the input: one driver for both.
//!
//! A job makes some images (or, of a single image, some channels) of the destination. It packs a
//! block of source channels and grid rows that stays in the second-level cache, multiplies it with
//! all weights, and goes on to the next block. Jobs depend on sizes only, and each result is made
//! by one job in one order, so results do not depend on the number of threads.

use crate::geometry::Geometry;
use crate::layout::Layout;
use crate::multiply::Multiply;
use crate::pack::{SourceBlock, pack_weights};
use crate::scratch::{Scratch, as_uninit};
use crate::simd::TILE;
use crate::transpose::{Apart, Places};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::mem::MaybeUninit;
use std::ops::Range;

/// Products summed in one go: weights of four channels and the planes they meet fit the
/// first-level cache.
const DEPTH: usize = 288;
/// The same for pointwise convolutions, where each vector is used by one product only.
const POINTWISE_DEPTH: usize = 128;
/// Bytes of packed planes, about a third of a small second-level cache.
const PLANES: usize = 160 << 10;
/// Vectors that make it worth streaming the weights once more.
const VECTORS: usize = 48;
/// Jobs that a batch is split into, where it has so many images.
const JOBS: usize = 8;

/// How a dense convolution is cut into jobs and blocks.
struct Plan<'a, T> {
    geometry: &'a Geometry,
    layout: Layout,
    isa: Isa,
    /// Source channels in a block.
    channels: usize,
    /// Images in a job.
    images: usize,
    /// Elements from a packed channel to the next.
    channel_stride: usize,
    /// Destination channels in a job; all of them unless a job has one image.
    outputs: usize,
    /// Offsets of one block, for each pass.
    offsets: Vec<Vec<usize>>,
    /// Packed weights of each group and pass.
    weights: Vec<Vec<T>>,
    /// Whether the source is read as it lies.
    unpacked: bool,
    /// Where the vectors of a whole block are read and written.
    whole: Vectors,
}

/// Where the vectors of a block are read, in packed planes or the source, and written, in tiles or the
/// destination.
struct Vectors {
    bases: Vec<usize>,
    places: Vec<usize>,
}

impl<'a, T: Element> Plan<'a, T> {
    fn new(geometry: &'a Geometry, isa: Isa, weight: &[T]) -> Self {
        let layout = Layout::new(geometry, T::lanes(isa), geometry.n);
        let most_taps = geometry
            .passes
            .iter()
            .map(|pass| pass.taps.len())
            .max()
            .unwrap_or(1);
        let depth = if most_taps == 1 {
            POINTWISE_DEPTH
        } else {
            DEPTH / most_taps
        };
        let channels = depth.clamp(1, geometry.src_c);
        // Blocks of equal depth, not one deep and one shallow.
        let channels = geometry.src_c.div_ceil(geometry.src_c.div_ceil(channels));
        let budget = PLANES / size_of::<T>() / channels;
        let row_len = layout.row_len();
        let rows = (budget / row_len)
            .saturating_sub(geometry.reach[0])
            .clamp(1, geometry.grid[0]);
        // Blocks of equal height, not one tall and one low.
        let rows = geometry.grid[0].div_ceil(geometry.grid[0].div_ceil(rows));
        let layout = layout.with_rows(geometry, rows);
        let bundles = geometry.n.div_ceil(layout.interleave);
        let in_cache = (budget / layout.plane_len).max(1);
        let wanted = VECTORS.div_ceil(rows * layout.row_vectors());
        let in_job = wanted.min(in_cache).clamp(1, bundles.div_ceil(JOBS));
        let outputs = outputs_in_job(geometry, &layout, bundles);
        let images = if outputs < geometry.dst_c {
            1
        } else {
            in_job * layout.interleave
        };
        let unpacked = layout.reads_as_it_lies::<T>(geometry);
        let channel_stride = if unpacked {
            geometry.src_plane()
        } else {
            layout.channel_stride(images.div_ceil(layout.interleave))
        };
        let offsets = |pass| layout.offsets(pass, channels, channel_stride);
        let offsets = geometry.passes.iter().map(offsets).collect();
        let weights = all_weights(geometry, weight);
        let mut plan = Self {
            geometry,
            layout,
            isa,
            channels,
            images,
            channel_stride,
            outputs,
            offsets,
            weights,
            unpacked,
            whole: Vectors {
                bases: Vec::new(),
                places: Vec::new(),
            },
        };
        plan.whole = plan.vectors(images, layout.rows);
        plan
    }

    /// The vectors of a block of so many images and rows.
    fn vectors(&self, images: usize, rows: usize) -> Vectors {
        let Self {
            geometry, layout, ..
        } = self;
        let bundles = images.div_ceil(layout.interleave);
        let in_images =
            |channels: usize, plane: usize| layout.in_images(bundles, rows, channels * plane);
        Vectors {
            bases: if self.unpacked {
                in_images(geometry.groups * geometry.src_c, geometry.src_plane())
            } else {
                layout.bases(bundles, rows)
            },
            places: if layout.is_direct(geometry) {
                in_images(geometry.groups * self.outputs, geometry.dst_plane())
            } else {
                let vectors = bundles * rows * layout.row_vectors();
                (0..vectors).map(|v| v * layout.lanes).collect()
            },
        }
    }

    /// Makes `images` from `image` on of the destination channels `outputs` (of each group).
    fn job(&self, image: usize, outputs: Range<usize>, src: &[T], dst: &mut [MaybeUninit<T>]) {
        let geometry = self.geometry;
        let images = image..(image + self.images).min(geometry.n);
        let mut scratch = T::take_scratch();
        for group in 0..geometry.groups {
            for row in (0..geometry.grid[0]).step_by(self.layout.rows) {
                let rows = row..(row + self.layout.rows).min(geometry.grid[0]);
                let block = Block {
                    plan: self,
                    group,
                    images: images.clone(),
                    rows,
                    outputs: &outputs,
                };
                block.make(src, dst, &mut scratch);
            }
        }
        T::put_scratch(scratch);
    }
}

/// Destination channels in a job: fewer than all when there are too few images for all threads.
fn outputs_in_job(geometry: &Geometry, layout: &Layout, bundles: usize) -> usize {
    if layout.interleave > 1 || geometry.groups > 1 || bundles >= JOBS {
        return geometry.dst_c;
    }
    let parts = JOBS
        .div_ceil(bundles)
        .min(geometry.dst_c.div_ceil(TILE * 2));
    geometry
        .dst_c
        .div_ceil(parts)
        .next_multiple_of(TILE)
        .min(geometry.dst_c)
}

fn all_weights<T: Element>(geometry: &Geometry, weight: &[T]) -> Vec<Vec<T>> {
    let group_len = geometry.src_c * geometry.dst_c * geometry.kernel_len;
    let mut all = Vec::with_capacity(geometry.groups * geometry.passes.len());
    for group in weight.chunks_exact(group_len) {
        for pass in &geometry.passes {
            let tiles = geometry.dst_c.div_ceil(TILE) * TILE;
            let mut packed = vec![T::ZERO; tiles * geometry.src_c * pass.taps.len()];
            pack_weights(geometry, pass, group, &mut packed);
            all.push(packed);
        }
    }
    all
}

/// Some rows of some images of one group.
struct Block<'a, T> {
    plan: &'a Plan<'a, T>,
    group: usize,
    images: Range<usize>,
    rows: Range<usize>,
    outputs: &'a Range<usize>,
}

impl<T: Element> Block<'_, T> {
    fn make(&self, src: &[T], dst: &mut [MaybeUninit<T>], scratch: &mut Scratch<T>) {
        let Plan {
            geometry, layout, ..
        } = self.plan;
        let bundles = self.images.len().div_ceil(layout.interleave);
        let vectors = bundles * self.rows.len() * layout.row_vectors();
        let partial;
        let is_whole = self.images.len() == self.plan.images && self.rows.len() == layout.rows;
        let Vectors { bases, places } = if is_whole {
            &self.plan.whole
        } else {
            partial = self.plan.vectors(self.images.len(), self.rows.len());
            &partial
        };
        let packed = if self.plan.unpacked {
            0
        } else {
            self.plan.channels * self.plan.channel_stride
        };
        let packed = scratch.planes.slice(packed);
        let direct = layout.is_direct(geometry);
        let tile_len = self.outputs.len() * vectors * layout.lanes;
        let tiles = if direct {
            0
        } else {
            tile_len * geometry.passes.len()
        };
        let tiles = scratch.tiles.slice(tiles);
        for channel in (0..geometry.src_c).step_by(self.plan.channels) {
            let channels = channel..(channel + self.plan.channels).min(geometry.src_c);
            let planes = self.planes(src, &channels, packed);
            for pass in 0..geometry.passes.len() {
                let (to, channel_stride) = if direct {
                    let first = self.first_dst_channel() * geometry.dst_plane();
                    let first = first + self.rows.start * layout.grid_w;
                    (&mut dst[first..], geometry.dst_plane())
                } else {
                    (
                        as_uninit(&mut tiles[pass * tile_len..][..tile_len]),
                        vectors * layout.lanes,
                    )
                };
                let taps = geometry.passes[pass].taps.len();
                let weights = &self.plan.weights[self.group * geometry.passes.len() + pass];
                let tile_stride = geometry.src_c * taps * TILE;
                let first = self.outputs.start / TILE * tile_stride + channels.start * taps * TILE;
                let multiply = Multiply {
                    weight: &weights[first.min(weights.len())..],
                    tile_stride,
                    offsets: &self.plan.offsets[pass][..channels.len() * taps],
                    planes,
                    bases,
                    dst: to,
                    places,
                    channel_stride,
                    channels: self.outputs.len(),
                    accumulate: channel > 0,
                };
                T::dispatch(self.plan.isa, multiply);
            }
        }
        if !direct {
            self.unpack(tiles, tile_len, dst);
        }
    }

    /// Channels of an image in the job's destination.
    fn dst_channels(&self) -> usize {
        self.plan.geometry.groups * self.outputs.len()
    }

    fn first_dst_channel(&self) -> usize {
        self.group * self.outputs.len()
    }

    fn planes<'b>(&self, src: &'b [T], channels: &Range<usize>, packed: &'b mut [T]) -> &'b [T] {
        let block = SourceBlock {
            isa: self.plan.isa,
            geometry: self.plan.geometry,
            layout: &self.plan.layout,
            rows: &self.rows,
            images: &self.images,
            group: self.group,
        };
        block.planes(src, channels, self.plan.channel_stride, packed)
    }

    /// Moves finished tiles to the destination.
    fn unpack(&self, tiles: &[T], tile_len: usize, dst: &mut [MaybeUninit<T>]) {
        let Plan {
            geometry,
            layout,
            isa,
            ..
        } = self.plan;
        let plane_len = geometry.dst_plane();
        let image_len = self.dst_channels() * plane_len;
        let channel_len = tile_len / self.outputs.len();
        let bundle_len = self.rows.len() * layout.grid_w * layout.interleave;
        let (first, places) = self.result_places(tile_len);
        let side_by_side = Places::new(places.clone());
        for (bundle, image) in (0..self.images.len())
            .step_by(layout.interleave)
            .enumerate()
        {
            let count = (self.images.len() - image).min(layout.interleave);
            for channel in 0..self.outputs.len() {
                let start = image * image_len + (self.first_dst_channel() + channel) * plane_len;
                let planes = &mut dst[start + first..];
                let from = &tiles[channel * channel_len + bundle * bundle_len..];
                if layout.interleave == 1 {
                    planes
                        .iter_mut()
                        .zip(&places)
                        .for_each(|(x, i)| *x = MaybeUninit::new(from[*i]));
                    continue;
                }
                let (stride, places) = (image_len, &side_by_side);
                T::dispatch(
                    *isa,
                    Apart {
                        from,
                        places,
                        planes,
                        stride,
                        count,
                    },
                );
            }
        }
    }

    /// First destination position of the rows, and where in the tiles it and those behind it are.
    fn result_places(&self, tile_len: usize) -> (usize, Vec<usize>) {
        let Plan {
            geometry, layout, ..
        } = self.plan;
        let step = geometry.out_step;
        let rows = step * self.rows.start..(step * self.rows.end).min(geometry.dst[0]);
        let place = |y: usize, x: usize| {
            let pass = y % step * step + x % step;
            let position = (y / step - self.rows.start) * layout.grid_w + x / step;
            pass * tile_len + position * layout.interleave
        };
        let first = rows.start * geometry.dst[1];
        let row = |y: usize| (0..geometry.dst[1]).map(move |x| place(y, x));
        (first, rows.flat_map(row).collect())
    }
}

/// Convolves `src` `[n, groups * src_c, ..]` into `dst` `[n, groups * dst_c, ..]`.
pub(crate) fn convolve<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    src: &[T],
    weight: &[T],
    dst: &mut [MaybeUninit<T>],
) {
    let plan = Plan::new(geometry, isa, weight);
    let image_len = geometry.groups * geometry.dst_c * geometry.dst_plane();
    if plan.outputs == geometry.dst_c {
        let chunks = dst.par_chunks_mut(plan.images * image_len);
        chunks.enumerate().for_each(|(job, dst)| {
            plan.job(job * plan.images, 0..geometry.dst_c, src, dst);
        });
        return;
    }
    dst.par_chunks_mut(image_len)
        .enumerate()
        .for_each(|(image, dst)| {
            let parts = dst.par_chunks_mut(plan.outputs * geometry.dst_plane());
            parts.enumerate().for_each(|(part, dst)| {
                let first = part * plan.outputs;
                let last = (first + plan.outputs).min(geometry.dst_c);
                plan.job(image, first..last, src, dst);
            });
        });
}
