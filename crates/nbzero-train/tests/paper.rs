//! The recipe `paper`, shortened to what a test can run.
#![allow(clippy::unwrap_used, reason = "a failed test should panic")]

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use burn::tensor::Device;
use nbzero_space::Architecture;
use nbzero_train::{Images, Normalisation, NotTrained, Policy, Recipe, Sets, Training, train};

fn images(count: u16) -> Images {
    let pixels = (0..u32::from(count) * 192)
        .map(|i| u8::try_from(i * i % 251).unwrap())
        .collect();
    let labels = (0..count).map(|i| i % 10).collect();
    Images::new(pixels, labels, 8, 10, Normalisation::unit(3)).unwrap()
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
        let report = |progress: nbzero_train::Progress| {
            losses.push(progress.loss);
            ControlFlow::Continue(())
        };
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

/// How a training on images ends whose class is their brightness.
fn on_bright_and_dark(recipe: &Recipe) -> (Vec<f64>, Training) {
    let shade = |i: u32| if (i / 192).is_multiple_of(2) { 60 } else { 180 };
    let pixels = (0..64 * 192_u32).map(|i| shade(i) + u8::try_from(i * i % 61).unwrap());
    let labels = (0..64).map(|i| i % 2).collect();
    let images = Images::new(pixels.collect(), labels, 8, 2, Normalisation::unit(3)).unwrap();
    let sets = Sets {
        train: &images,
        validation: &images,
        test: &images,
        policy: Policy::Cifar10,
    };
    let architecture: Architecture = "r1:8:8x1s2,8x1s2,16x1s2".parse().unwrap();
    let graph = architecture.graph(2, 8);
    let mut losses = Vec::new();
    let report = |progress: nbzero_train::Progress| {
        losses.push(progress.loss);
        ControlFlow::Continue(())
    };
    let training = train(&graph, &sets, recipe, 5, &Device::flex(), report).unwrap();
    (losses, training)
}

#[test]
fn what_is_easy_is_learnt() {
    let mut recipe: Recipe = "mini".parse().unwrap();
    recipe.epochs = 20;
    recipe.batch = NonZeroUsize::new(16).unwrap();
    let (losses, training) = on_bright_and_dark(&recipe);
    assert!(losses[79] < 0.5 * losses[0], "{losses:?}");
    let Training::Trained(trained) = training else {
        panic!("diverged");
    };
    assert!(trained.test_accuracy > 95.0, "{}", trained.test_accuracy);
}

#[test]
fn a_training_that_leaves_the_finite_numbers_has_diverged() {
    let mut recipe: Recipe = "paper".parse().unwrap();
    recipe.epochs = 2;
    recipe.learning_rate = 1e30;
    recipe.batch = NonZeroUsize::new(32).unwrap();
    let (_, training) = on_bright_and_dark(&recipe);
    assert!(matches!(training, Training::Diverged { epoch: 1 }));
    // A single step: its loss is that of the initial weights, and only what it leaves is not finite.
    recipe.epochs = 1;
    recipe.batch = NonZeroUsize::new(64).unwrap();
    let (losses, training) = on_bright_and_dark(&recipe);
    assert_eq!(losses.len(), 1);
    assert!(matches!(training, Training::Diverged { epoch: 1 }));
}

#[test]
fn a_training_can_be_stopped() {
    let images = Images::new(vec![100; 8 * 192], vec![0; 8], 8, 2, Normalisation::unit(3)).unwrap();
    let sets = Sets {
        train: &images,
        validation: &images,
        test: &images,
        policy: Policy::Cifar10,
    };
    let mut recipe: Recipe = "mini".parse().unwrap();
    recipe.batch = NonZeroUsize::new(2).unwrap();
    let graph = "r1:8:8x1s2".parse::<Architecture>().unwrap().graph(2, 8);
    let steps = 4 * recipe.epochs;
    let third = |progress: nbzero_train::Progress| match progress.step {
        3 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let stopped = train(&graph, &sets, &recipe, 0, &Device::flex(), third).unwrap_err();
    assert_eq!(stopped, NotTrained::Stopped { step: 3, steps });
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
