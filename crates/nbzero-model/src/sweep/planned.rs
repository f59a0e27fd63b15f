//! What a sweep will hold, from the graph alone.

use nbzero_graph::{Graph, NodeId};

use super::walk::{self, Held};
use crate::schedule::{Operation, Schedule};

/// A map that is only its size.
struct Size(u64);

impl Held for Size {
    fn bytes(&self) -> u64 {
        self.0
    }
}

/// The most bytes of float32 activations that a forward sweep of `images` images holds at any
/// moment, keeping what a backward sweep will need, or nothing.
pub fn planned_forward_bytes(graph: &Graph, images: usize, keeping: bool) -> u64 {
    let schedule = Schedule::new(graph, graph.output());
    let kept = schedule.kept_for_backward();
    let size = |id| map_bytes(graph, id, images);
    let input = Size(size(NodeId::INPUT));
    let kept = |id: NodeId| keeping && kept[id.index()];
    let step = |operation: &Operation<'_>, _: &[_]| Size(size(operation.output));
    walk::forwards(&schedule, input, kept, step).peak_bytes
}

/// The most bytes of float32 gradients of activations that a backward sweep of `images` images
/// holds at any moment, the activations that it reads not counted.
pub fn planned_gradient_bytes(graph: &Graph, images: usize) -> u64 {
    let schedule = Schedule::new(graph, graph.output());
    let size = |id| Size(map_bytes(graph, id, images));
    let mut peak = 0;
    let end = walk::backwards(
        &schedule,
        size(graph.output()),
        |a, _| a,
        |operation, _, held| {
            let inputs: Vec<_> = operation.inputs.iter().map(|i| size(*i)).collect();
            // A gradient lives until those of all inputs are there.
            peak = peak.max(held + inputs.bytes());
            inputs
        },
    );
    peak.max(end.bytes())
}

fn map_bytes(graph: &Graph, id: NodeId, images: usize) -> u64 {
    let shape = graph.node(id).shape();
    (images * shape.channels * shape.resolution * shape.resolution * size_of::<f32>()) as u64
}
