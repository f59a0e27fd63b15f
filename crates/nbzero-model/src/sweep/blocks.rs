//! Sweeps over the values that a network hands on from block to block
//! ([`Graph::block_ends`](nbzero_graph::Graph::block_ends)): forward, and back through each block alone.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId};

use super::forward::{Activations, run};
use super::walk::Held;
use crate::Network;
use crate::schedule::Schedule;

/// A network up to the value of its last block, batch norms on the statistics of the batch.
#[derive(Debug)]
pub struct Blocks<'a> {
    activations: Activations<'a>,
    ends: &'a [NodeId],
}

/// What comes back through a block.
#[derive(Debug)]
pub struct BlockGradient {
    /// The gradient that was put on the block's value, `[batch, channels, height, width]`.
    pub output: Tensor<4>,
    /// What it makes of the value of the block before; `None` where nothing leads there.
    pub input: Option<Tensor<4>>,
    /// Whether the block is the identity.
    pub is_identity: bool,
}

impl<'a> Blocks<'a> {
    /// Runs forward and shows the stem's value and that of each block to `visit`, in their order. Keeps
    /// what [`backward`](Self::backward) reads if it is `keeping`, and nothing else; shows nothing of a
    /// graph without blocks.
    pub fn forward(
        network: &'a Network,
        graph: &'a Graph,
        images: Tensor<4>,
        keeping: bool,
        mut visit: impl FnMut(&Tensor<4>),
    ) -> Self {
        let ends = graph.block_ends();
        let last = ends.last().copied().unwrap_or(NodeId::INPUT);
        let schedule = Schedule::showing(graph, last, |id| ends.contains(&id));
        let kept = schedule.kept_for_backward();
        let kept = |id: NodeId| keeping && kept[id.index()];
        let activations = run(network, schedule, images, 1, kept, |step| {
            // A block that is the identity has the value of the one before.
            for _ in ends.iter().filter(|end| **end == step.node) {
                visit(step.value);
            }
        });
        Self { activations, ends }
    }

    /// The most bytes of activations that the forward sweep held at any moment.
    pub fn peak_bytes(&self) -> u128 {
        self.activations.peak_bytes()
    }

    /// As [`Activations::is_finite`].
    pub fn is_finite(&self) -> bool {
        self.activations.is_finite()
    }

    /// Walks back through each block from the last to the first, from a gradient of its value that
    /// `gradient` makes for the value's shape; gives the most bytes of activations and gradients at any
    /// moment.
    pub fn backward(
        self,
        mut gradient: impl FnMut([usize; 4]) -> Tensor<4>,
        mut visit: impl FnMut(&BlockGradient),
    ) -> u128 {
        let mut peak_bytes = self.peak_bytes();
        for pair in self.ends.windows(2).rev() {
            let [from, to] = [pair[0], pair[1]];
            let output = gradient(self.shape(to));
            let (input, held) = self.through(from, to, output.clone());
            peak_bytes = peak_bytes.max(self.activations.bytes() + held);
            visit(&BlockGradient {
                output,
                input,
                is_identity: from == to,
            });
        }
        peak_bytes
    }

    /// The gradient of the value `from` given that of the value `to`, and the most bytes of gradients.
    fn through(&self, from: NodeId, to: NodeId, gradient: Tensor<4>) -> (Option<Tensor<4>>, u128) {
        let nodes = self.activations.schedule.graph().nodes().len();
        let mut gradients: Vec<Option<Tensor<4>>> = vec![None; nodes];
        let mut held = gradient.bytes();
        gradients[to.index()] = Some(gradient);
        let operations = self.activations.schedule.operations().iter().rev();
        for operation in operations.filter(|one| from < one.output && one.output <= to) {
            let Some(gradient) = gradients[operation.output.index()].take() else {
                continue;
            };
            let at = self.activations.at(operation);
            let found = operation.rule.adjoint(&at, gradient);
            for (input, gradient) in operation.inputs.iter().zip(found) {
                let sum = &mut gradients[input.index()];
                *sum = Some(match sum.take() {
                    Some(sum) => sum + gradient,
                    None => gradient,
                });
            }
            held = held.max(gradients.bytes());
        }
        (gradients[from.index()].take(), held)
    }

    fn shape(&self, id: NodeId) -> [usize; 4] {
        let shape = self.activations.schedule.graph().node(id).shape();
        [
            self.activations.images,
            shape.channels,
            shape.height,
            shape.width,
        ]
    }
}
