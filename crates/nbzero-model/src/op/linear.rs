//! A fully connected layer on maps of resolution 1.

use burn::tensor::Tensor;

use super::jet::Jet;
use crate::layer::Dense;

pub(crate) fn forward(x: Tensor<4>, layer: &Dense) -> Tensor<4> {
    with_bias(product(x, layer.weight.val()), layer)
}

/// The jet of the output; directions leave the bias alone.
pub(crate) fn forward_jet(jet: Jet, layer: &Dense, gradient: &Tensor<2>) -> Jet {
    let weight = layer.weight.val();
    let mut jet = jet.weighted(
        |x| product(x, weight.clone()),
        |x| product(x, gradient.clone()),
    );
    jet.x = with_bias(jet.x, layer);
    jet
}

fn product(x: Tensor<4>, weight: Tensor<2>) -> Tensor<4> {
    let [out_features, _] = weight.dims();
    let rows = flat(x);
    let [batch, _] = rows.dims();
    let y = rows.matmul(weight.transpose());
    y.reshape([batch, out_features, 1, 1])
}

fn with_bias(y: Tensor<4>, layer: &Dense) -> Tensor<4> {
    let bias = layer.bias.val();
    let [out_features] = bias.dims();
    y + bias.reshape([1, out_features, 1, 1])
}

/// Gradient of the input.
pub(crate) fn input_gradient(gradient: Tensor<4>, weight: Tensor<2>) -> Tensor<4> {
    let [_, in_features] = weight.dims();
    let rows = flat(gradient);
    let [batch, _] = rows.dims();
    rows.matmul(weight).reshape([batch, in_features, 1, 1])
}

/// Gradient of the weight, `[out_features, in_features, 1, 1]`.
pub(crate) fn weight_gradient(input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    let product = flat(gradient).transpose().matmul(flat(input));
    let [out_features, in_features] = product.dims();
    product.reshape([out_features, in_features, 1, 1])
}

/// Gradient of the weight for each of several gradients `[images, count, features, 1, 1]`,
/// `[count, parameters]`.
pub(crate) fn weight_gradients(input: Tensor<4>, gradients: Tensor<5>) -> Tensor<2> {
    let [images, count, features, _, _] = gradients.dims();
    let folded = gradients.reshape([images, count * features, 1, 1]);
    let [_, inputs, _, _] = input.dims();
    weight_gradient(input, folded).reshape([count, features * inputs])
}

fn flat(map: Tensor<4>) -> Tensor<2> {
    let [batch, features, _, _] = map.dims();
    map.reshape([batch, features])
}
