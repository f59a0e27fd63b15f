//! How many activations respond to a batch each in their own way.

use burn::tensor::Tensor;

/// The activations of one forward pass, by the images on which they are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patterns {
    /// Number of images.
    pub images: usize,
    /// Number of activations: outputs of every ReLU and ReLU6, for one image.
    pub activations: usize,
    /// Number of different sets of images on which some activation is positive.
    pub distinct: usize,
    /// Whether all activations were finite.
    pub is_finite: bool,
}

/// The sets of images of the activations so far.
#[derive(Debug)]
pub(crate) struct Codes {
    images: usize,
    /// Of each activation so many words, a bit an image.
    words: usize,
    sets: Vec<u64>,
    is_finite: bool,
}

impl Codes {
    pub(crate) fn new(images: usize) -> Self {
        Self {
            images,
            words: images.div_ceil(64),
            sets: Vec::new(),
            is_finite: true,
        }
    }

    /// Adds the output of a ReLU or ReLU6, `[images, channels, height, width]`.
    pub(crate) fn add(&mut self, output: &Tensor<4>) {
        let values = output
            .try_to_vec_as::<f32>()
            .expect("activations are floats");
        let activations = values.len() / self.images;
        let first = self.sets.len();
        self.sets.resize(first + activations * self.words, 0);
        for (image, values) in values.chunks_exact(activations).enumerate() {
            let sets = self.sets[first..].iter_mut();
            let words = sets.skip(image / 64).step_by(self.words);
            for (word, value) in words.zip(values) {
                self.is_finite &= value.is_finite();
                *word |= u64::from(*value > 0.0) << (image % 64);
            }
        }
    }

    pub(crate) fn count(mut self) -> Patterns {
        let activations = self.sets.len() / self.words.max(1);
        let distinct = if self.words == 1 {
            self.sets.sort_unstable();
            self.sets.dedup();
            self.sets.len()
        } else {
            let mut sets: Vec<&[u64]> = self.sets.chunks_exact(self.words).collect();
            sets.sort_unstable();
            sets.dedup();
            sets.len()
        };
        Patterns {
            images: self.images,
            activations,
            distinct,
            is_finite: self.is_finite,
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    #[test]
    fn sets_are_counted_once_however_many_images_there_are() {
        for images in [2_usize, 64, 65, 130] {
            // Activation j of 4 is positive on the images whose number is a multiple of j + 1, the last on
            // none; a second output repeats the first.
            let value = |image: usize, j: usize| {
                let positive = j < 3 && image.is_multiple_of(j + 1);
                if positive { 1.0_f32 } else { -0.5 }
            };
            let values: Vec<f32> = (0..images)
                .flat_map(|image| (0..4).map(move |j| value(image, j)))
                .collect();
            let output = TensorData::new(values, [images, 2, 1, 2]);
            let output = Tensor::from_data(output, &Device::flex());
            let mut codes = Codes::new(images);
            codes.add(&output);
            codes.add(&output);
            let found = codes.count();
            // Of two images those of 2 and 3 are one set.
            let expected = if images == 2 { 3 } else { 4 };
            assert_eq!((found.activations, found.distinct), (8, expected));
            assert!(found.is_finite);
        }
    }
}
