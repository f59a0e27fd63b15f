//! The tangent sweep against finite differences of the gradient, in float64.

use std::collections::{BTreeMap, HashSet};

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use nbzero_graph::Graph;
use nbzero_model::sweep::{self, GradientsOf};
use nbzero_model::{Layer, Network, ParameterChange};
use nbzero_space::Architecture;

struct Float64;

impl ParameterChange for Float64 {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        parameter.cast(DType::F64)
    }
}

/// Multiplies the weights of convolutions and linear layers.
struct Scale(HashSet<ParamId>, f64);

impl Scale {
    fn weights(network: &Network, factor: f64) -> Self {
        let ids = network.layers().filter_map(|(_, layer)| match layer {
            Layer::Convolution(conv) => Some(conv.weight.id),
            Layer::Dense(dense) => Some(dense.weight.id),
            _ => None,
        });
        Self(ids.collect(), factor)
    }
}

impl ModuleMapper for Scale {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.0.contains(&parameter.id) {
            return parameter.map(|weight| weight.mul_scalar(self.1));
        }
        parameter
    }
}

fn gradients(
    network: &Network,
    graph: &Graph,
    images: &Tensor<4>,
    targets: &Tensor<1, Int>,
) -> BTreeMap<String, Tensor<4>> {
    let activations = sweep::forward(network, graph, images.clone());
    let loss = sweep::cross_entropy(activations.logits(), targets.clone());
    let mut gradients = BTreeMap::new();
    activations.backward(loss.gradient, GradientsOf::Weights, |layer| {
        gradients.insert(layer.name.to_owned(), layer.weight_gradient());
    });
    gradients
}

#[test]
fn the_curvature_is_that_of_finite_differences() {
    let device = Device::flex();
    for (text, resolution) in [
        ("r1:3:4x1s2,5x1s2,5x2s2", 9),
        ("r2:4:8x1s2,8x1s2,8x1s2", 8),
        ("mb:2:3x2s2,4x1s2,4x1s2", 9),
        ("r1:1:1x1s2,1x1s2,2x1s2", 15),
        // Every operation, a node that nothing leads to but a convolution comes from, and an odd
        // resolution under the pools.
        (
            "nb201:2x1:|none~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|",
            9,
        ),
        (
            "nb201:3x1:|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
            8,
        ),
    ] {
        let graph = text.parse::<Architecture>().unwrap().graph(4, resolution);
        let network = Network::init(&graph, 7, &device).with_parameters(&Float64);
        let count = 5 * 3 * resolution * resolution;
        let pixels: Vec<f64> = (0..count)
            .map(|i| (i * 7919 % 2003) as f64 / 1001.0 - 1.0)
            .collect();
        let pixels = TensorData::new(pixels, [5, 3, resolution, resolution]);
        let images = Tensor::<4>::from_data(pixels, (&device, DType::F64));
        let targets = Tensor::<1, Int>::from_data([0, 1, 2, 3, 1], &device);

        let g = gradients(&network, &graph, &images, &targets);
        let activations = sweep::forward(&network, &graph, images.clone());
        let loss = sweep::cross_entropy(activations.logits(), targets.clone());
        let tangents = activations.tangents();
        let mut seen = 0;
        let found = activations.backward_with_tangents(loss.gradient, &tangents, |layer| {
            let difference = (layer.weight_gradient() - g[layer.name].clone()).abs();
            let largest = g[layer.name].clone().abs().max().into_scalar::<f64>();
            assert!(difference.max().into_scalar::<f64>() <= 1e-9 * largest);
            seen += 1;
        });
        assert_eq!(seen, g.len());
        assert!(seen > 4, "{text}: the gradient reaches the layers");

        // d/da of g . grad L(w + a w); w . Hg term by term would need the whole of Hg.
        let step = 1e-5;
        let along = |factor: f64| {
            let moved = network.clone().map(&mut Scale::weights(&network, factor));
            gradients(&moved, &graph, &images, &targets)
        };
        let (ahead, behind) = (along(1.0 + step), along(1.0 - step));
        let (mut expected, mut terms) = (0.0, 0.0);
        for (name, g) in &g {
            let change = (ahead[name].clone() - behind[name].clone()).div_scalar(2.0 * step);
            let product = change * g.clone();
            expected += product.clone().sum().into_scalar::<f64>();
            terms += product.abs().sum().into_scalar::<f64>();
        }
        let error = (found.value - expected).abs() / terms;
        assert!(
            error < 1e-6,
            "{text}: {} instead of {expected}, {error:.1e} of {terms}",
            found.value
        );
    }
}
