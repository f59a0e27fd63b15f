//! `nbzero train`: one network.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::anyhow;
use nbzero_graph::Resolution;
use nbzero_model::Weights;
use nbzero_train::{NotTrained, Trained, Training};

use crate::cli::call::{Step, Watch, interrupted};
use crate::cli::data::DataFolder;
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::network::{Given, WeightsArgument};
use crate::cli::progress::Progress;
use crate::cli::recipe::RecipeArguments;

#[derive(Debug, clap::Args)]
pub(crate) struct Train {
    /// The architecture, or an ONNX file, e.g. model.onnx.
    arch: String,
    /// The images: cifar10:DIR, cifar100:DIR, imagenet16:DIR, imagenet16-tiny:DIR, or your own, folder:DIR
    /// (a folder of pictures for each class) or npz:FILE (arrays that `numpy.savez` wrote).
    #[arg(long)]
    data: DataFolder,
    #[command(flatten)]
    recipe: RecipeArguments,
    /// Resize the images to this height and width, such as 32 or 48x64 [default: as stored].
    #[arg(long, value_parser = super::resolution)]
    resolution: Option<Resolution>,
    /// Weights to begin with, a safetensors file; `file`: those of the ONNX file; `fresh`: initial ones
    /// from --seed [default: file for an ONNX file, else fresh].
    #[arg(long, value_name = "FILE")]
    weights: Option<WeightsArgument>,
    /// Decides initial weights, order and augmentation.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Write the trained weights to this safetensors file.
    #[arg(long)]
    save: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgument,
}

/// A network that was trained.
#[derive(Debug)]
pub struct Done {
    /// It, with its accuracies.
    pub trained: Box<Trained>,
    /// Which images it was trained on, in words.
    pub images: String,
    /// How it was trained, in words.
    pub recipe: String,
}

impl Train {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let given = super::network(&self.arch)?;
        let mut bar: Option<Progress> = None;
        let done = self.done(&given, &mut |step| {
            let bar = bar.get_or_insert_with(|| Progress::new(step.total, "steps"));
            bar.step(|| step.message);
            ControlFlow::Continue(())
        })?;
        if let Some(bar) = bar {
            bar.finish();
        }
        let trained = done.trained;
        let mut out = io::stdout().lock();
        writeln!(out, "{given} on {}", done.images)?;
        writeln!(out, "{}", done.recipe)?;
        writeln!(
            out,
            "test accuracy            {:.2}%",
            trained.test_accuracy
        )?;
        match trained.validation_accuracy {
            Some(accuracy) => writeln!(out, "NAS validation accuracy  {accuracy:.2}%")?,
            None => writeln!(
                out,
                "NAS validation accuracy  none: there are no such images"
            )?,
        }
        writeln!(out, "training loss            {:.4}", trained.train_loss)?;
        Ok(())
    }

    /// Trains a network, saves it where that is asked for, and prints nothing.
    pub(crate) fn done(&self, given: &Given, watch: Watch<'_>) -> Result<Done, Failure> {
        self.has_a_place_to_save(given)?;
        let resolution = self.resolution_for(given)?;
        let weights = self.weights_for(given)?;
        let images = self.data.load(resolution)?;
        let graph = given.graph(self.data.classes(), images.train.shape());
        images.fit(graph.input_shape())?;
        let recipe = self.recipe.chosen();
        super::training_must_fit(given, &graph, &recipe)?;
        let device = self.device.device.open();
        let report = |at: nbzero_train::Progress| {
            watch(Step {
                done: at.step as u64,
                total: at.steps as u64,
                message: format!("epoch {}, loss {:.3}", at.epoch, at.loss),
            })
        };
        let (sets, seed) = (images.sets(), self.seed);
        let training = match &weights {
            None => nbzero_train::train(&graph, &sets, &recipe, seed, &device, report),
            Some(weights) => {
                let network = weights.network(&graph, &device.clone().autodiff());
                let network = network.map_err(Failure::input)?;
                nbzero_train::train_from(network, &sets, &recipe, seed, &device, report)
            }
        };
        let trained = match training {
            Ok(Training::Trained(trained)) => trained,
            Err(NotTrained::Stopped { step, steps }) => {
                return Err(interrupted(step as u64, steps as u64));
            }
            Err(error) => return Err(Failure::input(error)),
            Ok(Training::Diverged { epoch }) => {
                return Err(Failure::Run(anyhow!(
                    "the training diverged in epoch {epoch}: its numbers are no longer finite"
                )));
            }
        };
        if let Some(path) = &self.save {
            trained.network.save(path).map_err(Failure::run)?;
        }
        Ok(Done {
            trained,
            images: images.describe(),
            recipe: recipe.to_string(),
        })
    }

    /// The resolution of the images, which is that of an ONNX file.
    fn resolution_for(&self, given: &Given) -> Result<Resolution, Failure> {
        let Some((classes, image)) = given.fixed() else {
            return super::resolution_of(&self.data, self.resolution);
        };
        if classes != self.data.classes() {
            return Err(Failure::Input(anyhow!(
                "the network of {given} has {classes} classes, but the data {}",
                self.data.classes()
            )));
        }
        self.data.suits(image)?;
        let own = Resolution::new(image.height, image.width);
        match self.resolution.filter(|asked| *asked != own) {
            None => Ok(own),
            Some(asked) => Err(Failure::Input(anyhow!(
                "the network of {given} takes images of {own} pixels, but --resolution says {asked}: \
                 leave it out"
            ))),
        }
    }

    /// The weights to begin with; none for initial ones from the seed.
    fn weights_for(&self, given: &Given) -> Result<Option<Weights>, Failure> {
        match (&self.weights, given.weights()) {
            (Some(WeightsArgument::File(path)), _) => {
                Weights::read(path).map(Some).map_err(Failure::input)
            }
            (Some(WeightsArgument::Own), None) => Err(Failure::Input(anyhow!(
                "--weights file: {given} is no ONNX file and has no weights: give a safetensors file"
            ))),
            (Some(WeightsArgument::Fresh), _) | (None, None) => Ok(None),
            (None | Some(WeightsArgument::Own), Some(own)) => Ok(Some(own.clone())),
        }
    }

    /// Says before the training that its network could not be saved.
    fn has_a_place_to_save(&self, given: &Given) -> Result<(), Failure> {
        let Some(path) = &self.save else {
            return Ok(());
        };
        let weights = self.weights.as_ref().and_then(WeightsArgument::file);
        let inputs = [given.file(), weights, self.data.file()];
        super::check_out(path, inputs.into_iter().flatten())
    }
}
