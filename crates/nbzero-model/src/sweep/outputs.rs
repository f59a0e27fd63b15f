//! A forward sweep that shows the output of every layer, none of which is kept.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId, Op};

use super::forward::{Output, all_finite};
use super::walk;
use crate::Network;
use crate::schedule::Schedule;

/// Runs forward on images `[batch, channels, height, width]`, batch norms on the statistics of the
/// batch, and shows the output of each convolution, batch norm, activation function and linear layer
/// to `visit`, `[batch, channels, height, width]`.
///
/// `graph` is the network's own, or one made from it (for images of another size).
pub fn outputs(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    mut visit: impl FnMut(&Tensor<4>),
) -> Output {
    let schedule = Schedule::showing(graph, graph.output(), |_| true);
    let [count, ..] = images.dims();
    let mut is_finite = true;
    let mut walked = walk::forwards(
        &schedule,
        images,
        |_| false,
        |operation, values| {
            let value = |id: NodeId| values[id.index()].clone();
            let at = schedule.at(operation, network, count, value);
            let value = match operation.rule.normalise(&at, 1) {
                Some((value, found)) => {
                    is_finite &= all_finite(&found.mean) && all_finite(&found.variance);
                    value
                }
                None => operation.rule.forward(&at),
            };
            let op = graph.node(operation.output).op();
            if op.is_weighted() || op.is_nonlinear() || matches!(op, Op::BatchNorm(_)) {
                visit(&value);
            }
            value
        },
    );
    let value = walked.values[schedule.last().index()].take();
    let value = value.expect("the last value has no use behind it");
    Output {
        is_finite: is_finite && all_finite(&value),
        peak_bytes: walked.peak_bytes,
        value,
    }
}
