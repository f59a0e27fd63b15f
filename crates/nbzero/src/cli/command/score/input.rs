//! What is scored: architectures, classes, and the batch.

use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use anyhow::anyhow;
use burn::tensor::Device;
use nbzero_graph::Shape;
use nbzero_model::{Weights, read_batch};
use nbzero_proxy::{Batch, BatchSize};
use nbzero_space::Architecture;
use nbzero_table::{plain_text, read_text};
use nbzero_train::first_batch;

use super::Score;
use crate::cli::command::{
    DEFAULT_CLASSES, DEFAULT_RESOLUTION, MOST, architecture, refused, resolution_of,
};
use crate::cli::data::DataFolder;
use crate::cli::failure::Failure;
use crate::cli::memory;

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

/// What is known of the batch before it is made.
#[derive(Debug)]
pub(super) struct Announced {
    pub(super) size: BatchSize,
    pub(super) resolution: usize,
    /// That of a file, which is small enough to be read at once.
    read: Option<Batch>,
}

impl Score {
    pub(super) fn architectures(&self) -> Result<Vec<Architecture>, Failure> {
        let Some(path) = &self.archs else {
            return self.given_architectures();
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
                line.parse().map_err(|error| {
                    let place = format!("line {} of `{name}`", i + 1);
                    Failure::Input(refused(line, &error).context(place))
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

    fn given_architectures(&self) -> Result<Vec<Architecture>, Failure> {
        if let [one] = self.arch.as_slice() {
            return Ok(vec![architecture(one)?]);
        }
        let all = self.arch.iter().enumerate();
        let parsed = all.map(|(i, text)| {
            text.parse().map_err(|error| {
                let place = format!("architecture {} of {}", i + 1, self.arch.len());
                Failure::Input(refused(text, &error).context(place))
            })
        });
        parsed.collect()
    }

    /// The weights that are given. What stood before all names is said.
    pub(super) fn weights(&self, limit: u64) -> Result<Option<Weights>, Failure> {
        let Some(path) = &self.weights else {
            return Ok(None);
        };
        memory::file_must_fit(path, limit)?;
        let weights = Weights::read(path).map_err(Failure::input)?;
        if !weights.prefix().is_empty() {
            super::say(format_args!(
                "note: every name in `{}` begins with `{}`, which is left out",
                path.display(),
                weights.prefix()
            ));
        }
        Ok(Some(weights))
    }

    pub(super) fn classes(&self, weights: Option<&Weights>) -> Result<usize, Failure> {
        if let Some(classes) = self.classes {
            return Ok(classes.get());
        }
        let classes = match (weights, &self.data) {
            (Some(weights), _) => weights.classes().map_err(Failure::input)?,
            (None, Data::Folder(folder)) => folder.classes(),
            (None, Data::Random) => DEFAULT_CLASSES,
        };
        if classes > MOST {
            return Err(Failure::Input(anyhow!(
                "the weights have {classes} classes, but a network has at most {MOST}"
            )));
        }
        Ok(classes)
    }

    /// The batch that will be asked for, if any sweep runs.
    pub(super) fn announced(&self, device: &Device, limit: u64) -> Result<Announced, Failure> {
        if let Some(path) = &self.batch_file {
            memory::file_must_fit(path, limit)?;
            let read = read_batch(path, device).map_err(Failure::input)?;
            for name in &read.others {
                super::say(format_args!(
                    "note: `{name}` of `{}` is not read: a batch has `input`, `target` and, if wanted, \
                     `perturbation`",
                    path.display()
                ));
            }
            let [_, _, resolution, _] = read.images.dims();
            // What architectures take.
            let image = Shape::new(3, resolution, resolution);
            read.expect_images(path, image).map_err(Failure::input)?;
            self.is_of_resolution(path, resolution)?;
            let batch = Batch::from(read);
            return Ok(Announced {
                size: batch.size(),
                resolution,
                read: Some(batch),
            });
        }
        let resolution = match &self.data {
            Data::Random => self.resolution.map_or(DEFAULT_RESOLUTION, Into::into),
            Data::Folder(folder) => resolution_of(folder, self.resolution)?.get(),
        };
        let size = BatchSize {
            images: self.batch.get(),
            perturbed: false,
        };
        Ok(Announced {
            size,
            resolution,
            read: None,
        })
    }

    fn is_of_resolution(&self, path: &Path, resolution: usize) -> Result<(), Failure> {
        match self.resolution.filter(|asked| asked.get() != resolution) {
            None => Ok(()),
            Some(asked) => Err(Failure::Input(anyhow!(
                "the images in `{}` are {resolution} pixels wide, but --resolution says {asked}: \
                 leave it out",
                path.display()
            ))),
        }
    }

    /// The batch, checked against the number of classes.
    pub(super) fn batch(
        &self,
        announced: &Announced,
        classes: usize,
        device: &Device,
    ) -> Result<Batch, Failure> {
        let batch = match &announced.read {
            Some(batch) => batch.clone(),
            None => self.made(announced, classes, device)?,
        };
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

    fn made(
        &self,
        announced: &Announced,
        classes: usize,
        device: &Device,
    ) -> Result<Batch, Failure> {
        let (size, resolution) = (announced.size.images, announced.resolution);
        match &self.data {
            Data::Random => Ok(Batch::random(size, classes, resolution, self.seed, device)),
            Data::Folder(folder) => {
                let images = folder.load(resolution_of(folder, self.resolution)?)?;
                let batch = first_batch(&images.train, size, self.seed).map_err(Failure::input)?;
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
