//! A fully connected layer on maps of resolution 1.

use burn::tensor::Tensor;

use crate::layer::Dense;

pub(crate) fn forward(x: Tensor<4>, layer: &Dense) -> Tensor<4> {
    let weight = layer.weight.val();
    let [out_features, _] = weight.dims();
    let rows = flat(x);
    let [batch, _] = rows.dims();
    let y = rows.matmul(weight.transpose()) + layer.bias.val().unsqueeze();
    y.reshape([batch, out_features, 1, 1])
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

fn flat(map: Tensor<4>) -> Tensor<2> {
    let [batch, features, _, _] = map.dims();
    map.reshape([batch, features])
}
