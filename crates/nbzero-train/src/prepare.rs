//! The batches of a whole training, in the order of its steps.

use crate::augment::Augmentation;
use crate::mixup::Mixup;
use crate::{Batch, EpochBatches, Images, Recipe};

/// A batch ready for its step.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Epoch of the step, counted from 1.
    pub(crate) epoch: usize,
    pub(crate) batch: Batch,
    /// Target probabilities in place of the labels, where images are mixed: a row of classes for
    /// each image.
    pub(crate) targets: Option<Vec<f32>>,
}

/// All training batches by `recipe`.
///
/// They are made on one thread: the thread that asks for them is not one of rayon's, and must not
/// wait for those, which may all be waiting for their batches.
pub(crate) fn prepared<'a>(
    images: &'a Images,
    recipe: &'a Recipe,
    augmentation: Augmentation,
    seed: u64,
) -> impl Iterator<Item = Prepared> + Send + 'a {
    (1..=recipe.epochs).flat_map(move |epoch| {
        EpochBatches::train(images, recipe.batch, seed, epoch as u64, augmentation)
            .on_one_thread()
            .zip(0..)
            .map(move |(batch, index)| {
                let mixup = recipe
                    .mixup
                    .map(|alpha| Mixup::draw(alpha, seed, epoch as u64, index, batch.size));
                prepare(batch, mixup.as_ref(), epoch, images.classes(), recipe)
            })
    })
}

fn prepare(
    mut batch: Batch,
    mixup: Option<&Mixup>,
    epoch: usize,
    classes: usize,
    recipe: &Recipe,
) -> Prepared {
    let targets = mixup.map(|mixup| {
        mixup.mix(&mut batch);
        #[expect(clippy::cast_possible_truncation, reason = "targets are float32")]
        let smoothing = recipe.label_smoothing as f32;
        mixup.targets(&batch.labels, classes, smoothing)
    });
    Prepared {
        epoch,
        batch,
        targets,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::{Normalisation, Policy};

    fn images() -> Images {
        let pixels = (0..20 * 192_u32).map(|i| (i * i % 251) as u8).collect();
        let labels = (0..20).map(|i| i % 4).collect();
        Images::new(pixels, labels, 8, 4, Normalisation::unit(3)).unwrap()
    }

    #[test]
    fn epochs_follow_one_another_and_paper_mixes() {
        let images = images();
        let mut recipe: Recipe = "paper".parse().unwrap();
        recipe.epochs = 2;
        recipe.batch = NonZeroUsize::new(8).unwrap();
        let augmentation = recipe.augmentation(8, Policy::Cifar10);
        let all: Vec<_> = prepared(&images, &recipe, augmentation, 3).collect();
        let epochs: Vec<_> = all.iter().map(|prepared| prepared.epoch).collect();
        assert_eq!(epochs, [1, 1, 2, 2]);
        let unmixed = EpochBatches::train(&images, recipe.batch, 3, 1, augmentation);
        for ((prepared, batch), index) in all.iter().zip(unmixed).zip(0..) {
            let mixup = Mixup::draw(0.2, 3, 1, index, 8);
            let mut mixed = batch.clone();
            mixup.mix(&mut mixed);
            assert_eq!(prepared.batch, mixed);
            assert_eq!(
                prepared.targets.as_deref().unwrap(),
                mixup.targets(&batch.labels, 4, 0.1)
            );
        }
        recipe.mixup = None;
        let plain = prepared(&images, &recipe, augmentation, 3);
        assert!(plain.into_iter().all(|prepared| prepared.targets.is_none()));
    }
}
