//! A batch of images and labels as Python programs store it: a pickled dict.

use std::path::Path;

use crate::DataError;
use crate::dataset::DatasetName;
use crate::dataset::pickle::Document;

/// What a pickle holds, before it is known which labels are possible.
pub(super) struct Batch {
    /// One image after the other, R, G and B plane of each.
    pub(super) pixels: Vec<u8>,
    /// One for each image.
    pub(super) labels: Vec<i64>,
}

/// Whether a file is a pickle, by its first byte: protocol 2 and above, or how a dict begins
/// before that.
pub(super) fn is_pickle(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x80 | b'(' | b'}'))
}

/// Reads the dict's `data`, a `uint8` array of N x the bytes of an image, and its labels.
pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    dataset: DatasetName,
    labels: &str,
) -> Result<Batch, DataError> {
    let document = Document::parse(bytes).map_err(|fault| DataError::Pickle {
        path: path.to_owned(),
        position: fault.position,
        what: fault.what,
    })?;
    let contents = |what| DataError::Contents {
        path: path.to_owned(),
        dataset,
        what,
    };
    let image = super::COLOURS * dataset.resolution().pow(2);
    let pixels = document.byte_rows("data", image).map_err(contents)?;
    let labels = document.integers(labels).map_err(contents)?;
    let count = pixels.len() / image;
    if labels.len() != count {
        let labels = labels.len();
        return Err(contents(format!("{count} images, but {labels} labels")));
    }
    if count == 0 {
        return Err(contents("it has no images".to_owned()));
    }
    Ok(Batch { pixels, labels })
}
