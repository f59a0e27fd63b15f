//! The bytes of a published file, decompressed where they are compressed.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{ImportError, ImportResult};

/// How every gzip file begins (RFC 1952). The name of a file says nothing about its content.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a file, plain or gzip.
pub(super) fn read(path: &Path) -> ImportResult<Vec<u8>> {
    let bytes = fs::read(path).map_err(|source| ImportError::Io {
        path: path.into(),
        source,
    })?;
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut plain)
        .map_err(|error| ImportError::Gzip {
            path: path.into(),
            reason: error.to_string(),
        })?;
    Ok(plain)
}
