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
    activations: usize,
    sets: Sets,
    is_finite: bool,
}

/// Sets of images, a bit an image.
#[derive(Debug)]
enum Sets {
    /// Of so few images that there is a place for each set: whether it was seen.
    Seen(Vec<bool>),
    /// One after another, of so many words each.
    Listed { words: usize, sets: Vec<u64> },
}

/// Images of whose sets each has a place.
const FEW: usize = 16;

impl Codes {
    pub(crate) fn new(images: usize) -> Self {
        let sets = if images <= FEW {
            Sets::Seen(vec![false; 1 << images])
        } else {
            Sets::Listed {
                words: images.div_ceil(64),
                sets: Vec::new(),
            }
        };
        Self {
            images,
            activations: 0,
            sets,
            is_finite: true,
        }
    }

    /// Adds the output of a ReLU or ReLU6, `[images, channels, height, width]`.
    pub(crate) fn add(&mut self, output: &Tensor<4>) {
        let data = output.to_data().convert::<f32>();
        let values = data.as_slice::<f32>().expect("converted to this type");
        let activations = values.len() / self.images;
        self.activations += activations;
        // Without an exit on the way the loop runs on vectors.
        self.is_finite &= values.iter().fold(true, |all, v| all & v.is_finite());
        let of_images = values.chunks_exact(activations).enumerate();
        match &mut self.sets {
            Sets::Seen(seen) => {
                let mut sets = vec![0_u16; activations];
                for (image, values) in of_images {
                    for (set, value) in sets.iter_mut().zip(values) {
                        *set |= u16::from(*value > 0.0) << image;
                    }
                }
                for set in sets {
                    seen[usize::from(set)] = true;
                }
            }
            Sets::Listed { words, sets } => {
                let first = sets.len();
                sets.resize(first + activations * *words, 0);
                for (image, values) in of_images {
                    let word = sets[first..].iter_mut().skip(image / 64).step_by(*words);
                    for (word, value) in word.zip(values) {
                        *word |= u64::from(*value > 0.0) << (image % 64);
                    }
                }
            }
        }
    }

    pub(crate) fn count(self) -> Patterns {
        let distinct = match self.sets {
            Sets::Seen(seen) => seen.into_iter().filter(|seen| *seen).count(),
            Sets::Listed { words, sets } => {
                let mut sets: Vec<&[u64]> = sets.chunks_exact(words).collect();
                sets.sort_unstable();
                sets.dedup();
                sets.len()
            }
        };
        Patterns {
            images: self.images,
            activations: self.activations,
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
        for images in [2_usize, 16, 17, 64, 65, 130] {
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
