//! What a sweep will hold, from the graph alone: nothing here is allocated.

use nbzero_graph::{Function, Graph, Node, NodeId, Op, Pool2d, PoolKind, Shape, Window};

use super::jacobian::goes_back;
use super::walk::{self, Held};
use crate::schedule::{Operation, Schedule};

/// A map that is only its size.
struct Size(u128);

impl Held for Size {
    fn bytes(&self) -> u128 {
        self.0
    }
}

/// The most bytes of float32 activations that a forward sweep of `images` images holds at any
/// moment, keeping what a backward sweep will need, or nothing.
pub fn planned_forward_bytes(graph: &Graph, images: usize, keeping: bool) -> u128 {
    let schedule = Schedule::new(graph, graph.output());
    let kept = schedule.kept_for_backward();
    let size = |id| map_bytes(graph, id, images);
    let input = Size(size(NodeId::INPUT));
    let kept = |id: NodeId| keeping && kept[id.index()];
    let step = |operation: &Operation<'_>, _: &[_]| Size(size(operation.output));
    walk::forwards(&schedule, input, kept, step).peak_bytes
}

/// The most bytes of float32 activations that a forward pass of `images` images in evaluation mode holds, what is
/// made inside an operation counted; the network's parameters are not.
pub fn planned_evaluation_bytes(graph: &Graph, images: usize) -> u128 {
    let inside = largest_map_bytes(graph, images).saturating_mul(3);
    planned_forward_bytes(graph, images, false).saturating_add(inside)
}

/// The most bytes of float32 gradients of activations that a backward sweep of `images` images
/// holds at any moment, the activations that it reads not counted.
pub fn planned_gradient_bytes(graph: &Graph, images: usize) -> u128 {
    gradient_bytes(&Schedule::new(graph, graph.output()), images)
}

fn gradient_bytes(schedule: &Schedule<'_>, images: usize) -> u128 {
    let graph = schedule.graph();
    let size = |id| Size(map_bytes(graph, id, images));
    let mut peak = 0;
    let end = walk::backwards(
        schedule,
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

/// The most bytes of float32 values and of their derivatives by the first weights of the first `most`
/// parameter tensors at any moment ([`jacobian`](super::jacobian)).
pub fn planned_jacobian_bytes(graph: &Graph, images: usize, most: usize) -> u128 {
    let schedule = Schedule::showing(graph, graph.output(), |_| true);
    let tensors_of = |operation: &Operation<'_>| graph.node(operation.output).parameter_tensors();
    let mut tensors = 0;
    if goes_back(graph, most) {
        let kept = schedule.kept_for_backward();
        let mut seeds: u128 = 0;
        let step = |operation: &Operation<'_>, _: &[_]| {
            let more = tensors_of(operation).min(most - tensors);
            tensors += more;
            let map = map_bytes(graph, operation.output, images);
            let channels = graph.node(operation.output).shape().channels as u128;
            seeds = seeds.saturating_add(map / channels.max(1) * more as u128);
            Size(map)
        };
        let input = Size(map_bytes(graph, NodeId::INPUT, images));
        let values = walk::forwards(&schedule, input, |id| kept[id.index()], step).peak_bytes;
        let gradients = gradient_bytes(&schedule, images);
        return values.saturating_add(seeds).saturating_add(gradients);
    }
    let input = Size(map_bytes(graph, NodeId::INPUT, 1));
    let step = |operation: &Operation<'_>, _: &[_]| {
        tensors = most.min(tensors + tensors_of(operation));
        let maps = 1 + tensors as u128;
        Size(map_bytes(graph, operation.output, 1).saturating_mul(maps))
    };
    walk::forwards(&schedule, input, |_| false, step).peak_bytes
}

/// Bytes of a network's float32 parameters and batch-norm statistics.
pub fn planned_parameter_bytes(graph: &Graph) -> u128 {
    let statistics = |node: &Node| match node.op() {
        Op::BatchNorm(_) => 2 * node.shape().channels as u128,
        _ => 0,
    };
    let statistics: u128 = graph.nodes().iter().map(statistics).sum();
    bytes(graph.params().saturating_add(statistics))
}

/// Bytes of the largest float32 weight of a network, which a gradient by it has too.
pub fn largest_weight_bytes(graph: &Graph) -> u128 {
    let weights = graph.nodes().iter().map(Node::weights);
    bytes(weights.max().unwrap_or(0))
}

/// Bytes of the largest float32 activation of `images` images, or of what an operation makes of one on the
/// way: where the window of a convolution or pool is none that has a kernel, all values that each result
/// reads lie side by side.
pub fn largest_map_bytes(graph: &Graph, images: usize) -> u128 {
    let maps = graph.nodes().iter().map(|node| {
        let read = |id: &NodeId| graph.node(*id).shape().channels as u128;
        let side_by_side = window(node.op()).map_or(0, |window| {
            let [rows, columns] = window.kernel.map(|length| length as u128);
            let values = node.inputs().iter().map(read).max().unwrap_or(0);
            let positions = Shape {
                channels: 1,
                ..node.shape()
            };
            let values = values.saturating_mul(rows.saturating_mul(columns));
            values.saturating_mul(positions.numbers())
        });
        let map = node.shape().numbers().saturating_mul(passes(node.op()));
        let numbers = side_by_side.max(map);
        bytes(numbers.saturating_mul(images as u128))
    });
    maps.max().unwrap_or(0)
}

/// Maps of an operation's size that lie beside each other in it, in units of what one of kernels needs:
/// formulas of several terms need twice that.
fn passes(op: &Op) -> u128 {
    match op {
        Op::Function(Function::Relu | Function::RELU6) => 1,
        Op::Function(_) | Op::LayerNorm(_) | Op::Softmax { .. } | Op::Multiply => 2,
        Op::Pool(pool) if pool.kind == PoolKind::Max => 2,
        _ => 1,
    }
}

/// The window of an operation, if it is none that has a kernel.
fn window(op: &Op) -> Option<&Window> {
    let window = match op {
        Op::Conv2d(conv) => &conv.window,
        Op::Pool(pool) if *pool != Pool2d::AVERAGE && *pool != Pool2d::HALVING => &pool.window,
        _ => return None,
    };
    window.as_square().is_none().then_some(window)
}

fn map_bytes(graph: &Graph, id: NodeId, images: usize) -> u128 {
    let numbers = graph.node(id).shape().numbers();
    bytes(numbers.saturating_mul(images as u128))
}

/// Bytes of float32 numbers; at most far more than any machine has, so that sums over a graph do not
/// overflow.
fn bytes(numbers: u128) -> u128 {
    numbers
        .saturating_mul(size_of::<f32>() as u128)
        .min(1 << 80)
}
