//! A block: some rows of tiles of some images.

use super::strip::Strip;
use super::tiles::{PRODUCTS, Results, Sources, weights_len};
use super::transform::{POINTS, RESULTS};
use super::{DEPTH, Plan};
use crate::Element;
use crate::layout::odd_lines;
use crate::multiply::Multiply;
use crate::scratch::{Buffer, as_uninit};
use crate::simd::TILE;
use crate::transpose::{Apart, SideBySide};
use std::mem::MaybeUninit;
use std::ops::Range;

/// A block and where its vectors are.
pub(super) struct Block<'a> {
    plan: &'a Plan<'a>,
    images: Range<usize>,
    /// Where the vectors of tiles are in a row of transformed sources or products.
    vectors: Vec<usize>,
    strip: Strip,
}

impl<'a> Block<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, images: Range<usize>, rows: Range<usize>) -> Self {
        let lanes = plan.lanes;
        let bundles = images.len().div_ceil(lanes);
        let strip = Strip::new(plan.geometry.dst, rows, lanes);
        Self {
            plan,
            images,
            vectors: (0..bundles * strip.tiles()).map(|v| v * lanes).collect(),
            strip,
        }
    }

    /// Elements of all vectors of one channel and product.
    fn row_len(&self) -> usize {
        self.vectors.len() * self.plan.lanes
    }

    /// Elements of a product of the transformed sources of one depth.
    fn product_len(&self) -> usize {
        odd_lines(DEPTH.min(self.plan.geometry.src_c) * self.row_len())
    }

    /// Elements of the transformed sources of one depth.
    pub(super) fn depth_len(&self) -> usize {
        PRODUCTS * self.product_len()
    }

    /// Elements of all transformed sources.
    pub(super) fn sources_len(&self) -> usize {
        self.plan.geometry.src_c.div_ceil(DEPTH) * self.depth_len()
    }

    /// Elements of the result planes of one bundle of images.
    pub(super) fn plane_len(&self) -> usize {
        self.strip.results_len()
    }

    /// Elements of the result planes of a channel.
    pub(super) fn results_len(&self) -> usize {
        self.row_len() * RESULTS * RESULTS
    }

    /// The source channels that are multiplied in one go.
    pub(super) fn depths(&self) -> impl Iterator<Item = Range<usize>> {
        let channels = self.plan.geometry.src_c;
        (0..channels)
            .step_by(DEPTH)
            .map(move |first| first..(first + DEPTH).min(channels))
    }

    /// Transforms the source channels of one depth: `[product][channel][vector]`.
    pub(super) fn transform_sources<T: Element>(
        &self,
        src: &[T],
        channels: Range<usize>,
        planes: &mut Buffer<T>,
        to: &mut [T],
    ) {
        let Plan {
            isa,
            geometry,
            lanes,
            ..
        } = *self.plan;
        let (pitch, packed_len) = (self.strip.source_pitch(), self.strip.sources_len());
        let (packed, lines) = planes
            .slice(packed_len + POINTS * pitch)
            .split_at_mut(packed_len);
        packed.fill(T::ZERO);
        let plane_len = geometry.src_plane();
        let image_len = geometry.src_c * plane_len;
        let stride = self.product_len();
        let bundle_len = self.strip.tiles() * lanes;
        let (first, places) = &self.strip.sources;
        for (index, channel) in channels.enumerate() {
            for (bundle, image) in self.images.clone().step_by(lanes).enumerate() {
                let side_by_side = SideBySide {
                    planes: &src[image * image_len + channel * plane_len + first..],
                    stride: image_len,
                    count: (self.images.end - image).min(lanes),
                    places,
                    to: packed,
                };
                T::dispatch(isa, side_by_side);
                let sources = Sources {
                    planes: packed,
                    rows: self.strip.rows,
                    columns: self.strip.columns,
                    lines,
                    to: &mut to[index * self.row_len() + bundle * bundle_len..],
                    stride,
                    tile_stride: lanes,
                };
                T::dispatch(isa, sources);
            }
        }
    }

    /// Multiplies transformed sources and weights of `outputs` channels. Returns the products
    /// `[product][channel][vector]` and the elements from a product to the next.
    pub(super) fn multiply<'b, T: Element>(
        &self,
        outputs: usize,
        weights: &[T],
        sources: &[T],
        products: &'b mut Buffer<T>,
    ) -> (&'b [T], usize) {
        let row_len = self.row_len();
        let stride = odd_lines(outputs * row_len);
        let products = products.slice(PRODUCTS * stride);
        let tile_stride = weights_len(self.plan.geometry.src_c);
        let tiles_len = outputs.div_ceil(TILE) * tile_stride;
        let offsets: Vec<_> = (0..DEPTH.min(self.plan.geometry.src_c))
            .map(|channel| channel * row_len)
            .collect();
        for (product, to) in products.chunks_exact_mut(stride).enumerate() {
            let weights = &weights[product * tiles_len..][..tiles_len];
            for (channels, sources) in self.depths().zip(sources.chunks(self.depth_len())) {
                let multiply = Multiply {
                    weight: &weights[channels.start * TILE..],
                    tile_stride,
                    offsets: &offsets[..channels.len()],
                    planes: &sources[product * self.product_len()..],
                    bases: &self.vectors,
                    dst: as_uninit(to),
                    places: &self.vectors,
                    channel_stride: row_len,
                    channels: outputs,
                    accumulate: channels.start > 0,
                };
                T::dispatch(self.plan.isa, multiply);
            }
        }
        (products, stride)
    }

    /// Makes the results of one channel: `[bundle]` of planes of vectors.
    pub(super) fn transform_results<T: Element>(
        &self,
        products: &[T],
        stride: usize,
        channel: usize,
        to: &mut [T],
    ) {
        let bundle_len = self.strip.tiles() * self.plan.lanes;
        for (bundle, to) in to.chunks_exact_mut(self.plane_len()).enumerate() {
            let results = Results {
                products: &products[channel * self.row_len() + bundle * bundle_len..],
                stride,
                rows: self.strip.rows,
                columns: self.strip.columns,
                to,
            };
            T::dispatch(self.plan.isa, results);
        }
    }

    /// Moves the results of one channel to the destination, which starts with the first image.
    pub(super) fn unpack<T: Element>(
        &self,
        results: &[T],
        output: usize,
        dst: &mut [MaybeUninit<T>],
    ) {
        let Plan {
            geometry, lanes, ..
        } = *self.plan;
        let bundle_len = lanes * geometry.dst_c * geometry.dst_plane();
        let bundles = dst.chunks_mut(bundle_len);
        for (results, dst) in results.chunks_exact(self.plane_len()).zip(bundles) {
            self.unpack_bundle(results, output, dst);
        }
    }

    /// [`Self::unpack`] for one bundle.
    pub(super) fn unpack_bundle<T: Element>(
        &self,
        results: &[T],
        output: usize,
        dst: &mut [MaybeUninit<T>],
    ) {
        let Plan { isa, geometry, .. } = *self.plan;
        let image_len = geometry.dst_c * geometry.dst_plane();
        let (first, places) = &self.strip.results;
        let count = dst.len() / image_len;
        let apart = Apart {
            from: results,
            places,
            planes: &mut dst[output * geometry.dst_plane() + first..],
            stride: image_len,
            count,
        };
        T::dispatch(isa, apart);
    }
}
