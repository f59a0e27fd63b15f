//! The per-image sweep against Burn's autodiff, one backward pass an image.

use burn::module::Param;
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use nbzero_model::sweep::{BatchNormMode, per_image_gram};
use nbzero_model::{Layer, Network};
use nbzero_space::Architecture;

const IMAGES: usize = 7;

/// Zeros where the output does not depend on the parameter: some layers of a cell lead nowhere.
fn gradient<const D: usize>(parameter: &Param<Tensor<D>>, gradients: &Gradients) -> Vec<f32> {
    let parameter = parameter.val();
    let gradient = parameter.grad(gradients);
    let gradient = gradient.map(|g| g.into_data().try_to_vec::<f32>().expect("float32"));
    gradient.unwrap_or_else(|| vec![0.0; parameter.shape().num_elements()])
}

/// The gradient of every parameter called `weight`, in one row.
fn row(network: &Network, output: &Tensor<1>) -> Vec<f64> {
    let gradients = output.backward();
    let layers = network.layers().flat_map(|(_, layer)| match layer {
        Layer::Convolution(conv) => gradient(&conv.weight, &gradients),
        Layer::Dense(dense) => gradient(&dense.weight, &gradients),
        Layer::BatchNorm(norm) => gradient(&norm.gamma, &gradients),
        _ => unreachable!("no chain has other layers"),
    });
    layers.map(f64::from).collect()
}

#[test]
fn the_gram_matrix_is_that_of_one_backward_pass_an_image() {
    let device = Device::flex();
    let autodiff = device.clone().autodiff();
    for (text, resolution) in [
        ("r1:5:8x1s2,8x1s2,9x2s2", 15),
        ("r2:4:8x1s2,8x1s2,12x1s2", 16),
        ("mb:2:3x2s2,4x1s2,4x1s2", 9),
        (
            "nb201:3x1:|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
            9,
        ),
        // Two convolutions that lead nowhere.
        (
            "nb201:3x1:|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|none~1|none~2|",
            8,
        ),
    ] {
        let graph = text.parse::<Architecture>().unwrap().graph(4, resolution);
        let pixels: Vec<f32> = (0..IMAGES * 3 * resolution * resolution)
            .map(|i| (i * 7919 % 2003) as f32 / 1001.0 - 1.0)
            .collect();
        let shape = [IMAGES, 3, resolution, resolution];
        let images =
            |device| Tensor::<4>::from_data(TensorData::new(pixels.clone(), shape), device);

        let network = Network::init(&graph, 7, &device);
        let mode = BatchNormMode::Batch;
        let found = per_image_gram(&network, &graph, images(&device), mode).values;

        let network = Network::init(&graph, 7, &autodiff);
        let rows: Vec<Vec<f64>> = (0..IMAGES)
            .map(|i| {
                let logits = network.forward(images(&autodiff));
                row(&network, &logits.narrow(0, i, 1).sum())
            })
            .collect();
        let product =
            |i: usize, j: usize| -> f64 { rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum() };
        let scale = (0..IMAGES).map(|i| product(i, i)).fold(0.0, f64::max);
        for i in 0..IMAGES {
            for j in 0..IMAGES {
                let error = (found[i * IMAGES + j] - product(i, j)).abs() / scale;
                assert!(error < 1e-5, "{text} {i} {j}: {error:.1e}");
            }
        }
    }
}
