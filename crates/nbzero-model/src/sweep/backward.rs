//! The backward sweep: from a gradient of the logits to that of the input.

use burn::tensor::Tensor;
use nbzero_graph::NodeId;
use nbzero_ops::{Statistics, activation_gradient};

use super::{Activations, walk};
use crate::op;
use crate::schedule::{Kind, Operation};

/// The gradients that a backward sweep is asked for: those that nobody wants are not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GradientsOf {
    /// Those of the weights, shown to the visitor.
    Weights,
    /// That of the images.
    Images,
    /// Both.
    Both,
}

/// A convolution or linear layer as a backward sweep passes it.
#[derive(Debug)]
pub struct LayerGradient<'a> {
    /// The layer's name, e.g. `stages.0.blocks.1.conv2`.
    pub name: &'a str,
    /// Its weight, `[out, in / groups, kernel, kernel]` (`[out, in, 1, 1]` of a linear layer).
    pub weight: Tensor<4>,
    /// Gradient by the weight, of the same shape; `None` where the sweep skips them.
    pub weight_gradient: Option<Tensor<4>>,
    /// The layer's output before normalisation, `[batch, out, height, width]`; `None` where no
    /// batch norm follows and nothing else kept it.
    pub output: Option<Tensor<4>>,
    /// Gradient by that output.
    pub output_gradient: Tensor<4>,
}

impl LayerGradient<'_> {
    /// The gradient by the weight.
    ///
    /// # Panics
    ///
    /// If the sweep skips weight gradients.
    pub fn weight_gradient(&self) -> Tensor<4> {
        let gradient = self.weight_gradient.clone();
        gradient.expect("this sweep computes weight gradients")
    }
}

/// The end of a backward sweep.
#[derive(Debug)]
pub struct Backward {
    /// Gradient by the images, where it was asked for.
    pub input_gradient: Option<Tensor<4>>,
    /// The most bytes of activations and of their gradients at any moment.
    pub peak_bytes: u128,
}

impl Activations<'_> {
    /// Walks back from a gradient of the logits `[batch, classes]`, shows each convolution and
    /// linear layer to `visit` from the last to the first, and gives the gradient of the input.
    ///
    /// Activations are freed on the way.
    pub fn backward(
        mut self,
        gradient: Tensor<2>,
        wanted: GradientsOf,
        visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        self.walk_back(gradient, wanted, true, visit)
    }

    /// Like [`backward`](Self::backward), but leaves the activations for another walk.
    pub fn backward_keeping(
        &self,
        gradient: Tensor<2>,
        wanted: GradientsOf,
        visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        self.clone().walk_back(gradient, wanted, false, visit)
    }

    fn walk_back(
        &mut self,
        gradient: Tensor<2>,
        wanted: GradientsOf,
        free: bool,
        mut visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        let schedule = self.schedule.clone();
        let mut peak_bytes = 0;
        let add = |a: Tensor<4>, b: Tensor<4>| a + b;
        let gradient = as_maps(gradient);
        let input_gradient =
            walk::backwards(&schedule, gradient, add, |operation, gradient, held| {
                peak_bytes = peak_bytes.max(self.bytes() + held);
                if let Some(layer) = self.layer_gradient(operation, &gradient, wanted) {
                    visit(layer);
                }
                let inputs = if is_the_end(operation, wanted) {
                    Vec::new()
                } else {
                    self.input_gradients(operation, gradient)
                };
                if free {
                    self.values[operation.output.index()] = None;
                }
                inputs
            });
        Backward {
            input_gradient,
            peak_bytes,
        }
    }

    pub(super) fn layer_gradient<'a>(
        &self,
        operation: &Operation<'a>,
        gradient: &Tensor<4>,
        wanted: GradientsOf,
    ) -> Option<LayerGradient<'a>> {
        let wanted = wanted != GradientsOf::Images;
        let (name, weight) = match operation.kind {
            Kind::Convolution(conv) => (
                &conv.name,
                self.network.convolution(&conv.name).weight.val(),
            ),
            Kind::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                (&linear.name, weight.unsqueeze_dims(&[2, 3]))
            }
            _ => return None,
        };
        let input = || self.value(operation.inputs[0]);
        Some(LayerGradient {
            name,
            weight,
            weight_gradient: wanted.then(|| weight_gradient(operation, input(), gradient.clone())),
            output: self.values[operation.output.index()].clone(),
            output_gradient: gradient.clone(),
        })
    }

    /// The gradient of each of an operation's inputs.
    fn input_gradients(&self, operation: &Operation<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let one = match operation.kind {
            Kind::Convolution(_) | Kind::Linear(_) => {
                self.layer_input_gradient(operation, gradient)
            }
            Kind::Norm(name) => {
                let norm = op::batch_norm::norm(operation.activation, Statistics::Batch);
                let (input, layer) = (
                    self.value(operation.inputs[0]),
                    self.network.batch_norm(name),
                );
                let statistics = self.statistics(operation.output);
                op::batch_norm::backward(input, gradient, layer, statistics, norm).input
            }
            Kind::Add => {
                let both = self.activated_gradient(operation, gradient);
                return vec![both.clone(), both];
            }
            Kind::Activation => self.activated_gradient(operation, gradient),
            Kind::Zeros => return Vec::new(),
            Kind::Pool(pool) => pool.backward(gradient, self.resolution(operation.inputs[0])),
        };
        vec![one]
    }

    /// The gradient of the input of a convolution or linear layer; several one after another from
    /// several.
    pub(super) fn layer_input_gradient(
        &self,
        operation: &Operation<'_>,
        gradient: Tensor<4>,
    ) -> Tensor<4> {
        match operation.kind {
            Kind::Convolution(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                let resolution = self.resolution(operation.inputs[0]);
                op::conv::input_gradient(gradient, weight, conv, resolution)
            }
            Kind::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                op::linear::input_gradient(gradient, weight)
            }
            _ => unreachable!("the operation is no layer with a weight"),
        }
    }

    /// The gradient before the operation's activation (one or several), or the derivative behind
    /// it: an activation's Jacobian is diagonal, so that it is its own transpose.
    pub(super) fn activated_gradient(
        &self,
        operation: &Operation<'_>,
        gradient: Tensor<4>,
    ) -> Tensor<4> {
        if !operation.is_activated() {
            return gradient;
        }
        let output = self.value(operation.output);
        activation_gradient(output, gradient, operation.activation)
    }
}

/// Gradient of the weight of a convolution or linear layer; several one after another from
/// several.
pub(super) fn weight_gradient(
    operation: &Operation<'_>,
    input: Tensor<4>,
    gradient: Tensor<4>,
) -> Tensor<4> {
    match operation.kind {
        Kind::Convolution(conv) => op::conv::weight_gradient(input, gradient, conv),
        _ => op::linear::weight_gradient(input, gradient),
    }
}

/// Whether only the images are before the operation and nobody wants their gradient.
pub(super) fn is_the_end(operation: &Operation<'_>, wanted: GradientsOf) -> bool {
    wanted == GradientsOf::Weights && operation.inputs == [NodeId::INPUT]
}

/// `[batch, classes]` as maps of resolution 1.
pub(super) fn as_maps(logits: Tensor<2>) -> Tensor<4> {
    logits.unsqueeze_dims(&[2, 3])
}
