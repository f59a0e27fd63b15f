//! How the logits of images move with the first weight of each parameter tensor, in evaluation mode.
//!
//! From the tensors forward or from the classes back, whichever is less work; both give the same numbers
//! but for rounding.

mod backwards;
mod forwards;
mod seed;

use burn::tensor::Tensor;
use nbzero_graph::{Function, Graph, Node, Op, Reduction};

use crate::Network;

/// The derivatives of images' logits.
#[derive(Debug, Clone)]
pub struct Jacobian {
    /// `[images, classes]`.
    pub logits: Tensor<2>,
    /// By the first number of each tensor, in the graph's order, `[images, tensors, classes]`: of a
    /// convolution or linear layer weight and bias, of a batch norm scale and shift.
    pub derivatives: Tensor<3>,
    /// The most bytes of values and derivatives at any moment.
    pub peak_bytes: u128,
}

/// Whether [`jacobian`] knows every operation: layers, `ReLU`s, and what is linear or picks values.
pub fn has_jacobian(graph: &Graph) -> bool {
    graph.nodes().iter().all(|node| match node.op() {
        Op::Reduce { reduction, .. } => matches!(reduction, Reduction::Mean | Reduction::Sum),
        Op::Function(function) => matches!(*function, Function::Relu | Function::RELU6),
        op => matches!(
            op,
            Op::Input
                | Op::Zeros
                | Op::Conv2d(_)
                | Op::Linear(_)
                | Op::BatchNorm(_)
                | Op::Add
                | Op::Sum
                | Op::Pool(_)
                | Op::Concat
                | Op::Slice(_)
                | Op::Pad { .. }
                | Op::Shuffle { .. }
                | Op::Reshape
                | Op::Upsample { .. }
        ),
    })
}

/// The derivatives of the logits of images `[images, channels, height, width]` by the first number of each
/// of the first `most` parameter tensors, at least one; batch norms on their running statistics. The graph
/// is one that [`has_jacobian`].
pub fn jacobian(network: &Network, graph: &Graph, images: Tensor<4>, most: usize) -> Jacobian {
    if goes_back(graph, most) {
        return backwards::of_images(network, graph, images, most);
    }
    let [count, _, _, _] = images.dims();
    let (mut logits, mut derivatives, mut peak_bytes) = (Vec::new(), Vec::new(), 0);
    for image in 0..count {
        let image = images.clone().narrow(0, image, 1);
        let (of_image, moved, peak) = forwards::of_image(network, graph, image, most);
        logits.push(of_image);
        derivatives.push(moved);
        peak_bytes = peak_bytes.max(peak);
    }
    Jacobian {
        logits: Tensor::cat(logits, 0),
        derivatives: Tensor::stack(derivatives, 0),
        peak_bytes,
    }
}

/// Whether the classes are fewer than the tensors of which a node on the way has the derivatives, half of
/// them on average.
pub(super) fn goes_back(graph: &Graph, most: usize) -> bool {
    let tensors: usize = graph.nodes().iter().map(Node::parameter_tensors).sum();
    2 * graph.classes() <= tensors.min(most)
}
