//! A forward sweep that shows the output of every layer, none of which is kept.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId, Op};

use super::walk;
use crate::Network;
use crate::schedule::Schedule;

/// Runs forward on images `[batch, channels, height, width]`, batch norms on the statistics of the
/// batch, and shows the output of each convolution, batch norm, activation function and linear layer
/// to `visit`, `[batch, channels, height, width]`; gives the most bytes of activations at any moment.
///
/// `graph` is the network's own, or one made from it (for images of another size).
pub fn outputs(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    mut visit: impl FnMut(&Tensor<4>),
) -> u128 {
    let schedule = Schedule::showing(graph, graph.output(), |_| true);
    let [count, ..] = images.dims();
    let walked = walk::forwards(
        &schedule,
        images,
        |_| false,
        |operation, values| {
            let value = |id: NodeId| values[id.index()].clone();
            let at = schedule.at(operation, network, count, value);
            let normalised = operation.rule.normalise(&at, 1);
            let value = normalised.map_or_else(|| operation.rule.forward(&at), |(value, _)| value);
            let op = graph.node(operation.output).op();
            if op.is_weighted() || op.is_nonlinear() || matches!(op, Op::BatchNorm(_)) {
                visit(&value);
            }
            value
        },
    );
    walked.peak_bytes
}
