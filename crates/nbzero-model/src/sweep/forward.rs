//! The forward sweep: training mode, keeping what a backward sweep will need.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, Node, NodeId, Op};

use super::walk::{self, Held};
use crate::op::batch_norm::Statistics;
use crate::{Network, op};

/// What a forward sweep leaves behind.
///
/// A clone shares its tensors.
#[derive(Debug, Clone)]
pub struct Activations<'a> {
    pub(super) network: &'a Network,
    pub(super) graph: &'a Graph,
    pub(super) values: Vec<Option<Tensor<4>>>,
    pub(super) statistics: Vec<Option<Statistics>>,
    peak_bytes: u64,
}

/// Runs `network` as `graph` says on images `[batch, channels, resolution, resolution]`, batch
/// norms on the statistics of the batch.
///
/// `graph` is the network's own, or one made from it (without batch norm, without shortcuts).
pub fn forward<'a>(network: &'a Network, graph: &'a Graph, images: Tensor<4>) -> Activations<'a> {
    let kept = kept_for_backward(graph);
    let kept = |id: NodeId| kept[id.index()];
    run(network, graph, images, graph.output(), kept, |_| ())
}

/// A node as a forward sweep passes it.
#[derive(Debug)]
pub struct Step<'a> {
    /// The node.
    pub node: &'a Node,
    /// Its value, `[batch, channels, height, width]`.
    pub value: &'a Tensor<4>,
    /// Of a batch norm: the biased variance of its input over the batch, `[1, channels, 1, 1]`.
    pub variance: Option<&'a Tensor<4>>,
}

/// The end of a forward sweep that kept nothing.
#[derive(Debug)]
pub struct Output {
    /// The value of the last node.
    pub value: Tensor<4>,
    /// The most bytes of activations at any moment.
    pub peak_bytes: u64,
}

/// Like [`forward`] up to the node `last`, but shows each value to `visit` and keeps none.
pub fn forward_only(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    last: NodeId,
    visit: impl FnMut(Step<'_>),
) -> Output {
    let end = run(network, graph, images, last, |_| false, visit);
    Output {
        value: end.value(last),
        peak_bytes: end.peak_bytes,
    }
}

fn run<'a>(
    network: &'a Network,
    graph: &'a Graph,
    images: Tensor<4>,
    last: NodeId,
    kept: impl Fn(NodeId) -> bool,
    mut visit: impl FnMut(Step<'_>),
) -> Activations<'a> {
    let mut statistics = vec![None; graph.nodes().len()];
    let walked = walk::forwards(graph, last, images, kept, |id, values| {
        let node = graph.node(id);
        let mut measured = None;
        let value = op::forward(network, node, values, |x, layer| {
            let (output, statistics) = op::batch_norm::forward(x, layer);
            measured = Some(statistics);
            output
        });
        visit(Step {
            node,
            value: &value,
            variance: measured.as_ref().map(|s| &s.variance),
        });
        statistics[id.index()] = measured;
        value
    });
    Activations {
        network,
        graph,
        values: walked.values,
        statistics,
        peak_bytes: walked.peak_bytes,
    }
}

/// Which values some adjoint reads: inputs of layers with parameters, outputs of activations.
pub(super) fn kept_for_backward(graph: &Graph) -> Vec<bool> {
    let mut kept = vec![false; graph.nodes().len()];
    for (id, node) in graph.iter() {
        if node.op().name().is_some() {
            kept[node.inputs()[0].index()] = true;
        }
        if is_activation(node) {
            kept[id.index()] = true;
        }
    }
    kept
}

fn is_activation(node: &Node) -> bool {
    matches!(node.op(), Op::Relu | Op::Relu6)
}

impl Step<'_> {
    /// Whether the node is an activation function.
    pub fn is_activation(&self) -> bool {
        is_activation(self.node)
    }
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
        let activations = self.graph.iter().filter(|(_, node)| is_activation(node));
        activations.map(|(id, _)| self.value(id))
    }

    /// The most bytes of activations that the forward sweep held at any moment.
    pub fn peak_bytes(&self) -> u64 {
        self.peak_bytes
    }

    /// Bytes of the activations that are kept now.
    pub fn bytes(&self) -> u64 {
        self.values.bytes()
    }

    pub(super) fn value(&self, id: NodeId) -> Tensor<4> {
        let value = &self.values[id.index()];
        value
            .clone()
            .expect("the sweep keeps the values that are read later")
    }
}
