//! Mixup: every image of a batch is mixed with another one, and so are their labels.
//!
//! Formula: `x = share * x_i + (1 - share) * x_j`, and the same of the targets, where j runs
//! through a permutation of the batch and the share, one for the whole batch, is drawn from
//! Beta(alpha, alpha). Cross-entropy against mixed targets is the mixture of the cross-entropies
//! against both labels.
//!
//! Source: Zhang et al. 2018, in the form of its authors' program (`mixup-cifar10`): one share and
//! one permutation a batch, pixels mixed after normalisation.

use rand_chacha::rand_core::Rng;

use crate::Batch;
use crate::rng::{Purpose, shuffle, stream, unit};

/// What is drawn for one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixup {
    /// What an image keeps of itself, from 0 to 1.
    pub share: f32,
    /// The image that each image is mixed with.
    pub partners: Vec<usize>,
}

impl Mixup {
    /// Draws for batch `index` of an epoch, of `size` images, by Beta(`alpha`, `alpha`).
    ///
    /// # Panics
    ///
    /// If `alpha` is not above 0.
    pub fn draw(alpha: f64, seed: u64, epoch: u64, index: u64, size: usize) -> Self {
        let mut rng = stream(Purpose::Mixup, seed, epoch, index);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pixels and targets are float32"
        )]
        let share = beta(&mut rng, alpha) as f32;
        let mut partners: Vec<usize> = (0..size).collect();
        shuffle(&mut rng, &mut partners);
        Self { share, partners }
    }

    /// Mixes the pixels of `batch`; its labels stay those of the images themselves.
    ///
    /// # Panics
    ///
    /// If the batch is not of the size drawn for.
    pub fn mix(&self, batch: &mut Batch) {
        assert_eq!(batch.size, self.partners.len(), "drawn for another size");
        let image = batch.pixels.len() / batch.size.max(1);
        let source = batch.pixels.clone();
        let images = batch.pixels.chunks_exact_mut(image.max(1));
        for (pixels, &partner) in images.zip(&self.partners) {
            let other = &source[partner * image..][..image];
            for (pixel, other) in pixels.iter_mut().zip(other) {
                *pixel = self.share * *pixel + (1.0 - self.share) * other;
            }
        }
    }

    /// The target probabilities, one row of `classes` for each of `labels`, of which each row's
    /// sum is 1; `smoothing` is the share that is spread over all classes.
    ///
    /// # Panics
    ///
    /// If a label is not below `classes`, or there are not as many as drawn for.
    pub fn targets(&self, labels: &[i64], classes: usize, smoothing: f32) -> Vec<f32> {
        assert_eq!(labels.len(), self.partners.len(), "drawn for another size");
        let column = |image: usize| {
            let label = usize::try_from(labels[image]).ok();
            label
                .filter(|&label| label < classes)
                .expect("labels are below the number of classes")
        };
        let mut targets = vec![smoothing / classes as f32; labels.len() * classes];
        for (image, &partner) in self.partners.iter().enumerate() {
            let row = &mut targets[image * classes..][..classes];
            row[column(image)] += (1.0 - smoothing) * self.share;
            row[column(partner)] += (1.0 - smoothing) * (1.0 - self.share);
        }
        targets
    }
}

/// A number by Beta(`alpha`, `alpha`), by Jöhnk's algorithm (1964), which suits small `alpha`.
///
/// Written out here because the numbers drawn are part of stored results, which must not change
/// with a version of a library.
fn beta(rng: &mut impl Rng, alpha: f64) -> f64 {
    assert!(alpha > 0.0, "a beta distribution has positive parameters");
    loop {
        let (x, y) = (unit(rng).powf(1.0 / alpha), unit(rng).powf(1.0 / alpha));
        // Both can be too small for a number, where alpha is.
        if x + y > 0.0 && x + y <= 1.0 {
            return x / (x + y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(index: u64) -> Mixup {
        Mixup::draw(0.2, 1, 2, index, 5)
    }

    #[test]
    fn draws_are_permutations_and_depend_on_the_batch() {
        let mixup = drawn(0);
        let mut partners = mixup.partners.clone();
        partners.sort_unstable();
        assert_eq!(partners, [0, 1, 2, 3, 4]);
        assert_eq!(mixup, drawn(0));
        assert_ne!(mixup, drawn(1));
    }

    #[test]
    fn shares_are_of_the_beta_distribution() {
        for alpha in [0.2, 1.0, 3.0] {
            let mut rng = stream(Purpose::Mixup, 0, 0, 0);
            let count = 50_000;
            let shares: Vec<f64> = (0..count).map(|_| beta(&mut rng, alpha)).collect();
            let mean = shares.iter().sum::<f64>() / f64::from(count);
            let squares: f64 = shares.iter().map(|s| (s - mean).powi(2)).sum();
            assert!((mean - 0.5).abs() < 0.01, "{mean}");
            let variance = squares / f64::from(count);
            // 1 / (4 (2 alpha + 1)).
            let expected = 0.25 / (2.0 * alpha + 1.0);
            assert!(
                (variance / expected - 1.0).abs() < 0.03,
                "{alpha}: {variance}"
            );
        }
    }

    #[test]
    fn pixels_and_targets_are_mixed_alike() {
        let mixup = Mixup {
            share: 0.75,
            partners: vec![1, 1],
        };
        let mut batch = Batch {
            pixels: vec![1.0, 2.0, 3.0, 5.0, 6.0, 7.0],
            labels: vec![2, 0],
            size: 2,
            image: nbzero_graph::Shape::new(3, 1, 1),
        };
        mixup.mix(&mut batch);
        assert_eq!(batch.pixels, [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        let targets = mixup.targets(&batch.labels, 4, 0.1);
        let expected = [
            0.025 + 0.9 * 0.25,
            0.025,
            0.025 + 0.9 * 0.75,
            0.025, //
            0.025 + 0.9,
            0.025,
            0.025,
            0.025,
        ];
        assert!(
            targets
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6),
            "{targets:?}"
        );
    }

    #[test]
    fn targets_sum_to_one() {
        let labels = [0, 99, 7, 7, 50];
        for index in 0..50 {
            let targets = drawn(index).targets(&labels, 100, 0.1);
            assert_eq!(targets.len(), 500);
            for row in targets.chunks(100) {
                let sum: f32 = row.iter().sum();
                assert!((sum - 1.0).abs() < 1e-5, "{sum}");
                assert!(row.iter().all(|&share| share > 0.0));
            }
        }
    }
}
