//! Trains a network by a recipe with Burn's autodiff, and measures its accuracy.

use std::num::NonZeroUsize;

use std::ops::ControlFlow;

use burn::module::Module;
use burn::tensor::Device;
use nbzero_graph::Graph;
use nbzero_model::Network;

use crate::ahead::ahead;
use crate::learner::{Learner, tensors};
use crate::prepare::prepared;
use crate::{EpochBatches, Images, NotInColour, Policy, Recipe, TooFewImages};

/// Images that go through the network at once where its accuracy is measured.
pub(crate) const EVALUATED_AT_ONCE: NonZeroUsize = NonZeroUsize::new(250).expect("positive");

/// The image sets of one training.
#[derive(Debug, Clone, Copy)]
pub struct Sets<'a> {
    /// What the network learns from: nine tenths of the training set.
    pub train: &'a Images,
    /// The tenth of the training set that is held back for other NAS methods.
    pub validation: &'a Images,
    /// The test set.
    pub test: &'a Images,
    /// The policy of `AutoAugment` for these images, of recipes that use it.
    pub policy: Policy,
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
    /// The loss, or an output of the trained network, was no finite number.
    Diverged {
        /// Epoch in which it happened, counted from 1.
        epoch: usize,
    },
}

/// Why a training has no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTrained {
    /// There are fewer images than a batch has.
    #[error(transparent)]
    TooFewImages(#[from] TooFewImages),
    /// The recipe changes colours, and the images have none.
    #[error(transparent)]
    NotInColour(#[from] NotInColour),
    /// Whoever was told of its steps stopped it.
    #[error("the training was stopped after step {step} of {steps}")]
    Stopped {
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
    },
}

/// A trained network with its accuracies, in percent.
#[derive(Debug)]
pub struct Trained {
    /// The network, on the plain device.
    pub network: Network,
    /// Top-1 accuracy on the test set.
    pub test_accuracy: f64,
    /// Top-1 accuracy on the NAS validation set; `None` where that is empty.
    pub validation_accuracy: Option<f64>,
    /// Mean loss over the steps of the last epoch, in nats (with label smoothing, augmentation
    /// and, if the recipe has it, mixup).
    pub train_loss: f64,
}

/// Trains the network of `graph` from scratch on `device`. Of images that are all
/// [grey](Images::are_grey), a network of one channel sees one.
///
/// `seed` decides the initial weights, the order of images and their augmentation. The same
/// seed on the same machine gives the same network to the last bit, whatever the number of
/// threads. `report` is told of each step and can stop the training.
///
/// # Errors
///
/// If the images are fewer than a batch, or none that the recipe [suits](Recipe::suits), or `report` stops
/// the training.
pub fn train(
    graph: &Graph,
    sets: &Sets<'_>,
    recipe: &Recipe,
    seed: u64,
    device: &Device,
    report: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Training, NotTrained> {
    let network = untrained(graph, recipe, seed, &device.clone().autodiff());
    train_from(network, sets, recipe, seed, device, report)
}

/// The initial weights that a recipe starts from.
pub(crate) fn untrained(graph: &Graph, recipe: &Recipe, seed: u64, device: &Device) -> Network {
    let network = Network::init(graph, seed, device);
    if recipe.zero_start {
        network.with_zero_branches()
    } else {
        network
    }
}

/// The same with the weights that `network` has, which is on `device` with autodiff.
pub fn train_from(
    network: Network,
    sets: &Sets<'_>,
    recipe: &Recipe,
    seed: u64,
    device: &Device,
    report: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Training, NotTrained> {
    // A parallel loop begun outside rayon's threads is handed to one of them and waited for, and
    // small layers have thousands a second.
    rayon::scope(|_| train_in_pool(network, sets, recipe, seed, device, report))
}

fn train_in_pool(
    network: Network,
    sets: &Sets<'_>,
    recipe: &Recipe,
    seed: u64,
    device: &Device,
    mut report: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Training, NotTrained> {
    let steps_per_epoch = recipe.steps_per_epoch(sets.train.len())?;
    recipe.suits(sets.train)?;
    let steps = steps_per_epoch * recipe.epochs;
    let augmentation = recipe.augmentation(sets.train.resolution(), sets.policy);
    let mut learner = Learner::new(network, recipe, &device.clone().autodiff());
    let mut epoch_loss = 0.0;
    let batches = prepared(sets.train, recipe, augmentation, seed);
    let ended = ahead(batches, |batches| {
        for (step, prepared) in batches.enumerate() {
            let epoch = prepared.epoch;
            if step % steps_per_epoch == 0 {
                epoch_loss = 0.0;
            }
            let loss = learner.step(prepared, recipe.learning_rate_at(step, steps));
            if !loss.is_finite() {
                return Some(Ok(Training::Diverged { epoch }));
            }
            epoch_loss += loss / steps_per_epoch as f64;
            let step = step + 1;
            let progress = Progress {
                step,
                steps,
                epoch,
                loss,
            };
            if report(progress).is_break() {
                return Some(Err(NotTrained::Stopped { step, steps }));
            }
        }
        None
    });
    if let Some(ended) = ended {
        return ended;
    }
    let network = learner.network.valid();
    let on = |images| accuracy(&network, images, device);
    // Of few images, none are held back.
    let validated = (!sets.validation.is_empty()).then(|| on(sets.validation));
    // The loss is of the weights before a step: what the last one did is seen only here.
    let (Some(test_accuracy), None | Some(Some(_))) = (on(sets.test), validated) else {
        return Ok(Training::Diverged {
            epoch: recipe.epochs,
        });
    };
    Ok(Training::Trained(Box::new(Trained {
        test_accuracy,
        validation_accuracy: validated.flatten(),
        train_loss: epoch_loss,
        network,
    })))
}

/// Top-1 accuracy in percent on at least one image, batch norms on their running statistics; `None`
/// where an output of the network is no finite number.
pub fn accuracy(network: &Network, images: &Images, device: &Device) -> Option<f64> {
    let mut correct = 0;
    for batch in EpochBatches::evaluate(images, EVALUATED_AT_ONCE) {
        let (pixels, labels) = tensors(batch, network.graph().input_shape().channels, device);
        let logits = network.forward(pixels);
        if !logits.clone().is_finite().all().into_scalar::<bool>() {
            return None;
        }
        let predicted = logits.argmax(1).squeeze_dim::<1>(1);
        correct += predicted.equal(labels).int().sum().into_scalar::<i64>();
    }
    Some(100.0 * correct as f64 / images.len() as f64)
}
