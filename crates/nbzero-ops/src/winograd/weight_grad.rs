//! Weight gradients: F(3 x 3, 4 x 4) for stride 1, and for stride 2 F(2, 4) and plain products.
//!
//! A job sums the products of some images and destination channels over all tiles and transforms
//! them back once; the sums of the jobs are then added in order. Vectors hold neighbouring
//! channels, so that a sum over tiles is a matrix product without sums of lanes.

use super::gradients::{Gradients, Place, WeightGradients};
use super::scheme::{Dense, SchemeOfSums, Strided, WEIGHTS, places_of, products_of};
use super::strip::{Strip, block_size};
use super::tiles::Sources;
use super::transform::{KERNEL, RESULTS};
use crate::geometry::Geometry;
use crate::layout::odd_lines;
use crate::multiply::Multiply;
use crate::scratch::{Scratch, as_uninit};
use crate::simd::TILE;
use crate::transpose::{Places, SideBySide};
use crate::{Element, Isa};
use rayon::prelude::*;
use std::ops::Range;

/// Destination channels in a job.
const OUTPUTS: usize = 64;
/// Bytes of transformed tiles in a block.
const TILES: usize = 1 << 20;
/// Tiles in a job, at least: what it costs to transform the sums back is spread over them.
const JOB_TILES: usize = 64;
/// Jobs that a gradient is split into, where it can be.
const JOBS: usize = 8;

/// How a weight gradient is cut into jobs and blocks.
struct Plan<'a, T, C> {
    scheme: C,
    isa: Isa,
    geometry: &'a Geometry,
    lanes: usize,
    input: &'a [T],
    output_grad: &'a [T],
    /// Tiles of a plane in each direction.
    tiles: [usize; 2],
    /// Images in a job.
    images: usize,
    /// Images and rows of tiles in a block.
    block: (usize, usize),
}

/// One job.
struct Part {
    images: Range<usize>,
    outputs: Range<usize>,
}

impl<'a, T: Element, C: SchemeOfSums> Plan<'a, T, C> {
    fn new(
        scheme: C,
        isa: Isa,
        geometry: &'a Geometry,
        [input, output_grad]: [&'a [T]; 2],
    ) -> Self {
        let tiles = geometry.dst.map(|side| side.div_ceil(RESULTS));
        let parts = JOBS.div_ceil(geometry.dst_c.div_ceil(OUTPUTS));
        let least = JOB_TILES.div_ceil(tiles[0] * tiles[1]);
        let images = geometry.n.div_ceil(parts).max(least).min(geometry.n);
        let channels = geometry.src_c + geometry.dst_c.min(OUTPUTS);
        let most = TILES / (C::POINTS * C::POINTS * channels * size_of::<T>());
        let (block_images, rows) = block_size(tiles, most);
        Self {
            scheme,
            isa,
            geometry,
            lanes: T::lanes(isa),
            input,
            output_grad,
            tiles,
            images,
            block: (block_images, rows),
        }
    }

    /// All jobs; those of the same outputs are in the order of the images.
    fn parts(&self) -> Vec<Part> {
        let Geometry { n, dst_c, .. } = *self.geometry;
        let mut parts = Vec::new();
        for output in (0..dst_c).step_by(OUTPUTS) {
            for image in (0..n).step_by(self.images) {
                parts.push(Part {
                    images: image..(image + self.images).min(n),
                    outputs: output..(output + OUTPUTS).min(dst_c),
                });
            }
        }
        parts
    }

    /// Makes the weight gradient.
    fn sum(&self, weight_grad: &mut [T]) {
        let parts = self.parts();
        let sums: Vec<Vec<T>> = parts.par_iter().map(|part| self.sums(part)).collect();
        let row_len = self.geometry.src_c * KERNEL * KERNEL;
        for (part, sums) in parts.iter().zip(&sums) {
            let to = &mut weight_grad[part.outputs.start * row_len..part.outputs.end * row_len];
            if part.images.start == 0 {
                to.copy_from_slice(sums);
            } else {
                to.iter_mut().zip(sums).for_each(|(x, y)| *x = *x + *y);
            }
        }
    }

    /// Elements of one destination channel of a transformed weight.
    fn row_len(&self) -> usize {
        self.geometry.src_c.next_multiple_of(self.lanes)
    }

    /// The sums of a part, `[outputs][src_c][KERNEL * KERNEL]`.
    fn sums(&self, part: &Part) -> Vec<T> {
        let row_len = self.row_len();
        let stride = odd_lines(part.outputs.len() * row_len);
        let mut scratch = T::take_scratch();
        let Scratch {
            planes,
            tiles,
            sources,
            weights,
        } = &mut scratch;
        let products = weights.slice(WEIGHTS * WEIGHTS * stride);
        let (images_in_block, rows_in_block) = self.block;
        for image in part.images.clone().step_by(images_in_block) {
            let images = image..(image + images_in_block).min(part.images.end);
            for row in (0..self.tiles[0]).step_by(rows_in_block) {
                let rows = row..(row + rows_in_block).min(self.tiles[0]);
                let strip = Strip::new::<C>(self.geometry, rows, self.lanes);
                let first = image == part.images.start && row == 0;
                let block = Block {
                    plan: self,
                    tiles: images.len() * strip.tiles(),
                    images: images.clone(),
                    outputs: &part.outputs,
                    strip,
                };
                let packed = block.strip.sources_len.max(block.strip.results_len);
                let lines = C::POINTS * block.strip.source_pitch;
                let (packed, lines) = planes.slice(packed + lines).split_at_mut(packed);
                let sources = sources.slice(C::POINTS * C::POINTS * block.sources_stride());
                block.transform_sources(packed, lines, sources);
                let gradients = tiles.slice(C::POINTS * C::POINTS * block.gradients_stride());
                let places = block.places();
                block.transform_gradients(packed, &places, gradients);
                block.multiply(sources, (gradients, &places), products, stride, !first);
            }
        }
        let kernels = self.geometry.src_c * KERNEL * KERNEL;
        let mut sums = vec![T::ZERO; part.outputs.len() * kernels];
        for (output, to) in sums.chunks_exact_mut(kernels).enumerate() {
            let products = &products[output * row_len..];
            T::dispatch(
                self.isa,
                WeightGradients {
                    scheme: self.scheme,
                    products,
                    stride,
                    to,
                },
            );
        }
        T::put_scratch(scratch);
        sums
    }
}

/// Some rows of tiles of some images.
struct Block<'a, T, C> {
    plan: &'a Plan<'a, T, C>,
    images: Range<usize>,
    outputs: &'a Range<usize>,
    strip: Strip,
    /// Tiles of all images.
    tiles: usize,
}

impl<T: Element, C: SchemeOfSums> Block<'_, T, C> {
    /// Elements of the source channels of a tile and product.
    fn tile_stride(&self) -> usize {
        odd_lines(self.plan.row_len())
    }

    /// Elements from a product of the sources to the next.
    fn sources_stride(&self) -> usize {
        odd_lines(self.tiles * self.tile_stride())
    }

    /// Elements of a product of the gradients.
    fn gradients_stride(&self) -> usize {
        let channels = self
            .outputs
            .len()
            .next_multiple_of(self.plan.lanes.max(TILE));
        odd_lines(channels * self.tiles)
    }

    /// Packs a plane of vectors of channels, as many as there are and lanes.
    fn pack(
        &self,
        src: &[T],
        plane_len: usize,
        channels: usize,
        (first, places): &(usize, Places),
        to: &mut [T],
    ) {
        let side_by_side = SideBySide {
            planes: &src[*first..],
            stride: plane_len,
            count: channels.min(self.plan.lanes),
            places,
            to,
        };
        T::dispatch(self.plan.isa, side_by_side);
    }

    /// Transforms all source channels: `[product][tile][channel]`.
    fn transform_sources(&self, packed: &mut [T], lines: &mut [T], to: &mut [T]) {
        let Plan {
            isa,
            geometry,
            lanes,
            input,
            ..
        } = *self.plan;
        let plane_len = geometry.src_plane();
        packed.fill(T::ZERO);
        for (index, image) in self.images.clone().enumerate() {
            for channel in (0..geometry.src_c).step_by(lanes) {
                let src = &input[(image * geometry.src_c + channel) * plane_len..];
                let channels = geometry.src_c - channel;
                self.pack(src, plane_len, channels, &self.strip.sources, packed);
                let sources = Sources {
                    scheme: self.plan.scheme,
                    planes: packed,
                    rows: self.strip.rows,
                    columns: self.strip.columns,
                    lines,
                    to: &mut to[index * self.strip.tiles() * self.tile_stride() + channel..],
                    stride: self.sources_stride(),
                    tile_stride: self.tile_stride(),
                };
                T::dispatch(isa, sources);
            }
        }
    }

    /// Where the products of the gradients are: `[weight][TILE channels][product][tile][TILE]`.
    fn places(&self) -> Vec<Place> {
        let nowhere = Place {
            first: 0,
            channel_stride: 0,
        };
        let mut places = vec![nowhere; C::POINTS * C::POINTS];
        let mut before = 0;
        for weight in 0..WEIGHTS * WEIGHTS {
            let count = products_of::<C>(weight).count();
            for (index, product) in products_of::<C>(weight).enumerate() {
                places[product] = Place {
                    first: before * self.gradients_stride() + index * self.tiles * TILE,
                    channel_stride: count * self.tiles * TILE,
                };
            }
            before += count;
        }
        places
    }

    /// Transforms the output gradients, in the order of [`Self::places`].
    fn transform_gradients(&self, packed: &mut [T], places: &[Place], to: &mut [T]) {
        let Plan {
            isa,
            geometry,
            lanes,
            output_grad,
            ..
        } = *self.plan;
        let plane_len = geometry.dst_plane();
        packed.fill(T::ZERO);
        for (index, image) in self.images.clone().enumerate() {
            for channel in (0..self.outputs.len()).step_by(lanes) {
                let output = self.outputs.start + channel;
                let src = &output_grad[(image * geometry.dst_c + output) * plane_len..];
                let channels = self.outputs.len() - channel;
                self.pack(src, plane_len, channels, &self.strip.results, packed);
                let of_channel: Vec<_> = places
                    .iter()
                    .map(|place| Place {
                        first: place.first + channel / TILE * place.channel_stride,
                        ..*place
                    })
                    .collect();
                let gradients = Gradients {
                    scheme: self.plan.scheme,
                    planes: packed,
                    rows: self.strip.rows,
                    columns: self.strip.columns,
                    to: &mut to[index * self.strip.tiles() * TILE + channel % TILE..],
                    places: &of_channel,
                };
                T::dispatch(isa, gradients);
            }
        }
    }

    /// Adds the products, summed over all tiles: `[weight][output][source]`.
    fn multiply(
        &self,
        sources: &[T],
        (gradients, places): (&[T], &[Place]),
        products: &mut [T],
        stride: usize,
        accumulate: bool,
    ) {
        let row_len = self.plan.row_len();
        let vectors: Vec<_> = (0..row_len).step_by(self.plan.lanes).collect();
        for (weight, to) in products.chunks_exact_mut(stride).enumerate() {
            let offsets = places_of::<C>(
                weight,
                self.sources_stride(),
                self.tiles,
                self.tile_stride(),
            );
            let first = products_of::<C>(weight)
                .map(|product| places[product])
                .next();
            let Some(first) = first else { continue };
            let multiply = Multiply {
                weight: &gradients[first.first..],
                tile_stride: first.channel_stride,
                offsets: &offsets,
                planes: sources,
                bases: &vectors,
                dst: as_uninit(to),
                places: &vectors,
                channel_stride: row_len,
                channels: self.outputs.len(),
                accumulate,
            };
            T::dispatch(self.plan.isa, multiply);
        }
    }
}

/// Weight gradient `[dst_c, src_c, 3, 3]` of the forward `geometry`: stride 1 or 2, one group.
pub(crate) fn weight_grad<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    input: &[T],
    output_grad: &[T],
    weight_grad: &mut [T],
) {
    let tensors = [input, output_grad];
    match geometry.step {
        1 => Plan::new(Dense, isa, geometry, tensors).sum(weight_grad),
        _ => Plan::new(Strided, isa, geometry, tensors).sum(weight_grad),
    }
}
