//! `nbzero train`: one network.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;
use nbzero_train::Training;

use crate::cli::data::DataFolder;
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::recipe::RecipeArguments;

#[derive(Debug, clap::Args)]
pub(crate) struct Train {
    /// The architecture.
    arch: String,
    /// The images: cifar10:DIR, cifar100:DIR, imagenet16:DIR, imagenet16-tiny:DIR, or your own, folder:DIR
    /// (a folder of pictures for each class) or npz:FILE (NumPy's arrays).
    #[arg(long)]
    data: DataFolder,
    #[command(flatten)]
    recipe: RecipeArguments,
    /// Resize the images to this height and width [default: as stored].
    #[arg(long, value_parser = super::size)]
    resolution: Option<NonZeroUsize>,
    /// Decides initial weights, order and augmentation.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Write the trained weights to this safetensors file.
    #[arg(long)]
    save: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Train {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let architecture = super::architecture(&self.arch)?;
        self.has_a_place_to_save()?;
        let images = self
            .data
            .load(super::resolution_of(&self.data, self.resolution)?)?;
        let graph = architecture.graph(self.data.classes(), images.train.resolution());
        let recipe = self.recipe.chosen();
        let in_an_epoch = recipe.steps_per_epoch(images.train.len());
        let steps = in_an_epoch.map_err(Failure::input)? * recipe.epochs;
        super::training_must_fit(&architecture, &graph, &recipe)?;
        let mut bar = Progress::new(steps as u64, "steps");
        let device = self.device.device.open();
        let training =
            nbzero_train::train(&graph, &images.sets(), &recipe, self.seed, &device, |at| {
                bar.step(|| format!("epoch {}, loss {:.3}", at.epoch, at.loss));
            });
        bar.finish();
        let trained = match training.map_err(Failure::input)? {
            Training::Trained(trained) => trained,
            Training::Diverged { epoch } => {
                return Err(Failure::Run(anyhow!(
                    "the training diverged in epoch {epoch}: its numbers are no longer finite"
                )));
            }
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{architecture} on {}", images.describe())?;
        writeln!(out, "{recipe}")?;
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
        if let Some(path) = &self.save {
            trained.network.save(path).map_err(Failure::run)?;
        }
        Ok(())
    }

    /// Says before the training that its network could not be saved.
    fn has_a_place_to_save(&self) -> Result<(), Failure> {
        let Some(path) = &self.save else {
            return Ok(());
        };
        nbzero_files::check_place(path)
            .map_err(|error| Failure::Input(anyhow!("--save {}: {error}", path.display())))
    }
}
