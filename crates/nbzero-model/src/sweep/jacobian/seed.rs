//! Where derivatives begin: how a value moves with the first weight of a tensor that makes it. Only the
//! value's first channel does.

use burn::tensor::{Int, Tensor};
use nbzero_graph::{BatchNorm, Node, Op};

use crate::Network;
use crate::op::{At, Rule};

/// How the first channel of a node's value moves with the first number of each of its parameter tensors,
/// `[images, 1, height, width]` each: of a layer weight and bias, of a batch norm scale and shift.
pub(super) fn of(node: &Node, rule: &dyn Rule, at: &At<'_>, value: &Tensor<4>) -> Vec<Tensor<4>> {
    let ones = || value.clone().narrow(1, 0, 1).ones_like();
    if let Some(layer) = rule.layer() {
        let weight = layer.weight(at.network);
        let product = layer.product(at.input(0), first_of(&weight.zeros_like()));
        let by_weight = product.narrow(1, 0, 1);
        return if node.parameter_tensors() > 1 {
            vec![by_weight, ones()]
        } else {
            vec![by_weight]
        };
    }
    if let Op::BatchNorm(norm) = node.op() {
        let [mean, deviation] = statistics(norm, at.network, value);
        let first = |map: Tensor<4>| map.narrow(1, 0, 1);
        let by_scale = (first(at.input(0)) - first(mean)) / first(deviation);
        return vec![by_scale, ones()];
    }
    Vec::new()
}

/// What a batch norm on its running statistics multiplies each channel by, `[1, channels, 1, 1]`.
pub(super) fn slope(norm: &BatchNorm, network: &Network, like: &Tensor<4>) -> Tensor<4> {
    let [_, deviation] = statistics(norm, network, like);
    as_map(network.batch_norm(&norm.name).gamma.val(), like) / deviation
}

/// Running mean and deviation.
fn statistics(norm: &BatchNorm, network: &Network, like: &Tensor<4>) -> [Tensor<4>; 2] {
    let layer = network.batch_norm(&norm.name);
    let variance = as_map(layer.running_var.value_sync(), like);
    let deviation = variance.add_scalar(norm.epsilon).sqrt();
    [as_map(layer.running_mean.value_sync(), like), deviation]
}

fn as_map(values: Tensor<1>, like: &Tensor<4>) -> Tensor<4> {
    let [channels] = values.dims();
    values.cast(like.dtype()).reshape([1, channels, 1, 1])
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
