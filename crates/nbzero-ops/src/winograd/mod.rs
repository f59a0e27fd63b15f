//! Winograd's F(4 x 4, 3 x 3) for dense convolutions of stride 1: 36 products for what takes 144.
//!
//! Source planes are cut into overlapping tiles of 6 x 6. A vector holds one position of several
//! images, so that transforms need no shuffles. A block transforms some tiles of all source
//! channels, multiplies them with the transformed weights (36 small matrix products), and
//! transforms the products of a few destination channels back while they are in the cache.

mod block;
mod choice;
mod gradients;
mod strip;
mod tiles;
mod transform;
mod weight_grad;

pub(crate) use choice::{suits, suits_weight_grad};
pub(crate) use weight_grad::weight_grad;

use crate::geometry::Geometry;
use crate::scratch::Scratch;
use crate::simd::TILE;
use crate::{Element, Isa};
use block::Block;
use rayon::prelude::*;
use std::mem::MaybeUninit;
use std::ops::Range;
use strip::block_size;
use tiles::{PRODUCTS, Weights, weights_len};
use transform::{KERNEL, RESULTS};

/// Source channels that are multiplied in one go: a product's tiles stay in the first-level cache.
const DEPTH: usize = 128;
/// Destination channels whose products are kept at the same time.
const OUTPUTS: usize = 32;
/// Bytes of transformed tiles in a block.
const TILES: usize = 1 << 20;
/// Vectors of tiles in a block that all threads work on, at least, as weights are transformed anew
/// for each such block.
const SHARED_VECTORS: usize = 16;
/// Jobs that a batch is split into, where it has so many images.
const JOBS: usize = 8;

/// How a convolution is cut into blocks.
struct Plan<'a> {
    isa: Isa,
    geometry: &'a Geometry,
    lanes: usize,
    /// Tiles of a plane in each direction.
    tiles: [usize; 2],
    /// Index of the weight at each kernel position.
    taps: [usize; KERNEL * KERNEL],
}

impl<'a> Plan<'a> {
    fn new<T: Element>(isa: Isa, geometry: &'a Geometry) -> Self {
        let mut taps = [0; KERNEL * KERNEL];
        for tap in &geometry.passes[0].taps {
            taps[tap.shift[0] * KERNEL + tap.shift[1]] = tap.weight;
        }
        Self {
            isa,
            geometry,
            lanes: T::lanes(isa),
            tiles: geometry.dst.map(|side| side.div_ceil(RESULTS)),
            taps,
        }
    }

    /// Elements of the transformed weights of `outputs` destination channels.
    fn weights_len(&self, outputs: usize) -> usize {
        PRODUCTS * outputs.div_ceil(TILE) * weights_len(self.geometry.src_c)
    }

    /// Transforms the weights of some destination channels: `[product][tile]` of `[source][TILE]`.
    fn transform_weights<T: Element>(&self, outputs: &Range<usize>, weight: &[T], to: &mut [T]) {
        let geometry = self.geometry;
        let tile_len = weights_len(geometry.src_c);
        let stride = outputs.len().div_ceil(TILE) * tile_len;
        for (tile, first) in outputs.clone().step_by(TILE).enumerate() {
            let weights = Weights {
                weight: &weight[first * geometry.weight_strides[0]..],
                strides: geometry.weight_strides,
                taps: &self.taps,
                outputs: (outputs.end - first).min(TILE),
                inputs: geometry.src_c,
                to: &mut to[tile * tile_len..],
                stride,
            };
            T::dispatch(self.isa, weights);
        }
    }

    /// Destination channels in the order in which they are made.
    fn outputs(&self) -> impl Iterator<Item = Range<usize>> {
        let channels = self.geometry.dst_c;
        (0..channels)
            .step_by(OUTPUTS)
            .map(move |first| first..(first + OUTPUTS).min(channels))
    }

    /// Bytes of one transformed vector of tiles, all source channels.
    fn vector_bytes<T>(&self) -> usize {
        PRODUCTS * self.geometry.src_c * self.lanes * size_of::<T>()
    }

    /// Images and tile rows of a block of `TILES` bytes and at least so many vectors.
    fn block_size<T>(&self, least: usize) -> (usize, usize) {
        let vectors = (TILES / self.vector_bytes::<T>()).max(least);
        let (bundles, rows) = block_size(self.tiles, vectors);
        (bundles * self.lanes, rows)
    }

    /// Whether there are enough tiles that every thread may have blocks of its own, for each of
    /// which it reads all weights.
    fn has_blocks_for_all(&self) -> bool {
        self.tiles[0] * self.tiles[1] >= 3 && self.geometry.n >= 4 * self.lanes
    }

    /// Every thread has blocks of its own.
    fn apart<T: Element>(&self, src: &[T], weight: &[T], dst: &mut [MaybeUninit<T>]) {
        let geometry = self.geometry;
        let mut outer = T::take_scratch();
        let full = self.weights_len(OUTPUTS);
        let len = self
            .outputs()
            .map(|outputs| self.weights_len(outputs.len()))
            .sum();
        let weights = outer.weights.slice(len);
        let outputs: Vec<_> = self.outputs().collect();
        weights
            .par_chunks_mut(full)
            .zip(&outputs)
            .for_each(|(to, outputs)| self.transform_weights(outputs, weight, to));
        let weights = &*weights;
        let (images, rows) = self.block_size::<T>(1);
        let images = images.min(geometry.n.div_ceil(JOBS).next_multiple_of(self.lanes));
        let image_len = geometry.dst_c * geometry.dst_plane();
        let jobs = dst.par_chunks_mut(images * image_len).enumerate();
        jobs.for_each(|(job, dst)| {
            let first = job * images;
            let images = first..(first + images).min(geometry.n);
            let mut scratch = T::take_scratch();
            for row in (0..self.tiles[0]).step_by(rows) {
                let rows = row..(row + rows).min(self.tiles[0]);
                let block = Block::new(self, images.clone(), rows);
                let Scratch {
                    planes,
                    tiles,
                    sources,
                    ..
                } = &mut scratch;
                let sources = sources.slice(block.sources_len());
                for (channels, to) in block.depths().zip(sources.chunks_mut(block.depth_len())) {
                    block.transform_sources(src, channels, planes, to);
                }
                for (outputs, weights) in outputs.iter().zip(weights.chunks(full)) {
                    let (products, stride) = block.multiply(outputs.len(), weights, sources, tiles);
                    let results = planes.slice(block.results_len());
                    for (channel, output) in outputs.clone().enumerate() {
                        block.transform_results(products, stride, channel, results);
                        block.unpack(results, output, dst);
                    }
                }
            }
            T::put_scratch(scratch);
        });
        T::put_scratch(outer);
    }

    /// All threads work on one block after the other: few tiles, many weights.
    fn together<T: Element>(&self, src: &[T], weight: &[T], dst: &mut [MaybeUninit<T>]) {
        let geometry = self.geometry;
        let mut outer = T::take_scratch();
        let (images, rows) = self.block_size::<T>(SHARED_VECTORS);
        let image_len = geometry.dst_c * geometry.dst_plane();
        for (index, dst) in dst.chunks_mut(images * image_len).enumerate() {
            let first = index * images;
            let images = first..(first + images).min(geometry.n);
            for row in (0..self.tiles[0]).step_by(rows) {
                let rows = row..(row + rows).min(self.tiles[0]);
                let block = Block::new(self, images.clone(), rows);
                let Scratch { tiles, sources, .. } = &mut outer;
                let sources = sources.slice(block.sources_len());
                let depths: Vec<_> = block.depths().collect();
                sources
                    .par_chunks_mut(block.depth_len())
                    .zip(depths)
                    .for_each(|(to, channels)| {
                        let mut scratch = T::take_scratch();
                        block.transform_sources(src, channels, &mut scratch.planes, to);
                        T::put_scratch(scratch);
                    });
                let sources = &*sources;
                let results = tiles.slice(geometry.dst_c * block.results_len());
                let outputs: Vec<_> = self.outputs().collect();
                results
                    .par_chunks_mut(OUTPUTS * block.results_len())
                    .zip(outputs)
                    .for_each(|(results, outputs)| {
                        let mut scratch = T::take_scratch();
                        let weights = scratch.weights.slice(self.weights_len(outputs.len()));
                        self.transform_weights(&outputs, weight, weights);
                        let (products, stride) =
                            block.multiply(outputs.len(), weights, sources, &mut scratch.tiles);
                        let results = results.chunks_exact_mut(block.results_len());
                        for (channel, results) in results.enumerate() {
                            block.transform_results(products, stride, channel, results);
                        }
                        T::put_scratch(scratch);
                    });
                let results = &*results;
                let bundles = dst.par_chunks_mut(self.lanes * image_len);
                bundles.enumerate().for_each(|(bundle, dst)| {
                    for (output, results) in results.chunks_exact(block.results_len()).enumerate() {
                        block.unpack_bundle(&results[bundle * block.plane_len()..], output, dst);
                    }
                });
            }
        }
        T::put_scratch(outer);
    }
}

/// Convolves `src` `[n, src_c, h, w]` into `dst` `[n, dst_c, h, w]`: kernel 3, stride 1, one group.
pub(crate) fn convolve<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    src: &[T],
    weight: &[T],
    dst: &mut [MaybeUninit<T>],
) {
    let plan = Plan::new::<T>(isa, geometry);
    if plan.has_blocks_for_all() {
        plan.apart(src, weight, dst);
    } else {
        plan.together(src, weight, dst);
    }
}
