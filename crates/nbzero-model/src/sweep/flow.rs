//! The flow sweep: all parameters absolute, no batch norm, one all-ones image, float64, and the
//! gradient of the summed outputs by every weight.
//!
//! Without batch norms the values grow from layer to layer and leave float64's range after some
//! hundred. They are scaled on the way, forward and backward, so that each layer's gradient is
//! known as a tensor and a power of two.

use burn::tensor::{DType, Tensor};
use nbzero_graph::NodeId;
use nbzero_ops::Activation;

use super::GradientsOf;
use super::backward::is_the_end;
use super::walk::{self, Held};
use crate::op::{At, Exponents};
use crate::scaled::Scaled;
use crate::schedule::{Operation, Schedule};
use crate::{Network, ParameterChange};

/// A convolution or linear layer as the flow sweep passes it, from the last to the first.
#[derive(Debug)]
pub struct LayerFlow<'a> {
    /// The layer's name, e.g. `stages.0.blocks.1.conv2`.
    pub name: &'a str,
    /// Its absolute weight, `[out, in / groups, rows, columns]` (`[out, in, 1, 1]` of a linear layer).
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
        let inputs = operation.inputs.iter().map(|id| {
            let value = &values[id.index()];
            value.clone().expect("inputs are freed last")
        });
        let at = schedule.at(operation, &network, 1, |_| None);
        operation.rule.scaled(&at, inputs.collect())
    });
    let mut walk = Walk {
        network: &network,
        schedule: &schedule,
        values: walked.values,
    };
    let gradient = ones([1, graph.classes(), 1, 1]);
    walked.peak_bytes.max(walk.back(gradient, visit))
}

/// |w| in float64.
struct AbsoluteFloat64;

impl ParameterChange for AbsoluteFloat64 {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        parameter.cast(DType::F64).abs()
    }
}

/// The way back.
struct Walk<'a> {
    network: &'a Network,
    schedule: &'a Schedule<'a>,
    values: Vec<Option<Scaled>>,
}

impl Walk<'_> {
    fn back(&mut self, gradient: Scaled, mut visit: impl FnMut(LayerFlow<'_>)) -> u128 {
        let mut peak_bytes = 0;
        let add = |a, b| Scaled::sum(a, b, Activation::Identity);
        walk::backwards(self.schedule, gradient, add, |operation, gradient, held| {
            peak_bytes = peak_bytes.max(self.values.bytes() + held);
            let (at, exponents) = (self.at(operation), self.exponents(operation));
            if let Some(layer) = layer(operation, &at, &exponents, &gradient) {
                visit(layer);
            }
            let inputs = if is_the_end(operation, GradientsOf::Weights) {
                Vec::new()
            } else {
                operation.rule.scaled_adjoint(&at, &exponents, gradient)
            };
            self.values[operation.output.index()] = None;
            inputs
        });
        peak_bytes
    }

    fn at(&self, operation: &Operation<'_>) -> At<'_> {
        let map = |id: NodeId| Some(self.values[id.index()].as_ref()?.map.clone());
        self.schedule.at(operation, self.network, 1, map)
    }

    fn exponents(&self, operation: &Operation<'_>) -> Exponents {
        let of = |id: &NodeId| {
            let value = self.values[id.index()].as_ref();
            value.map_or(0, |value| value.exponent)
        };
        Exponents {
            inputs: operation.inputs.iter().map(of).collect(),
            output: of(&operation.output),
        }
    }
}

fn layer<'o>(
    operation: &'o Operation<'_>,
    at: &At<'_>,
    exponents: &Exponents,
    gradient: &Scaled,
) -> Option<LayerFlow<'o>> {
    let layer = operation.rule.layer()?;
    Some(LayerFlow {
        name: layer.name(),
        weight: layer.weight(at.network),
        exponent: exponents.inputs[0] + gradient.exponent,
        weight_gradient: layer.weight_gradient(at.input(0), gradient.map.clone()),
    })
}
