//! Decoded images with their labels, and what becomes of them: a training and a test set.

use std::path::Path;

use nbzero_graph::Resolution;
use serde::{Deserialize, Serialize};

use super::{OwnImages, OwnImagesError, TEST_SEED, measure};
use crate::split::SplitIndices;
use crate::{Images, Normalisation, resize};

/// Decoded images, all of one size.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Set {
    /// N x channels x height x width.
    pub(super) pixels: Vec<u8>,
    pub(super) labels: Vec<u16>,
    /// What could not be decoded, and why.
    pub(super) unreadable: Vec<(String, String)>,
}

impl Set {
    /// The images at `indices`, of so many bytes each.
    fn subset(&self, indices: &[usize], image: usize) -> Self {
        let pixels = indices.iter().map(|i| &self.pixels[i * image..][..image]);
        Self {
            pixels: pixels.collect::<Vec<_>>().concat(),
            labels: indices.iter().map(|&i| self.labels[i]).collect(),
            unreadable: Vec::new(),
        }
    }
}

/// How decoded images become sets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finish<'a> {
    /// Where they come from.
    pub(super) path: &'a Path,
    pub(super) classes: usize,
    pub(super) channels: usize,
    /// Height and width as decoded, and as wanted.
    pub(super) decoded: Resolution,
    pub(super) resolution: Resolution,
}

impl Finish<'_> {
    /// Sets of the training and test images; of training images alone a tenth of each class is split off.
    pub(super) fn sets(&self, [train, test]: [Set; 2]) -> Result<OwnImages, OwnImagesError> {
        let unreadable = [&train.unreadable[..], &test.unreadable].concat();
        let (train, test) = if test.labels.is_empty() {
            let parts = SplitIndices::new(&train.labels, TEST_SEED);
            let image = self.channels * self.decoded.pixels();
            let part = |indices: &[usize]| train.subset(indices, image);
            (part(&parts.train), part(&parts.validation))
        } else {
            (train, test)
        };
        if test.labels.is_empty() {
            return Err(OwnImagesError::NoTest {
                path: self.path.to_owned(),
            });
        }
        let images = |set: Set| {
            let unit = Normalisation::unit(self.channels);
            let images = Images::new(set.pixels, set.labels, self.decoded, self.classes, unit)?;
            Ok::<_, OwnImagesError>(resize(&images, self.resolution))
        };
        let (train, test) = (images(train)?, images(test)?);
        let constants = {
            let plane = self.resolution.pixels();
            measure::normalisation(train.pixels(), self.channels, plane)
        };
        Ok(OwnImages {
            train: train.normalised_by(constants.clone()),
            test: test.normalised_by(constants),
            unreadable,
        })
    }
}
