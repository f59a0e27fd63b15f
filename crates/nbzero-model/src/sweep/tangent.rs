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

use super::backward::{as_maps, is_the_end, layer_gradient};
use super::walk::{self, Held as _};
use super::{Activations, GradientsOf, LayerGradient};
use crate::op::{At, Held, Moved, Pair, Weighted};
use crate::schedule::Operation;
use crate::sum;

/// The derivatives of a forward sweep's activations as all weights of convolutions and linear
/// layers move along themselves (biases and batch norms do not move).
#[derive(Debug)]
pub struct Tangents {
    /// Those that are kept.
    values: Vec<Option<Held>>,
    /// Whether a value itself is to be added to its derivative.
    by_itself: Vec<bool>,
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

impl Tangents {
    /// The most bytes of activations and their derivatives at any moment of the sweep.
    pub fn peak_bytes(&self) -> u128 {
        self.peak_bytes
    }

    /// Of the inputs of an operation.
    fn inputs(&self, operation: &Operation<'_>) -> Moved {
        inputs(operation, &self.values, &self.by_itself)
    }
}

/// The derivatives of an operation's inputs, as far as they are there.
fn inputs(operation: &Operation<'_>, values: &[Option<Held>], by_itself: &[bool]) -> Moved {
    let inputs = operation.inputs.iter();
    Moved {
        held: inputs
            .clone()
            .map(|id| values[id.index()].clone())
            .collect(),
        by_itself: inputs.map(|id| by_itself[id.index()]).collect(),
    }
}

impl Activations<'_> {
    /// The tangents of this sweep's activations.
    pub fn tangents(&self) -> Tangents {
        let kept = self.schedule.kept_for_backward();
        let kept = |id: NodeId| kept[id.index()];
        let by_itself = self.schedule.moving_by_themselves();
        let walked = walk::forwards(&self.schedule, None, kept, |operation, values| {
            let moved = inputs(operation, values, &by_itself);
            operation.rule.tangent(&self.at(operation), &moved)
        });
        Tangents {
            values: walked.values,
            by_itself,
            peak_bytes: self.bytes() + walked.peak_bytes,
        }
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
            let (at, moved) = (self.at(operation), tangents.inputs(operation));
            if let Some(layer) = layer_gradient(operation, &at, &gradients[0], wanted) {
                let weighted = operation.rule.layer().expect("it has a weight");
                value += layer_curvature(weighted, &at, &moved, &layer, &gradients);
                visit(layer);
            }
            if is_the_end(operation, wanted) {
                return Vec::new();
            }
            operation.rule.adjoint_tangent(&at, &moved, gradients)
        });
        Curvature { value, peak_bytes }
    }

    /// The derivative of the mean cross-entropy's gradient by the logits:
    /// `p (z' - p . z') / batch`, p the softmax of the logits z.
    fn logits_gradient_tangent(&self, tangents: &Tangents) -> Tensor<2> {
        let logits = self.logits();
        let [batch, classes] = logits.dims();
        let last = self.schedule.last();
        let moved = Moved {
            held: vec![tangents.values[last.index()].clone()],
            by_itself: vec![tangents.by_itself[last.index()]],
        };
        let moved = moved.whole_of(|| self.value(last), 0);
        let moved = moved.expect("the logits move with the weights before them");
        let moved = moved.reshape([batch, classes]);
        let p = softmax(logits, 1);
        let mean = (p.clone() * moved.clone()).sum_dim(1);
        (p * (moved - mean)).div_scalar(batch as f64)
    }
}

/// The inner product of the weight's gradient and its derivative.
fn layer_curvature(
    weighted: &dyn Weighted,
    at: &At<'_>,
    inputs: &Moved,
    layer: &LayerGradient<'_>,
    [gradient, moved]: &Pair,
) -> f64 {
    let mut change = weighted.weight_gradient(at.input(0), moved.clone());
    if let Some(input) = inputs.whole(at, 0) {
        change = change + weighted.weight_gradient(input, gradient.clone());
    }
    sum(change * layer.weight_gradient())
}
