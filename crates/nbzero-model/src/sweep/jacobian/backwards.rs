//! Reverse mode, class by class: all images at once, and one walk back from each logit, whatever the number
//! of tensors.

use burn::tensor::{Int, Tensor};
use nbzero_graph::{Graph, NodeId, Op};

use super::{Jacobian, seed};
use crate::Network;
use crate::schedule::Schedule;
use crate::sweep::walk::{self, Held};

/// See [`super::jacobian`].
pub(super) fn of_images(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    most: usize,
) -> Jacobian {
    let [count, _, _, _] = images.dims();
    let schedule = Schedule::showing(graph, graph.output(), |_| true);
    let kept = schedule.kept_for_backward();
    let kept = |id: NodeId| kept[id.index()] || id == graph.output();
    let mut tensors = 0;
    // Of each node, with the number of the first.
    let mut seeds: Vec<(usize, Vec<Tensor<4>>)> = vec![(0, Vec::new()); graph.nodes().len()];
    let walked = walk::forwards(&schedule, images, kept, |operation, values| {
        let value = |id: NodeId| values[id.index()].clone();
        let at = schedule.at(operation, network, count, value);
        let value = operation.rule.forward(&at);
        if tensors < most {
            let node = graph.node(operation.output);
            let mut found = seed::of(node, operation.rule.as_ref(), &at, &value);
            found.truncate(most - tensors);
            let first = tensors;
            tensors += found.len();
            seeds[operation.output.index()] = (first, found);
        }
        value
    });
    let there = walked.values.bytes() + seeds.iter().map(|(_, seeds)| seeds.bytes()).sum::<u128>();
    let mut peak_bytes = there.max(walked.peak_bytes);

    let logits = walked.values[graph.output().index()].clone();
    let logits = logits.expect("the last node was computed");
    let classes = graph.classes();
    let none: Tensor<1> = Tensor::zeros([count], (&logits.device(), logits.dtype()));
    let one_class = |class: usize| {
        let mut derivatives = vec![none.clone(); tensors];
        walk::backwards(
            &schedule,
            one_hot(&logits, class),
            |a: Tensor<4>, b| a + b,
            |operation, gradient, held| {
                peak_bytes = peak_bytes.max(there + held + gradient.bytes());
                let (first, seeds) = &seeds[operation.output.index()];
                for (tensor, seed) in (*first..).zip(seeds) {
                    let product = seed.clone() * gradient.clone().narrow(1, 0, 1);
                    derivatives[tensor] = product.flatten::<2>(1, 3).sum_dim(1).squeeze_dim(1);
                }
                if operation.inputs == [NodeId::INPUT] {
                    return Vec::new();
                }
                if let Op::BatchNorm(norm) = graph.node(operation.output).op() {
                    let slope = seed::slope(norm, network, &gradient);
                    return vec![gradient * slope];
                }
                let value = |id: NodeId| walked.values[id.index()].clone();
                let at = schedule.at(operation, network, count, value);
                operation.rule.adjoint(&at, gradient)
            },
        );
        Tensor::stack::<2>(derivatives, 1)
    };
    let derivatives = (0..classes).map(one_class).collect();
    Jacobian {
        derivatives: Tensor::stack(derivatives, 2),
        logits: logits.reshape([count, classes]),
        peak_bytes,
    }
}

/// One at a class, of each image.
fn one_hot(logits: &Tensor<4>, class: usize) -> Tensor<4> {
    let [_, classes, _, _] = logits.dims();
    let classes_there: Tensor<1, Int> = Tensor::arange(
        0..i64::try_from(classes).expect("a number of classes"),
        &logits.device(),
    );
    let class = i64::try_from(class).expect("a number of classes");
    let one = classes_there.equal_elem(class).float().cast(logits.dtype());
    logits.zeros_like() + one.reshape([1, classes, 1, 1])
}
