//! How an image's logits move with the first weight of each parameter tensor, in evaluation mode.
//!
//! Forward mode: behind each tensor its derivative joins those that are there already, one after another
//! along the batch, so that the work does not grow with the number of classes.

use burn::tensor::{Int, Tensor};
use nbzero_graph::{BatchNorm, Function, Graph, Node, NodeId, Op, Reduction};

use super::walk::{self, Held};
use crate::Network;
use crate::op::{At, Moved, Rule, Weighted};
use crate::schedule::Schedule;

/// The derivatives of one image's logits.
#[derive(Debug, Clone)]
pub struct Jacobian {
    /// `[1, classes]`.
    pub logits: Tensor<2>,
    /// By the first number of each tensor, in the graph's order, `[tensors, classes]`: of a convolution or
    /// linear layer weight and bias, of a batch norm scale and shift.
    pub derivatives: Tensor<2>,
    /// The most bytes of values and derivatives at any moment.
    pub peak_bytes: u128,
}

/// Whether [`jacobian`] knows every operation: layers, `ReLU`s, and what is linear or picks values.
pub fn has_jacobian(graph: &Graph) -> bool {
    graph.nodes().iter().all(|node| match node.op() {
        Op::Reduce { reduction, .. } => matches!(reduction, Reduction::Mean | Reduction::Sum),
        Op::Function(function) => matches!(*function, Function::Relu | Function::RELU6),
        op => matches!(
            op,
            Op::Input
                | Op::Zeros
                | Op::Conv2d(_)
                | Op::Linear(_)
                | Op::BatchNorm(_)
                | Op::Add
                | Op::Sum
                | Op::Pool(_)
                | Op::Concat
                | Op::Slice(_)
                | Op::Pad { .. }
                | Op::Shuffle { .. }
                | Op::Reshape
                | Op::Upsample { .. }
        ),
    })
}

/// The derivatives of the logits of an image `[1, channels, height, width]` by the first number of each
/// of the first `most` parameter tensors, at least one; batch norms on their running statistics. The graph
/// is one that [`has_jacobian`].
pub fn jacobian(network: &Network, graph: &Graph, image: Tensor<4>, most: usize) -> Jacobian {
    let schedule = Schedule::showing(graph, graph.output(), |_| true);
    let mut walk = Walk {
        network,
        most,
        tensors: 0,
    };
    let input = Moving {
        value: image,
        moved: None,
    };
    let mut walked = walk::forwards(
        &schedule,
        input,
        |_| false,
        |operation, values| {
            let moving = |id: NodeId| values[id.index()].as_ref();
            let value = |id| moving(id).map(|moving: &Moving| moving.value.clone());
            let at = schedule.at(operation, network, 1, value);
            let inputs = operation.inputs.iter();
            let moved = inputs.map(|id| moving(*id)?.moved.clone()).collect();
            let node = graph.node(operation.output);
            walk.step(node, operation.rule.as_ref(), at, moved)
        },
    );
    let end = walked.values[graph.output().index()].take();
    let end = end.expect("the last node was computed");
    let classes = graph.classes();
    let moved = walk.whole(&end.value, end.moved);
    Jacobian {
        logits: end.value.reshape([1, classes]),
        derivatives: moved.reshape([walk.tensors, classes]),
        peak_bytes: walked.peak_bytes,
    }
}

/// A value, and its derivatives by the first so many tensors, `None` where nothing moves.
#[derive(Debug, Clone)]
struct Moving {
    value: Tensor<4>,
    moved: Option<Tensor<4>>,
}

impl Held for Moving {
    fn bytes(&self) -> u128 {
        self.value.bytes() + self.moved.bytes()
    }
}

struct Walk<'a> {
    network: &'a Network,
    most: usize,
    /// Those that have been passed, at most `most`.
    tensors: usize,
}

impl Walk<'_> {
    fn step(
        &mut self,
        node: &Node,
        rule: &dyn Rule,
        mut at: At<'_>,
        moved: Vec<Option<Tensor<4>>>,
    ) -> Moving {
        let value = rule.forward(&at);
        if let Some(layer) = rule.layer() {
            return self.layer(node, layer, &at, value, moved);
        }
        if let Op::BatchNorm(norm) = node.op() {
            return self.norm(norm, &at, value, moved);
        }
        at.output = Some(value.clone());
        // Of several values those that move do so by as many tensors.
        let held = if moved.len() > 1 {
            let inputs = moved.into_iter().zip(&at.inputs);
            let whole = inputs.map(|(moved, input)| {
                let input = input.as_ref().expect("inputs are freed last");
                Some(moved.map(|moved| self.whole(input, Some(moved))))
            });
            whole.collect()
        } else {
            moved.into_iter().map(Some).collect()
        };
        let by_itself = vec![false; at.inputs.len()];
        Moving {
            moved: rule.tangent(&at, &Moved { held, by_itself }),
            value,
        }
    }

    fn layer(
        &mut self,
        node: &Node,
        layer: &dyn Weighted,
        at: &At<'_>,
        value: Tensor<4>,
        moved: Vec<Option<Tensor<4>>>,
    ) -> Moving {
        let weight = layer.weight(self.network);
        let mut next = Vec::new();
        if self.tensors < self.most {
            next.push(layer.product(at.input(0), first_of(&weight.zeros_like())));
            if node.parameter_tensors() > 1 {
                next.push(first_channel_of_ones(&value.zeros_like()));
            }
        }
        let moved = moved.into_iter().flatten().next();
        let moved = moved.map(|moved| layer.product(moved, weight));
        self.with(Moving { value, moved }, next)
    }

    fn norm(
        &mut self,
        norm: &BatchNorm,
        at: &At<'_>,
        value: Tensor<4>,
        moved: Vec<Option<Tensor<4>>>,
    ) -> Moving {
        let layer = self.network.batch_norm(&norm.name);
        let precision = value.dtype();
        let [_, channels, _, _] = value.dims();
        let map = |values: Tensor<1>| values.cast(precision).reshape([1, channels, 1, 1]);
        let variance = map(layer.running_var.value_sync());
        let deviation = variance.add_scalar(norm.epsilon).sqrt();
        let scale = map(layer.gamma.val()) / deviation.clone();
        let normalised = (at.input(0) - map(layer.running_mean.value_sync())) / deviation;
        let zeros = normalised.zeros_like();
        let by_scale = in_first_channel(&zeros, normalised.narrow(1, 0, 1));
        let by_shift = first_channel_of_ones(&zeros);
        let moved = moved.into_iter().flatten().next();
        let moved = moved.map(|moved| moved * scale);
        self.with(Moving { value, moved }, vec![by_scale, by_shift])
    }

    /// The value with its derivatives by the next tensors, as far as these are asked for.
    fn with(&mut self, through: Moving, next: Vec<Tensor<4>>) -> Moving {
        let wanted = next.len().min(self.most - self.tensors);
        if wanted == 0 {
            return through;
        }
        let Moving { value, moved } = through;
        let mut all = Vec::new();
        if self.tensors > 0 {
            all.push(self.whole(&value, moved));
        }
        all.extend(next.into_iter().take(wanted));
        self.tensors += wanted;
        Moving {
            moved: Some(Tensor::cat(all, 0)),
            value,
        }
    }

    /// The derivatives of a value by all tensors passed so far: zero by those that do not lead to it.
    fn whole(&self, value: &Tensor<4>, moved: Option<Tensor<4>>) -> Tensor<4> {
        let [_, channels, height, width] = value.dims();
        let there = moved.as_ref().map_or(0, |moved| moved.dims()[0]);
        let missing = self.tensors - there;
        let options = (&value.device(), value.dtype());
        let zeros =
            (missing > 0).then(|| Tensor::zeros([missing, channels, height, width], options));
        Tensor::cat(moved.into_iter().chain(zeros).collect(), 0)
    }
}

/// One at the first position of all, on zeros.
fn first_of(zeros: &Tensor<4>) -> Tensor<4> {
    let count = zeros.shape().num_elements();
    let (shape, device) = (zeros.dims(), zeros.device());
    let positions: Tensor<1, Int> =
        Tensor::arange(0..i64::try_from(count).expect("a weight"), &device);
    let first = positions.equal_elem(0).float().cast(zeros.dtype());
    first.reshape(shape)
}

/// `map` `[batch, 1, height, width]` as the first channel, on zeros of the whole's shape.
fn in_first_channel(zeros: &Tensor<4>, map: Tensor<4>) -> Tensor<4> {
    let [_, channels, _, _] = zeros.dims();
    if channels == 1 {
        return map;
    }
    Tensor::cat(vec![map, zeros.clone().narrow(1, 1, channels - 1)], 1)
}

fn first_channel_of_ones(zeros: &Tensor<4>) -> Tensor<4> {
    in_first_channel(zeros, zeros.clone().narrow(1, 0, 1).ones_like())
}
