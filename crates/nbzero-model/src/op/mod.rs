//! One file an operation: its forward pass and its adjoint, on plain tensors.
//!
//! Maps are `[batch, channels, height, width]`; pooled maps have height and width 1. An adjoint
//! takes the gradient of the output and gives that of the input (and of the parameters).
//! Where an operation is not linear it has a rule for jets as well (`jet`).

pub(crate) mod batch_norm;
pub(crate) mod conv;
pub(crate) mod jet;
pub(crate) mod linear;
pub(crate) mod pool;
pub(crate) mod relu;
pub(crate) mod relu6;

use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use nbzero_graph::{Node, Op};

use crate::Network;

/// The value of a node from those of its inputs; `norm` says what a batch norm does.
pub(crate) fn forward(
    network: &Network,
    node: &Node,
    values: &[Option<Tensor<4>>],
    norm: impl FnOnce(Tensor<4>, &BatchNorm) -> Tensor<4>,
) -> Tensor<4> {
    let input = |i: usize| {
        let value = &values[node.inputs()[i].index()];
        value
            .clone()
            .expect("inputs are computed first and freed last")
    };
    match node.op() {
        Op::Conv2d(conv) => {
            let weight = network.convolution(&conv.name).weight.val();
            conv::forward(input(0), weight, conv)
        }
        Op::BatchNorm { name } => norm(input(0), network.batch_norm(name)),
        Op::Linear(linear) => linear::forward(input(0), network.dense(&linear.name)),
        Op::Relu => relu::forward(input(0)),
        Op::Relu6 => relu6::forward(input(0)),
        Op::Add => input(0) + input(1),
        Op::GlobalAveragePool => pool::forward(input(0)),
        other => unreachable!("{} after the first node", other.kind()),
    }
}
