//! Batches of normalised images: shuffled and augmented for training, in order for evaluation.

use std::num::NonZeroUsize;

use nbzero_graph::Shape;
use rayon::prelude::*;

use crate::DataError;
use crate::augment::{Augmentation, Change};
use crate::dataset::Images;
use crate::rng::{Purpose, shuffle, stream};

/// Normalised images and their labels, ready to become tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Normalised pixels, `size` x channels x height x width.
    pub pixels: Vec<f32>,
    /// Labels, one an image.
    pub labels: Vec<i64>,
    /// The number of images.
    pub size: usize,
    /// Channels, height and width of an image.
    pub image: Shape,
}

impl Batch {
    /// The images at `indices`, in that order, normalised and otherwise as they are.
    ///
    /// # Panics
    ///
    /// If an index is not below `images.len()`.
    pub fn gather(images: &Images, indices: &[usize]) -> Self {
        let table = images.normalisation().table();
        gather(images, &table, indices, true, |_| Change::NONE)
    }
}

/// The batches of one pass over a set.
///
/// ```
/// # use std::num::NonZeroUsize;
/// # use nbzero_train::{Augmentation, EpochBatches, Images, Normalisation};
/// # let images = Images::new(vec![0; 5 * 12], vec![0; 5], 2, 1, Normalisation::unit(3))?;
/// let two = NonZeroUsize::new(2).expect("2 is not 0");
/// let training = EpochBatches::train(&images, two, 0, 0, Augmentation::standard(2));
/// assert_eq!(training.map(|batch| batch.size).collect::<Vec<_>>(), [2, 2]);
/// let evaluation = EpochBatches::evaluate(&images, two);
/// assert_eq!(evaluation.map(|batch| batch.size).collect::<Vec<_>>(), [2, 2, 1]);
/// # Ok::<(), nbzero_train::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EpochBatches<'a> {
    images: &'a Images,
    table: Vec<[f32; 256]>,
    /// The images in the order in which they are shown; whole batches only, in training.
    order: Vec<usize>,
    /// How many of them have been shown.
    shown: usize,
    batch: usize,
    /// How images are changed: augmentation, seed and epoch.
    augmentation: Option<(Augmentation, u64, u64)>,
    /// Whether the images of a batch are made in parallel.
    parallel: bool,
}

impl<'a> EpochBatches<'a> {
    /// The training batches of one epoch: the set shuffled by (`seed`, `epoch`), every image
    /// changed by what is drawn for (`seed`, `epoch`, its index).
    ///
    /// All batches have the size `batch`: images left over at the end are not shown in this epoch,
    /// and a set smaller than one batch gives no batch at all.
    pub fn train(
        images: &'a Images,
        batch: NonZeroUsize,
        seed: u64,
        epoch: u64,
        augmentation: Augmentation,
    ) -> Self {
        let mut order: Vec<usize> = (0..images.len()).collect();
        shuffle(&mut stream(Purpose::Shuffle, seed, epoch, 0), &mut order);
        order.truncate(order.len() / batch * batch.get());
        Self::new(images, batch, order, Some((augmentation, seed, epoch)))
    }

    /// All images in order and as they are; the last batch may be smaller.
    pub fn evaluate(images: &'a Images, batch: NonZeroUsize) -> Self {
        Self::new(images, batch, (0..images.len()).collect(), None)
    }

    fn new(
        images: &'a Images,
        batch: NonZeroUsize,
        order: Vec<usize>,
        augmentation: Option<(Augmentation, u64, u64)>,
    ) -> Self {
        let table = images.normalisation().table();
        Self {
            images,
            table,
            order,
            shown: 0,
            batch: batch.get(),
            augmentation,
            parallel: true,
        }
    }

    /// The same batches, made on the thread that asks for them.
    pub(crate) fn on_one_thread(mut self) -> Self {
        self.parallel = false;
        self
    }
}

impl Iterator for EpochBatches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let rest = &self.order[self.shown..];
        let indices = &rest[..rest.len().min(self.batch)];
        if indices.is_empty() {
            return None;
        }
        self.shown += indices.len();
        let change = |index| match self.augmentation {
            Some((augmentation, seed, epoch)) => augmentation.draw(seed, epoch, index),
            None => Change::NONE,
        };
        Some(gather(
            self.images,
            &self.table,
            indices,
            self.parallel,
            change,
        ))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.order.len() - self.shown).div_ceil(self.batch);
        (left, Some(left))
    }
}

impl ExactSizeIterator for EpochBatches<'_> {}

/// The batch to score networks on: `size` different images drawn at random from the whole set (so
/// of mixed classes, like the first batch of a shuffled loader), normalised and not augmented.
///
/// A larger batch of the same seed begins with the smaller one.
///
/// # Errors
///
/// [`DataError::TooFewImages`] if the set has fewer than `size` images.
pub fn first_batch(images: &Images, size: usize, seed: u64) -> Result<Batch, DataError> {
    let available = images.len();
    if size > available {
        return Err(DataError::TooFewImages {
            wanted: size,
            available,
        });
    }
    let mut order: Vec<usize> = (0..available).collect();
    shuffle(&mut stream(Purpose::FirstBatch, seed, 0, 0), &mut order);
    Ok(Batch::gather(images, &order[..size]))
}

fn gather(
    images: &Images,
    table: &[[f32; 256]],
    indices: &[usize],
    parallel: bool,
    change: impl Fn(usize) -> Change + Sync,
) -> Batch {
    let (resolution, image) = (images.resolution(), images.shape());
    let mut pixels = vec![0.0; indices.len() * images.image_len()];
    let one = |(out, &index): (&mut [f32], &usize)| {
        let normalised = |channel: usize, pixel: u8| table[channel][usize::from(pixel)];
        change(index).apply_with(images.image(index), resolution, normalised, out);
    };
    if parallel {
        let outs = pixels.par_chunks_exact_mut(images.image_len());
        outs.zip(indices).for_each(one);
    } else {
        let outs = pixels.chunks_exact_mut(images.image_len());
        outs.zip(indices).for_each(one);
    }
    let labels = indices
        .iter()
        .map(|&index| images.labels()[index].into())
        .collect();
    Batch {
        pixels,
        labels,
        size: indices.len(),
        image,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DatasetName, Policy};

    /// Image i is of class i, and of the colours i, i + 1, i + 2.
    fn images(count: u8) -> Images {
        let pixels = (0..count)
            .flat_map(|i| (i..i + 3).flat_map(|v| [v; 64]))
            .collect();
        let labels = (0..count).map(u16::from).collect();
        let normalisation = DatasetName::Cifar10.normalisation();
        Images::new(pixels, labels, 8, count.into(), normalisation).unwrap()
    }

    fn of(size: usize) -> NonZeroUsize {
        NonZeroUsize::new(size).unwrap()
    }

    #[test]
    fn evaluation_shows_all_in_order_and_normalised() {
        let images = images(10);
        let batches = EpochBatches::evaluate(&images, of(4));
        assert_eq!(batches.len(), 3);
        let batches: Vec<_> = batches.collect();
        assert_eq!(batches[2].labels, [8, 9]);
        let batch = &batches[1];
        assert_eq!(
            (batch.size, batch.image, batch.pixels.len()),
            (4, Shape::new(3, 8, 8), 4 * 192)
        );
        // Image 5, channel 2: byte 7.
        let expected = (7.0 - 113.9) / 66.7;
        assert!((batch.pixels[192 + 128] - expected).abs() < 1e-5);
    }

    #[test]
    fn training_shuffles_by_epoch_and_drops_the_rest() {
        let images = images(50);
        let labels = |seed, epoch| {
            EpochBatches::train(&images, of(16), seed, epoch, Augmentation::NONE)
                .flat_map(|batch| batch.labels)
                .collect::<Vec<_>>()
        };
        let epoch = labels(1, 0);
        assert_eq!(epoch.len(), 48);
        let mut sorted = epoch.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 48, "no image twice");
        assert_eq!(epoch, labels(1, 0));
        assert_ne!(epoch, labels(1, 1));
        assert_ne!(epoch, labels(2, 0));
        assert_eq!(
            EpochBatches::train(&images, of(51), 0, 0, Augmentation::NONE).count(),
            0
        );
    }

    #[test]
    fn augmentation_does_not_depend_on_batches_or_threads() {
        let images = images(60);
        let augmentation = Augmentation {
            policy: Some(Policy::ImageNet),
            ..Augmentation::standard(8)
        };
        let batches = |batch| EpochBatches::train(&images, of(batch), 7, 3, augmentation);
        let pixels =
            |batches: EpochBatches<'_>| batches.flat_map(|batch| batch.pixels).collect::<Vec<_>>();
        let epoch = |batch| pixels(batches(batch));
        let pool = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
        };
        let reference = pool(1).install(|| epoch(60));
        assert_eq!(reference, pool(3).install(|| epoch(4)));
        assert_eq!(reference, pixels(batches(10).on_one_thread()));
        let plain = EpochBatches::train(&images, of(60), 7, 3, Augmentation::NONE);
        assert_ne!(reference, pixels(plain));
    }

    #[test]
    fn first_batches_are_nested_and_mixed() {
        let images = images(100);
        let large = first_batch(&images, 64, 5).unwrap();
        let small = first_batch(&images, 16, 5).unwrap();
        assert_eq!(small.labels, large.labels[..16]);
        assert_eq!(small.pixels, large.pixels[..16 * 192]);
        assert_ne!(large.labels, first_batch(&images, 64, 6).unwrap().labels);
        let error = first_batch(&images, 101, 5).unwrap_err().to_string();
        assert!(error.contains("101") && error.contains("100"), "{error}");
    }
}
