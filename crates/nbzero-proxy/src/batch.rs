//! The batch that a network is scored on.

use burn::tensor::{Device, Int, Tensor, TensorData};
use nbzero_graph::{Resolution, Shape};
use nbzero_model::NamedBatch;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// Images with their target classes.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `[batch, channels, height, width]`.
    pub images: Tensor<4>,
    /// `[batch]`.
    pub targets: Tensor<1, Int>,
    /// Of the images' shape: where it is given, zen measures images + 0.01 perturbation once, on
    /// the network's own parameters, instead of drawing its own.
    pub perturbation: Option<Tensor<4>>,
}

/// What is known of a batch before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSize {
    /// Number of images.
    pub images: usize,
    /// Whether it has a perturbation.
    pub perturbed: bool,
}

/// Far more bytes than any machine has, so that sums of a few such numbers do not overflow.
pub(crate) const MOST_BYTES: u128 = 1 << 80;

impl BatchSize {
    /// Bytes of its float32 images, each of shape `image`, its perturbation and its targets.
    pub fn bytes(self, image: Shape) -> u128 {
        let number = size_of::<f32>() as u128 * if self.perturbed { 2 } else { 1 };
        let image = image.numbers().saturating_mul(number);
        let image = image.saturating_add(size_of::<i64>() as u128);
        image.saturating_mul(self.images as u128).min(MOST_BYTES)
    }
}

impl Batch {
    /// Its number of images, and whether it has a perturbation.
    pub fn size(&self) -> BatchSize {
        let [images, _, _, _] = self.images.dims();
        BatchSize {
            images,
            perturbed: self.perturbation.is_some(),
        }
    }

    /// As [`of`](Self::of), of colour images of a resolution.
    ///
    /// # Panics
    ///
    /// As [`of`](Self::of).
    pub fn new(
        pixels: Vec<f32>,
        targets: Vec<i64>,
        resolution: impl Into<Resolution>,
        device: &Device,
    ) -> Self {
        let image = resolution.into().image(3);
        Self::of(pixels, targets, image, device)
    }

    /// A batch of images and targets in memory: pixels `[batch, channels, height, width]`
    /// row-major, one target an image.
    ///
    /// # Panics
    ///
    /// If the number of pixels does not fit the number of targets and the shape of an image.
    pub fn of(pixels: Vec<f32>, targets: Vec<i64>, image: Shape, device: &Device) -> Self {
        let size = targets.len();
        let shape = [size, image.channels, image.height, image.width];
        let images = TensorData::new(pixels, shape);
        Self {
            images: Tensor::from_data(images, device),
            targets: Tensor::from_data(TensorData::new(targets, [size]), device),
            perturbation: None,
        }
    }

    /// As [`random_of`](Self::random_of), of colour images of a resolution.
    pub fn random(
        size: usize,
        classes: usize,
        resolution: impl Into<Resolution>,
        seed: u64,
        device: &Device,
    ) -> Self {
        let image = resolution.into().image(3);
        Self::random_of(size, classes, image, seed, device)
    }

    /// Standard normal images of a shape with uniformly random targets, the same for a seed everywhere.
    pub fn random_of(
        size: usize,
        classes: usize,
        image: Shape,
        seed: u64,
        device: &Device,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let classes = u64::try_from(classes).expect("classes are few");
        let draw = |_| i64::try_from(rng.next_u64() % classes).expect("a class is small");
        let targets = (0..size).map(draw).collect();
        let pixels = (0..size * image.channels * image.height * image.width)
            .map(|_| StandardNormal.sample(&mut rng))
            .collect();
        Self::of(pixels, targets, image, device)
    }
}

impl From<NamedBatch> for Batch {
    fn from(batch: NamedBatch) -> Self {
        let device = batch.images.device();
        let size = batch.targets.len();
        Self {
            images: batch.images,
            targets: Tensor::from_data(TensorData::new(batch.targets, [size]), &device),
            perturbation: batch.perturbation,
        }
    }
}
