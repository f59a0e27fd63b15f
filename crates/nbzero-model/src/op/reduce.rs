//! One number from all positions of a channel, or from all channels at a position.

mod largest;
mod norm;

use std::sync::Arc;

use burn::tensor::Tensor;
use nbzero_graph::{Over, Reduction, Shape};

use super::{At, Rule};

/// The rule of a reduction of a map of a shape.
pub(super) fn rule<'g>(reduction: Reduction, over: Over, shape: Shape) -> Arc<dyn Rule + 'g> {
    match reduction {
        Reduction::Mean => Arc::new(Total {
            over,
            shape,
            is_mean: true,
        }),
        Reduction::Sum => Arc::new(Total {
            over,
            shape,
            is_mean: false,
        }),
        Reduction::Max => Arc::new(largest::Largest { over, shape }),
        Reduction::Norm => Arc::new(norm::Norm { over }),
    }
}

/// A mean or a sum: linear.
#[derive(Debug)]
struct Total {
    over: Over,
    shape: Shape,
    is_mean: bool,
}

impl Total {
    fn count(&self) -> usize {
        match self.over {
            Over::Positions => self.shape.height * self.shape.width,
            Over::Channels => self.shape.channels,
        }
    }
}

impl Rule for Total {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        match (self.over, self.is_mean) {
            (Over::Positions, true) => x.mean_dims(&[2, 3]),
            (Over::Positions, false) => x.sum_dims(&[2, 3]),
            (Over::Channels, true) => x.mean_dim(1),
            (Over::Channels, false) => x.sum_dim(1),
        }
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let share = if self.is_mean {
            gradient.div_scalar(self.count() as f64)
        } else {
            gradient
        };
        let [batch, ..] = share.dims();
        let Shape {
            channels,
            height,
            width,
        } = self.shape;
        vec![share.expand([batch, channels, height, width])]
    }
}

/// Sums over what a reduction is over, lengths of 1 left.
fn sums(map: Tensor<4>, over: Over) -> Tensor<4> {
    match over {
        Over::Positions => map.sum_dims(&[2, 3]),
        Over::Channels => map.sum_dim(1),
    }
}
