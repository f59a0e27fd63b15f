//! Files that are there whole or not at all.

use std::path::Path;

use crate::{Error, Result};

/// Writes a file, and the folder that it is in.
///
/// # Errors
///
/// If it cannot be written; then there is no part of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = std::fs::create_dir_all(nbzero_files::folder_of(path))
        .and_then(|()| nbzero_files::write_whole(path, bytes));
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}
