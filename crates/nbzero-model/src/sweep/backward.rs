//! The backward sweep: from a gradient of the logits to that of the input.

use burn::tensor::Tensor;
use nbzero_graph::{NodeId, Op};

use super::{Activations, walk};
use crate::op;

/// Whether a backward sweep computes the gradients of the weights, which is half of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightGradients {
    /// Compute them and show them to the visitor.
    Compute,
    /// Only the gradients of activations and of the input are wanted.
    Skip,
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
    /// Gradient by the images.
    pub input_gradient: Tensor<4>,
    /// The most bytes of activations and of their gradients at any moment.
    pub peak_bytes: u64,
}

impl Activations<'_> {
    /// Walks back from a gradient of the logits `[batch, classes]`, shows each convolution and
    /// linear layer to `visit` from the last to the first, and gives the gradient of the input.
    ///
    /// Activations are freed on the way.
    pub fn backward(
        mut self,
        gradient: Tensor<2>,
        weights: WeightGradients,
        visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        self.walk_back(gradient, weights, true, visit)
    }

    /// Like [`backward`](Self::backward), but leaves the activations for another walk.
    pub fn backward_keeping(
        &self,
        gradient: Tensor<2>,
        weights: WeightGradients,
        visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        self.clone().walk_back(gradient, weights, false, visit)
    }

    fn walk_back(
        &mut self,
        gradient: Tensor<2>,
        weights: WeightGradients,
        free: bool,
        mut visit: impl FnMut(LayerGradient<'_>),
    ) -> Backward {
        let [batch, classes] = gradient.dims();
        let gradient = gradient.reshape([batch, classes, 1, 1]);
        let mut peak_bytes = 0;
        let add = |a: Tensor<4>, b: Tensor<4>| a + b;
        let input = walk::backwards(self.graph, gradient, add, |id, gradient, held| {
            peak_bytes = peak_bytes.max(self.bytes() + held);
            if let Some(layer) = self.layer_gradient(id, &gradient, weights) {
                visit(layer);
            }
            let inputs = self.input_gradients(id, gradient);
            if free {
                self.values[id.index()] = None;
            }
            inputs
        });
        Backward {
            input_gradient: input.expect("every network reads its input"),
            peak_bytes,
        }
    }

    fn layer_gradient(
        &self,
        id: NodeId,
        gradient: &Tensor<4>,
        weights: WeightGradients,
    ) -> Option<LayerGradient<'_>> {
        let node = self.graph.node(id);
        let wanted = weights == WeightGradients::Compute;
        let input = || self.value(node.inputs()[0]);
        let (name, weight, weight_gradient) = match node.op() {
            Op::Conv2d(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                let weight_gradient =
                    wanted.then(|| op::conv::weight_gradient(input(), gradient.clone(), conv));
                (&conv.name, weight, weight_gradient)
            }
            Op::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                let weight_gradient =
                    wanted.then(|| op::linear::weight_gradient(input(), gradient.clone()));
                let [out_features, in_features] = weight.dims();
                let weight = weight.reshape([out_features, in_features, 1, 1]);
                (&linear.name, weight, weight_gradient)
            }
            _ => return None,
        };
        Some(LayerGradient {
            name,
            weight,
            weight_gradient,
            output: self.values[id.index()].clone(),
            output_gradient: gradient.clone(),
        })
    }

    /// The gradient of each of a node's inputs.
    fn input_gradients(&self, id: NodeId, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let node = self.graph.node(id);
        let resolution = || self.graph.node(node.inputs()[0]).shape().resolution;
        let one = match node.op() {
            Op::Conv2d(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                op::conv::input_gradient(gradient, weight, conv, resolution())
            }
            Op::BatchNorm { name } => {
                let statistics = self.statistics[id.index()].as_ref();
                op::batch_norm::input_gradient(
                    self.value(node.inputs()[0]),
                    gradient,
                    self.network.batch_norm(name),
                    statistics.expect("the forward sweep measured every batch norm"),
                )
            }
            Op::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                op::linear::input_gradient(gradient, weight)
            }
            Op::Relu => op::relu::backward(self.value(id), gradient),
            Op::Relu6 => op::relu6::backward(self.value(id), gradient),
            Op::Add => return vec![gradient.clone(), gradient],
            Op::GlobalAveragePool => op::pool::backward(gradient, resolution()),
            other => unreachable!("{} after the first node", other.kind()),
        };
        vec![one]
    }
}
