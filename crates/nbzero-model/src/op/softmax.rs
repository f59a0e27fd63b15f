//! Softmax over groups of channels.
//!
//! With s(x) the sum over the groups, y moves by y (x' - s(y x')). That Jacobian is symmetric: the
//! gradient of x is y (g - s(y g)), and moves by y' (g - s(y g)) + y (g' - s(y' g + y g')).

use burn::tensor::{Tensor, activation};

use super::copies::each;
use super::{At, Moved, Pair, Rule};
use crate::scaled::Scaled;

/// A softmax over `groups` groups.
#[derive(Debug)]
pub(super) struct Softmax {
    pub(super) groups: usize,
}

impl Softmax {
    /// `[batch, groups, channels, positions]`.
    fn in_groups(&self, map: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = map.dims();
        map.reshape([batch, self.groups, channels / self.groups, height * width])
    }

    /// The Jacobian at an output `y`, all in groups.
    fn through(y: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        let sum = (y.clone() * x.clone()).sum_dim(1);
        y.clone() * (x - sum)
    }
}

impl Rule for Softmax {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        let dims = x.dims();
        activation::softmax(self.in_groups(x), 1).reshape(dims)
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let y = self.in_groups(at.output());
        let [images, ..] = y.dims();
        vec![each(gradient, images, |gradient| {
            let dims = gradient.dims();
            Self::through(&y, self.in_groups(gradient)).reshape(dims)
        })]
    }

    /// Not its value, but how it moves.
    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn reads_output(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = moved.whole(at, 0)?;
        let dims = moved.dims();
        let y = self.in_groups(at.output());
        Some(Self::through(&y, self.in_groups(moved)).reshape(dims))
    }

    fn adjoint_tangent(&self, at: &At<'_>, moved: &Moved, gradients: Pair) -> Vec<Pair> {
        let dims = gradients[0].dims();
        let [g, g_moved] = gradients.map(|gradient| self.in_groups(gradient));
        let y = self.in_groups(at.output());
        let mut change = Self::through(&y, g_moved);
        if let Some(moved) = moved.whole(at, 0) {
            let y_moved = Self::through(&y, self.in_groups(moved));
            let sum = (y.clone() * g.clone()).sum_dim(1);
            let sum_moved = (y_moved.clone() * g.clone()).sum_dim(1);
            change = change + y_moved * (g.clone() - sum) - y.clone() * sum_moved;
        }
        vec![[Self::through(&y, g), change].map(|map| map.reshape(dims))]
    }

    fn scaled(&self, at: &At<'_>, mut inputs: Vec<Scaled>) -> Scaled {
        let Scaled { map, exponent, .. } = inputs.remove(0);
        let x = Scaled::saturated(map, exponent);
        Scaled::new(self.forward(&at.with_inputs(vec![x])), 0)
    }
}
