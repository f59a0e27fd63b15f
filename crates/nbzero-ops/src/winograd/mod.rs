//! Winograd's algorithm for dense convolutions with 3 x 3 weights: F(4 x 4, 3 x 3) for stride 1, with 36
//! products for what takes 144, and a [scheme] of F(4, 2) for stride 2, with 81.
//!
//! Source planes are cut into overlapping tiles. A vector holds one position of several
//! images, so that transforms need no shuffles. A block transforms some tiles of all source
//! channels, multiplies them with the transformed weights (a small matrix product for each of 36), and
//! transforms the products of a few destination channels back while they are in the cache.

mod block;
mod choice;
mod gradients;
mod scheme;
mod strip;
mod tiles;
mod transform;
mod weight_grad;

pub(crate) use choice::{isa_of_weight_grad, suits};
pub(crate) use weight_grad::weight_grad;

use crate::geometry::Geometry;
use crate::layout::odd_lines;
use crate::scratch::Scratch;
use crate::simd::TILE;
use crate::{Element, Isa};
use block::Block;
use rayon::prelude::*;
use scheme::{Dense, Interleaved, Scheme, Strided, WEIGHTS};
use std::mem::MaybeUninit;
use std::ops::Range;
use strip::block_size;
use tiles::{Weights, weights_len};
use transform::KERNEL;

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
struct Plan<'a, C> {
    scheme: C,
    isa: Isa,
    geometry: &'a Geometry,
    lanes: usize,
    /// Tiles of a plane in each direction.
    tiles: [usize; 2],
    /// Index of the weight at each kernel position.
    taps: [usize; KERNEL * KERNEL],
}

impl<'a, C: Scheme> Plan<'a, C> {
    fn new<T: Element>(scheme: C, isa: Isa, geometry: &'a Geometry) -> Self {
        let mut taps = [0; KERNEL * KERNEL];
        let stride = geometry.step * geometry.out_step;
        for pass in &geometry.passes {
            for tap in &pass.taps {
                // The even results of an input gradient of stride 2 meet the middle weight.
                let [y, x] = [0, 1].map(|axis| {
                    let middle = geometry.out_step - 1 - pass.offset[axis];
                    stride * tap.shift[axis] + tap.phase[axis] + middle
                });
                taps[y * KERNEL + x] = tap.weight;
            }
        }
        Self {
            scheme,
            isa,
            geometry,
            lanes: T::lanes(isa),
            tiles: geometry.dst.map(|side| side.div_ceil(C::RESULTS)),
            taps,
        }
    }

    /// Elements of the transformed weights of `outputs` destination channels.
    fn weights_len(&self, outputs: usize) -> usize {
        WEIGHTS * WEIGHTS * self.weight_stride(outputs)
    }

    /// Elements from a transformed weight of `outputs` destination channels to the next.
    fn weight_stride(&self, outputs: usize) -> usize {
        odd_lines(outputs.div_ceil(TILE) * weights_len(self.geometry.src_c))
    }

    /// Transforms the weights of some destination channels: `[weight][tile]` of `[source][TILE]`.
    fn transform_weights<T: Element>(&self, outputs: &Range<usize>, weight: &[T], to: &mut [T]) {
        let geometry = self.geometry;
        let tile_len = weights_len(geometry.src_c);
        let stride = self.weight_stride(outputs.len());
        for (tile, first) in outputs.clone().step_by(TILE).enumerate() {
            let weights = Weights {
                scheme: self.scheme,
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
        C::POINTS * C::POINTS * self.geometry.src_c * self.lanes * size_of::<T>()
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
                    let products = block.multiply(outputs.len(), weights, sources, tiles);
                    let results = planes.slice(block.results_len());
                    for (channel, output) in outputs.clone().enumerate() {
                        block.transform_results(products, channel, results);
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
                        let products =
                            block.multiply(outputs.len(), weights, sources, &mut scratch.tiles);
                        let results = results.chunks_exact_mut(block.results_len());
                        for (channel, results) in results.enumerate() {
                            block.transform_results(products, channel, results);
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

    /// Convolves `src` into `dst`.
    fn convolve<T: Element>(&self, src: &[T], weight: &[T], dst: &mut [MaybeUninit<T>]) {
        if self.has_blocks_for_all() {
            self.apart(src, weight, dst);
        } else {
            self.together(src, weight, dst);
        }
    }
}

/// Convolves `src` into `dst` in either direction: kernel 3, stride 1 or 2, one group.
pub(crate) fn convolve<T: Element>(
    isa: Isa,
    geometry: &Geometry,
    src: &[T],
    weight: &[T],
    dst: &mut [MaybeUninit<T>],
) {
    match (geometry.step, geometry.out_step) {
        (1, 1) => Plan::new::<T>(Dense, isa, geometry).convolve(src, weight, dst),
        (2, 1) => Plan::new::<T>(Strided, isa, geometry).convolve(src, weight, dst),
        _ => Plan::new::<T>(Interleaved, isa, geometry).convolve(src, weight, dst),
    }
}
