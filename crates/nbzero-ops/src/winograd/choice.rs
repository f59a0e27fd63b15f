//! When this module is faster than the direct kernels: a rule of sizes only.
//!
//! The costs are in multiply-adds for each pair of channels and position of the tiles, fitted to
//! measured times on a machine with AVX2.

use super::tiles::PRODUCTS;
use super::transform::{KERNEL, RESULTS};
use crate::geometry::Geometry;
use crate::{Element, Isa};

/// Transforms of a tile of one channel, in products with one other channel.
const TRANSFORM: f64 = 10.0;
/// The same for weight gradients, whose vectors are stored in parts.
const GRADIENT_TRANSFORM: f64 = 14.0;
/// Transforms of the weights of a pair of channels, in products of one vector of tiles.
const WEIGHTS: f64 = 2.0;
/// The gain below which the direct kernel is kept, which is exact to the last digits.
const LEAST_GAIN: f64 = 1.1;

/// Whether a geometry is one of kernel 3, stride 1 and one group, in single precision: doubles are
/// for those who want all digits.
fn is_simple<T: Element>(geometry: &Geometry) -> bool {
    geometry.groups == 1
        && geometry.kernel_len == KERNEL * KERNEL
        && geometry.step == 1
        && geometry.out_step == 1
        && size_of::<T>() == size_of::<f32>()
}

/// Tiles of a plane.
fn tiles(geometry: &Geometry) -> usize {
    geometry
        .dst
        .iter()
        .map(|side| side.div_ceil(RESULTS))
        .product()
}

/// How many products the direct kernels make for one of ours.
fn fewer_products(geometry: &Geometry) -> f64 {
    let direct = geometry.dst_plane() * KERNEL * KERNEL;
    direct as f64 / (tiles(geometry) * PRODUCTS) as f64
}

/// Costs of all transforms of sources and results, in products.
fn transforms(geometry: &Geometry, of_tile: f64) -> f64 {
    of_tile / geometry.src_c as f64 + of_tile / geometry.dst_c as f64
}

/// How much of the vectors is used where they hold `len` things.
fn used(len: usize, lanes: usize) -> f64 {
    len as f64 / len.next_multiple_of(lanes) as f64
}

/// Whether a convolution of either direction is faster here.
pub(crate) fn suits<T: Element>(isa: Isa, geometry: &Geometry) -> bool {
    let lanes = T::lanes(isa);
    let vectors = geometry.n.div_ceil(lanes) * tiles(geometry);
    let cost = 1.0 + transforms(geometry, TRANSFORM) + WEIGHTS / vectors as f64;
    let gain = fewer_products(geometry) * used(geometry.n, lanes) / cost;
    is_simple::<T>(geometry) && gain > LEAST_GAIN
}

/// Whether a weight gradient, of this forward geometry, is faster here.
pub(crate) fn suits_weight_grad<T: Element>(isa: Isa, geometry: &Geometry) -> bool {
    let lanes = T::lanes(isa);
    let vectors = (geometry.n * tiles(geometry)) as f64 / lanes as f64;
    let cost = 1.0 + transforms(geometry, GRADIENT_TRANSFORM) + WEIGHTS / vectors;
    let used = used(geometry.src_c, lanes) * used(geometry.dst_c, lanes);
    is_simple::<T>(geometry) && fewer_products(geometry) * used / cost > LEAST_GAIN
}
