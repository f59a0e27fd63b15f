//! The two orders in which a graph is walked, and what a walk holds on the way.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, NodeId};

/// What a walk carries from node to node.
pub(crate) trait Held {
    /// Size of its tensors; one that shares memory with another counts for itself.
    fn bytes(&self) -> u64;
}

impl<const D: usize> Held for Tensor<D> {
    fn bytes(&self) -> u64 {
        (self.shape().num_elements() * self.dtype().size()) as u64
    }
}

impl<T: Held> Held for Vec<T> {
    fn bytes(&self) -> u64 {
        self.iter().map(T::bytes).sum()
    }
}

impl<T: Held> Held for Option<T> {
    fn bytes(&self) -> u64 {
        self.as_ref().map_or(0, T::bytes)
    }
}

/// The nodes' values after a walk, and the most bytes of values at any moment of it.
#[derive(Debug)]
pub(crate) struct Walked<V> {
    pub(crate) values: Vec<Option<V>>,
    pub(super) peak_bytes: u64,
}

/// Computes the value of each node up to `last` from those of its inputs; frees a value after
/// its last use unless it is `kept`.
pub(crate) fn forwards<V: Held>(
    graph: &Graph,
    last: NodeId,
    input: V,
    kept: impl Fn(NodeId) -> bool,
    mut step: impl FnMut(NodeId, &[Option<V>]) -> V,
) -> Walked<V> {
    let last_use = last_uses(graph);
    let mut values: Vec<Option<V>> = graph.nodes().iter().map(|_| None).collect();
    let mut held = input.bytes();
    let mut peak_bytes = held;
    values[0] = Some(input);
    for (id, node) in graph.iter().skip(1).take(last.index()) {
        let value = step(id, &values);
        held += value.bytes();
        values[id.index()] = Some(value);
        peak_bytes = peak_bytes.max(held);
        for input in node.inputs() {
            if last_use[input.index()] == id && !kept(*input) {
                held -= values[input.index()].take().bytes();
            }
        }
    }
    Walked { values, peak_bytes }
}

/// Passes a gradient from the output back to the input. `step` gives the gradients of a node's
/// inputs (none to go no further) and is told the bytes of all gradients that are held.
pub(super) fn backwards<G: Held>(
    graph: &Graph,
    gradient: G,
    add: impl Fn(G, G) -> G,
    mut step: impl FnMut(NodeId, G, u64) -> Vec<G>,
) -> Option<G> {
    let mut gradients: Vec<Option<G>> = graph.nodes().iter().map(|_| None).collect();
    gradients[graph.output().index()] = Some(gradient);
    for (id, node) in graph.iter().rev() {
        if id.index() == 0 {
            break;
        }
        let held = gradients.bytes();
        let Some(gradient) = gradients[id.index()].take() else {
            continue;
        };
        for (input, gradient) in node.inputs().iter().zip(step(id, gradient, held)) {
            let sum = &mut gradients[input.index()];
            *sum = Some(match sum.take() {
                Some(sum) => add(sum, gradient),
                None => gradient,
            });
        }
    }
    gradients[0].take()
}

/// The last node that takes each node's value (itself, where none does).
fn last_uses(graph: &Graph) -> Vec<NodeId> {
    let mut last: Vec<NodeId> = graph.iter().map(|(id, _)| id).collect();
    for (id, node) in graph.iter() {
        for input in node.inputs() {
            last[input.index()] = id;
        }
    }
    last
}
