//! A fully connected layer on maps of resolution 1.

use burn::tensor::Tensor;

use crate::layer::Dense;

pub(crate) fn forward(x: Tensor<4>, layer: &Dense) -> Tensor<4> {
    let bias = layer.bias.val();
    let [out_features] = bias.dims();
    product(x, layer.weight.val()) + bias.reshape([1, out_features, 1, 1])
}

/// The output without the bias.
pub(crate) fn product(x: Tensor<4>, weight: Tensor<2>) -> Tensor<4> {
    let [out_features, _] = weight.dims();
    let rows = flat(x);
    let [batch, _] = rows.dims();
    let y = rows.matmul(weight.transpose());
    y.reshape([batch, out_features, 1, 1])
}

/// Gradient of the input.
pub(crate) fn input_gradient(gradient: Tensor<4>, weight: Tensor<2>) -> Tensor<4> {
    let [_, in_features] = weight.dims();
    let rows = flat(gradient);
    let [batch, _] = rows.dims();
    rows.matmul(weight).reshape([batch, in_features, 1, 1])
}

/// Gradient of the weight, `[out_features, in_features, 1, 1]`; from k gradients one after
/// another k results, along the outputs.
pub(crate) fn weight_gradient(input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    let [images, in_features, _, _] = input.dims();
    let [all, out_features, _, _] = gradient.dims();
    let copies = all / images;
    let gradients = gradient.reshape([copies, images, out_features]);
    let inputs = input.reshape([1, images, in_features]);
    let inputs = inputs.expand([copies, images, in_features]);
    let product = gradients.transpose().matmul(inputs);
    product.reshape([copies * out_features, in_features, 1, 1])
}

fn flat(map: Tensor<4>) -> Tensor<2> {
    let [batch, features, _, _] = map.dims();
    map.reshape([batch, features])
}
