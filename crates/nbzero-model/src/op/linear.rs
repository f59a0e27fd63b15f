//! Fully connected layers on the channels: of a vector, or at each position of a map, where they are
//! convolutions of one position.

use burn::tensor::Tensor;
use nbzero_ops::{
    Activation, ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};

use super::{At, Moved, Pair, Rule, Weighted};
use crate::Network;
use crate::scaled::Scaled;

/// A linear layer of the graph.
#[derive(Debug)]
pub(super) struct Linear<'g>(pub(super) &'g nbzero_graph::Linear);

impl Linear<'_> {
    /// The output without the bias.
    fn own_product(&self, x: Tensor<4>, network: &Network) -> Tensor<4> {
        self.product(x, self.weight(network))
    }

    fn bias(&self, network: &Network) -> Option<Tensor<4>> {
        let bias = network.dense(&self.0.name).bias.as_ref()?;
        Some(bias.val().reshape([1, self.0.out_features, 1, 1]))
    }
}

impl Rule for Linear<'_> {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let product = self.own_product(at.input(0), at.network);
        match self.bias(at.network) {
            Some(bias) => product + bias,
            None => product,
        }
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        if let Some(geometry) = on_a_map(&gradient) {
            let weight = self.weight(at.network);
            return vec![convolution_input_gradient(gradient, weight, geometry)];
        }
        let weight = at.network.dense(&self.0.name).weight.val();
        let rows = flat(gradient);
        let [batch, _] = rows.dims();
        let found = rows.matmul(weight);
        vec![found.reshape([batch, self.0.in_features, 1, 1])]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn reads_output(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = with_itself(moved.whole(at, 0), at.input(0));
        Some(self.own_product(moved, at.network))
    }

    fn adjoint_tangent(&self, at: &At<'_>, _: &Moved, gradients: Pair) -> Vec<Pair> {
        moving_adjoint(self, at, gradients)
    }

    fn scaled(&self, at: &At<'_>, inputs: Vec<Scaled>) -> Scaled {
        let (mut maps, exponent) = Scaled::aligned(inputs);
        let product = Scaled::new(self.own_product(maps.remove(0), at.network), exponent);
        match self.bias(at.network) {
            Some(bias) => Scaled::sum(product, Scaled::new(bias, 0), Activation::Identity),
            None => product,
        }
    }

    fn layer(&self) -> Option<&dyn Weighted> {
        Some(self)
    }
}

impl Weighted for Linear<'_> {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn weight(&self, network: &Network) -> Tensor<4> {
        let weight = network.dense(&self.0.name).weight.val();
        weight.unsqueeze_dims(&[2, 3])
    }

    fn product(&self, input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
        if let Some(geometry) = on_a_map(&input) {
            return convolution(input, weight, geometry);
        }
        let rows = flat(input);
        let [batch, _] = rows.dims();
        let y = rows.matmul(flat(weight).transpose());
        y.reshape([batch, self.0.out_features, 1, 1])
    }

    fn weight_gradient(&self, input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
        if let Some(geometry) = on_a_map(&input) {
            return convolution_weight_gradient(input, gradient, geometry);
        }
        let [images, in_features, _, _] = input.dims();
        let [all, out_features, _, _] = gradient.dims();
        let copies = all / images;
        let gradients = gradient.reshape([copies, images, out_features]);
        let inputs = input.reshape([1, images, in_features]);
        let inputs = inputs.expand([copies, images, in_features]);
        let product = gradients.transpose().matmul(inputs);
        product.reshape([copies * out_features, in_features, 1, 1])
    }
}

/// What a layer's input moves by beside what its weight adds: W x' + W x is W (x' + x).
pub(super) fn with_itself(moved: Option<Tensor<4>>, x: Tensor<4>) -> Tensor<4> {
    match moved {
        Some(moved) => moved + x,
        None => x,
    }
}

/// The adjoint of a layer whose weight moves along itself.
pub(super) fn moving_adjoint(rule: &dyn Rule, at: &At<'_>, [gradient, moved]: Pair) -> Vec<Pair> {
    let moved = moved + gradient.clone();
    let one = |gradient| rule.adjoint(at, gradient).remove(0);
    vec![[one(gradient), one(moved)]]
}

/// The convolution of one position that a layer is on a map of more than one.
fn on_a_map(map: &Tensor<4>) -> Option<ConvGeometry> {
    let [_, _, height, width] = map.dims();
    (height * width > 1).then(|| ConvGeometry::square(1, 1, 1, [height, width]))
}

fn flat(map: Tensor<4>) -> Tensor<2> {
    let [batch, features, _, _] = map.dims();
    map.reshape([batch, features])
}
