//! A block: some rows of tiles of some images.

use super::scheme::{Scheme, places_of};
use super::strip::Strip;
use super::tiles::{Results, Sources, weights_len};
use super::{DEPTH, OUTPUTS, Plan};
use crate::Element;
use crate::layout::odd_lines;
use crate::multiply::Multiply;
use crate::scratch::{Buffer, as_uninit};
use crate::simd::TILE;
use crate::transpose::{Apart, SideBySide};
use std::mem::MaybeUninit;
use std::ops::Range;

/// A block and where its vectors are.
pub(super) struct Block<'a, C> {
    plan: &'a Plan<'a, C>,
    images: Range<usize>,
    /// Vectors of tiles.
    vectors: usize,
    strip: Strip,
}

impl<'a, C: Scheme> Block<'a, C> {
    pub(super) fn new(plan: &'a Plan<'a, C>, images: Range<usize>, rows: Range<usize>) -> Self {
        let lanes = plan.lanes;
        let bundles = images.len().div_ceil(lanes);
        let strip = Strip::new::<C>(plan.geometry, rows, lanes);
        Self {
            plan,
            images,
            vectors: bundles * strip.tiles(),
            strip,
        }
    }

    /// Elements of all vectors of one channel and product.
    fn row_len(&self) -> usize {
        self.vectors * self.plan.lanes
    }

    /// Elements of a product of the transformed sources of one depth.
    fn product_len(&self) -> usize {
        odd_lines(DEPTH.min(self.plan.geometry.src_c) * self.row_len())
    }

    /// Elements of the transformed sources of one depth.
    pub(super) fn depth_len(&self) -> usize {
        C::POINTS * C::POINTS * self.product_len()
    }

    /// Elements from a product of some destination channels to the next.
    pub(super) fn products_stride(&self) -> usize {
        odd_lines(OUTPUTS.min(self.plan.geometry.dst_c) * self.row_len())
    }

    /// Elements of all transformed sources.
    pub(super) fn sources_len(&self) -> usize {
        self.plan.geometry.src_c.div_ceil(DEPTH) * self.depth_len()
    }

    /// Elements of the result planes of one bundle of images.
    pub(super) fn plane_len(&self) -> usize {
        self.strip.results_len
    }

    /// Elements of the result planes of a channel.
    pub(super) fn results_len(&self) -> usize {
        self.row_len() * C::RESULTS * C::RESULTS
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
        let (pitch, packed_len) = (self.strip.source_pitch, self.strip.sources_len);
        let (packed, lines) = planes
            .slice(packed_len + C::POINTS * pitch)
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
                    scheme: self.plan.scheme,
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
    /// `[product][channel][vector]`.
    pub(super) fn multiply<'b, T: Element>(
        &self,
        outputs: usize,
        weights: &[T],
        sources: &[T],
        products: &'b mut Buffer<T>,
    ) -> &'b [T] {
        let row_len = self.row_len();
        let stride = self.products_stride();
        let products = products.slice(C::POINTS * C::POINTS * stride);
        let tile_stride = weights_len(self.plan.geometry.src_c);
        let weight_stride = self.plan.weight_stride(outputs);
        let offsets: Vec<_> = (0..DEPTH.min(self.plan.geometry.src_c))
            .map(|channel| channel * row_len)
            .collect();
        for (weight, weights) in weights.chunks_exact(weight_stride).enumerate() {
            let bases = places_of::<C>(weight, self.product_len(), self.vectors, self.plan.lanes);
            let places = places_of::<C>(weight, stride, self.vectors, self.plan.lanes);
            for (channels, sources) in self.depths().zip(sources.chunks(self.depth_len())) {
                let multiply = Multiply {
                    weight: &weights[channels.start * TILE..],
                    tile_stride,
                    offsets: &offsets[..channels.len()],
                    planes: sources,
                    bases: &bases,
                    dst: as_uninit(products),
                    places: &places,
                    channel_stride: row_len,
                    channels: outputs,
                    accumulate: channels.start > 0,
                };
                T::dispatch(self.plan.isa, multiply);
            }
        }
        products
    }

    /// Makes the results of one channel: `[bundle]` of planes of vectors.
    pub(super) fn transform_results<T: Element>(
        &self,
        products: &[T],
        channel: usize,
        to: &mut [T],
    ) {
        let bundle_len = self.strip.tiles() * self.plan.lanes;
        for (bundle, to) in to.chunks_exact_mut(self.plane_len()).enumerate() {
            let results = Results {
                scheme: self.plan.scheme,
                products: &products[channel * self.row_len() + bundle * bundle_len..],
                stride: self.products_stride(),
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
