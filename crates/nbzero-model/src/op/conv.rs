//! Convolutions.

use burn::tensor::Tensor;
use nbzero_graph::{Conv2d, Shape};
use nbzero_ops::{
    Activation, ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};

use super::{At, Moved, Pair, Rule, Weighted};
use crate::Network;
use crate::scaled::Scaled;

/// A convolution of the graph.
#[derive(Debug)]
pub(super) struct Convolution<'g>(pub(super) &'g Conv2d);

impl Convolution<'_> {
    fn geometry(&self, size: [usize; 2]) -> ConvGeometry {
        let window = &self.0.window;
        ConvGeometry {
            stride: window.stride,
            groups: self.0.groups,
            kernel: window.kernel,
            dilation: window.dilation,
            padding: window.padding.ends(),
            size,
        }
    }

    /// The output without the bias.
    fn own_product(&self, x: Tensor<4>, network: &Network) -> Tensor<4> {
        self.product(x, self.weight(network))
    }

    fn bias(&self, network: &Network) -> Option<Tensor<4>> {
        let bias = network.convolution(&self.0.name).bias.as_ref()?;
        Some(bias.val().reshape([1, self.0.out_channels, 1, 1]))
    }
}

impl Rule for Convolution<'_> {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let product = self.own_product(at.input(0), at.network);
        match self.bias(at.network) {
            Some(bias) => product + bias,
            None => product,
        }
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let weight = self.weight(at.network);
        let geometry = self.geometry(Shape::size(at.shapes[0]));
        vec![convolution_input_gradient(gradient, weight, geometry)]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn reads_output(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let moved = moved.whole(at, 0);
        if self.moves_by_itself() {
            return moved.map(|moved| self.own_product(moved, at.network));
        }
        Some(self.own_product(super::linear::with_itself(moved, at.input(0)), at.network))
    }

    /// With a bias, which does not move, the output is more than what moves.
    fn moves_by_itself(&self) -> bool {
        !self.0.bias
    }

    fn adjoint_tangent(&self, at: &At<'_>, _: &Moved, [gradient, moved]: Pair) -> Vec<Pair> {
        super::linear::moving_adjoint(self, at, [gradient, moved])
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

impl Weighted for Convolution<'_> {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn weight(&self, network: &Network) -> Tensor<4> {
        network.convolution(&self.0.name).weight.val()
    }

    fn product(&self, input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = input.dims();
        convolution(input, weight, self.geometry([height, width]))
    }

    fn weight_gradient(&self, input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = input.dims();
        convolution_weight_gradient(input, gradient, self.geometry([height, width]))
    }
}
