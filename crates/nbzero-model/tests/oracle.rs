//! The sweep against PyTorch's values in float64 (`../shared/oracle`), and against Burn's
//! autodiff, on Burn's default device: flex, or that of the feature which is on; the variable
//! `BURN_DEVICE` chooses another.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a test that fails says where, one that is skipped says why, and sizes are small"
)]

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Int, Tensor, TensorData};
use nbzero_model::sweep::{self, GradientsOf};
use nbzero_model::{Layer, Network, read_batch};
use nbzero_space::Architecture;
use serde_json::Value;

/// The reference networks, or nothing (with a reason) where they are not at hand.
fn oracle() -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no reference values at {}", folder.display());
        return Vec::new();
    };
    let mut networks: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        // `NAME.newer.json` has values of newer proxies for the network of `NAME.json`.
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".json") && !name.ends_with(".newer.json")
        })
        .map(|path| {
            let value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            (path, value)
        })
        .collect();
    networks.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!networks.is_empty());
    networks
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(error < tolerance, "{what}: {found} instead of {expected}");
}

fn targets(values: &[i64], device: &Device) -> Tensor<1, Int> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
}

#[test]
fn loss_and_logits_agree_with_pytorch() {
    let device = Device::default();
    for (path, value) in oracle() {
        let field = |name: &str| value["network"][name].as_u64().unwrap() as usize;
        let text = value["network"]["arch"].as_str().unwrap();
        let architecture: Architecture = text.parse().unwrap();
        let graph = architecture.graph(field("classes"), field("resolution"));
        assert_eq!(graph.flops(), field("flops") as u128, "{text}");
        assert_eq!(graph.params(), field("params") as u128, "{text}");
        assert_eq!(graph.depth() as usize, field("depth"), "{text}");

        let network = Network::load(&graph, &path.with_extension("weights.safetensors"), &device);
        let network = network.unwrap();
        let batch = read_batch(&path.with_extension("batch.safetensors"), &device).unwrap();
        let activations = sweep::forward(&network, &graph, batch.images);
        let logits: Vec<f32> = activations.logits().into_data().try_to_vec().unwrap();
        let expected = value["expected"]["logits_train_mode_row0"]
            .as_array()
            .unwrap();
        for (found, expected) in logits.iter().zip(expected) {
            close(f64::from(*found), expected.as_f64().unwrap(), 1e-3, text);
        }
        let targets = targets(&batch.targets, &device);
        let loss = sweep::cross_entropy(activations.logits(), targets);
        close(
            loss.value,
            value["expected"]["loss"].as_f64().unwrap(),
            1e-5,
            text,
        );
    }
}

/// Largest difference of two tensors, relative to the largest value.
fn difference<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f64 {
    let scale = b.clone().abs().max().into_scalar::<f64>();
    (a - b).abs().max().into_scalar::<f64>() / scale
}

#[test]
fn gradients_agree_with_autodiff() {
    let device = Device::default();
    for text in [
        "r1:8:8x2s1,12x1s2,16x1s2,20x1s2",
        "r1:5:8x1s2,8x1s2,9x2s2",
        "r2:8:16x2s1,16x1s2,24x1s2,32x1s2",
        "mb:4:6x2s2,8x1s2,10x2s2",
        "mb:8:8x2s1,8x1s2,12x1s2,16x1s2",
    ] {
        // 15 is odd three times over: strided layers meet uneven edges.
        for resolution in [15, 16] {
            let architecture: Architecture = text.parse().unwrap();
            let graph = architecture.graph(10, resolution);
            let plain = Network::init(&graph, 3, &device);
            let values: Vec<f32> = (0..6 * 3 * resolution * resolution)
                .map(|i| ((i * 7919 % 2003) as f32 / 1001.0) - 1.0)
                .collect();
            let shape = [6, 3, resolution, resolution];
            let images = |device: &Device| {
                Tensor::<4>::from_data(TensorData::new(values.clone(), shape), device)
            };
            let classes = [1, 3, 5, 7, 9, 0];

            let autodiff = device.clone().autodiff();
            let trained = Network::init(&graph, 3, &autodiff);
            let input = images(&autodiff).require_grad();
            let loss = burn::nn::loss::CrossEntropyLossConfig::new()
                .init(&autodiff)
                .forward(trained.forward(input.clone()), targets(&classes, &autodiff));
            let gradients = loss.backward();

            let activations = sweep::forward(&plain, &graph, images(&device));
            let swept = sweep::cross_entropy(activations.logits(), targets(&classes, &device));
            close(swept.value, loss.into_scalar::<f64>(), 1e-5, text);
            let mut seen = 0;
            let backward = activations.backward(swept.gradient, GradientsOf::Both, |layer| {
                let found = layer.weight_gradient.unwrap();
                let shape = found.dims();
                let expected = match trained.layer(layer.name) {
                    Layer::Convolution(c) => c.weight.val().grad(&gradients).unwrap(),
                    Layer::Dense(d) => d.weight.val().grad(&gradients).unwrap().reshape(shape),
                    _ => unreachable!("it has no weight"),
                };
                let error = difference(found, expected);
                assert!(
                    error < 1e-3,
                    "{text} at {resolution}: {} {error}",
                    layer.name
                );
                seen += 1;
            });
            assert!(seen >= graph.depth());
            let expected = input.grad(&gradients).unwrap();
            assert!(
                difference(backward.input_gradient.unwrap(), expected) < 1e-3,
                "{text}"
            );
        }
    }
}
