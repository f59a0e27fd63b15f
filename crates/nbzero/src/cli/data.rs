//! `--data NAME:DIR`: images from a folder, split as in the paper, at a resolution.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::anyhow;
use nbzero_table::Dataset;
use nbzero_train::{DatasetName, Images, Policy, Sets, load, nas_split, resize};

use super::failure::Failure;
use super::memory;

/// A dataset and the folder that it is in.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    /// What results on it are called.
    pub(crate) dataset: Dataset,
    folder: PathBuf,
}

impl FromStr for DataFolder {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text
            .split_once(':')
            .filter(|(_, folder)| !folder.is_empty());
        let (name, folder) = parts.ok_or_else(|| {
            anyhow!("`{text}` names no images: expected NAME:DIR, such as cifar100:images")
        })?;
        Ok(Self {
            dataset: name.parse()?,
            folder: folder.into(),
        })
    }
}

impl DataFolder {
    /// Whose files and constants serve.
    fn layout(&self) -> DatasetName {
        match self.dataset {
            Dataset::Cifar10 => DatasetName::Cifar10,
            Dataset::Cifar100 => DatasetName::Cifar100,
            _ => DatasetName::ImageNet16,
        }
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.layout().classes()
    }

    /// Height and width of the images as they are stored.
    pub(crate) fn native_resolution(&self) -> usize {
        self.layout().resolution()
    }

    /// Reads, splits and resizes the images.
    pub(crate) fn load(&self, resolution: NonZeroUsize) -> Result<ImageSets, Failure> {
        let data = load(self.layout(), &self.folder).map_err(Failure::input)?;
        let images = (data.train.len() + data.test.len()) as u128;
        memory::must_fit(
            &format!("{images} images of 3x{resolution}x{resolution}"),
            images * 3 * (resolution.get() as u128).pow(2),
            memory::available(),
            "give a smaller --resolution",
        )?;
        let split = nas_split(&data.train);
        Ok(ImageSets {
            dataset: self.dataset,
            policy: self.layout().policy(),
            train: resize(&split.train, resolution),
            validation: resize(&split.validation, resolution),
            test: resize(&data.test, resolution),
        })
    }
}

/// The three sets of a dataset.
#[derive(Debug)]
pub(crate) struct ImageSets {
    dataset: Dataset,
    policy: Policy,
    pub(crate) train: Images,
    validation: Images,
    test: Images,
}

impl ImageSets {
    /// What the trainer takes.
    pub(crate) fn sets(&self) -> Sets<'_> {
        Sets {
            train: &self.train,
            validation: &self.validation,
            test: &self.test,
            policy: self.policy,
        }
    }

    /// Tells images of the same names and numbers apart: a checksum of each set.
    pub(crate) fn checksum(&self) -> String {
        let [train, validation, test] =
            [&self.train, &self.validation, &self.test].map(Images::checksum);
        format!("{train:08x}-{validation:08x}-{test:08x}")
    }

    /// Which images these are, in words.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{} at {r}x{r}: {} training, {} NAS validation, {} test images",
            self.dataset,
            self.train.len(),
            self.validation.len(),
            self.test.len(),
            r = self.train.resolution(),
        )
    }
}
