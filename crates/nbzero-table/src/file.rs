//! Tables on disk.

use std::fs::File;
use std::io::Write;
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

/// Writes a file whole or not at all: to a new file beside `path`, which then takes its place.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let io = |error| Error::io("write", path, error);
    let folder = folder_of(path);
    if !folder.exists() {
        let what = format!("there is no folder {}: make it first", folder.display());
        return Err(io(std::io::Error::new(std::io::ErrorKind::NotFound, what)));
    }
    let mut file = temporary(folder).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist(path).map_err(|error| io(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A new file that removes itself unless it is kept, with the permissions of ordinary files.
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nbzero-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's mask takes away.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes a new name in a folder survive a power failure, where the system offers that.
///
/// Not every file system does, and the file itself is safe already: failures do not matter.
pub(crate) fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests;
