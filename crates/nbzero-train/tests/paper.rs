//! The recipe `paper`, shortened to what a test can run.
#![allow(clippy::unwrap_used, reason = "a failed test should panic")]

use std::num::NonZeroUsize;

use burn::tensor::Device;
use nbzero_space::Architecture;
use nbzero_train::{Images, Normalisation, Policy, Recipe, Sets, Training, train};

fn images(count: u16) -> Images {
    let pixels = (0..u32::from(count) * 192)
        .map(|i| u8::try_from(i * i % 251).unwrap())
        .collect();
    let labels = (0..count).map(|i| i % 10).collect();
    Images::new(pixels, labels, 8, 10, Normalisation::UNIT).unwrap()
}

/// The losses of one epoch and the weights after it, as bytes.
fn run(recipe: &Recipe, threads: usize) -> (Vec<f64>, Vec<u8>) {
    let train_images = images(64);
    let held_back = images(20);
    let sets = Sets {
        train: &train_images,
        validation: &held_back,
        test: &held_back,
        policy: Policy::Cifar10,
    };
    let graph = "r1:8:8x1s2,8x1s2,16x1s2"
        .parse::<Architecture>()
        .unwrap()
        .graph(10, 8);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let mut losses = Vec::new();
        let report = |progress: nbzero_train::Progress| losses.push(progress.loss);
        let training = train(&graph, &sets, recipe, 5, &Device::flex(), report).unwrap();
        let Training::Trained(trained) = training else {
            panic!("diverged");
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        trained.network.save(&path).unwrap();
        (losses, std::fs::read(path).unwrap())
    })
}

#[test]
fn one_epoch_trains_and_repeats_whatever_the_threads() {
    let mut recipe: Recipe = "paper".parse().unwrap();
    recipe.epochs = 1;
    recipe.batch = NonZeroUsize::new(16).unwrap();
    let (losses, weights) = run(&recipe, 1);
    assert_eq!(losses.len(), 4);
    assert!(losses.iter().all(|loss| loss.is_finite() && *loss > 0.5));
    assert_eq!((losses.clone(), weights), run(&recipe, 3));
    recipe.mixup = None;
    assert_ne!(losses, run(&recipe, 1).0, "mixup is part of the loss");
}
