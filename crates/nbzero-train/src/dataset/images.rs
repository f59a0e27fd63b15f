//! Labelled images in memory.

use nbzero_graph::{Resolution, Shape};

use crate::DataError;
use crate::dataset::Normalisation;

/// Channels of an image in colour: R, G, B. A grey one has the same byte in all three.
pub const COLOURS: usize = 3;

/// A set of images of one shape with labels, as bytes.
///
/// Pixels lie as N x C x H x W: one image after the other, each as its planes (R, G and B of images in
/// colour), each plane row by row. The set knows how its pixels are to be normalised, so that batches of it
/// cannot be made with another dataset's constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    pixels: Vec<u8>,
    labels: Vec<u16>,
    resolution: Resolution,
    classes: usize,
    normalisation: Normalisation,
}

impl Images {
    /// Makes a set from its parts: `pixels` of `labels.len()` x channels x height x width, with as many
    /// channels as there are constants, every label below `classes`.
    ///
    /// # Errors
    ///
    /// [`DataError::Images`] if there is no image, the sizes do not fit together, or a label is
    /// not below `classes`.
    pub fn new(
        pixels: Vec<u8>,
        labels: Vec<u16>,
        resolution: impl Into<Resolution>,
        classes: usize,
        normalisation: Normalisation,
    ) -> Result<Self, DataError> {
        let resolution = resolution.into();
        let Resolution { height, width } = resolution;
        let channels = normalisation.channels();
        let image = height
            .checked_mul(width)
            .and_then(|n| n.checked_mul(channels));
        let expected = image.and_then(|n| n.checked_mul(labels.len()));
        let refuse = |what| Err(DataError::Images { what });
        if labels.is_empty() || image == Some(0) {
            return refuse("a set needs at least one image of at least one pixel".to_owned());
        }
        if expected != Some(pixels.len()) {
            return refuse(format!(
                "{} bytes of pixels for {} labels at {resolution}, which need {channels} x {height} x \
                 {width} bytes each",
                pixels.len(),
                labels.len(),
            ));
        }
        if let Some(image) = labels
            .iter()
            .position(|&label| usize::from(label) >= classes)
        {
            return refuse(format!(
                "image {image} (counted from 0) has label {}, but labels are below {classes}",
                labels[image],
            ));
        }
        Ok(Self {
            pixels,
            labels,
            resolution,
            classes,
            normalisation,
        })
    }

    /// The number of images; never 0, except of an empty [`subset`](Self::subset).
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All pixels, N x channels x height x width.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The labels, one an image, each below [`classes`](Self::classes).
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// Height and width of an image.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Channels, height and width of an image.
    pub fn shape(&self) -> Shape {
        self.resolution.image(self.normalisation.channels())
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How pixels become the numbers that a network sees.
    pub fn normalisation(&self) -> &Normalisation {
        &self.normalisation
    }

    /// Whether all images are grey: the same byte in all three channels.
    pub fn are_grey(&self) -> bool {
        let plane = self.resolution.pixels();
        let mut images = self.pixels.chunks_exact(self.image_len());
        let same = |image: &[u8]| image[plane..] == image[..image.len() - plane];
        self.normalisation.channels() == COLOURS && images.all(same)
    }

    /// The bytes of one image: channels x height x width.
    pub fn image_len(&self) -> usize {
        self.normalisation.channels() * self.resolution.pixels()
    }

    /// The pixels of image `index`, channels x height x width.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    pub fn image(&self, index: usize) -> &[u8] {
        let len = self.image_len();
        &self.pixels[index * len..][..len]
    }

    /// CRC-32 of all labels and pixels, to tell sets of the same size apart.
    pub fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for label in &self.labels {
            hasher.update(&label.to_le_bytes());
        }
        hasher.update(&self.pixels);
        hasher.finalize()
    }

    /// The images at `indices`, in that order.
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn subset(&self, indices: &[usize]) -> Self {
        let mut pixels = Vec::with_capacity(indices.len() * self.image_len());
        for &index in indices {
            pixels.extend_from_slice(self.image(index));
        }
        let labels = indices.iter().map(|&index| self.labels[index]).collect();
        Self {
            pixels,
            labels,
            normalisation: self.normalisation.clone(),
            ..*self
        }
    }

    /// The same images with other constants.
    pub(crate) fn normalised_by(self, normalisation: Normalisation) -> Self {
        Self {
            normalisation,
            ..self
        }
    }

    /// The same labels with other pixels, of another resolution.
    pub(crate) fn with_pixels(&self, pixels: Vec<u8>, resolution: Resolution) -> Self {
        let channels = self.normalisation.channels();
        debug_assert_eq!(pixels.len(), self.len() * channels * resolution.pixels());
        Self {
            pixels,
            labels: self.labels.clone(),
            resolution,
            normalisation: self.normalisation.clone(),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused() {
        let new = |pixels, labels, resolution: usize| {
            Images::new(
                vec![0; pixels],
                labels,
                resolution,
                2,
                Normalisation::unit(COLOURS),
            )
        };
        assert!(new(24, vec![0, 1], 2).is_ok());
        for (pixels, labels, resolution, part) in [
            (0, vec![], 2, "at least one image"),
            (0, vec![0], 0, "at least one pixel"),
            (23, vec![0, 1], 2, "23 bytes"),
            (24, vec![0, 2], 2, "image 1"),
            (24, vec![0, 1], usize::MAX, "24 bytes"),
        ] {
            let error = new(pixels, labels, resolution).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn there_are_as_many_channels_as_constants() {
        let images = |pixels: Vec<u8>, channels| {
            let labels = vec![0; 2];
            Images::new(pixels, labels, 1, 1, Normalisation::unit(channels))
        };
        let four = images(vec![7; 8], 4).unwrap();
        assert_eq!(four.shape(), Shape::new(4, 1, 1));
        // Grey is a colour, and these have none.
        assert!(!four.are_grey() && images(vec![7; 6], 3).unwrap().are_grey());
        assert!(!images(vec![7, 7, 7, 7, 7, 8], 3).unwrap().are_grey());
        let error = images(vec![7; 8], 3).unwrap_err().to_string();
        assert!(error.contains("3 x 1 x 1"), "{error}");
        assert!(images(Vec::new(), 0).is_err());
    }

    #[test]
    fn the_checksum_sees_every_pixel_and_label() {
        let sum = |pixels: [u8; 6], labels: [u16; 2]| {
            let images = Images::new(
                pixels.into(),
                labels.into(),
                1,
                3,
                Normalisation::unit(COLOURS),
            );
            images.unwrap().checksum()
        };
        let first = sum([1, 2, 3, 4, 5, 6], [0, 1]);
        assert_eq!(first, sum([1, 2, 3, 4, 5, 6], [0, 1]));
        assert_ne!(first, sum([1, 2, 3, 4, 5, 7], [0, 1]));
        assert_ne!(first, sum([1, 2, 3, 4, 5, 6], [0, 2]));
    }

    #[test]
    fn subsets_take_pixels_and_labels_together() {
        let pixels = (0..36).collect();
        let images =
            Images::new(pixels, vec![0, 1, 2], 2, 3, Normalisation::unit(COLOURS)).unwrap();
        let subset = images.subset(&[2, 0]);
        assert_eq!(subset.labels(), [2, 0]);
        assert_eq!(subset.image(0), images.image(2));
        assert_eq!(subset.image(1), images.image(0));
    }
}
