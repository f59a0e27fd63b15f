//! Tables on disk.

use std::fs::File;
use std::path::Path;

use crate::{Error, Result, Table, format};

impl Table {
    /// Opens and checks a table file.
    ///
    /// # Errors
    ///
    /// One named error for each defect: [`Error::NotFound`], [`Error::Io`], [`Error::NotATable`],
    /// [`Error::Truncated`], [`Error::TrailingBytes`], [`Error::TooLarge`], [`Error::Damaged`],
    /// [`Error::Newer`], [`Error::Undecodable`], [`Error::Inconsistent`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
        let metadata = file
            .metadata()
            .map_err(|error| Error::io("read", path, error))?;
        format::read(file, metadata.len(), path)
    }

    /// Writes the table whole or not at all: to a new file beside `path`, which then takes its
    /// place. What was there before stays until then.
    ///
    /// # Errors
    ///
    /// If the table is too large, or the system refuses.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        write_whole(path, &self.to_bytes(path)?)
    }
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    nbzero_files::write_whole(path, bytes).map_err(|error| Error::io("write", path, error))
}

#[cfg(test)]
mod tests;
