//! Maps beyond the range of float64: a tensor and a power of two.
//!
//! Scaling by a power of two is exact, and where nothing leaves the range nothing is scaled: results
//! are then those of plain tensors, bit by bit.

use burn::tensor::Tensor;
use nbzero_ops::Activation;

use crate::op::{activation, sum};
use crate::sweep::walk::Held;

/// Largest values between 2^-256 and 2^256 are left as they are: the product of two with a float32
/// weight, summed over any layer, is in float64's range.
pub(crate) const RANGE: i64 = 256;

/// Values that a function of true values takes for infinite, of which the square is finite.
const SATURATED: f64 = 1e150;

/// A map, 2^exponent times a tensor.
#[derive(Debug, Clone)]
pub(crate) struct Scaled {
    pub(crate) map: Tensor<4>,
    pub(crate) exponent: i64,
    /// The largest number of the tensor, without sign.
    largest: f64,
}

impl Held for Scaled {
    fn bytes(&self) -> u128 {
        self.map.bytes()
    }
}

impl Scaled {
    /// `map` times 2^exponent, scaled if its largest number is far from 1.
    pub(crate) fn new(map: Tensor<4>, exponent: i64) -> Self {
        let largest = map.clone().abs().max().into_scalar::<f64>();
        let power = largest.log2().floor();
        if !power.is_finite() || power.abs() <= RANGE as f64 {
            return Self {
                map,
                exponent,
                largest,
            };
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 1074 either way")]
        let power = power as i64;
        Self {
            map: map.mul_scalar(power_of_two(-power)),
            exponent: exponent + power,
            largest: largest * power_of_two(-power),
        }
    }

    /// What a linear operation makes of it.
    pub(crate) fn through(self, linear: impl FnOnce(Tensor<4>) -> Tensor<4>) -> Self {
        Self::new(linear(self.map), self.exponent)
    }

    /// The tensors with one exponent: the largest but for those of zeros, which have any.
    pub(crate) fn aligned(maps: Vec<Self>) -> (Vec<Tensor<4>>, i64) {
        let largest = |all: bool| {
            let counted = maps.iter().filter(|map| all || map.largest > 0.0);
            counted.map(|map| map.exponent).max()
        };
        let exponent = largest(false).or_else(|| largest(true)).unwrap_or(0);
        let maps = maps.into_iter().map(|map| map.with_exponent(exponent));
        (maps.collect(), exponent)
    }

    /// `activation(left + right)`.
    pub(crate) fn sum(left: Self, right: Self, kind: Activation) -> Self {
        let (maps, exponent) = Self::aligned(vec![left, right]);
        let [left, right] = <[_; 2]>::try_from(maps).expect("as many as were given");
        if exponent == 0 {
            return Self::new(sum::forward(left, right, kind), 0);
        }
        let sum = sum::forward(left, right, Activation::Identity);
        let sum = Self::new(sum, exponent);
        Self::activated(sum.map, sum.exponent, kind)
    }

    /// What an activation function makes of `map` times 2^exponent.
    pub(crate) fn activated(map: Tensor<4>, exponent: i64, kind: Activation) -> Self {
        if kind != Activation::Relu6 || exponent < -RANGE {
            // Far below 6 the two activations are one.
            let kind = Self::like_relu(exponent, kind);
            return Self::new(activation::forward(map, kind), exponent);
        }
        // Whatever is as large as that ends at 6.
        let map = map.mul_scalar(power_of_two(exponent.min(1000)));
        Self::new(activation::forward(map, kind), 0)
    }

    /// The activation whose bounds an output has: of ReLU6 far below 6 the lower one alone.
    pub(crate) fn like_relu(exponent: i64, activation: Activation) -> Activation {
        match activation {
            Activation::Relu6 if exponent < -RANGE => Activation::Relu,
            other => other,
        }
    }

    /// The true numbers, for a function of which the value no longer changes where they are beyond
    /// what a tensor holds.
    pub(crate) fn saturated(map: Tensor<4>, exponent: i64) -> Tensor<4> {
        if exponent == 0 {
            return map;
        }
        let map = map.mul_scalar(power_of_two(exponent.min(1000)));
        map.clamp(-SATURATED, SATURATED)
    }

    fn with_exponent(self, exponent: i64) -> Tensor<4> {
        // Zeros have any exponent, and a difference beyond the range of numbers would make them none.
        if self.exponent == exponent || self.largest <= 0.0 {
            return self.map;
        }
        self.map.mul_scalar(power_of_two(self.exponent - exponent))
    }
}

/// 2^power: 0 or infinite beyond the range of normal numbers.
pub(crate) fn power_of_two(power: i64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let power = power.clamp(-1100, 1100) as i32;
    2.0_f64.powi(power)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, TensorData};

    use super::*;

    fn scaled(values: [f64; 2], exponent: i64) -> Scaled {
        let data = TensorData::new(values.to_vec(), [1, 2, 1, 1]);
        let map = Tensor::from_data(data, (&Device::flex(), DType::F64));
        Scaled::new(map, exponent)
    }

    fn values(scaled: &Scaled) -> Vec<f64> {
        scaled.map.clone().try_into_vec_as::<f64>().unwrap()
    }

    #[test]
    fn only_what_is_far_from_one_is_scaled() {
        for values in [[3.0, 0.1], [0.0, 0.0], [1e77, 1e-300], [1e-77, 0.0]] {
            assert_eq!(scaled(values, 0).exponent, 0);
        }
        let large = scaled([3.0e200, 1.0], 5);
        assert!(large.exponent > 600);
        let whole = values(&large)[0] * 2.0_f64.powi(i32::try_from(large.exponent - 5).unwrap());
        assert_eq!(whole.to_bits(), 3.0e200_f64.to_bits());
    }

    #[test]
    fn sums_take_the_larger_exponent_unless_it_is_that_of_zeros() {
        let sum = |a, b| Scaled::sum(a, b, Activation::Identity);
        let small = || scaled([2.0, 1.0], -3000);
        let both = sum(small(), scaled([0.0, 0.0], 0));
        assert_eq!((both.exponent, values(&both)), (-3000, vec![2.0, 1.0]));
        let both = sum(scaled([2.0, 1.0], 3), scaled([1.0, 1.0], 5));
        assert_eq!((both.exponent, values(&both)), (5, vec![1.5, 1.25]));
    }

    #[test]
    fn relu6_ends_at_six_whatever_the_exponent() {
        let six = |map: Scaled| Scaled::activated(map.map, map.exponent, Activation::Relu6);
        let large = six(scaled([1.0, 0.0], 3000));
        assert_eq!((large.exponent, values(&large)), (0, vec![6.0, 0.0]));
        let middle = six(scaled([8.0, 1.0], 1));
        assert_eq!((middle.exponent, values(&middle)), (0, vec![6.0, 2.0]));
        let small = six(scaled([8.0, 1.0], -3000));
        assert_eq!((small.exponent, values(&small)), (-3000, vec![8.0, 1.0]));
        let like = Scaled::like_relu(small.exponent, Activation::Relu6);
        assert_eq!(like, Activation::Relu);
    }
}
