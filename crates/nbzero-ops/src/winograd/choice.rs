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
/// The gain below which the longest vectors are kept, which need fewer instructions for the same.
const LEAST_SHORTER: f64 = 1.05;

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

/// The instruction set with which a weight gradient, of this forward geometry, is faster here than by the direct
/// kernels, if there is one. Its vectors hold channels, so that shorter ones may waste less: 24 channels fill three of
/// 256 bits, and one and a half of 512.
pub(crate) fn isa_of_weight_grad<T: Element>(isa: Isa, geometry: &Geometry) -> Option<Isa> {
    let costs = costs::<T>(geometry)?;
    let gain = |isa: Isa| {
        let lanes = T::lanes(isa);
        let vectors = (geometry.n * tiles(geometry)) as f64 / lanes as f64;
        let [src_c, dst_c] = [geometry.src_c, geometry.dst_c];
        let transform = |other: usize| costs.gradient_transform / other as f64;
        // Destination channels are multiplied one by one: no product is wasted on them.
        let cost = (1.0 + transform(dst_c)) / used(src_c, lanes)
            + transform(src_c) / used(dst_c, lanes)
            + costs.gradient_weights / vectors;
        costs.fewer_products(geometry) / cost
    };
    let shorter = isa.min(Isa::Avx2);
    let best = if gain(shorter) > LEAST_SHORTER * gain(isa) {
        shorter
    } else {
        isa
    };
    (gain(best) > LEAST_GAIN).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConvShape;

    #[test]
    fn weight_gradients_take_the_vectors_that_their_channels_fill() {
        let chosen = |isa, channels: usize| {
            let shape = ConvShape::new(128, [channels, 8, 8], channels, 3).unwrap();
            isa_of_weight_grad::<f32>(isa, &Geometry::forward(&shape))
        };
        for (channels, found) in [
            (4, None),
            (24, Some(Isa::Avx2)),
            (40, Some(Isa::Avx2)),
            (48, Some(Isa::Avx512)),
            (64, Some(Isa::Avx512)),
        ] {
            assert_eq!(chosen(Isa::Avx512, channels), found, "{channels}");
        }
        assert_eq!(chosen(Isa::Avx2, 24), Some(Isa::Avx2));
        assert_eq!(chosen(Isa::Portable, 24), Some(Isa::Portable));
    }
}
