//! When this module is faster than the direct kernels: a rule of sizes only.
//!
//! The costs are in multiply-adds for each pair of channels and position of the tiles, fitted to
//! measured times on machines with AVX2 and AVX-512.

use super::transform::{KERNEL, RESULTS};
use crate::geometry::Geometry;
use crate::{Element, Isa};

/// What an algorithm costs.
struct Costs {
    /// Products of a tile.
    products: f64,
    /// Transforms of a tile of one channel, in products with one other channel.
    transform: f64,
    /// Transforms of the weights of a pair of channels, in products of one vector of tiles.
    weights: f64,
    /// The same two for weight gradients, whose vectors are stored in parts.
    gradient_transform: f64,
    gradient_weights: f64,
}

const DENSE: Costs = Costs {
    products: 36.0,
    transform: 10.0,
    weights: 2.0,
    gradient_transform: 14.0,
    gradient_weights: 2.0,
};
/// Of the 81 products, as they fill the caches sooner, each costs more than one of the direct kernels.
const STRIDED: Costs = Costs {
    products: 95.0,
    transform: 3.5,
    weights: 1.0,
    gradient_transform: 6.0,
    gradient_weights: 0.5,
};
/// Input gradients of stride 2 read the weights across their order.
const INTERLEAVED: Costs = Costs {
    weights: 3.0,
    ..STRIDED
};
/// The gain below which the direct kernel is kept, which is exact to the last digits.
const LEAST_GAIN: f64 = 1.1;

/// The costs of a geometry of kernel 3, stride 1 or 2 and one group, in single precision: doubles are
/// for those who want all digits.
fn costs<T: Element>(geometry: &Geometry) -> Option<Costs> {
    let is_simple = geometry.groups == 1
        && geometry.kernel_len == KERNEL * KERNEL
        && size_of::<T>() == size_of::<f32>();
    match (geometry.step, geometry.out_step) {
        (1, 1) if is_simple => Some(DENSE),
        (2, 1) if is_simple => Some(STRIDED),
        (1, 2) if is_simple => Some(INTERLEAVED),
        _ => None,
    }
}

/// Tiles of a plane.
fn tiles(geometry: &Geometry) -> usize {
    let tiles = geometry.grid.map(|side| side.div_ceil(RESULTS));
    tiles[0] * tiles[1]
}

impl Costs {
    /// How many products the direct kernels make for one of ours.
    fn fewer_products(&self, geometry: &Geometry) -> f64 {
        let direct = geometry.grid[0] * geometry.grid[1] * geometry.kernel_len;
        direct as f64 / (tiles(geometry) as f64 * self.products)
    }
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
    costs::<T>(geometry).is_some_and(|costs| {
        let cost = 1.0 + transforms(geometry, costs.transform) + costs.weights / vectors as f64;
        costs.fewer_products(geometry) * used(geometry.n, lanes) / cost > LEAST_GAIN
    })
}

/// Whether a weight gradient, of this forward geometry, is faster here.
pub(crate) fn suits_weight_grad<T: Element>(isa: Isa, geometry: &Geometry) -> bool {
    let lanes = T::lanes(isa);
    let vectors = (geometry.n * tiles(geometry)) as f64 / lanes as f64;
    let used = used(geometry.src_c, lanes) * used(geometry.dst_c, lanes);
    costs::<T>(geometry).is_some_and(|costs| {
        let cost =
            1.0 + transforms(geometry, costs.gradient_transform) + costs.gradient_weights / vectors;
        costs.fewer_products(geometry) * used / cost > LEAST_GAIN
    })
}
