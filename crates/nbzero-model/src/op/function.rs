//! Functions of each number alone, but for the two activations that are computed with others.
//!
//! y = f(x) moves by f'(x) x'; the gradient g of y gives x the gradient f'(x) g, which moves by
//! f''(x) x' g + f'(x) g'. Where a function bends at a point, its derivative there is the one below
//! (as in PyTorch, that of a clip and of its kin outside the bounds).

mod curve;

use burn::tensor::Tensor;
use nbzero_graph::Function;
use nbzero_ops::Activation;

use super::copies::times;
use super::{At, Exponents, Moved, Pair, Rule};
use crate::scaled::{self, Scaled};
use curve::Curve;

/// A function of the graph.
#[derive(Debug)]
pub(super) struct Pointwise(pub(super) Function);

/// What a function does to a map with an exponent.
enum Scaling {
    /// f(a x) = a f(x) for positive a.
    Homogeneous,
    /// x times a function that is nearly constant for large and for small x.
    Gate,
    /// The true numbers are needed; near 0 it is x itself.
    IdentityNearZero,
    /// The true numbers are needed; beyond what a tensor holds it is max(x, 0).
    RampFarAway,
    /// The true numbers are needed, and the value is bounded.
    Bounded,
    /// A sum of what is proportional and of a constant.
    Affine { scale: f64, shift: f64 },
    /// A power.
    Power { exponent: f64 },
}

impl Pointwise {
    fn scaling(&self) -> Scaling {
        let is_homogeneous = |bound: f64| bound == 0.0 || bound.is_infinite();
        match self.0 {
            Function::Relu | Function::LeakyRelu { .. } => Scaling::Homogeneous,
            Function::Clip { low, high } if is_homogeneous(low) && is_homogeneous(high) => {
                Scaling::Homogeneous
            }
            Function::Clip { low, high } if low.is_finite() && high.is_finite() => Scaling::Bounded,
            Function::Silu
            | Function::HardSwish
            | Function::Gelu
            | Function::GeluTanh
            | Function::Mish => Scaling::Gate,
            Function::Tanh => Scaling::IdentityNearZero,
            Function::Affine { scale, shift } => Scaling::Affine { scale, shift },
            Function::Power { exponent } => Scaling::Power { exponent },
            Function::Clip { .. } | Function::Softplus | Function::Elu { .. } => {
                Scaling::RampFarAway
            }
            _ => Scaling::Bounded,
        }
    }

    /// The numbers at which the derivative of a map with an exponent is taken.
    fn derivative_at(&self, map: Tensor<4>, exponent: i64) -> Tensor<4> {
        match self.scaling() {
            Scaling::Homogeneous | Scaling::Power { .. } => map,
            _ => Scaled::saturated(map, exponent),
        }
    }
}

impl Rule for Pointwise {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        Curve(self.0).value(at.input(0))
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![times(gradient, Curve(self.0).slope(at.input(0)))]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = moved.whole(at, 0)?;
        Some(moved * Curve(self.0).slope(at.input(0)))
    }

    fn adjoint_tangent(&self, at: &At<'_>, input: &Moved, [gradient, moved]: Pair) -> Vec<Pair> {
        let x = at.input(0);
        let slope = Curve(self.0).slope(x.clone());
        let mut change = moved * slope.clone();
        if let (Some(bend), Some(input)) = (Curve(self.0).bend(x), input.whole(at, 0)) {
            change = change + gradient.clone() * (bend * input);
        }
        vec![[gradient * slope, change]]
    }

    fn scaled(&self, _at: &At<'_>, mut inputs: Vec<Scaled>) -> Scaled {
        let curve = Curve(self.0);
        let Scaled { map, exponent, .. } = inputs.remove(0);
        let is_small = exponent < -scaled::RANGE;
        match self.scaling() {
            Scaling::Homogeneous => Scaled::new(curve.value(map), exponent),
            Scaling::Gate => {
                let gate = curve.gate(Scaled::saturated(map.clone(), exponent));
                Scaled::new(map * gate, exponent)
            }
            Scaling::IdentityNearZero if is_small => Scaled::new(map, exponent),
            Scaling::Bounded | Scaling::IdentityNearZero => {
                Scaled::new(curve.value(Scaled::saturated(map, exponent)), 0)
            }
            Scaling::RampFarAway => {
                let x = Scaled::saturated(map.clone(), exponent);
                if exponent <= 0 {
                    return Scaled::new(curve.value(x), 0);
                }
                let ramp = |x: Tensor<4>| x.clamp_min(0.0);
                let rest = Scaled::new(curve.value(x.clone()) - ramp(x), 0);
                Scaled::sum(Scaled::new(ramp(map), exponent), rest, Activation::Identity)
            }
            Scaling::Affine { scale, shift } => {
                let shift = map.zeros_like().add_scalar(shift);
                let proportional = Scaled::new(map.mul_scalar(scale), exponent);
                Scaled::sum(proportional, Scaled::new(shift, 0), Activation::Identity)
            }
            Scaling::Power { exponent: power } => {
                let (whole, rest) = raised(exponent, power);
                Scaled::new(curve.value(map).mul_scalar(rest), whole)
            }
        }
    }

    fn scaled_adjoint(&self, at: &At<'_>, exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        let from = exponents.inputs[0];
        let slope = Curve(self.0).slope(self.derivative_at(at.input(0), from));
        let product = gradient.map * slope;
        vec![match self.scaling() {
            Scaling::Power { exponent: power } => {
                let (whole, rest) = raised(from, power - 1.0);
                Scaled::new(product.mul_scalar(rest), gradient.exponent + whole)
            }
            _ => Scaled::new(product, gradient.exponent),
        }]
    }
}

/// 2^(exponent * power) as a whole exponent and a factor between 1 and 2.
fn raised(exponent: i64, power: f64) -> (i64, f64) {
    let product = exponent as f64 * power;
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let whole = product.floor() as i64;
    (whole, (product - product.floor()).exp2())
}
