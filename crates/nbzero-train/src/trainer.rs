//! Trains a network by a recipe with Burn's autodiff, and measures its accuracy.

use std::num::NonZeroUsize;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use nbzero_graph::Graph;
use nbzero_model::Network;

use crate::dataset::CHANNELS;
use crate::{Batch, EpochBatches, Images, Recipe};

/// The image sets of one training.
#[derive(Debug, Clone, Copy)]
pub struct Sets<'a> {
    /// What the network learns from: nine tenths of the training set.
    pub train: &'a Images,
    /// The tenth of the training set that is held back for other NAS methods.
    pub validation: &'a Images,
    /// The test set.
    pub test: &'a Images,
}

/// How far a training has come, after each step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// Epoch of the step, counted from 1.
    pub epoch: usize,
    /// Loss of the step, in nats.
    pub loss: f64,
}

/// How a training ended.
#[derive(Debug)]
pub enum Training {
    /// All epochs were done.
    Trained(Box<Trained>),
    /// The loss stopped being a finite number.
    Diverged {
        /// Epoch in which it happened, counted from 1.
        epoch: usize,
    },
}

/// A trained network with its accuracies, in percent.
#[derive(Debug)]
pub struct Trained {
    /// The network, on the plain device.
    pub network: Network,
    /// Top-1 accuracy on the test set.
    pub test_accuracy: f64,
    /// Top-1 accuracy on the NAS validation set.
    pub validation_accuracy: f64,
    /// Mean loss over the steps of the last epoch, in nats (with label smoothing and
    /// augmentation).
    pub train_loss: f64,
}

/// A training set that does not give a single batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{images} training images do not fill one batch of {batch}: give more images")]
pub struct TooFewImages {
    images: usize,
    batch: usize,
}

/// Trains the network of `graph` from scratch on `device`.
///
/// `seed` decides the initial weights, the order of images and their augmentation. The same
/// seed on the same machine gives the same network to the last bit, whatever the number of
/// threads.
pub fn train(
    graph: &Graph,
    sets: &Sets<'_>,
    recipe: &Recipe,
    seed: u64,
    device: &Device,
    mut report: impl FnMut(Progress),
) -> Result<Training, TooFewImages> {
    let images = sets.train.len();
    let steps_per_epoch = images / recipe.batch;
    if steps_per_epoch == 0 {
        return Err(TooFewImages {
            images,
            batch: recipe.batch.get(),
        });
    }
    let steps = steps_per_epoch * recipe.epochs;
    let augmentation = recipe.augmentation(sets.train.resolution());
    let mut learner = Learner::new(graph, recipe, seed, &device.clone().autodiff());
    let mut step = 0;
    let mut epoch_loss = 0.0;
    for epoch in 1..=recipe.epochs {
        epoch_loss = 0.0;
        let batches =
            EpochBatches::train(sets.train, recipe.batch, seed, epoch as u64, augmentation);
        for batch in batches {
            let loss = learner.step(batch, recipe.learning_rate_at(step, steps));
            if !loss.is_finite() {
                return Ok(Training::Diverged { epoch });
            }
            step += 1;
            epoch_loss += loss / steps_per_epoch as f64;
            report(Progress {
                step,
                steps,
                epoch,
                loss,
            });
        }
    }
    let network = learner.network.valid();
    Ok(Training::Trained(Box::new(Trained {
        test_accuracy: accuracy(&network, sets.test, device),
        validation_accuracy: accuracy(&network, sets.validation, device),
        train_loss: epoch_loss,
        network,
    })))
}

/// Top-1 accuracy in percent, batch norms on their running statistics.
pub fn accuracy(network: &Network, images: &Images, device: &Device) -> f64 {
    const BATCH: NonZeroUsize = NonZeroUsize::new(250).expect("positive");
    let mut correct = 0;
    for batch in EpochBatches::evaluate(images, BATCH) {
        let (pixels, labels) = tensors(batch, device);
        let predicted = network.forward(pixels).argmax(1).squeeze_dim::<1>(1);
        correct += predicted.equal(labels).int().sum().into_scalar::<i64>();
    }
    100.0 * correct as f64 / images.len() as f64
}

/// A network in training with its optimiser.
struct Learner {
    network: Network,
    optimizer: burn::optim::ModuleOptimizer,
    loss: burn::nn::loss::CrossEntropyLoss,
    device: Device,
}

impl Learner {
    fn new(graph: &Graph, recipe: &Recipe, seed: u64, device: &Device) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Burn takes these as float32"
        )]
        let (decay, smoothing) = (recipe.weight_decay as f32, recipe.label_smoothing as f32);
        let momentum = MomentumConfig::new()
            .with_momentum(recipe.momentum)
            .with_dampening(0.0)
            .with_nesterov(true);
        Self {
            network: Network::init(graph, seed, device),
            optimizer: SgdConfig::new()
                .with_weight_decay(Some(WeightDecayConfig::new(decay)))
                .with_momentum(Some(momentum))
                .init(),
            loss: CrossEntropyLossConfig::new()
                .with_smoothing(Some(smoothing))
                .init(device),
            device: device.clone(),
        }
    }

    fn step(&mut self, batch: Batch, learning_rate: f64) -> f64 {
        let (pixels, labels) = tensors(batch, &self.device);
        let loss = self.loss.forward(self.network.forward(pixels), labels);
        let value = loss.clone().into_scalar::<f64>();
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let network = self.network.clone();
        self.network = self.optimizer.step(learning_rate, network, gradients);
        value
    }
}

fn tensors(batch: Batch, device: &Device) -> (Tensor<4>, Tensor<1, Int>) {
    let shape = [batch.size, CHANNELS, batch.resolution, batch.resolution];
    let pixels = Tensor::from_data(TensorData::new(batch.pixels, shape), device);
    let labels = Tensor::from_data(TensorData::new(batch.labels, [batch.size]), device);
    (pixels, labels)
}
