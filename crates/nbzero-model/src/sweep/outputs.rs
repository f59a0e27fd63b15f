//! A forward sweep that shows the output of every layer, none of which is kept.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, Op};

use super::forward::{Output, Step, run};
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
    let shown = |step: Step<'_>| {
        let op = graph.node(step.node).op();
        if op.is_weighted() || op.is_nonlinear() || matches!(op, Op::BatchNorm(_)) {
            visit(step.value);
        }
    };
    run(network, schedule, images, 1, |_| false, shown).into_output()
}
