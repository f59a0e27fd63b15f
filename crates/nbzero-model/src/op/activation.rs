//! ReLU and ReLU6: behind a batch norm or a sum computed with it, elsewhere alone.

use burn::tensor::{Tensor, activation};
use nbzero_ops::{Activation, activation_gradient};

use super::{At, Exponents, Moved, Rule};
use crate::scaled::Scaled;

/// An activation that follows neither a batch norm nor an addition.
#[derive(Debug)]
pub(super) struct Rectifier;

pub(crate) fn forward(x: Tensor<4>, kind: Activation) -> Tensor<4> {
    match kind {
        Activation::Relu => activation::relu(x),
        Activation::Relu6 => x.clamp(0.0, 6.0),
        _ => x,
    }
}

impl At<'_> {
    /// The gradient before the operation's activation (one or several), or the derivative behind
    /// it: an activation's Jacobian is diagonal, so that it is its own transpose.
    pub(super) fn before_activation(&self, gradient: Tensor<4>) -> Tensor<4> {
        match self.activation {
            Activation::Identity => gradient,
            activation => activation_gradient(self.output(), gradient, activation),
        }
    }

    /// The same of maps with exponents.
    pub(super) fn scaled_before_activation(&self, output: i64, gradient: Scaled) -> Scaled {
        match self.activation {
            Activation::Identity => gradient,
            activation => {
                let activation = Scaled::like_relu(output, activation);
                gradient.through(|g| activation_gradient(self.output(), g, activation))
            }
        }
    }
}

impl Rule for Rectifier {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        forward(at.input(0), at.activation)
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![at.before_activation(gradient)]
    }

    fn reads_output(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        moved.whole(at, 0).map(|moved| at.before_activation(moved))
    }

    fn scaled(&self, at: &At<'_>, inputs: Vec<Scaled>) -> Scaled {
        let (mut maps, exponent) = Scaled::aligned(inputs);
        Scaled::activated(maps.remove(0), exponent, at.activation)
    }

    fn scaled_adjoint(&self, at: &At<'_>, exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        vec![at.scaled_before_activation(exponents.output, gradient)]
    }
}
