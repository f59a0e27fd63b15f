//! The tangent sweep: the mixed second derivative of the loss along the weights themselves and
//! along their gradient, w^T H g, exactly.
//!
//! Forward mode twice over: each activation carries its derivatives along both directions and
//! the mixed one, so that no activation outlives its last use and no Hessian-vector product is
//! ever made. Six convolutions a layer, all forward.

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor};
use nbzero_graph::{Graph, Node, Op};

use super::walk::{self, Held};
use crate::op::jet::Jet;
use crate::{Network, op};

/// A gradient of each weight by its layer's name, as a backward sweep shows them.
pub type WeightGradientMap = BTreeMap<String, Tensor<4>>;

/// The result of a tangent sweep.
#[derive(Debug, Clone, Copy)]
pub struct Curvature {
    /// w^T H g: H the Hessian of the mean cross-entropy by the weights of convolutions and
    /// linear layers (biases and batch norms held).
    pub value: f64,
    /// The most bytes of activations and their derivatives at any moment.
    pub peak_bytes: u64,
}

impl Held for Jet {
    fn bytes(&self) -> u64 {
        [&self.x, &self.a, &self.b, &self.ab]
            .map(Held::bytes)
            .iter()
            .sum()
    }
}

/// w^T H g of the mean cross-entropy on a batch, batch norms on the batch's statistics and
/// differentiated through them.
///
/// # Panics
///
/// If `gradients` lacks a layer of the graph.
pub fn curvature(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    targets: Tensor<1, Int>,
    gradients: &WeightGradientMap,
) -> Curvature {
    let output = graph.output();
    let input = Jet::constant(images);
    let mut walked = walk::forwards(
        graph,
        output,
        input,
        |_| false,
        |id, values| {
            let node = graph.node(id);
            let input = |i: usize| {
                let value = &values[node.inputs()[i].index()];
                value.clone().expect("inputs are freed last")
            };
            step(network, node, input, gradients)
        },
    );
    let logits = walked.values[output.index()].take();
    Curvature {
        value: cross_entropy_ab(logits.expect("the last node was computed"), targets),
        peak_bytes: walked.peak_bytes,
    }
}

fn step(
    network: &Network,
    node: &Node,
    input: impl Fn(usize) -> Jet,
    gradients: &WeightGradientMap,
) -> Jet {
    let gradient = |name: &str| -> &Tensor<4> {
        let gradient = gradients.get(name);
        gradient.unwrap_or_else(|| panic!("no gradient of `{name}`"))
    };
    match node.op() {
        Op::Conv2d(conv) => {
            let weight = network.convolution(&conv.name).weight.val();
            op::conv::forward_jet(input(0), &weight, gradient(&conv.name), conv)
        }
        Op::BatchNorm { name } => op::batch_norm::forward_jet(input(0), network.batch_norm(name)),
        Op::Linear(linear) => {
            let shape = [linear.out_features, linear.in_features];
            let gradient = gradient(&linear.name).clone().reshape(shape);
            op::linear::forward_jet(input(0), network.dense(&linear.name), &gradient)
        }
        Op::Relu => op::relu::forward_jet(input(0)),
        Op::Relu6 => op::relu6::forward_jet(input(0)),
        Op::Add => input(0).add(input(1)),
        Op::GlobalAveragePool => input(0).map(op::pool::forward),
        other => unreachable!("{} after the first node", other.kind()),
    }
}

/// The mixed derivative of the mean cross-entropy, in float64 on the host:
/// `p . z_ab - z_ab[y] + p . (z_a z_b) - (p . z_a)(p . z_b)` for each image, p the softmax of z.
fn cross_entropy_ab(logits: Jet, targets: Tensor<1, Int>) -> f64 {
    let [batch, classes, _, _] = logits.x.dims();
    let values = |t: Tensor<4>| t.try_into_vec_as::<f64>().expect("logits are floats");
    let (z, a, b, ab) = (
        values(logits.x),
        values(logits.a),
        values(logits.b),
        values(logits.ab),
    );
    let targets = targets
        .try_into_vec_as::<i64>()
        .expect("targets are integers");
    let image = |i: usize| {
        let row = i * classes..(i + 1) * classes;
        let (z, a, b, ab) = (&z[row.clone()], &a[row.clone()], &b[row.clone()], &ab[row]);
        let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let p: Vec<f64> = z.iter().map(|z| (z - largest).exp()).collect();
        let total: f64 = p.iter().sum();
        let mean = |f: &dyn Fn(usize) -> f64| -> f64 {
            (0..classes).map(|k| p[k] * f(k)).sum::<f64>() / total
        };
        let target = usize::try_from(targets[i]).expect("a class is not negative");
        mean(&|k| ab[k] + a[k] * b[k]) - ab[target] - mean(&|k| a[k]) * mean(&|k| b[k])
    };
    (0..batch).map(image).sum::<f64>() / batch as f64
}
