//! One picture: PNG, JPEG or WebP, as red, green and blue bytes.
//!
//! Grey pictures have the same byte in all three channels, and transparency is dropped, as `convert("RGB")`
//! of Pillow does, which `ImageFolder` of torchvision calls. How a camera was held (EXIF) is ignored, as it
//! is there.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::imageops::{FilterType, resize};
use image::{ImageReader, Limits, RgbImage};
use nbzero_graph::Resolution;

use super::size::Size;

/// Most pixels a side, and most bytes that decoding may take: a damaged or malicious file does not choose.
const MOST_PIXELS: u32 = 1 << 14;
const MOST_BYTES: u64 = 1 << 30;

/// A decoded picture.
#[derive(Debug)]
pub(super) struct Picture(RgbImage);

/// Whether a file is a picture by its name.
pub(super) fn is_named_so(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("png" | "jpg" | "jpeg" | "webp"))
}

/// Height and width, from the beginning of a file.
pub(super) fn size(path: &Path) -> Result<Size, String> {
    let (width, height) = reader(path)?
        .into_dimensions()
        .map_err(|error| error.to_string())?;
    Ok(Size::new(height, width))
}

impl Picture {
    /// Decodes a file; else what is wrong with it.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let decoded = reader(path)?.decode().map_err(|error| error.to_string())?;
        Ok(Self(decoded.into_rgb8()))
    }

    /// A picture of bytes, each pixel's red, green and blue.
    pub(super) fn of_bytes(size: Size, bytes: Vec<u8>) -> Option<Self> {
        let image = RgbImage::from_raw(size.width, size.height, bytes)?;
        Some(Self(image))
    }

    /// The planes of the middle of a picture, at a resolution: itself where its shorter direction fits, else
    /// scaled, the shape kept, until it does (the mean of what a pixel covers, weighted by a triangle).
    pub(super) fn fitted(self, resolution: Resolution) -> Vec<u8> {
        let narrow = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (rows, columns) = (narrow(resolution.height), narrow(resolution.width));
        let (width, height) = self.0.dimensions();
        // The direction in which nothing is cut off: its length now, and as wanted.
        let is_tall = u64::from(height) * u64::from(columns) >= u64::from(width) * u64::from(rows);
        let (from, to) = if is_tall {
            (width, columns)
        } else {
            (height, rows)
        };
        let image = if from == to {
            self.0
        } else {
            let scaled = |length: u32, least: u32| {
                let exact = u64::from(length) * u64::from(to);
                let rounded = (exact + u64::from(from) / 2) / u64::from(from);
                u32::try_from(rounded).unwrap_or(u32::MAX).max(least)
            };
            let (width, height) = (scaled(width, columns), scaled(height, rows));
            resize(&self.0, width, height, FilterType::Triangle)
        };
        let (left, top) = ((image.width() - columns) / 2, (image.height() - rows) / 2);
        let mut planes = Vec::with_capacity(3 * resolution.pixels());
        for channel in 0..3 {
            for y in top..top + rows {
                for x in left..left + columns {
                    planes.push(image.get_pixel(x, y).0[channel]);
                }
            }
        }
        planes
    }
}

fn reader(path: &Path) -> Result<ImageReader<BufReader<File>>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    // What a file is shows in its content, not in its name.
    let mut reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    Ok(reader)
}
