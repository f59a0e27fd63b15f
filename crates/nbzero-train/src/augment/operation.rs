//! The operations of `AutoAugment`, each at ten levels of strength.
//!
//! Source: Cubuk et al. 2019, with the ranges and the rounding of torchvision's
//! `transforms.AutoAugment` on Pillow images (nearest neighbour, black outside).

use nbzero_graph::Resolution;
use serde::{Deserialize, Serialize};

use super::{enhance, geometry, tone};
use crate::dataset::COLOURS;

/// What an [`Operation`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationKind {
    /// Shear along x, by up to 0.3.
    ShearX,
    /// Shear along y, by up to 0.3.
    ShearY,
    /// Shift along x, by up to 150/331 of the width.
    TranslateX,
    /// Shift along y, by up to 150/331 of the height.
    TranslateY,
    /// Rotation by up to 30 degrees.
    Rotate,
    /// More or less colour, by up to a factor of 1 +- 0.9.
    Color,
    /// More or fewer bits a channel: 8 down to 4.
    Posterize,
    /// Inversion of values from a threshold on: 255 down to 0.
    Solarize,
    /// More or less contrast, by up to a factor of 1 +- 0.9.
    Contrast,
    /// More or less sharpness, by up to a factor of 1 +- 0.9.
    Sharpness,
    /// More or less brightness, by up to a factor of 1 +- 0.9.
    Brightness,
    /// Channels stretched to the whole range of values.
    AutoContrast,
    /// Channels with an even histogram.
    Equalize,
    /// Inversion of all values.
    Invert,
}

impl OperationKind {
    /// Every operation.
    pub const ALL: [Self; 14] = [
        Self::ShearX,
        Self::ShearY,
        Self::TranslateX,
        Self::TranslateY,
        Self::Rotate,
        Self::Color,
        Self::Posterize,
        Self::Solarize,
        Self::Contrast,
        Self::Sharpness,
        Self::Brightness,
        Self::AutoContrast,
        Self::Equalize,
        Self::Invert,
    ];

    /// Whether it goes in two directions, of which one is drawn.
    pub const fn is_signed(self) -> bool {
        match self {
            Self::ShearX
            | Self::ShearY
            | Self::TranslateX
            | Self::TranslateY
            | Self::Rotate
            | Self::Color
            | Self::Contrast
            | Self::Sharpness
            | Self::Brightness => true,
            Self::Posterize
            | Self::Solarize
            | Self::AutoContrast
            | Self::Equalize
            | Self::Invert => false,
        }
    }
}

/// One change of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Operation {
    /// What is done.
    pub kind: OperationKind,
    /// How strongly, from 0 to 9; nothing to `AutoContrast`, `Equalize` and `Invert`.
    pub level: u8,
    /// Whether in the other direction, of operations that have two.
    pub negative: bool,
}

impl Operation {
    /// The strongest level.
    pub const STRONGEST: u8 = 9;

    /// Changes `image`, planes of height x width bytes of red, green and blue.
    ///
    /// # Panics
    ///
    /// If the length is not 3 x height x width, or the level is above 9.
    pub fn apply(self, image: &mut [u8], resolution: impl Into<Resolution>) {
        let size = resolution.into();
        assert_eq!(
            image.len(),
            COLOURS * size.pixels(),
            "an image of 3 x {size}"
        );
        assert!(self.level <= Self::STRONGEST, "levels are 0 to 9");
        if image.is_empty() {
            return;
        }
        match self.kind {
            OperationKind::ShearX => geometry::shear_x(image, size, self.shear()),
            OperationKind::ShearY => geometry::shear_y(image, size, self.shear()),
            OperationKind::TranslateX => geometry::translate_x(image, size, self.shift(size.width)),
            OperationKind::TranslateY => {
                geometry::translate_y(image, size, self.shift(size.height));
            }
            OperationKind::Rotate => geometry::rotate(image, size, self.signed(30.0)),
            OperationKind::Color => enhance::color(image, size, self.factor()),
            OperationKind::Contrast => enhance::contrast(image, size, self.factor()),
            OperationKind::Sharpness => enhance::sharpness(image, size, self.factor()),
            OperationKind::Brightness => enhance::brightness(image, self.factor()),
            // 8 - round(level / (9 / 4)).
            OperationKind::Posterize => tone::posterize(image, 8 - u32::from(self.level) / 2),
            OperationKind::Solarize => tone::solarize(image, ramp(255.0, 0.0, self.level)),
            OperationKind::AutoContrast => tone::auto_contrast(image, size),
            OperationKind::Equalize => tone::equalize(image, size),
            OperationKind::Invert => tone::invert(image),
        }
    }

    /// The level's share of `most`, with the sign.
    fn signed(self, most: f64) -> f64 {
        let magnitude = ramp(0.0, most, self.level);
        if self.negative { -magnitude } else { magnitude }
    }

    fn shear(self) -> f64 {
        // By way of the angle in degrees, as torchvision takes it.
        self.signed(0.3).atan().to_degrees().to_radians().tan()
    }

    fn shift(self, length: usize) -> f64 {
        self.signed(150.0 / 331.0 * length as f64)
    }

    fn factor(self) -> f32 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Pillow blends with a factor in float32"
        )]
        let factor = (1.0 + self.signed(0.9)) as f32;
        factor
    }
}

/// The element `level` of ten numbers from `first` to `last`, in float32 as `torch.linspace`
/// computes them: from the nearer end.
fn ramp(first: f64, last: f64, level: u8) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the levels are those of a float32 tensor"
    )]
    let (first, last) = (first as f32, last as f32);
    let step = (last - first) / f32::from(Operation::STRONGEST);
    let value = if level < 5 {
        first + step * f32::from(level)
    } else {
        last - step * f32::from(Operation::STRONGEST - level)
    };
    value.into()
}
