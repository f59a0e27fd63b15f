//! Files of fixed-size records: label bytes, then the planes of a 32x32 image.

use std::path::Path;

use crate::DataError;
use crate::dataset::layout::{Labelled, read_file};

/// Bytes of a 32x32 image: R, G, B planes.
const IMAGE: usize = 3 * 32 * 32;

/// Reads a file whose records are `label_bytes` label bytes, of which the last is the label used,
/// and an image.
pub(super) fn read(path: &Path, label_bytes: usize, classes: u8) -> Result<Labelled, DataError> {
    let bytes = read_file(path)?;
    let record = label_bytes + IMAGE;
    if bytes.is_empty() || bytes.len() % record != 0 {
        let size = bytes.len();
        return Err(DataError::Truncated {
            path: path.to_owned(),
            size,
            record,
        });
    }
    let count = bytes.len() / record;
    let mut pixels = Vec::with_capacity(count * IMAGE);
    let mut labels = Vec::with_capacity(count);
    for (number, bytes) in bytes.chunks_exact(record).enumerate() {
        let label = bytes[label_bytes - 1];
        if label >= classes {
            return Err(DataError::Label {
                path: path.to_owned(),
                record: number,
                label: label.into(),
                first: 0,
                last: i64::from(classes) - 1,
            });
        }
        labels.push(label.into());
        pixels.extend_from_slice(&bytes[label_bytes..]);
    }
    Ok(Labelled { pixels, labels })
}
