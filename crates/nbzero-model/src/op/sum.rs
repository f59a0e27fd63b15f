//! Sums of two values, with the activation behind them; lengths of 1 are repeated.

use burn::tensor::Tensor;
use nbzero_graph::Shape;
use nbzero_ops::{Activation, sum_activated};

use super::{At, Exponents, Moved, Pair, Rule, activation, broadcast};
use crate::scaled::Scaled;

/// A sum of two values of these shapes.
#[derive(Debug)]
pub(super) struct Sum(pub(super) [Shape; 2]);

/// `activation(left + right)`, in one pass where nothing is repeated.
pub(crate) fn forward(left: Tensor<4>, right: Tensor<4>, kind: Activation) -> Tensor<4> {
    if left.dims() == right.dims() {
        return sum_activated(left, right, kind);
    }
    activation::forward(left + right, kind)
}

impl Rule for Sum {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        forward(at.input(0), at.input(1), at.activation)
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let both = at.before_activation(gradient);
        broadcast::both([both.clone(), both], &self.0)
    }

    fn takes_activation(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let sum = match (moved.whole(at, 0), moved.whole(at, 1)) {
            (Some(left), Some(right)) => Some(left + right),
            (one, None) | (None, one) => one.map(|one| self.repeated(one)),
        };
        sum.map(|sum| at.before_activation(sum))
    }

    fn adjoint_tangent(&self, at: &At<'_>, _moved: &Moved, gradients: Pair) -> Vec<Pair> {
        let [gradient, moved] = gradients.map(|gradient| at.before_activation(gradient));
        let gradients = broadcast::both([gradient.clone(), gradient], &self.0);
        let moved = broadcast::both([moved.clone(), moved], &self.0);
        let pairs = gradients.into_iter().zip(moved);
        pairs.map(|(gradient, moved)| [gradient, moved]).collect()
    }

    fn scaled(&self, at: &At<'_>, inputs: Vec<Scaled>) -> Scaled {
        let [left, right] = <[_; 2]>::try_from(inputs).expect("a sum has two inputs");
        Scaled::sum(left, right, at.activation)
    }

    fn scaled_adjoint(&self, at: &At<'_>, exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        let both = at.scaled_before_activation(exponents.output, gradient);
        let exponent = both.exponent;
        let found = broadcast::both([both.map.clone(), both.map], &self.0).into_iter();
        found.map(|map| Scaled::new(map, exponent)).collect()
    }
}

impl Sum {
    /// A value of one input as part of the sum.
    fn repeated(&self, value: Tensor<4>) -> Tensor<4> {
        let shape = self.0[0].broadcast(self.0[1]);
        let shape = shape.expect("the graph checks what it adds");
        let [batch, ..] = value.dims();
        value.expand([batch, shape.channels, shape.height, shape.width])
    }
}
