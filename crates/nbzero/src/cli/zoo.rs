//! A folder of networks: ONNX files, which tables and scores name by their file names.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::failure::Failure;
use super::network::{Given, GivenError};
use super::remark::say;

/// The ONNX files of a folder by their names; those of folders in it are none.
pub(crate) fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let name = folder.display();
    let unreadable =
        |error: io::Error| Failure::Input(anyhow!("cannot read the folder {name}: {error}"));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_onnx = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("onnx"));
        if is_onnx && path.is_file() {
            let file = path.file_name().unwrap_or_default();
            files.insert(file.to_string_lossy().into_owned(), path);
        }
    }
    if files.is_empty() {
        return Err(Failure::Input(anyhow!(
            "{name} has no ONNX files: expected files named *.onnx"
        )));
    }
    Ok(files)
}

/// Reads the networks of a folder, one after the other. One that cannot be read is said on standard error
/// and left out.
pub(crate) fn read(
    files: BTreeMap<String, PathBuf>,
    mut take: impl FnMut(String, Given),
) -> Result<(), Failure> {
    let (mut taken, mut first) = (0, None);
    for (name, path) in files {
        match Given::parse(&path.to_string_lossy()) {
            Ok(given) => {
                given.warn();
                taken += 1;
                take(name, given);
            }
            Err(GivenError::Onnx(Failure::Input(error))) => {
                say(format_args!("warning: left out: {error:#}"));
                first.get_or_insert(error);
            }
            Err(GivenError::Onnx(other)) => return Err(other),
            Err(GivenError::Architecture(error)) => return Err(Failure::input(error)),
        }
    }
    match first {
        Some(error) if taken == 0 => Err(Failure::Input(
            error.context("no network of the folder can be read; the first says"),
        )),
        _ => Ok(()),
    }
}
