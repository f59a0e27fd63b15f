//! The square root of the sum of squares; where all numbers are 0, its derivative is 0.
//!
//! y = |x| moves by x . x' / y; the gradient g of y gives x the gradient g x / y, which moves by
//! g' x / y + g (x' - x y' / y) / y.

use burn::tensor::Tensor;
use nbzero_graph::Over;

use super::super::copies::times;
use super::super::{At, Moved, Pair, Rule};
use super::sums;

/// A norm.
#[derive(Debug)]
pub(super) struct Norm {
    pub(super) over: Over,
}

impl Norm {
    fn value(&self, x: Tensor<4>) -> Tensor<4> {
        let squares = sums(x.square(), self.over);
        let zeros = squares.clone().equal_scalar(0.0);
        // An autodiff device would divide by the root of 0.
        let root = squares.mask_fill(zeros.clone(), 1.0).sqrt();
        root.mask_fill(zeros, 0.0)
    }

    /// x / y and 1 / y, 0 where y is.
    fn direction(&self, x: Tensor<4>) -> [Tensor<4>; 2] {
        let y = self.value(x.clone());
        let zeros = y.clone().equal_scalar(0.0);
        let inverse = y.recip().mask_fill(zeros, 0.0);
        [x * inverse.clone(), inverse]
    }
}

impl Rule for Norm {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        self.value(at.input(0))
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let [direction, _] = self.direction(at.input(0));
        vec![times(gradient, direction)]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = moved.whole(at, 0)?;
        let [direction, _] = self.direction(at.input(0));
        Some(sums(direction * moved, self.over))
    }

    fn adjoint_tangent(&self, at: &At<'_>, input: &Moved, [gradient, moved]: Pair) -> Vec<Pair> {
        let [direction, inverse] = self.direction(at.input(0));
        let mut change = moved * direction.clone();
        if let Some(input) = input.whole(at, 0) {
            let along = sums(direction.clone() * input.clone(), self.over);
            let turned = (input - direction.clone() * along) * inverse;
            change = change + gradient.clone() * turned;
        }
        vec![[gradient * direction, change]]
    }
}
