//! Zeros of the input's shape.

use burn::tensor::Tensor;

use super::{At, Moved, Rule};

/// Zeros, whatever the input.
#[derive(Debug)]
pub(super) struct Zeros;

impl Rule for Zeros {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        at.input(0).zeros_like()
    }

    fn adjoint(&self, _at: &At<'_>, _gradient: Tensor<4>) -> Vec<Tensor<4>> {
        Vec::new()
    }

    fn tangent(&self, _at: &At<'_>, _moved: &Moved) -> Option<Tensor<4>> {
        None
    }
}
