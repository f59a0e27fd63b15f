//! Images at another resolution.
//!
//! Shrinking by a whole factor takes the mean of each square of pixels (box filter, as
//! `ImageNet16` was made); everything else is bilinear between pixel centres, edge pixels
//! repeated, as `PyTorch`'s `interpolate(mode="bilinear", align_corners=False)` without
//! antialiasing. Both are exact integer arithmetic, rounded once, halves up: the same bytes on
//! every machine.

use nbzero_graph::Resolution;
use rayon::prelude::*;

use crate::dataset::Images;

/// The same images at another resolution. Each direction is scaled for itself: where the shapes differ, so do
/// the images.
///
/// # Panics
///
/// If the resolution has no pixels.
pub fn resize(images: &Images, resolution: impl Into<Resolution>) -> Images {
    let (from, to) = (images.resolution(), resolution.into());
    assert!(to.pixels() > 0, "an image has at least one pixel");
    if from == to {
        return images.clone();
    }
    let factors = [(from.height, to.height), (from.width, to.width)];
    let whole = factors.iter().all(|(from, to)| from % to == 0);
    let bilinear = Bilinear::new(from, to);
    let mut pixels = vec![0; images.len() * images.shape().channels * to.pixels()];
    let planes = images.pixels().par_chunks_exact(from.pixels());
    pixels
        .par_chunks_exact_mut(to.pixels())
        .zip(planes)
        .for_each(|(out, plane)| {
            if whole {
                shrink(plane, from, to, out);
            } else {
                bilinear.plane(plane, out);
            }
        });
    images.with_pixels(pixels, to)
}

/// Mean of each rectangle of a plane that becomes a pixel.
fn shrink(plane: &[u8], from: Resolution, to: Resolution, out: &mut [u8]) {
    let (down, across) = (from.height / to.height, from.width / to.width);
    let area = (down * across) as u64;
    for (i, out) in out.iter_mut().enumerate() {
        let corner = i / to.width * down * from.width + i % to.width * across;
        let sum: u64 = (0..down)
            .flat_map(|y| &plane[corner + y * from.width..][..across])
            .map(|&pixel| u64::from(pixel))
            .sum();
        *out = rounded(sum, area);
    }
}

/// Where each pixel comes from.
#[derive(Debug)]
struct Bilinear {
    from: Resolution,
    to: Resolution,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
}

/// The two source pixels of a row or column, and the weight of the second in units of 1 / (2 `to`).
type Tap = (usize, usize, u64);

impl Bilinear {
    fn new(from: Resolution, to: Resolution) -> Self {
        Self {
            from,
            to,
            rows: Self::taps(from.height, to.height),
            columns: Self::taps(from.width, to.width),
        }
    }

    fn taps(from: usize, to: usize) -> Vec<Tap> {
        let unit = 2 * to;
        let tap = |i: usize| {
            // The centre of pixel i in source pixels: (i + 1/2) from / to - 1/2, not below 0.
            let place = ((2 * i + 1) * from).saturating_sub(to);
            let first = place / unit;
            (first, (first + 1).min(from - 1), (place % unit) as u64)
        };
        (0..to).map(tap).collect()
    }

    fn plane(&self, plane: &[u8], out: &mut [u8]) {
        let (tall, wide) = (2 * self.to.height as u64, 2 * self.to.width as u64);
        let width = self.from.width;
        for (row, &(top, bottom, down)) in out.chunks_exact_mut(self.to.width).zip(&self.rows) {
            let (top, bottom) = (&plane[top * width..], &plane[bottom * width..]);
            for (out, &(left, right, across)) in row.iter_mut().zip(&self.columns) {
                let mix = |row: &[u8]| {
                    u64::from(row[left]) * (wide - across) + u64::from(row[right]) * across
                };
                *out = rounded(mix(top) * (tall - down) + mix(bottom) * down, tall * wide);
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
    use crate::{COLOURS, Normalisation};

    fn images(plane: &[u8], resolution: impl Into<Resolution>) -> Images {
        Images::new(
            plane.repeat(COLOURS),
            vec![0],
            resolution,
            1,
            Normalisation::unit(COLOURS),
        )
        .unwrap()
    }

    fn resized(plane: &[u8], from: usize, to: usize) -> Vec<u8> {
        let out = resize(&images(plane, from), to);
        assert_eq!(out.resolution(), to.into());
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

    #[test]
    fn each_direction_is_scaled_for_itself() {
        let plane = [0, 100, 100, 200, 50, 150];
        let scaled = |height, width| {
            let out = resize(
                &images(&plane, Resolution::new(2, 3)),
                Resolution::new(height, width),
            );
            out.image(0)[..height * width].to_vec()
        };
        assert_eq!(scaled(1, 3), [100, 75, 125]);
        assert_eq!(scaled(2, 1), [67, 133]);
        // Rows between centres, columns as they are.
        assert_eq!(scaled(4, 3)[3..6], [50, 88, 113]);
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
