//! Forward mode, image by image: behind each tensor its derivative joins those that are there already, one
//! after another along the batch, so that the work does not grow with the number of classes.

use burn::tensor::Tensor;
use nbzero_graph::{Graph, Node, NodeId, Op};

use super::seed;
use crate::Network;
use crate::op::{At, Moved, Rule};
use crate::schedule::Schedule;
use crate::sweep::walk::{self, Held};

/// The logits `[1, classes]` of an image and their derivatives `[tensors, classes]`, with the most bytes held.
pub(super) fn of_image(
    network: &Network,
    graph: &Graph,
    image: Tensor<4>,
    most: usize,
) -> (Tensor<2>, Tensor<2>, u128) {
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
    (
        end.value.reshape([1, classes]),
        moved.reshape([walk.tensors, classes]),
        walked.peak_bytes,
    )
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
        let seeds = if self.tensors < self.most {
            seed::of(node, rule, &at, &value)
        } else {
            Vec::new()
        };
        let moved_alone = || moved.iter().flatten().next().cloned();
        if let Some(layer) = rule.layer() {
            let weight = layer.weight(self.network);
            let moved = moved_alone().map(|moved| layer.product(moved, weight));
            return self.with(Moving { value, moved }, seeds);
        }
        if let Op::BatchNorm(norm) = node.op() {
            let moved = moved_alone().map(|moved| moved * seed::slope(norm, self.network, &value));
            return self.with(Moving { value, moved }, seeds);
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

    /// The value with its derivatives by the next tensors, as far as these are asked for.
    fn with(&mut self, through: Moving, seeds: Vec<Tensor<4>>) -> Moving {
        let wanted = seeds.len().min(self.most - self.tensors);
        if wanted == 0 {
            return through;
        }
        let Moving { value, moved } = through;
        let mut all = Vec::new();
        if self.tensors > 0 {
            all.push(self.whole(&value, moved));
        }
        let zeros = value.zeros_like();
        let seeds = seeds.into_iter().take(wanted);
        all.extend(seeds.map(|seed| in_first_channel(&zeros, seed)));
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

/// `map` `[batch, 1, height, width]` as the first channel, on zeros of the whole's shape.
fn in_first_channel(zeros: &Tensor<4>, map: Tensor<4>) -> Tensor<4> {
    let [_, channels, _, _] = zeros.dims();
    if channels == 1 {
        return map;
    }
    Tensor::cat(vec![map, zeros.clone().narrow(1, 1, channels - 1)], 1)
}
