//! Operations that blend an image with a dull version of itself: colour, contrast, brightness,
//! sharpness.
//!
//! The result is `dull + factor * (image - dull)`, in float32, cut off to bytes: factor 0 is the
//! dull version, 1 the image, and more than 1 exaggerates.
//!
//! Source: Pillow, `ImageEnhance.py`, `src/libImaging/Blend.c` and `Filter.c`.

use nbzero_graph::Resolution;

use super::bytes::replace;
use crate::dataset::COLOURS;

/// Blends with the grey version.
pub(super) fn color(image: &mut [u8], size: Resolution, factor: f32) {
    let plane = size.pixels();
    for pixel in 0..plane {
        let grey = luma([0, 1, 2].map(|channel| image[channel * plane + pixel]));
        for channel in 0..COLOURS {
            let value = &mut image[channel * plane + pixel];
            *value = blend(grey, *value, factor);
        }
    }
}

/// Blends with an even grey of the mean brightness.
pub(super) fn contrast(image: &mut [u8], size: Resolution, factor: f32) {
    let plane = size.pixels();
    let (red, others) = image.split_at(plane);
    let (green, blue) = others.split_at(plane);
    let pixels = red.iter().zip(green).zip(blue);
    let sum: usize = pixels
        .map(|((&r, &g), &b)| usize::from(luma([r, g, b])))
        .sum();
    // The mean, halves up.
    let mean = u8::try_from((2 * sum + plane) / (2 * plane)).unwrap_or(u8::MAX);
    replace(image, |value| blend(mean, value, factor));
}

/// Blends with black.
pub(super) fn brightness(image: &mut [u8], factor: f32) {
    replace(image, |value| blend(0, value, factor));
}

/// Blends with a smoothed version: 3x3 weights of 1, and 5 in the centre; the border as it is.
pub(super) fn sharpness(image: &mut [u8], size: Resolution, factor: f32) {
    let source = image.to_vec();
    let Resolution { height, width } = size;
    let planes = image
        .chunks_exact_mut(size.pixels())
        .zip(source.chunks_exact(size.pixels()));
    for (out, plane) in planes {
        for y in 1..height.saturating_sub(1) {
            let [above, here, below] = [y - 1, y, y + 1].map(|y| &plane[y * width..][..width]);
            let weights = above.windows(3).zip(here.windows(3)).zip(below.windows(3));
            let inner = &mut out[y * width + 1..][..width.saturating_sub(2)];
            for (out, ((above, here), below)) in inner.iter_mut().zip(weights) {
                let sum = |row: &[u8]| row.iter().map(|&v| u32::from(v)).sum::<u32>();
                let centre = here[1];
                let weighted = sum(above) + sum(here) + sum(below) + 4 * u32::from(centre);
                // The mean of weight 13, to the nearest.
                *out = blend(byte((2 * weighted + 13) / 26), centre, factor);
            }
        }
    }
}

/// The brightness of a pixel (ITU-R 601-2), in Pillow's fixed point.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 19595 * u32::from(red) + 38470 * u32::from(green) + 7471 * u32::from(blue);
    byte((sum + 0x8000) >> 16)
}

fn blend(dull: u8, bright: u8, factor: f32) -> u8 {
    let (dull, bright) = (f32::from(dull), f32::from(bright));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the fraction is cut off, and values outside of a byte become 0 and 255"
    )]
    let blended = (dull + factor * (bright - dull)) as u8;
    blended
}

/// A mean of bytes.
fn byte(mean: u32) -> u8 {
    u8::try_from(mean).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_dull_the_same_and_exaggerated() {
        let image = [200, 10, 100, 20, 50, 30];
        // At 1 pixel: planes are one byte each.
        let changed = |change: fn(&mut [u8], Resolution, f32), factor| {
            let mut pixel = [image[0], image[2], image[4]];
            change(&mut pixel, 1.into(), factor);
            pixel
        };
        assert_eq!(luma([200, 100, 50]), 124);
        assert_eq!(changed(color, 0.0), [124; 3]);
        assert_eq!(changed(color, 1.0), [200, 100, 50]);
        assert_eq!(changed(color, 2.0), [255, 76, 0]);
        assert_eq!(changed(contrast, 0.0), [124; 3]);
        assert_eq!(changed(contrast, 1.0), [200, 100, 50]);
        assert_eq!(changed(contrast, 1.5), [238, 88, 13]);
        assert_eq!(changed(|i, _, f| brightness(i, f), 0.5), [100, 50, 25]);
        assert_eq!(changed(|i, _, f| brightness(i, f), 1.9), [255, 190, 95]);
    }

    #[test]
    fn sharpness_leaves_the_border() {
        let mut image = [[10; 9], [20; 9], [30; 9]].concat();
        image[4] = 140;
        let mut smooth = image.clone();
        sharpness(&mut smooth, 3.into(), 0.0);
        // (8 * 10 + 5 * 140) / 13 = 60.
        assert_eq!(smooth[..9], [10, 10, 10, 10, 60, 10, 10, 10, 10]);
        assert_eq!(smooth[9..], image[9..]);
        let mut sharp = image.clone();
        sharpness(&mut sharp, 3.into(), 1.5);
        assert_eq!(sharp[4], 180);
        let mut tiny = [1, 2, 3];
        sharpness(&mut tiny, 1.into(), 1.9);
        assert_eq!(tiny, [1, 2, 3]);
    }
}
