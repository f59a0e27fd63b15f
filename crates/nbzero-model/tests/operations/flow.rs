//! The flow sweep: against autodiff of the absolute network, and beyond float64.

use std::collections::BTreeMap;

use burn::tensor::{DType, Device, Tensor};
use nbzero_graph::{Conv2d, Function, Graph, LayerNorm, Shape};
use nbzero_model::{Network, sweep};

use crate::cases::cases;
use crate::common::{Absolute, error, network, weight_gradient};

#[test]
fn flows_are_those_of_autodiff() {
    let device = Device::flex();
    let tracked_device = device.clone().autodiff();
    for (name, graph) in cases() {
        let swept = network(&graph, &device);
        let tracked = network(&graph, &tracked_device).with_parameters(&Absolute);
        let Shape {
            channels,
            height,
            width,
        } = graph.input_shape();
        let options = (&tracked_device, DType::F64);
        let image = Tensor::ones([1, channels, height, width], options);
        let gradients = tracked.forward(image).sum().backward();
        let mut seen = 0;
        sweep::flow(&swept, |layer| {
            assert_eq!(layer.exponent, 0, "{name}: {}", layer.name);
            let expected = weight_gradient(&tracked, layer.name, &gradients);
            let off = error(&layer.weight_gradient, &expected);
            assert!(off < 1e-7, "{name}: {} is {off:.1e} off", layer.name);
            seen += 1;
        });
        assert!(seen >= 3, "{name}");
    }
}

/// ln of the sum of |w dR/dw| by layer.
fn logarithms(network: &Network) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    sweep::flow(network, |layer| {
        let product = (layer.weight * layer.weight_gradient).abs().sum();
        let term = product.into_scalar::<f64>().ln();
        let power = layer.exponent as f64 * std::f64::consts::LN_2;
        found.insert(layer.name.to_owned(), term + power);
    });
    found
}

/// Convolutions whose values grow by 2^90 each, then `end`, then a head.
fn growing(layers: usize, function: Function, is_normed: bool) -> Graph {
    let mut b = Graph::builder(3, 4);
    let mut x = b.input();
    for i in 0..layers {
        let channels = b.shape(x).channels;
        x = b
            .conv(x, Conv2d::new(format!("c{i}"), channels, 4, 3, 1))
            .unwrap();
    }
    if is_normed {
        let norm = LayerNorm {
            name: "ln".to_owned(),
            epsilon: 1e-6,
        };
        x = b.layer_norm(x, norm).unwrap();
    }
    let x = b.function(x, function).unwrap();
    let gate = b.conv(x, Conv2d::new("gate", 4, 4, 1, 1)).unwrap();
    let x = b.multiply(x, gate).unwrap();
    let x = b.global_average_pool(x);
    b.linear(x, "head", 2).unwrap();
    b.finish().unwrap()
}

/// Multiplies the convolutions `c0`, `c1`, ... by 2^power.
fn scaled(graph: &Graph, power: i32) -> Network {
    let device = Device::flex();
    let plain = Network::init(graph, 3, &device);
    let mut numbers = BTreeMap::new();
    for (name, layer) in plain.layers() {
        if let nbzero_model::Layer::Convolution(conv) = layer {
            let values = conv.weight.val().into_data().try_to_vec::<f32>().unwrap();
            numbers.insert(format!("{name}.weight"), values);
        }
    }
    let read = Network::read(graph, &device, |name, shape| {
        let count: usize = shape.iter().product();
        let values = numbers.remove(name).unwrap_or_else(|| vec![0.5; count]);
        let factor = if name.starts_with('c') {
            2.0_f32.powi(power)
        } else {
            1.0
        };
        Ok::<_, std::convert::Infallible>(values.into_iter().map(|v| v * factor).collect())
    });
    read.unwrap()
}

fn assert_near(
    what: &str,
    found: &BTreeMap<String, f64>,
    expected: &BTreeMap<String, f64>,
    more: f64,
) {
    for (name, expected) in expected {
        let found = found[name];
        assert!(
            (found - expected - more).abs() < 1e-9 * (1.0 + expected.abs() + more.abs()),
            "{what}: {name} is {found}, not {expected} + {more}"
        );
    }
}

#[test]
fn gates_of_huge_values_are_open_and_of_tiny_ones_half_open() {
    let layers = 24;
    for (power, slope) in [(90, 1.0), (-90, 0.5)] {
        let flow = |function| logarithms(&scaled(&growing(layers, function, false), power));
        let ramp = flow(Function::LeakyRelu { slope: 0.1 });
        for gate in [
            Function::Silu,
            Function::HardSwish,
            Function::Gelu,
            Function::GeluTanh,
        ] {
            let found = flow(gate);
            // Two factors of the product come through the gate.
            assert_near(&format!("{gate:?}"), &found, &ramp, 2.0 * f64::ln(slope));
        }
    }
}

#[test]
fn bounded_functions_saturate_and_norms_take_any_scale_away() {
    let layers = 24;
    let found = logarithms(&scaled(&growing(layers, Function::Sigmoid, false), 90));
    assert!(found["head"].is_finite() && found["gate"].is_finite());
    assert!(
        !found["c0"].is_finite(),
        "nothing flows through a saturated sigmoid"
    );
    let normed = |power| logarithms(&scaled(&growing(layers, Function::Silu, true), power));
    assert_near("a norm", &normed(90), &normed(30), 0.0);
}
