//! Finding a dataset's files, and what is read from one of them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::DataError;
use crate::dataset::{DatasetName, Images};

/// A dataset's files on disk.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) dataset: DatasetName,
    /// The folder that the official archive unpacks to.
    pub(super) folder: &'static str,
    /// Training files; any of them may be missing, but not all.
    pub(super) train: &'static [&'static str],
    /// The training files in words, for messages.
    pub(super) train_words: &'static str,
    pub(super) test: &'static str,
    /// All files in words, for messages.
    pub(super) expected: &'static str,
    /// Where the files come from, for messages.
    pub(super) remedy: &'static str,
    /// Reads one of the files.
    pub(super) read: fn(&Path) -> Result<Labelled, DataError>,
}

/// The files of a dataset that exist.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) train: Vec<PathBuf>,
    pub(super) test: PathBuf,
}

impl Layout {
    /// Finds the files in `dir`, or in its folder of the archive's name.
    pub(super) fn locate(&self, dir: &Path) -> Result<Found, DataError> {
        if !dir.is_dir() {
            return Err(DataError::FolderMissing {
                dataset: self.dataset,
                dir: dir.to_owned(),
                expected: self.expected,
                remedy: self.remedy,
            });
        }
        let inner = dir.join(self.folder);
        let dir = if !self.any_file_in(dir) && inner.is_dir() {
            &inner
        } else {
            dir
        };
        let train: Vec<_> = self
            .train
            .iter()
            .map(|name| dir.join(name))
            .filter(|path| path.is_file())
            .collect();
        let test = dir.join(self.test);
        let missing = match (train.is_empty(), test.is_file()) {
            (false, true) => return Ok(Found { train, test }),
            (true, _) => self.train_words,
            (false, false) => self.test,
        };
        Err(DataError::FilesMissing {
            dataset: self.dataset,
            dir: dir.to_owned(),
            missing,
            expected: self.expected,
            remedy: self.remedy,
        })
    }

    fn any_file_in(&self, dir: &Path) -> bool {
        self.train
            .iter()
            .chain([&self.test])
            .any(|name| dir.join(name).is_file())
    }
}

/// Images and labels of one or several files, before they are a set.
#[derive(Debug, Default)]
pub(super) struct Labelled {
    pub(super) pixels: Vec<u8>,
    pub(super) labels: Vec<u16>,
}

impl Labelled {
    pub(super) fn append(&mut self, other: Self) {
        if self.labels.is_empty() {
            *self = other;
        } else {
            self.pixels.extend_from_slice(&other.pixels);
            self.labels.extend_from_slice(&other.labels);
        }
    }

    pub(super) fn into_images(self, name: DatasetName) -> Result<Images, DataError> {
        Images::new(
            self.pixels,
            self.labels,
            name.resolution(),
            name.classes(),
            name.normalisation(),
        )
    }
}

/// The whole of a file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    fs::read(path).map_err(|source| DataError::Read {
        path: path.to_owned(),
        source,
    })
}
