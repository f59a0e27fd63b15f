//! What happens to one image, and doing it.

use nbzero_graph::Resolution;

use super::operation::Operation;

/// A flip, a crop and operations on one image.
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
    /// Operations after flip and crop, in order.
    pub operations: [Option<Operation>; 2],
}

impl Change {
    /// The image as it is.
    pub const NONE: Self = Self {
        flip: false,
        padding: 0,
        down: 0,
        right: 0,
        operations: [None; 2],
    };

    /// Writes the changed `image` (channels x height x width) to `out` (same shape).
    ///
    /// # Panics
    ///
    /// If a length is not that of whole planes, the lengths differ, or there are
    /// [operations](Self::operations) and not three channels.
    pub fn apply(&self, image: &[u8], resolution: impl Into<Resolution>, out: &mut [u8]) {
        self.apply_with(image, resolution.into(), |_, pixel| pixel, out);
    }

    /// As [`apply`](Self::apply), with `map(channel, byte)` applied to each pixel, border included.
    ///
    /// # Panics
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_with<T: Copy>(
        &self,
        image: &[u8],
        resolution: Resolution,
        map: impl Fn(usize, u8) -> T,
        out: &mut [T],
    ) {
        let plane = resolution.pixels();
        assert!(
            image.len().is_multiple_of(plane),
            "an image of {resolution}"
        );
        assert_eq!(out.len(), image.len(), "room for the image");
        if self.operations == [None; 2] {
            self.flip_and_crop(image, resolution, map, out);
            return;
        }
        let mut changed = vec![0; image.len()];
        self.flip_and_crop(image, resolution, |_, pixel| pixel, &mut changed);
        for operation in self.operations.into_iter().flatten() {
            operation.apply(&mut changed, resolution);
        }
        let mapped = changed
            .iter()
            .enumerate()
            .map(|(i, &pixel)| map(i / plane, pixel));
        out.iter_mut()
            .zip(mapped)
            .for_each(|(out, value)| *out = value);
    }

    fn flip_and_crop<T: Copy>(
        &self,
        image: &[u8],
        resolution: Resolution,
        map: impl Fn(usize, u8) -> T,
        out: &mut [T],
    ) {
        let plane = resolution.pixels();
        if plane == 0 {
            return;
        }
        let Resolution { height, width } = resolution;
        let columns = self.columns(width);
        for (channel, (out, image)) in out
            .chunks_exact_mut(plane)
            .zip(image.chunks_exact(plane))
            .enumerate()
        {
            let black = map(channel, 0);
            for (y, out) in out.chunks_exact_mut(width).enumerate() {
                out.fill(black);
                let row = (y + self.down)
                    .checked_sub(self.padding)
                    .filter(|&y| y < height);
                let Some(row) = row else { continue };
                let row = &image[row * width..][..width];
                let (to, from) = &columns;
                let pairs = out[to.clone()].iter_mut().zip(from.clone());
                if self.flip {
                    pairs.for_each(|(out, x)| *out = map(channel, row[width - 1 - x]));
                } else {
                    pairs.for_each(|(out, x)| *out = map(channel, row[x]));
                }
            }
        }
    }

    /// The columns that show the image rather than border, in the crop and in the flipped image.
    fn columns(&self, width: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let from = self.right.saturating_sub(self.padding).min(width);
        let to = self.padding.saturating_sub(self.right).min(width);
        let shown = width - from.max(to);
        (to..to + shown, from..from + shown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::augment::OperationKind;

    fn apply(change: Change, image: &[u8], resolution: impl Into<Resolution>) -> Vec<u8> {
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
            ..Change::NONE
        };
        assert_eq!(apply(change, &image, 3)[..9], [0, 4, 5, 0, 7, 8, 0, 0, 0]);
        let change = Change {
            flip: true,
            padding: 1,
            down: 0,
            right: 2,
            ..Change::NONE
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
            ..Change::NONE
        };
        let mut out = [0.0; 3];
        change.apply_with(
            &[255; 3],
            1.into(),
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
    fn operations_follow_the_crop_and_precede_the_map() {
        let operation = |kind| {
            Some(Operation {
                kind,
                level: 0,
                negative: false,
            })
        };
        let change = Change {
            padding: 1,
            operations: [
                operation(OperationKind::Invert),
                operation(OperationKind::Solarize),
            ],
            ..Change::NONE
        };
        let mut out = [0; 3];
        change.apply_with(
            &[9; 3],
            1.into(),
            |c, v| c * 1000 + usize::from(v),
            &mut out,
        );
        // The border 0 becomes 255, which is at the threshold of level 0 and becomes 0 again.
        assert_eq!(out, [0, 1000, 2000]);
        let inverted = Change {
            operations: [None, operation(OperationKind::Invert)],
            ..change
        };
        inverted.apply_with(
            &[9; 3],
            1.into(),
            |c, v| c * 1000 + usize::from(v),
            &mut out,
        );
        assert_eq!(out, [255, 1255, 2255]);
    }

    /// The definition, pixel by pixel.
    fn reference(change: Change, image: &[u8], resolution: Resolution) -> Vec<u8> {
        let [height, width] =
            [resolution.height, resolution.width].map(|n| i64::try_from(n).unwrap());
        let shift = |by: usize| i64::try_from(by).unwrap() - i64::try_from(change.padding).unwrap();
        let pixel = |i: i64| {
            let (c, y, x) = (
                i / width / height,
                i / width % height + shift(change.down),
                i % width + shift(change.right),
            );
            if !(0..height).contains(&y) || !(0..width).contains(&x) {
                return 0;
            }
            let x = if change.flip { width - 1 - x } else { x };
            image[usize::try_from((c * height + y) * width + x).unwrap()]
        };
        (0..3 * height * width).map(pixel).collect()
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
            let centre = Change { padding, down: padding, right: padding, ..Change::NONE };
            prop_assert_eq!(apply(centre, &image, 5), image);
        }

        #[test]
        fn follows_the_definition(
            image in prop::collection::vec(any::<u8>(), 3 * 24),
            tall: bool,
            flip: bool,
            (padding, down, right) in (0_usize..8)
                .prop_flat_map(|p| (Just(p), 0..=2 * p, 0..=2 * p)),
        ) {
            let change = Change { flip, padding, down, right, ..Change::NONE };
            let size = if tall { Resolution::new(8, 3) } else { Resolution::new(4, 6) };
            prop_assert_eq!(apply(change, &image, size), reference(change, &image, size));
        }
    }
}
