//! Images in memory, of a program that calls.

use anyhow::anyhow;
use burn::tensor::{Device, Tensor, TensorData};
use nbzero_graph::Shape;
use nbzero_proxy::{Batch, BatchSize, Needs, Suite};

use crate::cli::failure::Failure;

/// Images with their classes, to score on exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    pixels: Vec<f32>,
    shape: [usize; 4],
    targets: Option<Vec<i64>>,
    perturbation: Option<Vec<f32>>,
}

impl Images {
    /// Images `[batch, channels, height, width]`, row by row; a class for each, without which only proxies
    /// that look at no labels can be scored; of the images' shape a perturbation, where zen shall measure
    /// images + 0.01 perturbation once instead of drawing its own.
    ///
    /// # Errors
    ///
    /// If there is no image or pixel, the numbers are more or fewer than the shape says, or one of them is
    /// not finite.
    pub fn new(
        pixels: Vec<f32>,
        shape: [usize; 4],
        targets: Option<Vec<i64>>,
        perturbation: Option<Vec<f32>>,
    ) -> Result<Self, Failure> {
        let refuse = |why: String| Err(Failure::Input(anyhow!(why)));
        let numbers = shape
            .iter()
            .try_fold(1_usize, |all, &size| all.checked_mul(size));
        if shape.contains(&0) {
            return refuse(format!(
                "the images are of shape {shape:?}: give at least one pixel"
            ));
        }
        let named = [
            ("images", Some(&pixels)),
            ("perturbation", perturbation.as_ref()),
        ];
        for (name, values) in named {
            let Some(values) = values else {
                continue;
            };
            if Some(values.len()) != numbers {
                let found = values.len();
                return refuse(format!(
                    "{name} has {found} numbers, but the images are of shape {shape:?}"
                ));
            }
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                let image = place / (values.len() / shape[0]);
                return refuse(format!(
                    "{name} has {} in image {image}: give finite numbers",
                    values[place]
                ));
            }
        }
        if let Some(targets) = targets.as_ref().filter(|targets| targets.len() != shape[0]) {
            return refuse(format!(
                "there are {} targets for {} images: give a class for each",
                targets.len(),
                shape[0]
            ));
        }
        Ok(Self {
            pixels,
            shape,
            targets,
            perturbation,
        })
    }

    /// Shape of an image.
    pub(super) fn image(&self) -> Shape {
        let [_, channels, height, width] = self.shape;
        Shape::new(channels, height, width)
    }

    pub(super) fn size(&self) -> BatchSize {
        BatchSize {
            images: self.shape[0],
            perturbed: self.perturbation.is_some(),
        }
    }

    /// Refuses proxies that look at classes where there are none.
    pub(super) fn are_enough(&self, suite: &Suite) -> Result<(), Failure> {
        let labelled = suite.definitions().filter(|d| d.needs == Needs::Labels);
        let names: Vec<&str> = labelled.map(|definition| definition.name).collect();
        if self.targets.is_some() || names.is_empty() {
            return Ok(());
        }
        Err(Failure::Input(anyhow!(
            "the images have no targets, at which {} look: give them, or the proxies `label-free`",
            names.join(", ")
        )))
    }

    pub(super) fn batch(&self, device: &Device) -> Batch {
        let tensor = |values: &Vec<f32>| {
            Tensor::from_data(TensorData::new(values.clone(), self.shape), device)
        };
        let count = self.shape[0];
        let targets = self.targets.clone().unwrap_or_else(|| vec![0; count]);
        Batch {
            images: tensor(&self.pixels),
            targets: Tensor::from_data(TensorData::new(targets, [count]), device),
            perturbation: self.perturbation.as_ref().map(tensor),
        }
    }
}
