//! Products of two values; lengths of 1 are repeated.
//!
//! y = a b moves by a' b + a b'; the gradient g of y gives a the gradient g b, which moves by
//! g' b + g b'.

use burn::tensor::Tensor;
use nbzero_graph::Shape;

use super::copies::times;
use super::{At, Exponents, Moved, Pair, Rule, broadcast};
use crate::scaled::Scaled;

/// A product of two values of these shapes.
#[derive(Debug)]
pub(super) struct Multiply(pub(super) [Shape; 2]);

impl Rule for Multiply {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        at.input(0) * at.input(1)
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let left = times(gradient.clone(), at.input(1));
        let right = times(gradient, at.input(0));
        broadcast::both([left, right], &self.0)
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let left = moved.whole(at, 0).map(|left| left * at.input(1));
        let right = moved.whole(at, 1).map(|right| right * at.input(0));
        match (left, right) {
            (Some(left), Some(right)) => Some(left + right),
            (one, None) | (None, one) => one,
        }
    }

    fn adjoint_tangent(&self, at: &At<'_>, inputs: &Moved, [gradient, moved]: Pair) -> Vec<Pair> {
        let pair = |i: usize| {
            let other = 1 - i;
            let mut change = moved.clone() * at.input(other);
            if let Some(factor) = inputs.whole(at, other) {
                change = change + gradient.clone() * factor;
            }
            [gradient.clone() * at.input(other), change]
                .map(|gradient| broadcast::summed(gradient, self.0[i]))
        };
        vec![pair(0), pair(1)]
    }

    /// Exponents add, and so do those of a factor and a gradient.
    fn scaled(&self, _at: &At<'_>, inputs: Vec<Scaled>) -> Scaled {
        let [left, right] = <[_; 2]>::try_from(inputs).expect("a product has two inputs");
        Scaled::new(left.map * right.map, left.exponent + right.exponent)
    }

    fn scaled_adjoint(&self, at: &At<'_>, exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        let exponent = gradient.exponent;
        let found = self.adjoint(at, gradient.map).into_iter();
        let others = exponents.inputs.iter().rev();
        let each = found.zip(others);
        each.map(|(map, other)| Scaled::new(map, exponent + other))
            .collect()
    }
}
