//! Values, gradients, derivatives along the weights, and per-image gradients.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Int, Tensor};
use nbzero_graph::Graph;
use nbzero_model::sweep::{self, BatchNormMode, GradientsOf};
use nbzero_model::{Layer, Network};

use crate::cases::{cases, with_batch_norms};
use crate::common::{error, images, network, numbers, weight_gradient};

#[test]
fn values_and_gradients_are_those_of_autodiff() {
    for (name, graph) in cases() {
        check_gradients(&name, &graph);
    }
}

pub(crate) fn check_gradients(name: &str, graph: &Graph) {
    let device = Device::flex();
    let tracked_device = device.clone().autodiff();
    let (swept, tracked) = (network(graph, &device), network(graph, &tracked_device));
    let images = images(graph, 3, &device);
    let tracked_images = images.clone().autodiff().require_grad();
    let logits = tracked.forward(tracked_images.clone());
    let direction = numbers([3, graph.classes()], 7, &device);
    let product = logits.clone() * direction.clone().autodiff();
    let gradients = product.sum().backward();

    let activations = sweep::forward(&swept, graph, images.clone());
    let off = error(&activations.logits(), &logits.inner());
    assert!(off < 1e-12, "{name}: the logits are {off:.1e} off");
    let mut seen = 0;
    let end = activations.backward(direction, GradientsOf::Both, |layer| {
        let expected = weight_gradient(&tracked, layer.name, &gradients);
        let off = error(&layer.weight_gradient(), &expected);
        assert!(off < 1e-7, "{name}: {} is {off:.1e} off", layer.name);
        seen += 1;
    });
    let layers = graph.nodes().iter().filter(|node| node.op().is_weighted());
    assert_eq!(seen, layers.count(), "{name}");
    let expected = tracked_images.grad(&gradients).unwrap();
    let off = error(&end.input_gradient.unwrap(), &expected);
    assert!(off < 1e-7, "{name}: the image's gradient is {off:.1e} off");
}

/// Multiplies the weights of convolutions and linear layers.
struct Scale(Vec<burn::module::ParamId>, f64);

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

fn loss_gradients(
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
fn derivatives_along_the_weights_are_those_of_finite_differences() {
    let all = cases().into_iter();
    for (name, graph) in all.chain([("batch norms".to_owned(), with_batch_norms())]) {
        check_curvature(&name, &graph);
    }
}

pub(crate) fn check_curvature(name: &str, graph: &Graph) {
    let device = Device::flex();
    let network = network(graph, &device);
    let images = images(graph, 5, &device);
    let targets = Tensor::<1, Int>::from_data([0, 1, 2, 3, 1], &device);
    let g = loss_gradients(&network, graph, &images, &targets);
    let activations = sweep::forward(&network, graph, images.clone());
    let loss = sweep::cross_entropy(activations.logits(), targets.clone());
    let tangents = activations.tangents();
    let found = activations.backward_with_tangents(loss.gradient, &tangents, |layer| {
        let off = error(&layer.weight_gradient(), &g[layer.name]);
        assert!(off < 1e-7, "{name}: {} is {off:.1e} off", layer.name);
    });
    let step = 1e-6;
    let along = |factor: f64| {
        let moved = network.clone().map(&mut Scale::weights(&network, factor));
        loss_gradients(&moved, graph, &images, &targets)
    };
    let (ahead, behind) = (along(1.0 + step), along(1.0 - step));
    let (mut expected, mut terms) = (0.0, 0.0);
    for (name, g) in &g {
        let change = (ahead[name].clone() - behind[name].clone()).div_scalar(2.0 * step);
        let product = change * g.clone();
        expected += product.clone().sum().into_scalar::<f64>();
        terms += product.abs().sum().into_scalar::<f64>();
    }
    let off = (found.value - expected).abs() / terms;
    let value = found.value;
    assert!(
        off < 1e-6,
        "{name}: {value} instead of {expected}, {off:.1e} of {terms}"
    );
}

/// The gradients of one image's summed logits by every parameter called `weight`.
fn row(network: &Network, output: &Tensor<1>) -> Vec<f64> {
    let gradients = output.backward();
    let mut row = Vec::new();
    let mut add = |gradient: Option<Tensor<1>>| {
        let gradient = gradient.expect("every weight matters");
        row.extend(gradient.try_into_vec_as::<f64>().unwrap());
    };
    for (name, layer) in network.layers() {
        match layer {
            Layer::Convolution(conv) => {
                add(conv.weight.val().grad(&gradients).map(|g| g.flatten(0, 3)));
            }
            Layer::Dense(dense) => {
                add(dense.weight.val().grad(&gradients).map(|g| g.flatten(0, 1)));
            }
            Layer::BatchNorm(norm) => add(norm.gamma.val().grad(&gradients)),
            Layer::LayerNorm(norm) => add(norm.weight.val().grad(&gradients)),
            Layer::Values(values) if name.ends_with("weight") => {
                add(values.value.val().grad(&gradients).map(|g| g.flatten(0, 2)));
            }
            Layer::Values(_) => {}
        }
    }
    row
}

fn check_gram(name: &str, expected: &[Vec<f64>], found: &[f64], tolerance: f64) {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let size = expected.len();
    let largest = product(&expected[0], &expected[0]);
    for (i, a) in expected.iter().enumerate() {
        for (j, b) in expected.iter().enumerate() {
            let off = (found[i * size + j] - product(a, b)).abs() / largest;
            assert!(off < tolerance, "{name}: {i}, {j} is {off:.1e} off");
        }
    }
}

#[test]
fn per_image_gradients_are_those_of_autodiff() {
    let device = Device::flex();
    let tracked_device = device.clone().autodiff();
    for (name, graph) in cases() {
        let (swept, tracked) = (network(&graph, &device), network(&graph, &tracked_device));
        let images = images(&graph, 3, &device);
        let tracked_images = images.clone().autodiff();
        let rows: Vec<_> = (0..3)
            .map(|i| {
                let logits = tracked.forward(tracked_images.clone());
                row(&tracked, &logits.narrow(0, i, 1).sum())
            })
            .collect();
        for mode in [BatchNormMode::Batch, BatchNormMode::Frozen] {
            let found = sweep::per_image_gram(&swept, &graph, images.clone(), mode);
            check_gram(&format!("{name}, {mode:?}"), &rows, &found.values, 1e-7);
        }
    }
}

/// In float32, in which a network with batch norms trains.
#[test]
fn per_image_gradients_through_the_batch_are_those_of_autodiff() {
    let device = Device::flex();
    let graph = with_batch_norms();
    let swept = Network::init(&graph, 3, &device);
    let tracked_device = device.clone().autodiff();
    let tracked = Network::init(&graph, 3, &tracked_device);
    let images = images(&graph, 4, &device).cast(burn::tensor::DType::F32);
    let tracked_images = images.clone().autodiff();
    let rows: Vec<_> = (0..4)
        .map(|i| {
            let logits = tracked.forward(tracked_images.clone());
            row(&tracked, &logits.narrow(0, i, 1).sum())
        })
        .collect();
    let found = sweep::per_image_gram(&swept, &graph, images, BatchNormMode::Batch);
    check_gram("batch norms", &rows, &found.values, 1e-4);
}
