//! One picture, plane by plane: of a PNG, JPEG or WebP file red, green and blue bytes, of an array those of its
//! channels.
//!
//! Grey pictures have the same byte in all three channels, and transparency is dropped, as `convert("RGB")`
//! of Pillow does, which `ImageFolder` of torchvision calls. How a camera was held (EXIF) is ignored, as it
//! is there.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::imageops::{FilterType, crop_imm, resize};
use image::{GrayImage, ImageReader, Limits};
use nbzero_graph::Resolution;

use super::size::Size;
use crate::COLOURS;

/// Most pixels a side, and most bytes that decoding may take: a damaged or malicious file does not choose.
const MOST_PIXELS: u32 = 1 << 14;
const MOST_BYTES: u64 = 1 << 30;

/// Most pixels of a picture that is scaled until it covers a resolution: as many as one that is decoded.
const MOST_SCALED: u64 = (MOST_PIXELS as u64).pow(2);

/// The planes of a decoded picture, all of one size.
#[derive(Debug)]
pub(super) struct Picture(Vec<GrayImage>);

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
        let decoded = decoded.into_rgb8();
        let size = Size::new(decoded.height(), decoded.width());
        let plane = |channel| {
            let pixels = decoded.pixels().map(|pixel| pixel.0[channel]);
            pixels.collect()
        };
        let picture = Self::of_planes(size, (0..COLOURS).map(plane));
        picture.ok_or_else(|| "of no size".to_owned())
    }

    /// A picture of the bytes of its planes, row by row; `None` if they are not of that size.
    pub(super) fn of_planes(size: Size, planes: impl Iterator<Item = Vec<u8>>) -> Option<Self> {
        let planes = planes.map(|plane| GrayImage::from_raw(size.width, size.height, plane));
        planes.collect::<Option<_>>().map(Self)
    }

    /// The planes of the middle of a picture, at a resolution: itself where its shorter direction fits, else
    /// scaled, the shape kept, until it does (the mean of what a pixel covers, weighted by a triangle). Else
    /// what is wrong: of another shape altogether, it would be scaled beyond any memory.
    pub(super) fn fitted(self, resolution: Resolution) -> Result<Vec<u8>, String> {
        let planes = self.0.into_iter().map(|plane| fitted(plane, resolution));
        Ok(planes.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

/// One plane of a picture.
fn fitted(plane: GrayImage, resolution: Resolution) -> Result<Vec<u8>, String> {
    let narrow = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let (rows, columns) = (narrow(resolution.height), narrow(resolution.width));
    let (width, height) = plane.dimensions();
    // The direction in which nothing is cut off: its length now, and as wanted.
    let is_tall = u64::from(height) * u64::from(columns) >= u64::from(width) * u64::from(rows);
    let (from, to) = if is_tall {
        (width, columns)
    } else {
        (height, rows)
    };
    let plane = if from == to {
        plane
    } else {
        let scaled = |length: u32, least: u32| {
            let exact = u64::from(length) * u64::from(to);
            let rounded = (exact + u64::from(from) / 2) / u64::from(from);
            u32::try_from(rounded).unwrap_or(u32::MAX).max(least)
        };
        let wanted = (scaled(width, columns), scaled(height, rows));
        if u64::from(wanted.0) * u64::from(wanted.1) > MOST_SCALED {
            return Err(format!(
                "of {height}x{width} pixels, which would have to be scaled to {}x{} to cover {resolution}: \
                 give a --resolution nearer to its shape",
                wanted.1, wanted.0
            ));
        }
        resize(&plane, wanted.0, wanted.1, FilterType::Triangle)
    };
    let (left, top) = ((plane.width() - columns) / 2, (plane.height() - rows) / 2);
    let middle = crop_imm(&plane, left, top, columns, rows);
    Ok(middle.to_image().into_raw())
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
