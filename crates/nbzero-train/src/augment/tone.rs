//! Operations that replace every byte value by another: posterize, solarize, invert, and, by the
//! histogram of a channel, autocontrast and equalize.
//!
//! Source: Pillow, `ImageOps.py`.

use nbzero_graph::Resolution;

use super::bytes::replace;

/// Keeps the first `bits` bits of every value.
pub(super) fn posterize(image: &mut [u8], bits: u32) {
    let mask = !(u8::MAX.checked_shr(bits).unwrap_or(0));
    for value in image {
        *value &= mask;
    }
}

/// Inverts the values from `threshold` on.
pub(super) fn solarize(image: &mut [u8], threshold: f64) {
    replace(image, |value| {
        if f64::from(value) >= threshold {
            255 - value
        } else {
            value
        }
    });
}

/// Inverts all values.
pub(super) fn invert(image: &mut [u8]) {
    for value in image {
        *value = 255 - *value;
    }
}

/// Stretches each channel from its darkest and brightest values to 0 and 255.
pub(super) fn auto_contrast(image: &mut [u8], size: Resolution) {
    for plane in image.chunks_exact_mut(size.pixels()) {
        let (low, high) = plane
            .iter()
            .fold((u8::MAX, 0), |(low, high), &v| (low.min(v), high.max(v)));
        if high <= low {
            continue;
        }
        let scale = 255.0 / f64::from(high - low);
        let offset = -f64::from(low) * scale;
        replace(plane, |value| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the fraction is cut off, and values outside of a byte become 0 and 255"
            )]
            let stretched = (f64::from(value) * scale + offset) as u8;
            stretched
        });
    }
}

/// Spreads each channel's values so that all are about equally frequent.
pub(super) fn equalize(image: &mut [u8], size: Resolution) {
    for plane in image.chunks_exact_mut(size.pixels()) {
        let mut histogram = [0_usize; 256];
        for &value in plane.iter() {
            histogram[usize::from(value)] += 1;
        }
        let Some(&brightest) = histogram.iter().rev().find(|&&count| count > 0) else {
            continue;
        };
        // With one value only, or too few pixels, there is nothing to spread.
        let step = (plane.len() - brightest) / 255;
        if step == 0 {
            continue;
        }
        let mut below = step / 2;
        replace(plane, |value| {
            let equal = u8::try_from(below / step).unwrap_or(u8::MAX);
            below += histogram[usize::from(value)];
            equal
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed<const N: usize>(mut image: [u8; N], change: impl Fn(&mut [u8])) -> [u8; N] {
        change(&mut image);
        image
    }

    #[test]
    fn values_are_replaced_one_by_one() {
        let image = [0, 100, 127, 128, 170, 255];
        let four = changed(image, |image| posterize(image, 4));
        assert_eq!(four, [0, 96, 112, 128, 160, 240]);
        assert_eq!(changed(image, |image| posterize(image, 8)), image);
        assert_eq!(changed(image, |image| posterize(image, 0)), [0; 6]);
        let bright = changed(image, |image| solarize(image, 127.5));
        assert_eq!(bright, [0, 100, 127, 127, 85, 0]);
        assert_eq!(
            changed(image, |image| solarize(image, 255.0)),
            [0, 100, 127, 128, 170, 0]
        );
        assert_eq!(changed(image, invert), [255, 155, 128, 127, 85, 0]);
    }

    #[test]
    fn channels_are_stretched_on_their_own() {
        let image = [50, 100, 75, 60, 9, 9, 9, 9, 0, 255, 1, 2];
        let stretched = changed(image, |image| auto_contrast(image, 2.into()));
        // (60 - 50) 255 / 50 = 51, (75 - 50) 255 / 50 = 127.5, and (100 - 50) 255 / 50 is a little
        // less than 255 in floating point, which Pillow cuts off to 254.
        assert_eq!(stretched[..4], [0, 254, 127, 51]);
        assert_eq!(stretched[4..], image[4..]);
    }

    #[test]
    fn equalizing_needs_enough_pixels() {
        let few = [1, 2, 3, 4];
        assert_eq!(changed(few, |image| equalize(image, 2.into())), few);
        // 512 pixels of 7, 512 of 8: step 2, so 7 becomes 1 / 2 = 0 and 8 (1 + 512) / 2 = 255.
        let mut image = [[7; 512], [8; 512]].concat();
        equalize(&mut image, 32.into());
        assert_eq!(image, [[0; 512], [255; 512]].concat());
    }
}
