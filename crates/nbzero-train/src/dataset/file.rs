//! The bytes of an image file, and what else may lie under its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::DataError;

/// Most bytes of a file, compressed or not: all images of `ImageNet16` in one.
const MOST: u64 = 1 << 30;

/// How every gzip file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where a tar archive says that it is one.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// What people have under the names of image files: first bytes, what begins so, what to do.
const OTHERS: [(&[u8], &str, &str); 12] = [
    (
        b"PK\x03\x04",
        "a zip archive, as NumPy's .npz files are",
        PICKLE,
    ),
    (b"\x93NUMPY", "an array of NumPy (.npy)", PICKLE),
    (b"\x89HDF", "an HDF5 file", PICKLE),
    (b"PAR1", "a Parquet file", PICKLE),
    (b"\x89PNG", "a single picture", PICKLE),
    (b"\xff\xd8\xff", "a single picture", PICKLE),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", UNPACK),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\xfd7zXZ", "compressed with xz", UNPACK),
    (b"<!", "a web page", DOWNLOAD),
    (b"<html", "a web page", DOWNLOAD),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS",
        "fetch it with `git lfs pull`",
    ),
];

const PICKLE: &str = "unpack the official archive instead, or write its images and labels as a \
    dict with Python's pickle module";
const UNPACK: &str = "decompress it";
const DOWNLOAD: &str = "download the file again";

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
    let (at, tar) = TAR;
    let tar = bytes.get(at..).is_some_and(|rest| rest.starts_with(tar));
    let tar = tar.then_some(("a tar archive", "unpack it with `tar xf`"));
    let mut others = OTHERS.into_iter();
    let other = others.find(|(start, ..)| bytes.starts_with(start));
    match tar.or(other.map(|(_, what, remedy)| (what, remedy))) {
        None => Ok(bytes),
        Some((what, remedy)) => Err(DataError::Other {
            path: path.to_owned(),
            what,
            remedy,
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
