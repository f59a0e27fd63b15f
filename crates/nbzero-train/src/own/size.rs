//! Sizes of images.

use std::collections::BTreeMap;
use std::fmt;

use nbzero_graph::Resolution;

/// Height and width in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size {
    pub(super) height: u32,
    pub(super) width: u32,
}

impl Size {
    pub(super) fn new(height: u32, width: u32) -> Self {
        Self { height, width }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.height, self.width)
    }
}

/// The sizes of many images, and how many have each.
#[derive(Debug, Clone, Default)]
pub(super) struct Sizes(BTreeMap<Size, usize>);

impl FromIterator<Size> for Sizes {
    fn from_iter<I: IntoIterator<Item = Size>>(sizes: I) -> Self {
        let mut counts = BTreeMap::new();
        for size in sizes {
            *counts.entry(size).or_default() += 1;
        }
        Self(counts)
    }
}

impl Sizes {
    /// That of all, where they are alike.
    pub(super) fn common(&self) -> Option<Resolution> {
        let mut sizes = self.0.keys();
        match (sizes.next(), sizes.next()) {
            (Some(size), None) => Some(Resolution::new(size.height as usize, size.width as usize)),
            _ => None,
        }
    }

    /// At which size images are decoded that shall have a resolution: their own, where they are alike and of
    /// that shape, to be [resized](crate::resize()) like an official dataset; else that resolution, each
    /// picture scaled and cut for itself.
    pub(super) fn decoded(&self, resolution: Resolution) -> Resolution {
        let same_shape = |own: &Resolution| {
            own.height as u128 * resolution.width as u128
                == own.width as u128 * resolution.height as u128
        };
        self.common().filter(same_shape).unwrap_or(resolution)
    }
}

/// In words: of one size, or of several, the most frequent ones first.
impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sizes: Vec<(&Size, &usize)> = self.0.iter().collect();
        sizes.sort_by_key(|(size, count)| (std::cmp::Reverse(**count), **size));
        match sizes.as_slice() {
            [] => f.write_str("not to be read"),
            [(size, _)] => write!(f, "all {size} pixels (height x width)"),
            [(first, a), (second, b), ..] => write!(
                f,
                "of {} sizes ({a} of {first} pixels, {b} of {second})",
                sizes.len()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_are_alike_are_one() {
        let sizes =
            |all: &[(u32, u32)]| -> Sizes { all.iter().map(|&(h, w)| Size::new(h, w)).collect() };
        assert_eq!(sizes(&[(32, 32), (32, 32)]).common(), Some(32.into()));
        let wide = sizes(&[(32, 48), (32, 48)]);
        assert_eq!(wide.common(), Some(Resolution::new(32, 48)));
        assert_eq!(
            wide.decoded(Resolution::new(16, 24)),
            Resolution::new(32, 48)
        );
        assert_eq!(wide.decoded(16.into()), 16.into());
        let several = sizes(&[(32, 32), (20, 30), (20, 30)]);
        assert_eq!(several.common(), None);
        assert_eq!(
            several.to_string(),
            "of 2 sizes (2 of 20x30 pixels, 1 of 32x32)"
        );
    }
}
