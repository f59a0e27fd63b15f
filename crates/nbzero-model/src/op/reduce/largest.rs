//! The largest number; of equal ones the first, which alone has the gradient.

use burn::tensor::{IndexingUpdateOp, Int, Tensor};
use nbzero_graph::{Over, Shape};

use super::super::{At, Moved, Pair, Rule};

/// A maximum over a map of a shape.
#[derive(Debug)]
pub(super) struct Largest {
    pub(super) over: Over,
    pub(super) shape: Shape,
}

impl Largest {
    /// The dimension of `[batch, channels, positions]` that goes.
    fn dim(&self) -> usize {
        match self.over {
            Over::Positions => 2,
            Over::Channels => 1,
        }
    }

    /// Dimensions of the result.
    fn dims(&self, batch: usize) -> [usize; 4] {
        let Shape {
            channels,
            height,
            width,
        } = self.shape;
        match self.over {
            Over::Positions => [batch, channels, 1, 1],
            Over::Channels => [batch, 1, height, width],
        }
    }

    fn places(&self, x: Tensor<4>) -> Tensor<3, Int> {
        flat(x).max_dim_with_indices(self.dim()).1
    }

    fn spread(&self, gradient: Tensor<4>, places: &Tensor<3, Int>) -> Tensor<4> {
        let [all, ..] = gradient.dims();
        let copies = all / places.dims()[0];
        let places = match copies {
            1 => places.clone(),
            _ => places.clone().repeat_dim(0, copies),
        };
        let Shape {
            channels,
            height,
            width,
        } = self.shape;
        let options = (&gradient.device(), gradient.dtype());
        let zeros = Tensor::<3>::zeros([all, channels, height * width], options);
        let values = flat(gradient);
        let spread = zeros.scatter(self.dim(), places, values, IndexingUpdateOp::Add);
        spread.reshape([all, channels, height, width])
    }
}

impl Rule for Largest {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        let dims = self.dims(x.dims()[0]);
        flat(x).max_dim(self.dim()).reshape(dims)
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![self.spread(gradient, &self.places(at.input(0)))]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = moved.whole(at, 0)?;
        let dims = self.dims(moved.dims()[0]);
        let found = flat(moved).gather(self.dim(), self.places(at.input(0)));
        Some(found.reshape(dims))
    }

    fn adjoint_tangent(&self, at: &At<'_>, _moved: &Moved, gradients: Pair) -> Vec<Pair> {
        let places = self.places(at.input(0));
        vec![gradients.map(|gradient| self.spread(gradient, &places))]
    }
}

fn flat(map: Tensor<4>) -> Tensor<3> {
    let [batch, channels, height, width] = map.dims();
    map.reshape([batch, channels, height * width])
}
