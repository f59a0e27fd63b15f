//! What is scored: architectures, classes, and the batch.

use std::io::{self, Read};
use std::str::FromStr;

use anyhow::anyhow;
use burn::tensor::Device;
use nbzero_model::{read_batch, read_classes};
use nbzero_proxy::Batch;
use nbzero_space::{Architecture, ArchitectureError};
use nbzero_table::{plain_text, read_text};
use nbzero_train::first_batch;

use super::Score;
use crate::cli::command::{DEFAULT_CLASSES, DEFAULT_RESOLUTION, architecture, resolution_of};
use crate::cli::data::DataFolder;
use crate::cli::failure::Failure;

/// Where the batch comes from.
#[derive(Debug, Clone)]
pub(super) enum Data {
    /// Standard normal images, uniformly random targets.
    Random,
    /// Images of a dataset.
    Folder(DataFolder),
}

impl FromStr for Data {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "random" => Ok(Self::Random),
            _ => text.parse().map(Self::Folder),
        }
    }
}

impl Score {
    pub(super) fn architectures(&self) -> Result<Vec<Architecture>, Failure> {
        let Some(path) = &self.archs else {
            return self.arch.iter().map(|text| architecture(text)).collect();
        };
        let name = path.display();
        let text = if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| Failure::Input(anyhow!("cannot read `{name}`: {error}")))?;
            plain_text(bytes, path)
        } else {
            read_text(path)
        };
        let text = String::from_utf8(text.map_err(Failure::input)?).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.split(|&byte| byte == b'\n').count();
            Failure::Input(anyhow!(
                "line {line} of `{name}` is not in UTF-8: save it so"
            ))
        })?;
        let lines = text.lines().map(str::trim).enumerate();
        let parsed: Result<Vec<_>, _> = lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(i, line)| {
                line.parse().map_err(|error: ArchitectureError| {
                    Failure::Input(anyhow!("line {} of `{name}`: {error}", i + 1))
                })
            })
            .collect();
        match parsed? {
            none if none.is_empty() => {
                Err(Failure::Input(anyhow!("`{name}` has no architectures")))
            }
            architectures => Ok(architectures),
        }
    }

    pub(super) fn classes(&self) -> Result<usize, Failure> {
        if let Some(classes) = self.classes {
            return Ok(classes.get());
        }
        match (&self.weights, &self.data) {
            (Some(weights), _) => read_classes(weights).map_err(Failure::input),
            (None, Data::Folder(folder)) => Ok(folder.classes()),
            (None, Data::Random) => Ok(DEFAULT_CLASSES),
        }
    }

    /// The batch, checked against the number of classes and the resolution asked for.
    pub(super) fn batch(&self, classes: usize, device: &Device) -> Result<Batch, Failure> {
        let batch = self.read_batch(device, classes)?;
        let [_, channels, height, width] = batch.images.dims();
        if channels != 3 || height != width {
            return Err(Failure::Input(anyhow!(
                "the batch's images are {channels}x{height}x{width}: expected 3 channels and \
                 equal height and width"
            )));
        }
        if let Some(asked) = self.resolution.filter(|asked| asked.get() != height) {
            return Err(Failure::Input(anyhow!(
                "the batch's images are {height} pixels wide, but --resolution says {asked}"
            )));
        }
        let largest = batch.targets.clone().max().into_scalar::<i64>();
        let smallest = batch.targets.clone().min().into_scalar::<i64>();
        if smallest < 0 || usize::try_from(largest).is_ok_and(|largest| largest >= classes) {
            return Err(Failure::Input(anyhow!(
                "the batch has targets from {smallest} to {largest}, but the network has \
                 {classes} classes: give --classes"
            )));
        }
        Ok(batch)
    }

    fn read_batch(&self, device: &Device, classes: usize) -> Result<Batch, Failure> {
        if let Some(path) = &self.batch_file {
            let batch = read_batch(path, device).map_err(Failure::input)?;
            return Ok(Batch::from(batch));
        }
        match &self.data {
            Data::Random => {
                let resolution = self.resolution.map_or(DEFAULT_RESOLUTION, Into::into);
                let size = self.batch.get();
                Ok(Batch::random(size, classes, resolution, self.seed, device))
            }
            Data::Folder(folder) => {
                let images = folder.load(resolution_of(folder, self.resolution))?;
                let batch = first_batch(&images.train, self.batch.get(), self.seed)
                    .map_err(Failure::input)?;
                Ok(Batch::new(
                    batch.pixels,
                    batch.labels,
                    batch.resolution,
                    device,
                ))
            }
        }
    }
}
