//! The per-image sweep: chunks change nothing, and PyTorch's condition numbers come out.

use std::num::NonZeroUsize;

use burn::tensor::{Device, Tensor, TensorData};
use nbzero_model::Network;
use nbzero_model::sweep::{BatchNormMode, per_image_gram};
use nbzero_space::Architecture;

#[test]
fn chunks_of_cotangents_give_the_whole() {
    let device = Device::flex();
    for (text, resolution) in [
        ("r1:5:8x1s2,8x1s2,9x2s2", 15),
        ("r2:4:8x1s2,8x1s2,12x1s2", 16),
        ("mb:2:3x2s2,4x1s2,4x1s2", 9),
    ] {
        let graph = text.parse::<Architecture>().unwrap().graph(4, resolution);
        let network = Network::init(&graph, 7, &device);
        let pixels: Vec<f32> = (0..7 * 3 * resolution * resolution)
            .map(|i| (i * 7919 % 2003) as f32 / 1001.0 - 1.0)
            .collect();
        let pixels = TensorData::new(pixels, [7, 3, resolution, resolution]);
        let images = Tensor::<4>::from_data(pixels, &device);
        let gram = |at_once| {
            let mode = BatchNormMode::Batch;
            per_image_gram(&network, &graph, images.clone(), mode, at_once).values
        };
        let whole = gram(NonZeroUsize::new(7));
        let scale = whole.iter().copied().fold(0.0, f64::max);
        for at_once in [NonZeroUsize::new(1), NonZeroUsize::new(3), None] {
            for (found, expected) in gram(at_once).iter().zip(&whole) {
                let error = (found - expected).abs() / scale;
                assert!(error < 1e-6, "{text} {at_once:?}: {found}, not {expected}");
            }
        }
    }
}
