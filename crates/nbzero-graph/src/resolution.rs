//! Height and width of images.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Shape;

/// Height and width of images in pixels. A number stands for a square.
///
/// ```
/// use nbzero_graph::Resolution;
///
/// assert_eq!("32".parse(), Ok(Resolution::from(32)));
/// assert_eq!("48x64".parse(), Ok(Resolution::new(48, 64)));
/// assert_eq!(Resolution::new(48, 64).to_string(), "48x64");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resolution {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// A text that is no resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number of pixels such as 32, or height and width such as 48x64")]
pub struct ResolutionError;

impl Resolution {
    /// Of so many rows and columns.
    pub const fn new(height: usize, width: usize) -> Self {
        Self { height, width }
    }

    /// Rows times columns.
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }

    /// The side of a square.
    pub const fn side(self) -> Option<usize> {
        if self.height == self.width {
            Some(self.height)
        } else {
            None
        }
    }

    /// An image of so many channels.
    pub const fn image(self, channels: usize) -> Shape {
        Shape::new(channels, self.height, self.width)
    }
}

impl From<usize> for Resolution {
    fn from(side: usize) -> Self {
        Self::new(side, side)
    }
}

impl FromStr for Resolution {
    type Err = ResolutionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().map_err(|_| ResolutionError);
        match text.split_once(['x', 'X']) {
            Some((height, width)) => Ok(Self::new(number(height)?, number(width)?)),
            None => number(text).map(Self::from),
        }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.height, self.width)
    }
}

/// The side of a square, or a string such as `48x64`: what [`FromStr`] reads.
impl Serialize for Resolution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.side() {
            Some(side) => side.serialize(serializer),
            None => serializer.collect_str(self),
        }
    }
}

/// From a format that describes itself, such as JSON.
impl<'de> Deserialize<'de> for Resolution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Resolution;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of pixels, or height and width such as \"48x64\"")
            }

            fn visit_u64<E: Error>(self, side: u64) -> Result<Resolution, E> {
                let narrow = usize::try_from(side).map(Resolution::from);
                narrow.map_err(|_| E::invalid_value(Unexpected::Unsigned(side), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Resolution, E> {
                let found = text.parse();
                found.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_or_two_whole_numbers_are_a_resolution() {
        for text in [
            "", "x", "32x", "x32", "3.5", "-1", "1x2x3", " 32", "32 x 48",
        ] {
            assert_eq!(text.parse::<Resolution>(), Err(ResolutionError), "{text}");
        }
        assert_eq!("8X9".parse(), Ok(Resolution::new(8, 9)));
    }
}
