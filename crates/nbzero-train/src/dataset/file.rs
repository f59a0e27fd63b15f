//! The bytes of an image file, and what else may lie under its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use nbzero_files::kind_of;

use crate::DataError;

/// Most bytes of a file, compressed or not: all images of `ImageNet16` in one.
const MOST: u64 = 1 << 30;

/// How every gzip file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

const OTHERWISE: &str = "unpack the official archive instead, or write its images and labels as a dict with \
    Python's pickle module";

/// The whole of a file, decompressed where it is compressed with gzip.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    let failed = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = limited(File::open(path).map_err(failed)?, path)?.map_err(failed)?;
    let bytes = if bytes.starts_with(&GZIP) {
        limited(MultiGzDecoder::new(bytes.as_slice()), path)?.map_err(|error| DataError::Gzip {
            path: path.to_owned(),
            reason: error.to_string(),
        })?
    } else {
        bytes
    };
    match kind_of(&bytes).filter(|kind| !kind.is_pickle()) {
        None => Ok(bytes),
        Some(kind) => Err(DataError::Other {
            path: path.to_owned(),
            what: kind.what(),
            remedy: kind.remedy(OTHERWISE),
        }),
    }
}

/// All that comes, unless it is more than [`MOST`] bytes.
fn limited(source: impl Read, path: &Path) -> Result<std::io::Result<Vec<u8>>, DataError> {
    let mut bytes = Vec::new();
    let read = source.take(MOST + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > MOST {
        let path = path.to_owned();
        return Err(DataError::TooLarge { path, limit: MOST });
    }
    Ok(read.map(|_| bytes))
}
