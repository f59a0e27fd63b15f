//! What is scored: architectures, classes, and the batch.

use std::path::Path;
use std::str::FromStr;

use anyhow::anyhow;
use burn::tensor::Device;
use nbzero_graph::{Resolution, Shape};
use nbzero_model::{Weights, read_batch};
use nbzero_proxy::{Batch, BatchSize};
use nbzero_train::{COLOURS, first_batch};

use super::Score;
use super::setup::Setup;
use crate::cli::command::{
    DEFAULT_CLASSES, DEFAULT_RESOLUTION, MOST, network, refused, resolution_of,
};
use crate::cli::data::DataFolder;
use crate::cli::failure::Failure;
use crate::cli::list;
use crate::cli::memory;
use crate::cli::network::{Given, GivenError};
use crate::cli::remark::say;
use crate::cli::zoo;

/// Where the batch comes from.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Standard normal images, uniformly random targets.
    Random,
    /// Images of a dataset.
    Folder(Box<DataFolder>),
}

impl FromStr for Data {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "random" => Ok(Self::Random),
            _ => text.parse().map(Box::new).map(Self::Folder),
        }
    }
}

/// What is known of the batch before it is made.
#[derive(Debug)]
pub(super) struct Announced {
    pub(super) size: BatchSize,
    /// Shape of an image.
    pub(super) image: Shape,
    /// That of a file, which is small enough to be read at once.
    read: Option<Batch>,
}

impl Score {
    pub(super) fn networks(&self) -> Result<Vec<Given>, Failure> {
        let Some(path) = &self.archs else {
            return self.given_networks();
        };
        if path.is_dir() {
            let mut networks = Vec::new();
            zoo::read(zoo::files(path)?, |_, given| networks.push(given))?;
            return Ok(networks);
        }
        let listed = list::read(path)?;
        let parsed = listed
            .iter()
            .map(|one| placed(&one.text, || one.place.clone()));
        parsed.collect()
    }

    fn given_networks(&self) -> Result<Vec<Given>, Failure> {
        if let [one] = self.arch.as_slice() {
            return Ok(vec![network(one)?]);
        }
        let all = self.arch.iter().enumerate();
        let place = |i| format!("architecture {} of {}", i + 1, self.arch.len());
        all.map(|(i, text)| placed(text, || place(i))).collect()
    }
}

/// The weights of a file. What stood before all names is said.
pub(super) fn weights(path: &Path, limit: u64) -> Result<Weights, Failure> {
    memory::file_must_fit(path, limit)?;
    let weights = Weights::read(path).map_err(Failure::input)?;
    if !weights.prefix().is_empty() {
        say(format_args!(
            "note: every name in `{}` begins with `{}`, which is left out",
            path.display(),
            weights.prefix()
        ));
    }
    Ok(weights)
}

impl Setup {
    pub(super) fn classes(
        &self,
        fixed: Option<(usize, Shape)>,
        weights: Option<&Weights>,
    ) -> Result<usize, Failure> {
        if let Some((classes, _)) = fixed {
            return match self.classes.filter(|asked| asked.get() != classes) {
                None => Ok(classes),
                Some(asked) => Err(Failure::Input(anyhow!(
                    "the network of the file has {classes} classes, but --classes says {asked}: \
                     leave it out"
                ))),
            };
        }
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
    pub(super) fn announced(
        &self,
        fixed: Option<(usize, Shape)>,
        device: &Device,
        limit: u64,
    ) -> Result<Announced, Failure> {
        let size = BatchSize {
            images: self.batch.get(),
            perturbed: false,
        };
        let announced = if let Some(images) = &self.held {
            let found = images.image();
            let image = fixed.map_or(found, |(_, image)| image);
            if found != image {
                return Err(Failure::Input(anyhow!(
                    "the images are of {found} (channels, height, width), but the network takes {image}"
                )));
            }
            Announced {
                size: images.size(),
                image,
                read: Some(images.batch(device)),
            }
        } else if let Some(path) = &self.batch_file {
            memory::file_must_fit(path, limit)?;
            let read = read_batch(path, device).map_err(Failure::input)?;
            for name in &read.others {
                say(format_args!(
                    "note: `{name}` of `{}` is not read: a batch has `input`, `target` and, if wanted, \
                     `perturbation`",
                    path.display()
                ));
            }
            let [_, channels, height, width] = read.images.dims();
            let found = Shape::new(channels, height, width);
            let image = fixed.map_or(found, |(_, image)| image);
            read.expect_images(path, image).map_err(Failure::input)?;
            let batch = Batch::from(read);
            Announced {
                size: batch.size(),
                image,
                read: Some(batch),
            }
        } else {
            let image = match (fixed, &self.data) {
                (Some((_, image)), Data::Random) => image,
                (_, Data::Random) => {
                    let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION.into());
                    resolution.image(COLOURS)
                }
                (Some((_, image)), Data::Folder(folder)) => {
                    folder.suits(image)?;
                    image
                }
                (None, Data::Folder(folder)) => {
                    resolution_of(folder, self.resolution)?.image(folder.channels())
                }
            };
            Announced {
                size,
                image,
                read: None,
            }
        };
        match self
            .resolution
            .filter(|asked| asked.image(announced.image.channels) != announced.image)
        {
            None => Ok(announced),
            Some(asked) => {
                let whose = match &self.batch_file {
                    _ if self.held.is_some() => "the images in memory".to_owned(),
                    Some(path) => format!("the images in `{}`", path.display()),
                    None => "the images of the ONNX file".to_owned(),
                };
                Err(Failure::Input(anyhow!(
                    "{whose} are {} pixels high and {} wide, but --resolution says {asked}: leave it out",
                    announced.image.height,
                    announced.image.width
                )))
            }
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
        let (size, image) = (announced.size.images, announced.image);
        match &self.data {
            Data::Random => Ok(Batch::random_of(size, classes, image, self.seed, device)),
            Data::Folder(folder) => {
                let images = folder.load(Resolution::new(image.height, image.width))?;
                images.fit(image)?;
                let batch = first_batch(&images.train, size, self.seed).map_err(Failure::input)?;
                let batch = Batch::of(batch.pixels, batch.labels, batch.image, device);
                Ok(Batch {
                    images: batch.images.narrow(1, 0, image.channels),
                    ..batch
                })
            }
        }
    }
}

/// The classes and the shape of images that the networks from files have in common, if there are such.
pub(super) fn fixed(networks: &[Given]) -> Result<Option<(usize, Shape)>, Failure> {
    let mut files = networks.iter().filter_map(|one| Some((one, one.fixed()?)));
    let Some((first, (classes, image))) = files.next() else {
        return Ok(None);
    };
    if let Some((other, (others, shape))) = files.find(|(_, fixed)| *fixed != (classes, image)) {
        return Err(Failure::Input(anyhow!(
            "{first} has {classes} classes and images of {image}, but {other} has {others} and \
             {shape}: score them apart"
        )));
    }
    Ok(Some((classes, image)))
}

/// One network of several; an error says which.
fn placed(text: &str, place: impl Fn() -> String) -> Result<Given, Failure> {
    let given = Given::parse(text).map_err(|error| match error {
        GivenError::Architecture(error) => Failure::Input(refused(text, &error).context(place())),
        GivenError::Onnx(failure) => failure,
    })?;
    given.warn();
    Ok(given)
}
