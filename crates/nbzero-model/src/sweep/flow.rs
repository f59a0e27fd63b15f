//! The flow sweep: all parameters absolute, no batch norm, one all-ones image, float64, and the
//! gradient of the summed outputs by every weight.
//!
//! Without batch norms the values grow from layer to layer and leave float64's range after some
//! hundred. They are scaled on the way, forward and backward, so that each layer's gradient is
//! known as a tensor and a power of two.

use burn::tensor::{DType, Tensor};
use nbzero_graph::{Graph, NodeId};
use nbzero_ops::{Activation, activation_gradient};

use super::GradientsOf;
use super::backward::{is_the_end, weight_gradient};
use super::scaled::Scaled;
use super::walk::{self, Held};
use crate::schedule::{Kind, Operation, Schedule};
use crate::{Network, ParameterChange, op};

/// A convolution or linear layer as the flow sweep passes it, from the last to the first.
#[derive(Debug)]
pub struct LayerFlow<'a> {
    /// The layer's name, e.g. `stages.0.blocks.1.conv2`.
    pub name: &'a str,
    /// Its absolute weight, `[out, in / groups, kernel, kernel]` (`[out, in, 1, 1]` of a linear
    /// layer).
    pub weight: Tensor<4>,
    /// The gradient of the summed outputs by that weight, divided by 2^exponent.
    pub weight_gradient: Tensor<4>,
    /// 0 unless values were near the ends of float64's range.
    pub exponent: i64,
}

/// Shows each convolution and linear layer with its gradient to `visit`; gives the most bytes of
/// activations and of their gradients at any moment.
pub fn flow(network: &Network, visit: impl FnMut(LayerFlow<'_>)) -> u128 {
    let graph = network.graph().without_batch_norm();
    let network = network.with_parameters(&AbsoluteFloat64);
    let schedule = Schedule::new(&graph, graph.output());
    let kept = schedule.kept_for_backward();
    let shape = graph.input_shape();
    let image = [1, shape.channels, shape.height, shape.width];
    let options = (network.device(), DType::F64);
    let ones = |shape: [usize; 4]| Scaled::new(Tensor::ones(shape, (&options.0, options.1)), 0);
    let kept = |id: NodeId| kept[id.index()];
    let walked = walk::forwards(&schedule, ones(image), kept, |operation, values| {
        let input = |i: usize| {
            let value = &values[operation.inputs[i].index()];
            value.clone().expect("inputs are freed last")
        };
        value(&network, operation, input)
    });
    let mut walk = Walk {
        network: &network,
        graph: &graph,
        values: walked.values,
    };
    let gradient = ones([1, graph.classes(), 1, 1]);
    walked.peak_bytes.max(walk.back(&schedule, gradient, visit))
}

/// |w| in float64.
struct AbsoluteFloat64;

impl ParameterChange for AbsoluteFloat64 {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        parameter.cast(DType::F64).abs()
    }
}

/// The value of an operation from those of its inputs.
fn value(network: &Network, operation: &Operation<'_>, input: impl Fn(usize) -> Scaled) -> Scaled {
    match operation.kind {
        Kind::Convolution(conv) => {
            let weight = network.convolution(&conv.name).weight.val();
            input(0).through(|x| op::conv::forward(x, weight, conv))
        }
        Kind::Linear(linear) => {
            let layer = network.dense(&linear.name);
            let product = input(0).through(|x| op::linear::product(x, layer.weight.val()));
            let bias = layer.bias.val().reshape([1, linear.out_features, 1, 1]);
            Scaled::sum(product, Scaled::new(bias, 0), Activation::Identity)
        }
        Kind::Add => Scaled::sum(input(0), input(1), operation.activation),
        Kind::Activation => input(0).activated(operation.activation),
        Kind::Zeros => input(0).through(|x| x.zeros_like()),
        Kind::Pool(pool) => input(0).through(|x| pool.forward(x)),
        Kind::Norm(_) => unreachable!("the graph has no batch norms"),
    }
}

/// The way back.
struct Walk<'a> {
    network: &'a Network,
    graph: &'a Graph,
    values: Vec<Option<Scaled>>,
}

impl Walk<'_> {
    fn back(
        &mut self,
        schedule: &Schedule<'_>,
        gradient: Scaled,
        mut visit: impl FnMut(LayerFlow<'_>),
    ) -> u128 {
        let mut peak_bytes = 0;
        let add = |a, b| Scaled::sum(a, b, Activation::Identity);
        walk::backwards(schedule, gradient, add, |operation, gradient, held| {
            peak_bytes = peak_bytes.max(self.values.bytes() + held);
            if let Some(layer) = self.layer(operation, &gradient) {
                visit(layer);
            }
            let inputs = if is_the_end(operation, GradientsOf::Weights) {
                Vec::new()
            } else {
                self.input_gradients(operation, gradient)
            };
            self.values[operation.output.index()] = None;
            inputs
        });
        peak_bytes
    }

    fn layer<'o>(&self, operation: &Operation<'o>, gradient: &Scaled) -> Option<LayerFlow<'o>> {
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
        let input = self.value(operation.inputs[0]);
        Some(LayerFlow {
            name,
            weight,
            exponent: input.exponent + gradient.exponent,
            weight_gradient: weight_gradient(operation, input.map.clone(), gradient.map.clone()),
        })
    }

    fn input_gradients(&self, operation: &Operation<'_>, gradient: Scaled) -> Vec<Scaled> {
        let resolution = || self.graph.node(operation.inputs[0]).shape().height;
        let one = match operation.kind {
            Kind::Convolution(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                gradient.through(|g| op::conv::input_gradient(g, weight, conv, resolution()))
            }
            Kind::Linear(linear) => {
                let weight = self.network.dense(&linear.name).weight.val();
                gradient.through(|g| op::linear::input_gradient(g, weight))
            }
            Kind::Add => {
                let both = self.activated(operation, gradient);
                return vec![both.clone(), both];
            }
            Kind::Activation => self.activated(operation, gradient),
            Kind::Zeros => return Vec::new(),
            Kind::Pool(pool) => gradient.through(|g| pool.backward(g, resolution())),
            Kind::Norm(_) => unreachable!("the graph has no batch norms"),
        };
        vec![one]
    }

    /// The gradient before the operation's activation.
    fn activated(&self, operation: &Operation<'_>, gradient: Scaled) -> Scaled {
        if !operation.is_activated() {
            return gradient;
        }
        let output = self.value(operation.output);
        let activation = output.like_relu(operation.activation);
        gradient.through(|g| activation_gradient(output.map.clone(), g, activation))
    }

    fn value(&self, id: NodeId) -> &Scaled {
        let value = self.values[id.index()].as_ref();
        value.expect("the sweep keeps the values that are read later")
    }
}
