//! The two orders in which a schedule is walked, and what a walk holds on the way.

use burn::tensor::Tensor;
use nbzero_graph::NodeId;

use crate::schedule::{Operation, Schedule};

/// What a walk carries from node to node.
pub(crate) trait Held {
    /// Size of its tensors; one that shares memory with another counts for itself.
    fn bytes(&self) -> u128;
}

impl<const D: usize> Held for Tensor<D> {
    fn bytes(&self) -> u128 {
        (self.shape().num_elements() * self.dtype().size()) as u128
    }
}

impl<T: Held, const N: usize> Held for [T; N] {
    fn bytes(&self) -> u128 {
        self.iter().map(T::bytes).sum()
    }
}

impl<T: Held> Held for Vec<T> {
    fn bytes(&self) -> u128 {
        self.iter().map(T::bytes).sum()
    }
}

impl<T: Held> Held for Option<T> {
    fn bytes(&self) -> u128 {
        self.as_ref().map_or(0, T::bytes)
    }
}

/// The nodes' values after a walk, and the most bytes of values at any moment of it.
#[derive(Debug)]
pub(crate) struct Walked<V> {
    pub(crate) values: Vec<Option<V>>,
    pub(super) peak_bytes: u128,
}

/// Computes the value of each operation from those of its inputs; frees a value after its last
/// use unless it is `kept`.
pub(crate) fn forwards<V: Held>(
    schedule: &Schedule<'_>,
    input: V,
    kept: impl Fn(NodeId) -> bool,
    mut step: impl FnMut(&Operation<'_>, &[Option<V>]) -> V,
) -> Walked<V> {
    let last_use = last_uses(schedule);
    let mut values: Vec<Option<V>> = last_use.iter().map(|_| None).collect();
    let mut held = input.bytes();
    let mut peak_bytes = held;
    values[0] = Some(input);
    for operation in schedule.operations() {
        let value = step(operation, &values);
        held += value.bytes();
        values[operation.output.index()] = Some(value);
        peak_bytes = peak_bytes.max(held);
        for input in operation.inputs {
            if last_use[input.index()] == Some(operation.output) && !kept(*input) {
                held -= values[input.index()].take().bytes();
            }
        }
    }
    Walked { values, peak_bytes }
}

/// Passes a gradient from the last value back to the input. `step` gives the gradients of an
/// operation's inputs (none to go no further) and is told the bytes of all gradients that are
/// held.
pub(super) fn backwards<G: Held>(
    schedule: &Schedule<'_>,
    gradient: G,
    add: impl Fn(G, G) -> G,
    mut step: impl FnMut(&Operation<'_>, G, u128) -> Vec<G>,
) -> Option<G> {
    let nodes = schedule.graph().nodes();
    let mut gradients: Vec<Option<G>> = nodes.iter().map(|_| None).collect();
    gradients[schedule.last().index()] = Some(gradient);
    for operation in schedule.operations().iter().rev() {
        let held = gradients.bytes();
        let Some(gradient) = gradients[operation.output.index()].take() else {
            continue;
        };
        let found = step(operation, gradient, held);
        for (input, gradient) in operation.inputs.iter().zip(found) {
            let sum = &mut gradients[input.index()];
            *sum = Some(match sum.take() {
                Some(sum) => add(sum, gradient),
                None => gradient,
            });
        }
    }
    gradients[0].take()
}

/// The last operation that takes each node's value, by its output.
fn last_uses(schedule: &Schedule<'_>) -> Vec<Option<NodeId>> {
    let mut last = vec![None; schedule.graph().nodes().len()];
    for operation in schedule.operations() {
        for input in operation.inputs {
            last[input.index()] = Some(operation.output);
        }
    }
    last
}
