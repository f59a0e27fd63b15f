//! The backward sweep: from a gradient of the logits to that of the input.

use burn::tensor::Tensor;
use nbzero_graph::NodeId;

use super::{Activations, walk};
use crate::op::At;
use crate::schedule::Operation;

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
    /// Its weight, `[out, in / groups, rows, columns]` (`[out, in, 1, 1]` of a linear layer).
    pub weight: Tensor<4>,
    /// Gradient by the weight, of the same shape; `None` where the sweep skips them.
    pub weight_gradient: Option<Tensor<4>>,
    /// The layer's output, bias included, before normalisation: `[batch, out, height, width]`.
    pub output: Tensor<4>,
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
                let at = self.at(operation);
                if let Some(layer) = layer_gradient(operation, &at, &gradient, wanted) {
                    visit(layer);
                }
                let inputs = if is_the_end(operation, wanted) {
                    Vec::new()
                } else {
                    operation.rule.adjoint(&at, gradient)
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
}

/// What a visitor is shown of an operation that is a convolution or linear layer.
pub(super) fn layer_gradient<'o>(
    operation: &'o Operation<'_>,
    at: &At<'_>,
    gradient: &Tensor<4>,
    wanted: GradientsOf,
) -> Option<LayerGradient<'o>> {
    let layer = operation.rule.layer()?;
    let wanted = wanted != GradientsOf::Images;
    Some(LayerGradient {
        name: layer.name(),
        weight: layer.weight(at.network),
        weight_gradient: wanted.then(|| layer.weight_gradient(at.input(0), gradient.clone())),
        output: at.output(),
        output_gradient: gradient.clone(),
    })
}

/// Whether only the images are before the operation and nobody wants their gradient.
pub(super) fn is_the_end(operation: &Operation<'_>, wanted: GradientsOf) -> bool {
    wanted == GradientsOf::Weights && operation.inputs == [NodeId::INPUT]
}

/// `[batch, classes]` as maps of resolution 1.
pub(super) fn as_maps(logits: Tensor<2>) -> Tensor<4> {
    logits.unsqueeze_dims(&[2, 3])
}
