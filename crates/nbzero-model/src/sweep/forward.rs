//! The forward sweep: training mode, keeping what a backward sweep will need.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId};
use nbzero_ops::BatchStatistics;

use super::walk::{self, Held};
use crate::Network;
use crate::op::At;
use crate::schedule::{Operation, Schedule};

/// What a forward sweep leaves behind.
///
/// A clone shares its tensors.
#[derive(Debug, Clone)]
pub struct Activations<'a> {
    pub(super) network: &'a Network,
    pub(super) schedule: Schedule<'a>,
    pub(super) values: Vec<Option<Tensor<4>>>,
    statistics: Vec<Option<BatchStatistics>>,
    /// Number of images.
    pub(super) images: usize,
    peak_bytes: u128,
}

/// Runs `network` as `graph` says on images `[batch, channels, height, width]`, batch norms
/// on the statistics of the batch.
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
    /// The node whose value it is.
    pub node: NodeId,
    /// Its output, `[batch, channels, height, width]`.
    pub value: &'a Tensor<4>,
    /// Whether it ends with a ReLU or ReLU6.
    pub is_relu: bool,
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
    /// As [`Activations::is_finite`].
    pub is_finite: bool,
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
    run(network, schedule, images, batches, |_| false, visit).into_output()
}

pub(super) fn run<'a>(
    network: &'a Network,
    schedule: Schedule<'a>,
    images: Tensor<4>,
    batches: usize,
    kept: impl Fn(NodeId) -> bool,
    mut visit: impl FnMut(Step<'_>),
) -> Activations<'a> {
    let [count, ..] = images.dims();
    let mut statistics = vec![None; schedule.graph().nodes().len()];
    let walked = walk::forwards(&schedule, images, kept, |operation, values| {
        let value = |id: NodeId| values[id.index()].clone();
        let at = schedule.at(operation, network, count, value);
        let (value, measured) = match operation.rule.normalise(&at, batches) {
            Some((value, statistics)) => (value, Some(statistics)),
            None => (operation.rule.forward(&at), None),
        };
        visit(Step {
            node: operation.output,
            value: &value,
            is_relu: operation.is_activated(),
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
        images: count,
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

    /// The output of every ReLU and ReLU6, in the graph's order.
    pub fn relu_outputs(&self) -> impl Iterator<Item = Tensor<4>> {
        let activated = self.schedule.operations().iter();
        let activated = activated.filter(|operation| operation.is_activated());
        activated.map(|operation| self.value(operation.output))
    }

    /// What is left of a sweep that kept nothing.
    pub(super) fn into_output(self) -> Output {
        Output {
            value: self.value(self.schedule.last()),
            peak_bytes: self.peak_bytes,
            is_finite: self.is_finite(),
        }
    }

    /// The most bytes of activations that the forward sweep held at any moment.
    pub fn peak_bytes(&self) -> u128 {
        self.peak_bytes
    }

    /// Bytes of the activations that are kept now.
    pub fn bytes(&self) -> u128 {
        self.values.bytes()
    }

    /// Whether the last value and the statistics of every batch norm are numbers. Where values leave the
    /// range of floats, a batch norm makes zeros of them, which nothing behind it tells from a dead layer.
    pub fn is_finite(&self) -> bool {
        let measured = self.statistics.iter().flatten();
        let measured = measured.flat_map(|found| [&found.mean, &found.variance]);
        measured.into_iter().all(all_finite) && all_finite(&self.value(self.schedule.last()))
    }

    pub(super) fn value(&self, id: NodeId) -> Tensor<4> {
        let value = &self.values[id.index()];
        value
            .clone()
            .expect("the sweep keeps the values that are read later")
    }

    /// What an operation's rule reads of this sweep.
    pub(super) fn at(&self, operation: &Operation<'_>) -> At<'_> {
        let value = |id: NodeId| self.values[id.index()].clone();
        At {
            measured: self.statistics[operation.output.index()].as_ref(),
            ..self
                .schedule
                .at(operation, self.network, self.images, value)
        }
    }
}

/// Whether no number of the tensor is infinite or none at all.
fn all_finite<const D: usize>(values: &Tensor<D>) -> bool {
    values.clone().is_finite().all().into_scalar::<bool>()
}
