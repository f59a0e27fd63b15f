//! Random horizontal flip and random crop.
//!
//! The order and the padding are those of NAS-Bench-201's recipe on torchvision:
//! `RandomHorizontalFlip`, `RandomCrop(32, padding=4)`, `ToTensor`, `Normalize`. The crop acts on
//! the image before normalisation, so the border is black (byte 0), not the mean colour: after
//! normalisation it is `-mean / std`. 4 pixels at 32x32 are an eighth of the side, and an eighth
//! is used at other resolutions (2 at 16x16, as NAS-Bench-201 has it).
//!
//! What is drawn for an image is a function of (seed, epoch, index of the image), so it does not
//! depend on threads, on batch sizes or on the order of images.

use serde::{Deserialize, Serialize};

use crate::dataset::CHANNELS;
use crate::rng::{Purpose, below, stream};

/// Which random changes images undergo in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Whether half of the images are mirrored left to right.
    pub flip: bool,
    /// Black pixels added on each side before a crop of the old size; 0 for no crop.
    pub padding: usize,
}

impl Augmentation {
    /// Images as they are.
    pub const NONE: Self = Self {
        flip: false,
        padding: 0,
    };

    /// Flip, and crop with a padding of an eighth of the side.
    pub const fn standard(resolution: usize) -> Self {
        Self {
            flip: true,
            padding: resolution / 8,
        }
    }

    /// What happens to image `index` in epoch `epoch`.
    pub fn draw(&self, seed: u64, epoch: u64, index: usize) -> Change {
        let mut rng = stream(Purpose::Augment, seed, epoch, index as u64);
        // Always three draws, so that turning one change off leaves the others as they were.
        let flip = below(&mut rng, 2) == 1;
        let down = below(&mut rng, 2 * self.padding + 1);
        let right = below(&mut rng, 2 * self.padding + 1);
        Change {
            flip: flip && self.flip,
            padding: self.padding,
            down,
            right,
        }
    }
}

/// A flip and a crop of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether the image is mirrored left to right, before the crop.
    pub flip: bool,
    /// Black pixels around the image.
    pub padding: usize,
    /// First row of the crop in the padded image, at most twice the padding.
    pub down: usize,
    /// First column of the crop in the padded image, at most twice the padding.
    pub right: usize,
}

impl Change {
    /// The image as it is.
    pub const NONE: Self = Self {
        flip: false,
        padding: 0,
        down: 0,
        right: 0,
    };

    /// Writes the changed `image` (3 x `resolution` x `resolution`) to `out` (same shape).
    ///
    /// # Panics
    ///
    /// If a length is not 3 x `resolution` x `resolution`.
    pub fn apply(&self, image: &[u8], resolution: usize, out: &mut [u8]) {
        self.apply_with(image, resolution, |_, pixel| pixel, out);
    }

    /// As [`apply`](Self::apply), with `map(channel, byte)` applied to each pixel, border included.
    ///
    /// # Panics
    ///
    /// If a length is not 3 x `resolution` x `resolution`.
    pub fn apply_with<T: Copy>(
        &self,
        image: &[u8],
        resolution: usize,
        map: impl Fn(usize, u8) -> T,
        out: &mut [T],
    ) {
        let plane = resolution * resolution;
        assert_eq!(
            image.len(),
            CHANNELS * plane,
            "an image of 3 x {resolution} x {resolution}"
        );
        assert_eq!(
            out.len(),
            CHANNELS * plane,
            "room for 3 x {resolution} x {resolution}"
        );
        if plane == 0 {
            return;
        }
        let columns = self.columns(resolution);
        for (channel, (out, image)) in out
            .chunks_exact_mut(plane)
            .zip(image.chunks_exact(plane))
            .enumerate()
        {
            let black = map(channel, 0);
            for (y, out) in out.chunks_exact_mut(resolution).enumerate() {
                out.fill(black);
                let row = (y + self.down)
                    .checked_sub(self.padding)
                    .filter(|&y| y < resolution);
                let Some(row) = row else { continue };
                let row = &image[row * resolution..][..resolution];
                let (to, from) = &columns;
                let pairs = out[to.clone()].iter_mut().zip(from.clone());
                if self.flip {
                    pairs.for_each(|(out, x)| *out = map(channel, row[resolution - 1 - x]));
                } else {
                    pairs.for_each(|(out, x)| *out = map(channel, row[x]));
                }
            }
        }
    }

    /// The columns that show the image rather than border, in the crop and in the flipped image.
    fn columns(&self, resolution: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let from = self.right.saturating_sub(self.padding).min(resolution);
        let to = self.padding.saturating_sub(self.right).min(resolution);
        let shown = resolution - from.max(to);
        (to..to + shown, from..from + shown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(change: Change, image: &[u8], resolution: usize) -> Vec<u8> {
        let mut out = vec![99; image.len()];
        change.apply(image, resolution, &mut out);
        out
    }

    #[test]
    fn crop_moves_and_flip_comes_first() {
        let image: Vec<u8> = (1..=27).collect();
        let change = Change {
            flip: false,
            padding: 1,
            down: 2,
            right: 0,
        };
        assert_eq!(apply(change, &image, 3)[..9], [0, 4, 5, 0, 7, 8, 0, 0, 0]);
        let change = Change {
            flip: true,
            padding: 1,
            down: 0,
            right: 2,
        };
        assert_eq!(
            apply(change, &image, 3)[18..],
            [0, 0, 0, 20, 19, 0, 23, 22, 0]
        );
    }

    #[test]
    fn border_is_black_before_the_map() {
        let change = Change {
            flip: false,
            padding: 1,
            down: 0,
            right: 0,
        };
        let mut out = [0.0; 3];
        change.apply_with(
            &[255; 3],
            1,
            |c, v| f32::from(v) - [1.0, 2.0, 3.0][c],
            &mut out,
        );
        assert!(
            out.iter()
                .zip([-1.0, -2.0, -3.0])
                .all(|(a, b)| (a - b).abs() < 1e-6)
        );
    }

    #[test]
    fn draws_cover_all_changes_and_depend_on_the_whole_key() {
        let standard = Augmentation::standard(16);
        assert_eq!(standard.padding, 2);
        let mut seen = [[[false; 5]; 5]; 2];
        for index in 0..1000 {
            let change = standard.draw(3, 1, index);
            seen[usize::from(change.flip)][change.down][change.right] = true;
        }
        assert!(seen.as_flattened().as_flattened().iter().all(|&seen| seen));
        let draws = |seed, epoch| {
            (0..20)
                .map(|i| standard.draw(seed, epoch, i))
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(3, 1), draws(3, 1));
        assert_ne!(draws(3, 1), draws(3, 2));
        assert_ne!(draws(3, 1), draws(4, 1));
        assert_eq!(Augmentation::NONE.draw(3, 1, 7), Change::NONE);
    }

    /// The definition, pixel by pixel.
    fn reference(change: Change, image: &[u8], resolution: usize) -> Vec<u8> {
        let size = i64::try_from(resolution).unwrap();
        let shift = |by: usize| i64::try_from(by).unwrap() - i64::try_from(change.padding).unwrap();
        let pixel = |i: i64| {
            let (c, y, x) = (
                i / size / size,
                i / size % size + shift(change.down),
                i % size + shift(change.right),
            );
            if !(0..size).contains(&y) || !(0..size).contains(&x) {
                return 0;
            }
            let x = if change.flip { size - 1 - x } else { x };
            image[usize::try_from((c * size + y) * size + x).unwrap()]
        };
        (0..3 * size * size).map(pixel).collect()
    }

    proptest! {
        #[test]
        fn flip_twice_is_the_image(image in prop::collection::vec(any::<u8>(), 3 * 49)) {
            let flip = Change { flip: true, ..Change::NONE };
            prop_assert_eq!(apply(flip, &apply(flip, &image, 7), 7), image);
        }

        #[test]
        fn central_crop_is_the_image(
            image in prop::collection::vec(any::<u8>(), 3 * 25), padding in 0_usize..9,
        ) {
            let centre = Change { flip: false, padding, down: padding, right: padding };
            prop_assert_eq!(apply(centre, &image, 5), image);
        }

        #[test]
        fn follows_the_definition(
            image in prop::collection::vec(any::<u8>(), 3 * 25),
            flip: bool,
            (padding, down, right) in (0_usize..8)
                .prop_flat_map(|p| (Just(p), 0..=2 * p, 0..=2 * p)),
        ) {
            let change = Change { flip, padding, down, right };
            prop_assert_eq!(apply(change, &image, 5), reference(change, &image, 5));
        }
    }
}
