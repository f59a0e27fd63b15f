//! Images at another resolution.
//!
//! Shrinking by a whole factor takes the mean of each square of pixels (box filter, as
//! `ImageNet16` was made); everything else is bilinear between pixel centres, edge pixels
//! repeated, as `PyTorch`'s `interpolate(mode="bilinear", align_corners=False)` without
//! antialiasing. Both are exact integer arithmetic, rounded once, halves up: the same bytes on
//! every machine.

use std::num::NonZeroUsize;

use rayon::prelude::*;

use crate::dataset::{CHANNELS, Images};

/// The same images with `resolution` pixels a side.
pub fn resize(images: &Images, resolution: NonZeroUsize) -> Images {
    let (from, to) = (images.resolution(), resolution.get());
    if from == to {
        return images.clone();
    }
    let bilinear = Bilinear::new(from, to);
    let mut pixels = vec![0; images.len() * CHANNELS * to * to];
    let planes = images.pixels().par_chunks_exact(from * from);
    pixels
        .par_chunks_exact_mut(to * to)
        .zip(planes)
        .for_each(|(out, plane)| {
            if from % to == 0 {
                shrink(plane, from, from / to, out);
            } else {
                bilinear.plane(plane, out);
            }
        });
    images.with_pixels(pixels, to)
}

/// Mean of each `factor` x `factor` square of a plane `from` pixels wide.
fn shrink(plane: &[u8], from: usize, factor: usize, out: &mut [u8]) {
    let (to, area) = (from / factor, (factor * factor) as u64);
    for (i, out) in out.iter_mut().enumerate() {
        let corner = i / to * factor * from + i % to * factor;
        let sum: u64 = (0..factor)
            .flat_map(|y| &plane[corner + y * from..][..factor])
            .map(|&pixel| u64::from(pixel))
            .sum();
        *out = rounded(sum, area);
    }
}

/// Where each pixel of a row (or column) comes from; the same for both axes.
#[derive(Debug)]
struct Bilinear {
    from: usize,
    to: usize,
    /// The two source pixels and the weight of the second, in units of 1 / (2 `to`).
    taps: Vec<(usize, usize, u64)>,
}

impl Bilinear {
    fn new(from: usize, to: usize) -> Self {
        let unit = 2 * to;
        let tap = |i: usize| {
            // The centre of pixel i in source pixels: (i + 1/2) from / to - 1/2, not below 0.
            let place = ((2 * i + 1) * from).saturating_sub(to);
            let first = place / unit;
            (first, (first + 1).min(from - 1), (place % unit) as u64)
        };
        Self {
            from,
            to,
            taps: (0..to).map(tap).collect(),
        }
    }

    fn plane(&self, plane: &[u8], out: &mut [u8]) {
        let unit = 2 * self.to as u64;
        for (row, &(top, bottom, down)) in out.chunks_exact_mut(self.to).zip(&self.taps) {
            let (top, bottom) = (&plane[top * self.from..], &plane[bottom * self.from..]);
            for (out, &(left, right, across)) in row.iter_mut().zip(&self.taps) {
                let mix = |row: &[u8]| {
                    u64::from(row[left]) * (unit - across) + u64::from(row[right]) * across
                };
                *out = rounded(mix(top) * (unit - down) + mix(bottom) * down, unit * unit);
            }
        }
    }
}

/// `sum / weight`, halves up; a mean of bytes.
fn rounded(sum: u64, weight: u64) -> u8 {
    u8::try_from((sum + weight / 2) / weight).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Normalisation;

    fn images(plane: &[u8], resolution: usize) -> Images {
        Images::new(
            plane.repeat(CHANNELS),
            vec![0],
            resolution,
            1,
            Normalisation::UNIT,
        )
        .unwrap()
    }

    fn resized(plane: &[u8], from: usize, to: usize) -> Vec<u8> {
        let out = resize(&images(plane, from), NonZeroUsize::new(to).unwrap());
        assert_eq!(out.resolution(), to);
        assert_eq!(out.image(0)[..to * to], out.image(0)[2 * to * to..]);
        out.image(0)[..to * to].to_vec()
    }

    #[test]
    fn shrinking_takes_the_mean_of_squares() {
        let plane = [0, 1, 10, 10, 1, 0, 10, 11, 255, 255, 0, 0, 255, 254, 0, 1];
        // 2/4 = 0.5 rounds up; 41/4 = 10.25; 1019/4 = 254.75; 1/4.
        assert_eq!(resized(&plane, 4, 2), [1, 10, 255, 0]);
        assert_eq!(resized(&plane, 4, 1), [66]);
    }

    #[test]
    fn enlarging_is_bilinear_between_centres() {
        // interpolate(scale_factor=2): columns at -1/4 (repeated edge), 1/4, 3/4, 5/4.
        let expected = [
            0, 25, 75, 100, 25, 44, 81, 100, 75, 81, 94, 100, 100, 100, 100, 100,
        ];
        assert_eq!(resized(&[0, 100, 100, 100], 2, 4), expected);
        // By 2/3: centres at 1/4 and 7/4.
        assert_eq!(
            resized(&[0, 4, 8, 40, 44, 48, 80, 84, 88], 3, 2),
            [11, 17, 71, 77]
        );
    }

    proptest! {
        #[test]
        fn stays_within_the_image(
            plane in prop::collection::vec(any::<u8>(), 36), to in 1_usize..20,
        ) {
            let (low, high) = (*plane.iter().min().unwrap(), *plane.iter().max().unwrap());
            for pixel in resized(&plane, 6, to) {
                prop_assert!((low..=high).contains(&pixel));
            }
        }
    }
}
