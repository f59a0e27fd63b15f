//! Operations that move pixels: shear, translation, rotation.
//!
//! As Pillow's `Image.transform(AFFINE, NEAREST)`: every pixel of the result looks up the pixel
//! whose square its centre falls into, in fixed point with 16 bits after the point, and shows
//! black where that is outside of the image.
//!
//! Source: Pillow, `src/libImaging/Geometry.c` (`affine_fixed`) and `Image.rotate`; torchvision,
//! `transforms/functional.py` (`affine`).

use nbzero_graph::Resolution;

use crate::dataset::COLOURS;

/// Rows of a matrix: place in the image = (a x + b y + c, d x + e y + f), in pixels.
type Affine = [[f64; 3]; 2];

/// Shear along x: row y is taken from `by` y pixels further right.
pub(super) fn shear_x(image: &mut [u8], size: Resolution, by: f64) {
    transform(image, size, &[[1.0, by, 0.0], [0.0, 1.0, 0.0]]);
}

/// Shear along y: column x is taken from `by` x pixels further down.
pub(super) fn shear_y(image: &mut [u8], size: Resolution, by: f64) {
    transform(image, size, &[[1.0, 0.0, 0.0], [by, 1.0, 0.0]]);
}

/// Moves the image right by `by` pixels, of which the fraction is cut off.
pub(super) fn translate_x(image: &mut [u8], size: Resolution, by: f64) {
    transform(image, size, &[[1.0, 0.0, -by.trunc()], [0.0, 1.0, 0.0]]);
}

/// Moves the image down by `by` pixels, of which the fraction is cut off.
pub(super) fn translate_y(image: &mut [u8], size: Resolution, by: f64) {
    transform(image, size, &[[1.0, 0.0, 0.0], [0.0, 1.0, -by.trunc()]]);
}

/// Turns the image about its centre, counter-clockwise, by `degrees`.
pub(super) fn rotate(image: &mut [u8], size: Resolution, degrees: f64) {
    // Pillow rounds to 15 digits, so that right angles give whole numbers.
    let rounded = |value: f64| (value * 1e15).round() / 1e15;
    let angle = -degrees.rem_euclid(360.0).to_radians();
    let (cos, sin) = (rounded(angle.cos()), rounded(angle.sin()));
    let (x, y) = (size.width as f64 / 2.0, size.height as f64 / 2.0);
    let right = -cos * x - sin * y + x;
    let down = sin * x - cos * y + y;
    transform(image, size, &[[cos, sin, right], [-sin, cos, down]]);
}

fn transform(image: &mut [u8], size: Resolution, affine: &Affine) {
    // Steps along x and y, and the place that the centre of the first pixel comes from.
    let [[ax, ay, start_x], [bx, by, start_y]] = affine.map(|[along, across, start]| {
        [along, across, start + along * 0.5 + across * 0.5].map(fixed)
    });
    let source = image.to_vec();
    let plane = size.pixels();
    let Resolution { height, width } = size;
    let (mut row_x, mut row_y) = (start_x, start_y);
    for row in (0..plane).step_by(width.max(1)) {
        let (mut x, mut y) = (row_x, row_y);
        for to in row..row + width {
            let from = whole(x, width).zip(whole(y, height));
            for channel in (0..COLOURS).map(|channel| channel * plane) {
                image[channel + to] = from.map_or(0, |(x, y)| source[channel + y * width + x]);
            }
            x += ax;
            y += bx;
        }
        row_x += ay;
        row_y += by;
    }
}

/// Pixels in units of 1/65536.
fn fixed(pixels: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "images are far smaller than 2^47 pixels a side"
    )]
    let units = (pixels * 65536.0 + 0.5).floor() as i64;
    units
}

/// The pixel of a row or column that a place falls into, if it is in the image.
fn whole(units: i64, length: usize) -> Option<usize> {
    usize::try_from(units >> 16).ok().filter(|&i| i < length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three planes, of which the second and third are the first plus 10 and plus 20.
    fn image(plane: [u8; 9]) -> Vec<u8> {
        [0, 10, 20]
            .iter()
            .flat_map(|add| plane.map(|v| v + add))
            .collect()
    }

    const PLANE: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    fn first_plane(change: impl Fn(&mut [u8], Resolution)) -> Vec<u8> {
        let mut image = image(PLANE);
        change(&mut image, 3.into());
        let (first, others) = image.split_at(9);
        let shown = first.iter().map(|&v| if v == 0 { 0 } else { v + 10 });
        assert_eq!(
            others[..9],
            shown.collect::<Vec<_>>(),
            "planes move together"
        );
        first.to_vec()
    }

    #[test]
    fn translation_cuts_the_fraction_off_and_fills_with_black() {
        let right = first_plane(|image, size| translate_x(image, size, 1.9));
        assert_eq!(right, [0, 1, 2, 0, 4, 5, 0, 7, 8]);
        let up = first_plane(|image, size| translate_y(image, size, -1.9));
        assert_eq!(up, [4, 5, 6, 7, 8, 9, 0, 0, 0]);
        let far = first_plane(|image, size| translate_x(image, size, 3.0));
        assert_eq!(far, [0; 9]);
    }

    #[test]
    fn shear_moves_rows_or_columns_apart() {
        let along_x = first_plane(|image, size| shear_x(image, size, 0.5));
        assert_eq!(along_x, [1, 2, 3, 5, 6, 0, 8, 9, 0]);
        let along_y = first_plane(|image, size| shear_y(image, size, -0.5));
        assert_eq!(along_y, [1, 0, 0, 4, 2, 3, 7, 5, 6]);
    }

    #[test]
    fn rectangles_turn_about_their_middle() {
        // Two rows of three, three planes of which are alike.
        let mut image = [[1, 2, 3, 4, 5, 6]; 3].concat();
        rotate(&mut image, Resolution::new(2, 3), 180.0);
        assert_eq!(image[..6], [6, 5, 4, 3, 2, 1]);
        translate_x(&mut image, Resolution::new(2, 3), 2.0);
        assert_eq!(image[12..], [0, 0, 6, 0, 0, 3]);
    }

    #[test]
    fn rotation_is_counter_clockwise() {
        let quarter = first_plane(|image, size| rotate(image, size, 90.0));
        assert_eq!(quarter, [3, 6, 9, 2, 5, 8, 1, 4, 7]);
        let none = first_plane(|image, size| rotate(image, size, -0.0));
        assert_eq!(none, PLANE);
    }
}
