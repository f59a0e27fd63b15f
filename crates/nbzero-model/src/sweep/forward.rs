//! The forward sweep: training mode, keeping what a backward sweep will need.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId};
use nbzero_ops::BatchStatistics;

use super::walk::{self, Held};
use crate::schedule::Schedule;
use crate::{Network, op};

/// What a forward sweep leaves behind.
///
/// A clone shares its tensors.
#[derive(Debug, Clone)]
pub struct Activations<'a> {
    pub(super) network: &'a Network,
    pub(super) schedule: Schedule<'a>,
    pub(super) values: Vec<Option<Tensor<4>>>,
    pub(super) statistics: Vec<Option<BatchStatistics>>,
    peak_bytes: u128,
}

/// Runs `network` as `graph` says on images `[batch, channels, resolution, resolution]`, batch
/// norms on the statistics of the batch.
///
/// `graph` is the network's own, or one made from it (without batch norm, without shortcuts).
pub fn forward<'a>(network: &'a Network, graph: &'a Graph, images: Tensor<4>) -> Activations<'a> {
    let schedule = Schedule::new(graph, graph.output());
    let kept = schedule.kept_for_backward();
    run(network, schedule, images, 1, |id| kept[id.index()], |_| ())
}

/// An operation as a forward sweep passes it: a node, or a batch norm or an addition with the
/// activation behind it.
#[derive(Debug)]
pub struct Step<'a> {
    /// Its output, `[batch, channels, height, width]`.
    pub value: &'a Tensor<4>,
    /// Whether it ends with an activation function.
    pub is_activation: bool,
    /// Of a batch norm: the biased variance of its input over the batch, `[channels]`, of several
    /// batches one after another.
    pub variance: Option<&'a Tensor<1>>,
}

/// The end of a forward sweep that kept nothing.
#[derive(Debug)]
pub struct Output {
    /// The value of the last node.
    pub value: Tensor<4>,
    /// The most bytes of activations at any moment.
    pub peak_bytes: u128,
}

/// Like [`forward`] up to the node `last`, but shows each value to `visit` and keeps none.
///
/// `images` may be several batches of one size, one after another: batch norms have the statistics
/// of each.
pub fn forward_only(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    batches: usize,
    last: NodeId,
    visit: impl FnMut(Step<'_>),
) -> Output {
    let schedule = Schedule::new(graph, last);
    let end = run(network, schedule, images, batches, |_| false, visit);
    Output {
        value: end.value(last),
        peak_bytes: end.peak_bytes,
    }
}

fn run<'a>(
    network: &'a Network,
    schedule: Schedule<'a>,
    images: Tensor<4>,
    batches: usize,
    kept: impl Fn(NodeId) -> bool,
    mut visit: impl FnMut(Step<'_>),
) -> Activations<'a> {
    let mut statistics = vec![None; schedule.graph().nodes().len()];
    let walked = walk::forwards(&schedule, images, kept, |operation, values| {
        let mut measured: Option<BatchStatistics> = None;
        let value = op::forward(network, operation, values, |x, layer, activation| {
            let (output, statistics) = op::batch_norm::forward(x, layer, activation, batches);
            measured = Some(statistics);
            output
        });
        visit(Step {
            value: &value,
            is_activation: operation.is_activated(),
            variance: measured.as_ref().map(|s| &s.variance),
        });
        statistics[operation.output.index()] = measured;
        value
    });
    Activations {
        network,
        schedule,
        values: walked.values,
        statistics,
        peak_bytes: walked.peak_bytes,
    }
}

impl Activations<'_> {
    /// The logits, `[batch, classes]`.
    pub fn logits(&self) -> Tensor<2> {
        let logits = self.value(self.schedule.last());
        let [batch, classes, _, _] = logits.dims();
        logits.reshape([batch, classes])
    }

    /// Outputs of all activation functions, in the graph's order.
    pub fn activation_outputs(&self) -> impl Iterator<Item = Tensor<4>> {
        let activated = self.schedule.operations().iter();
        let activated = activated.filter(|operation| operation.is_activated());
        activated.map(|operation| self.value(operation.output))
    }

    /// The most bytes of activations that the forward sweep held at any moment.
    pub fn peak_bytes(&self) -> u128 {
        self.peak_bytes
    }

    /// Bytes of the activations that are kept now.
    pub fn bytes(&self) -> u128 {
        self.values.bytes()
    }

    pub(super) fn value(&self, id: NodeId) -> Tensor<4> {
        let value = &self.values[id.index()];
        value
            .clone()
            .expect("the sweep keeps the values that are read later")
    }

    pub(super) fn statistics(&self, id: NodeId) -> &BatchStatistics {
        let statistics = self.statistics[id.index()].as_ref();
        statistics.expect("the forward sweep measured every batch norm")
    }

    /// Height and width of a node's value.
    pub(super) fn resolution(&self, id: NodeId) -> usize {
        self.schedule.graph().node(id).shape().height
    }
}
