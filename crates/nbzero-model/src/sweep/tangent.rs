//! The tangent sweep: how everything moves as the weights move along themselves, and its adjoint,
//! which walks back together with the gradient and ends with w^T H g, exactly.
//!
//! A layer y = W x whose weight moves by itself has y' = W x' + y. Of the output of a convolution
//! only `W x'` is held, since `y` is there already. Walking back, `W^T (y_grad' + y_grad)` is the
//! derivative of the input's gradient, and the weight's gradient G moves by
//! `y_grad' x^T + y_grad x'^T`; the sum of its inner products with G over all layers is
//! g . (H w), the Hessian by the weights of convolutions and linear layers. Beside the forward and
//! backward sweep that is four convolutions a layer: one forward, one to the input, two to the
//! weight.

use burn::tensor::Tensor;
use burn::tensor::activation::softmax;
use nbzero_graph::NodeId;
use nbzero_ops::{Statistics, batch_norm_backward_tangent, batch_norm_tangent};

use super::backward::{as_maps, is_the_end, weight_gradient};
use super::walk::{self, Held};
use super::{Activations, GradientsOf, LayerGradient};
use crate::op;
use crate::schedule::{Kind, Operation};

/// The derivative of a value, `None` where nothing moves; of a convolution's output without that
/// output itself.
type Moved = Option<Tensor<4>>;

/// The derivatives of a forward sweep's activations as all weights of convolutions and linear
/// layers move along themselves (biases and batch norms do not move).
#[derive(Debug)]
pub struct Tangents {
    /// Those that are kept.
    values: Vec<Option<Moved>>,
    peak_bytes: u128,
}

/// The end of a backward sweep with tangents.
#[derive(Debug)]
pub struct Curvature {
    /// w^T H g: H the Hessian of the loss by the weights of convolutions and linear layers, g its
    /// gradient.
    pub value: f64,
    /// The most bytes of activations, gradients and their derivatives at any moment.
    pub peak_bytes: u128,
}

/// A gradient and its derivative.
type Pair = [Tensor<4>; 2];

impl Tangents {
    /// The most bytes of activations and their derivatives at any moment of the sweep.
    pub fn peak_bytes(&self) -> u128 {
        self.peak_bytes
    }

    fn value(&self, id: NodeId) -> Option<Tensor<4>> {
        let value = &self.values[id.index()];
        value.clone().expect("the sweep keeps what is read later")
    }
}

impl Activations<'_> {
    /// The tangents of this sweep's activations.
    pub fn tangents(&self) -> Tangents {
        let kept = self.schedule.kept_for_backward();
        let kept = |id: NodeId| kept[id.index()];
        let walked = walk::forwards(&self.schedule, None, kept, |operation, values| {
            let input = |i: usize| {
                let value = &values[operation.inputs[i].index()];
                value.clone().expect("inputs are freed last")
            };
            self.tangent(operation, input)
        });
        Tangents {
            values: walked.values,
            peak_bytes: self.bytes() + walked.peak_bytes,
        }
    }

    fn tangent(
        &self,
        operation: &Operation<'_>,
        input: impl Fn(usize) -> Option<Tensor<4>>,
    ) -> Option<Tensor<4>> {
        let whole = |i: usize| self.whole(operation.inputs[i], input(i));
        match operation.kind {
            Kind::Convolution(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                input(0).map(|moved| op::conv::forward(moved, weight, conv))
            }
            Kind::Norm(name) => {
                let from = operation.inputs[0];
                Some(batch_norm_tangent(
                    self.value(from),
                    self.beyond_itself(from, input(0)),
                    op::batch_norm::affine(self.network.batch_norm(name)),
                    self.statistics(operation.output).clone(),
                    op::batch_norm::norm(operation.activation, Statistics::Batch),
                ))
            }
            Kind::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                let x = self.value(operation.inputs[0]);
                let moved = match whole(0) {
                    Some(moved) => moved + x,
                    None => x,
                };
                Some(op::linear::product(moved, weight))
            }
            Kind::Add => {
                let sum = match (whole(0), whole(1)) {
                    (Some(left), Some(right)) => Some(left + right),
                    (one, None) | (None, one) => one,
                };
                sum.map(|sum| self.activated_gradient(operation, sum))
            }
            Kind::Activation => whole(0).map(|moved| self.activated_gradient(operation, moved)),
            Kind::Zeros => None,
            Kind::Pool(pool) => whole(0).map(|moved| pool.forward(moved)),
        }
    }

    /// The whole derivative of a node's value.
    fn whole(&self, id: NodeId, held: Option<Tensor<4>>) -> Option<Tensor<4>> {
        if !self.moves_by_itself(id) {
            return held;
        }
        let value = self.value(id);
        Some(match held {
            Some(held) => held + value,
            None => value,
        })
    }

    /// The derivative of a node's value, less that value.
    fn beyond_itself(&self, id: NodeId, held: Option<Tensor<4>>) -> Tensor<4> {
        let value = self.value(id);
        match (self.moves_by_itself(id), held) {
            (true, Some(held)) => held,
            (true, None) => value.zeros_like(),
            (false, Some(held)) => held - value,
            (false, None) => -value,
        }
    }

    fn moves_by_itself(&self, id: NodeId) -> bool {
        let mut makers = self.schedule.operations().iter();
        makers.any(|made| made.output == id && matches!(made.kind, Kind::Convolution(_)))
    }

    /// As [`backward_keeping`](Self::backward_keeping) for the weights, from the gradient of the
    /// mean cross-entropy, with the gradients' own derivatives walking along.
    pub fn backward_with_tangents(
        &self,
        gradient: Tensor<2>,
        tangents: &Tangents,
        mut visit: impl FnMut(LayerGradient<'_>),
    ) -> Curvature {
        let moved = self.logits_gradient_tangent(tangents);
        let mut peak_bytes = 0;
        let mut value = 0.0;
        let held_all_along = self.bytes() + tangents.values.bytes();
        let add = |[a, a_moved]: Pair, [b, b_moved]: Pair| [a + b, a_moved + b_moved];
        let start = [gradient, moved].map(as_maps);
        walk::backwards(&self.schedule, start, add, |operation, gradients, held| {
            peak_bytes = peak_bytes.max(held_all_along + held);
            let wanted = GradientsOf::Weights;
            if let Some(layer) = self.layer_gradient(operation, &gradients[0], wanted) {
                value += self.layer_curvature(operation, &layer, &gradients, tangents);
                visit(layer);
            }
            if is_the_end(operation, wanted) {
                return Vec::new();
            }
            self.moving_input_gradients(operation, gradients, tangents)
        });
        Curvature { value, peak_bytes }
    }

    /// The derivative of the mean cross-entropy's gradient by the logits:
    /// `p (z' - p . z') / batch`, p the softmax of the logits z.
    fn logits_gradient_tangent(&self, tangents: &Tangents) -> Tensor<2> {
        let logits = self.logits();
        let [batch, classes] = logits.dims();
        let moved = self.whole(self.schedule.last(), tangents.value(self.schedule.last()));
        let moved = moved.expect("the logits move with the weights before them");
        let moved = moved.reshape([batch, classes]);
        let p = softmax(logits, 1);
        let mean = (p.clone() * moved.clone()).sum_dim(1);
        (p * (moved - mean)).div_scalar(batch as f64)
    }

    /// The inner product of the weight's gradient and its derivative.
    fn layer_curvature(
        &self,
        operation: &Operation<'_>,
        layer: &LayerGradient<'_>,
        [gradient, moved]: &Pair,
        tangents: &Tangents,
    ) -> f64 {
        let from = operation.inputs[0];
        let mut change = weight_gradient(operation, self.value(from), moved.clone());
        if let Some(input) = self.whole(from, tangents.value(from)) {
            change = change + weight_gradient(operation, input, gradient.clone());
        }
        (change * layer.weight_gradient())
            .sum()
            .into_scalar::<f64>()
    }

    fn moving_input_gradients(
        &self,
        operation: &Operation<'_>,
        [gradient, moved]: Pair,
        tangents: &Tangents,
    ) -> Vec<Pair> {
        let one = match operation.kind {
            Kind::Convolution(_) | Kind::Linear(_) => {
                let moved = moved + gradient.clone();
                [gradient, moved].map(|g| self.layer_input_gradient(operation, g))
            }
            Kind::Norm(name) => {
                let from = operation.inputs[0];
                batch_norm_backward_tangent(
                    self.value(from),
                    self.beyond_itself(from, tangents.value(from)),
                    [gradient, moved],
                    op::batch_norm::affine(self.network.batch_norm(name)),
                    self.statistics(operation.output).clone(),
                    op::batch_norm::norm(operation.activation, Statistics::Batch),
                )
            }
            Kind::Add => {
                let both = [gradient, moved].map(|g| self.activated_gradient(operation, g));
                return vec![both.clone(), both];
            }
            Kind::Activation => [gradient, moved].map(|g| self.activated_gradient(operation, g)),
            Kind::Zeros => return Vec::new(),
            Kind::Pool(pool) => {
                let resolution = self.resolution(operation.inputs[0]);
                [gradient, moved].map(|g| pool.backward(g, resolution))
            }
        };
        vec![one]
    }
}
