//! One file an operation: all that the sweeps need of it.
//!
//! Maps are `[batch, channels, height, width]`; a vector has height and width 1, and what is the same
//! for every image (parameters) a batch of 1. An adjoint takes the gradient of the output and gives
//! that of each input; where it takes several gradients, they lie one after another along the batch.
//! An operation that is not linear has a rule for derivatives along the weights too, and one that is
//! not homogeneous a rule for maps with an exponent; the rules of a linear one follow from the two
//! directions.

pub(crate) mod activation;
mod at;
mod batch_norm;
mod broadcast;
mod concat;
mod conv;
mod copies;
mod function;
mod layer_norm;
mod linear;
mod max_pool;
mod multiply;
mod parameter;
mod pool;
mod rearrange;
mod reduce;
mod slice;
mod softmax;
pub(crate) mod sum;
mod zeros;

use std::fmt::Debug;
use std::sync::Arc;

use burn::tensor::Tensor;
use nbzero_graph::{Function, Graph, Node, Op, PoolKind};
use nbzero_ops::{Activation, BatchStatistics};

use crate::Network;
use crate::scaled::Scaled;

pub(crate) use at::{At, Exponents, Held, Moved, Pair};

/// What an operation does, in every direction.
pub(crate) trait Rule: Debug + Send + Sync {
    /// The value. Differentiable on an autodiff device.
    fn forward(&self, at: &At<'_>) -> Tensor<4>;

    /// The gradient of each input.
    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>>;

    /// Whether the adjoint (or a proxy) reads input `i`.
    fn reads_input(&self, _i: usize) -> bool {
        false
    }

    /// Whether the adjoint (or a proxy) reads the output.
    fn reads_output(&self) -> bool {
        false
    }

    /// Whether an activation behind it can be computed with it.
    fn takes_activation(&self) -> bool {
        false
    }

    /// The derivative of the value as the weights move, `None` where it does not; of an output that
    /// [moves by itself](Self::moves_by_itself) without that output.
    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        Some(self.forward(&moved.as_values(at)?))
    }

    /// Whether part of the derivative of the output is the output: so of a layer y = W x along W.
    fn moves_by_itself(&self) -> bool {
        false
    }

    /// The gradient of each input with its derivative.
    fn adjoint_tangent(&self, at: &At<'_>, _moved: &Moved, [gradient, moved]: Pair) -> Vec<Pair> {
        let (gradients, moved) = (self.adjoint(at, gradient), self.adjoint(at, moved));
        let pairs = gradients.into_iter().zip(moved);
        pairs.map(|(gradient, moved)| [gradient, moved]).collect()
    }

    /// The value of maps with exponents.
    fn scaled(&self, at: &At<'_>, inputs: Vec<Scaled>) -> Scaled {
        let (maps, exponent) = Scaled::aligned(inputs);
        Scaled::new(self.forward(&at.with_inputs(maps)), exponent)
    }

    /// The gradient of each input; the values at hand are the maps without their exponents.
    fn scaled_adjoint(&self, at: &At<'_>, _exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        let exponent = gradient.exponent;
        let found = self.adjoint(at, gradient.map).into_iter();
        found.map(|map| Scaled::new(map, exponent)).collect()
    }

    /// The layer with a weight that this is.
    fn layer(&self) -> Option<&dyn Weighted> {
        None
    }

    /// Of a batch norm: the output on the statistics of each of several batches one after another, and
    /// those.
    fn normalise(&self, _at: &At<'_>, _batches: usize) -> Option<(Tensor<4>, BatchStatistics)> {
        None
    }

    /// The gradients by the parameters called `weight`, a row for each gradient of the output (one, or
    /// several one after another).
    fn weight_rows(&self, at: &At<'_>, gradient: Tensor<4>) -> Option<Tensor<2>> {
        let layer = self.layer()?;
        let input = at.input(0);
        let rows = gradient.dims()[0] / input.dims()[0];
        let found = layer.weight_gradient(input, gradient);
        let columns = found.shape().num_elements() / rows;
        Some(found.reshape([rows, columns]))
    }

    /// Both of what a per-image sweep asks for.
    fn adjoint_with_rows(
        &self,
        at: &At<'_>,
        gradient: Tensor<4>,
    ) -> (Vec<Tensor<4>>, Option<Tensor<2>>) {
        let rows = self.weight_rows(at, gradient.clone());
        (self.adjoint(at, gradient), rows)
    }
}

/// A convolution or linear layer: what proxies measure.
pub(crate) trait Weighted {
    /// Prefix of its parameters' names.
    fn name(&self) -> &str;

    /// Its weight, `[out, in / groups, rows, columns]`.
    fn weight(&self, network: &Network) -> Tensor<4>;

    /// What a weight of that shape makes of the input: the output without the bias.
    fn product(&self, input: Tensor<4>, weight: Tensor<4>) -> Tensor<4>;

    /// Gradient of the weight; from k gradients one after another k results, along the outputs.
    fn weight_gradient(&self, input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4>;
}

/// The rule of a node and the activation that it is.
pub(crate) fn rule<'g>(graph: &'g Graph, node: &'g Node) -> (Arc<dyn Rule + 'g>, Activation) {
    let shape = node.shape();
    let activation = match node.op() {
        Op::Function(Function::Relu) => Activation::Relu,
        Op::Function(Function::RELU6) => Activation::Relu6,
        _ => Activation::Identity,
    };
    let input = |i: usize| graph.node(node.inputs()[i]).shape();
    let rule: Arc<dyn Rule + 'g> = match node.op() {
        Op::Input => unreachable!("the image is computed by nobody"),
        Op::Parameter(parameter) => Arc::new(parameter::Parameter(parameter)),
        Op::Zeros => Arc::new(zeros::Zeros),
        Op::Conv2d(conv) => Arc::new(conv::Convolution(conv)),
        Op::Linear(linear) => Arc::new(linear::Linear(linear)),
        Op::BatchNorm(norm) => Arc::new(batch_norm::BatchNorm(norm)),
        Op::LayerNorm(norm) => Arc::new(layer_norm::LayerNorm(norm)),
        Op::Function(_) if activation != Activation::Identity => Arc::new(activation::Rectifier),
        Op::Function(function) => Arc::new(function::Pointwise(*function)),
        Op::Softmax { groups } => Arc::new(softmax::Softmax { groups: *groups }),
        Op::Add | Op::Sum => Arc::new(sum::Sum([input(0), input(1)])),
        Op::Multiply => Arc::new(multiply::Multiply([input(0), input(1)])),
        Op::Pool(pool) => match pool.kind {
            PoolKind::Max => Arc::new(max_pool::MaxPool::new(&pool.window, input(0), shape)),
            PoolKind::Average { count_padding } => Arc::new(pool::AveragePool::new(
                &pool.window,
                count_padding,
                input(0),
                shape,
            )),
        },
        Op::Reduce { reduction, over } => reduce::rule(*reduction, *over, input(0)),
        Op::Concat => {
            let channels = (0..node.inputs().len()).map(|i| input(i).channels);
            Arc::new(concat::Concat(channels.collect()))
        }
        Op::Slice(slice) => Arc::new(slice::Part::slice(slice, input(0))),
        Op::Pad {
            axis,
            before,
            behind: _,
        } => Arc::new(slice::Pad::new(*axis, *before, input(0), shape)),
        Op::Shuffle { groups } => Arc::new(rearrange::Shuffle { groups: *groups }),
        Op::Reshape => Arc::new(rearrange::Reshape([input(0), shape])),
        Op::Upsample { factor } => Arc::new(rearrange::Upsample { factor: *factor }),
        other => unreachable!("{} has no rule", other.kind()),
    };
    (rule, activation)
}
