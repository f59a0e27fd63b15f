//! The forward sweep: training mode, keeping what a backward sweep will need.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId, Op};

use crate::network::last_uses;
use crate::op::batch_norm::Statistics;
use crate::{Network, op};

/// What a forward sweep leaves behind.
///
/// A clone shares its tensors, so that several backward sweeps can start from one forward.
#[derive(Debug, Clone)]
pub struct Activations<'a> {
    pub(super) network: &'a Network,
    pub(super) graph: &'a Graph,
    pub(super) values: Vec<Option<Tensor<4>>>,
    pub(super) statistics: Vec<Option<Statistics>>,
}

/// Runs `network` as `graph` says on images `[batch, channels, resolution, resolution]`, batch
/// norms on the statistics of the batch.
///
/// `graph` is the network's own, or one made from it (without batch norm, without shortcuts).
pub fn forward<'a>(network: &'a Network, graph: &'a Graph, images: Tensor<4>) -> Activations<'a> {
    let nodes = graph.nodes().len();
    let kept = kept_for_backward(graph);
    let last_use = last_uses(graph);
    let mut sweep = Activations {
        network,
        graph,
        values: vec![None; nodes],
        statistics: vec![None; nodes],
    };
    sweep.values[0] = Some(images);
    for (id, node) in graph.iter().skip(1) {
        let value = sweep.step(id);
        sweep.values[id.index()] = Some(value);
        for input in node.inputs() {
            if last_use[input.index()] == id && !kept[input.index()] {
                sweep.values[input.index()] = None;
            }
        }
    }
    sweep
}

/// Which values some adjoint reads: inputs of layers with parameters, outputs of activations.
fn kept_for_backward(graph: &Graph) -> Vec<bool> {
    let mut kept = vec![false; graph.nodes().len()];
    for (id, node) in graph.iter() {
        if node.op().name().is_some() {
            kept[node.inputs()[0].index()] = true;
        }
        if matches!(node.op(), Op::Relu | Op::Relu6) {
            kept[id.index()] = true;
        }
    }
    kept
}

impl Activations<'_> {
    /// The logits, `[batch, classes]`.
    pub fn logits(&self) -> Tensor<2> {
        let logits = self.value(self.graph.output());
        let [batch, classes, _, _] = logits.dims();
        logits.reshape([batch, classes])
    }

    /// Outputs of all activation functions, in the graph's order.
    pub fn activation_outputs(&self) -> impl Iterator<Item = Tensor<4>> {
        let activations = self
            .graph
            .iter()
            .filter(|(_, node)| matches!(node.op(), Op::Relu | Op::Relu6));
        activations.map(|(id, _)| self.value(id))
    }

    pub(super) fn value(&self, id: NodeId) -> Tensor<4> {
        let value = &self.values[id.index()];
        value
            .clone()
            .expect("the sweep keeps the values that are read later")
    }

    fn step(&mut self, id: NodeId) -> Tensor<4> {
        let node = self.graph.node(id);
        let input = |i: usize| self.value(node.inputs()[i]);
        match node.op() {
            Op::Conv2d(conv) => {
                let weight = self.network.convolution(&conv.name).weight.val();
                op::conv::forward(input(0), weight, conv)
            }
            Op::BatchNorm { name } => {
                let x = input(0);
                let statistics = Statistics::of_batch(&x);
                let y = op::batch_norm::forward(x, self.network.batch_norm(name), &statistics);
                self.statistics[id.index()] = Some(statistics);
                y
            }
            Op::Linear(linear) => op::linear::forward(input(0), self.network.dense(&linear.name)),
            Op::Relu => op::relu::forward(input(0)),
            Op::Relu6 => op::relu6::forward(input(0)),
            Op::Add => input(0) + input(1),
            Op::GlobalAveragePool => op::pool::forward(input(0)),
            other => unreachable!("{} after the first node", other.kind()),
        }
    }
}
