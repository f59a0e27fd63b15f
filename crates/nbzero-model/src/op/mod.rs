//! One file an operation: its forward pass and its adjoint, on plain tensors.
//!
//! Maps are `[batch, channels, height, width]`; pooled maps have height and width 1. An adjoint
//! takes the gradient of the output and gives that of the input (and of the parameters); where it
//! takes several gradients, they lie one after another along the batch.

pub(crate) mod activation;
pub(crate) mod batch_norm;
pub(crate) mod conv;
pub(crate) mod linear;
pub(crate) mod pool;

use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use nbzero_ops::{Activation, sum_activated};

use crate::Network;
use crate::schedule::{Kind, Operation};

/// The value of an operation from those of its inputs; `norm` says what a batch norm does.
pub(crate) fn forward(
    network: &Network,
    operation: &Operation<'_>,
    values: &[Option<Tensor<4>>],
    norm: impl FnOnce(Tensor<4>, &BatchNorm, Activation) -> Tensor<4>,
) -> Tensor<4> {
    let input = |i: usize| {
        let value = &values[operation.inputs[i].index()];
        value
            .clone()
            .expect("inputs are computed first and freed last")
    };
    match operation.kind {
        Kind::Convolution(conv) => {
            let weight = network.convolution(&conv.name).weight.val();
            conv::forward(input(0), weight, conv)
        }
        Kind::Norm(name) => norm(input(0), network.batch_norm(name), operation.activation),
        Kind::Linear(linear) => linear::forward(input(0), network.dense(&linear.name)),
        Kind::Add => sum_activated(input(0), input(1), operation.activation),
        Kind::Activation => activation::forward(input(0), operation.activation),
        Kind::Zeros => input(0).zeros_like(),
        Kind::Pool(pool) => pool.forward(input(0)),
    }
}
