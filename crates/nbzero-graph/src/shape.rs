//! The shape of one image's map.

use std::fmt;

/// Shape of one image's map: `channels` x `height` x `width`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// A direction of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// From channel to channel.
    Channels,
    /// From row to row.
    Height,
    /// From column to column.
    Width,
}

impl Shape {
    /// A map of `channels` x `height` x `width`.
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self {
            channels,
            height,
            width,
        }
    }

    /// A vector: one number a channel.
    pub const fn vector(channels: usize) -> Self {
        Self::new(channels, 1, 1)
    }

    /// Whether there is one number a channel.
    pub const fn is_vector(self) -> bool {
        self.height == 1 && self.width == 1
    }

    /// Height and width.
    pub const fn size(self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// Numbers in the map of one image; sizes far beyond 128 bits stop at the largest number.
    pub fn numbers(self) -> u128 {
        product(&[self.channels, self.height, self.width])
    }

    /// The length along an axis.
    pub const fn along(self, axis: Axis) -> usize {
        match axis {
            Axis::Channels => self.channels,
            Axis::Height => self.height,
            Axis::Width => self.width,
        }
    }

    /// The same shape with another length along an axis.
    #[must_use]
    pub const fn with(mut self, axis: Axis, length: usize) -> Self {
        match axis {
            Axis::Channels => self.channels = length,
            Axis::Height => self.height = length,
            Axis::Width => self.width = length,
        }
        self
    }

    /// The shape of both where a length of 1 is repeated to that of the other; `None` where two
    /// lengths differ and neither is 1.
    pub fn broadcast(self, other: Self) -> Option<Self> {
        let mut both = self;
        for axis in [Axis::Channels, Axis::Height, Axis::Width] {
            let length = match (self.along(axis), other.along(axis)) {
                (left, right) if left == right => left,
                (1, length) | (length, 1) => length,
                _ => return None,
            };
            both = both.with(axis, length);
        }
        Some(both)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            channels,
            height,
            width,
        } = self;
        write!(f, "{channels}x{height}x{width}")
    }
}

/// A product that stops at the largest number.
pub(crate) fn product(sizes: &[usize]) -> u128 {
    let sizes = sizes.iter().map(|&size| size as u128);
    sizes.fold(1, u128::saturating_mul)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_one_are_repeated() {
        let map = Shape::new(4, 6, 5);
        assert_eq!(map.broadcast(Shape::vector(4)), Some(map));
        assert_eq!(Shape::new(1, 6, 5).broadcast(Shape::vector(4)), Some(map));
        assert_eq!(map.broadcast(Shape::vector(3)), None);
        assert_eq!(map.broadcast(Shape::new(4, 5, 6)), None);
    }
}
