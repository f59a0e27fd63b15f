//! Finding a dataset's files, and what is read from one of them.

use std::path::{Path, PathBuf};

use crate::DataError;
use crate::dataset::{DatasetName, Images};

/// A dataset's files on disk.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) dataset: DatasetName,
    /// The official versions, the preferred one first.
    pub(super) versions: &'static [Version],
    /// All files in words, for messages.
    pub(super) expected: &'static str,
    /// Where the files come from, for messages.
    pub(super) remedy: &'static str,
    /// Reads one of the files.
    pub(super) read: fn(&Path) -> Result<Labelled, DataError>,
}

/// The names of a version's files.
#[derive(Debug)]
pub(super) struct Version {
    /// The folder that the official archive unpacks to.
    pub(super) folder: &'static str,
    /// Training files; any of them may be missing, but not all.
    pub(super) train: &'static [&'static str],
    /// The training files in words, for messages.
    pub(super) train_words: &'static str,
    pub(super) test: &'static str,
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
                what: if dir.is_file() {
                    "is a file and no folder: unpack it where it is an archive, and"
                } else {
                    "is no folder:"
                },
                expected: self.expected,
                remedy: self.remedy,
            });
        }
        let here = self
            .versions
            .iter()
            .map(|version| (version, dir.to_owned()));
        let inside = self.versions.iter();
        let inside = inside.map(|version| (version, dir.join(version.folder)));
        // What is missing beside the first file that is there, or all of it.
        let mut incomplete = None;
        for (version, dir) in here.chain(inside) {
            match version.find(&dir) {
                Ok(found) => return Ok(found),
                Err((true, missing)) if incomplete.is_none() => incomplete = Some((dir, missing)),
                Err(_) => {}
            }
        }
        let words = self.versions.iter().map(|version| version.train_words);
        let (dir, missing) = incomplete
            .unwrap_or_else(|| (dir.to_owned(), words.collect::<Vec<_>>().join(" and no ")));
        Err(DataError::FilesMissing {
            dataset: self.dataset,
            dir,
            missing,
            expected: self.expected,
            remedy: self.remedy,
        })
    }
}

impl Version {
    /// The files in a folder; else whether there is any, and what is missing.
    fn find(&self, dir: &Path) -> Result<Found, (bool, String)> {
        let train: Vec<_> = self
            .train
            .iter()
            .map(|name| dir.join(name))
            .filter(|path| path.is_file())
            .collect();
        let test = dir.join(self.test);
        match (train.is_empty(), test.is_file()) {
            (false, true) => Ok(Found { train, test }),
            (false, false) => Err((true, self.test.to_owned())),
            (true, any) => Err((any, self.train_words.to_owned())),
        }
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
