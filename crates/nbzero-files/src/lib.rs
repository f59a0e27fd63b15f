#![doc = include_str!("../README.md")]

mod kind;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub use kind::{Kind, kind_of};

/// Links that are followed one after another before they count as a circle, as on Linux.
const MOST_LINKS: usize = 40;

/// Writes a file whole or not at all, in the place of what was there before.
///
/// # Errors
///
/// If the folder is not there, `path` is something else than a file, or the system refuses. What was there
/// before stays, and nothing else is left behind.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = place_of(path)?;
    let folder = existing_folder_of(&path)?;
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    sync_folder(folder);
    Ok(())
}

/// Reads a file whole; of what has no size of its own, a pipe or a device, up to 1 GiB.
///
/// # Errors
///
/// If the system refuses, there is no memory for it, or a pipe or a device goes on (`/dev/zero` has no end).
pub fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    const MOST: u64 = 1 << 30;
    let file = File::open(path)?;
    if file.metadata()?.is_file() {
        drop(file);
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        let what = "this is a device or a pipe that goes on after 1 GiB: give a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(bytes)
}

/// Whether [`write_whole`] could replace what is at `path`: says so before long work is done for it.
///
/// # Errors
///
/// As [`write_whole`], but that nothing is written.
pub fn check_place(path: &Path) -> io::Result<()> {
    let path = place_of(path)?;
    temporary(existing_folder_of(&path)?).map(drop)
}

/// Where a file is, at the end of all links.
fn place_of(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(found) = fs::symlink_metadata(&place) else {
            // What is not there can be made.
            return Ok(place);
        };
        let kind = found.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(&place)?;
            // A relative link starts where it is.
            place = folder_of(&place).join(target);
        } else if kind.is_dir() {
            let what = "this is a folder: name a file in it";
            return Err(io::Error::new(io::ErrorKind::IsADirectory, what));
        } else if kind.is_file() {
            return Ok(place);
        } else {
            let what = "this is a device or a pipe and no file: name a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
    }
    let what = "links lead from here in a circle: name a file";
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// The folder that a file is to be in.
///
/// # Errors
///
/// If it is not there.
pub fn existing_folder_of(path: &Path) -> io::Result<&Path> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let what = format!("there is no folder {}: make it first", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, what));
    }
    Ok(folder)
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A new file that removes itself unless it is kept, with the permissions of ordinary files.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nbzero-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes a new name in a folder survive a power failure, where the system offers that.
///
/// Not every file system does, and the file itself is safe already: failures do not matter.
pub fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
