//! The same numbers at other places: channel shuffle, reshape, nearest-neighbour upsampling.

use burn::tensor::Tensor;
use nbzero_graph::Shape;

use super::{At, Rule};

/// A channel shuffle of this number of groups.
#[derive(Debug)]
pub(super) struct Shuffle {
    pub(super) groups: usize,
}

impl Rule for Shuffle {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        shuffled(at.input(0), self.groups)
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let [_, channels, _, _] = gradient.dims();
        vec![shuffled(gradient, channels / self.groups)]
    }
}

fn shuffled(map: Tensor<4>, groups: usize) -> Tensor<4> {
    let dims = map.dims();
    let [batch, channels, height, width] = dims;
    let groups: Tensor<4> = map.reshape([batch, groups, channels / groups, height * width]);
    groups.swap_dims(1, 2).reshape(dims)
}

/// A reshape from one shape to another.
#[derive(Debug)]
pub(super) struct Reshape(pub(super) [Shape; 2]);

impl Rule for Reshape {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        reshaped(at.input(0), self.0[1])
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![reshaped(gradient, self.0[0])]
    }
}

fn reshaped(map: Tensor<4>, shape: Shape) -> Tensor<4> {
    let [batch, ..] = map.dims();
    map.reshape([batch, shape.channels, shape.height, shape.width])
}

/// An upsampling by this factor of rows and columns.
#[derive(Debug)]
pub(super) struct Upsample {
    pub(super) factor: [usize; 2],
}

impl Rule for Upsample {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        let [batch, channels, height, width] = x.dims();
        let [down, across] = self.factor;
        let apart: Tensor<6> = x.reshape([batch, channels, height, 1, width, 1]);
        let repeated = apart.expand([batch, channels, height, down, width, across]);
        repeated.reshape([batch, channels, height * down, width * across])
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let [batch, channels, high, wide] = gradient.dims();
        let [down, across] = self.factor;
        let (height, width) = (high / down, wide / across);
        let rectangles: Tensor<6> =
            gradient.reshape([batch, channels, height, down, width, across]);
        let sums = rectangles.sum_dims(&[3, 5]);
        vec![sums.reshape([batch, channels, height, width])]
    }
}
