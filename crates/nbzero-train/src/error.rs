//! What can be wrong with image data.

use std::io;
use std::path::PathBuf;

use crate::dataset::DatasetName;

/// An error of this crate's data half: what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A name that is no dataset's.
    #[error("no dataset is called `{name}`; choose cifar10, cifar100 or imagenet16")]
    UnknownDataset {
        /// The name as given.
        name: String,
    },
    /// The folder given does not exist or is no folder.
    #[error(
        "{} {what} give the folder to read {dataset} from, which holds {expected}, or its parent \
         ({remedy})",
        dir.display()
    )]
    FolderMissing {
        /// The dataset asked for.
        dataset: DatasetName,
        /// The folder as given.
        dir: PathBuf,
        /// What it is instead.
        what: &'static str,
        /// The files that belong there.
        expected: &'static str,
        /// Where they come from.
        remedy: &'static str,
    },
    /// The folder exists, but not all the files needed are in it.
    #[error(
        "the folder {} holds no {missing}, and {dataset} is read from {expected}; give the folder \
         that holds them, or its parent ({remedy})",
        dir.display()
    )]
    FilesMissing {
        /// The dataset asked for.
        dataset: DatasetName,
        /// The folder searched.
        dir: PathBuf,
        /// The file, or range of files, not found.
        missing: String,
        /// All files of the layout.
        expected: &'static str,
        /// Where they come from.
        remedy: &'static str,
    },
    /// A file could not be read.
    #[error("{} cannot be read; check the file and its permissions", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file that begins as gzip does, and does not go on so.
    #[error(
        "{} is compressed with gzip and damaged or cut short ({reason}); download or copy it again",
        path.display()
    )]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What the decompressor says.
        reason: String,
    },
    /// A file larger than any of images, perhaps only when decompressed.
    #[error(
        "{} holds more than {limit} bytes, and no file of images does; give one of the official \
         files",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A file of another kind under the name of an image file.
    #[error("{} is {what}, not a file of the dataset; {remedy}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A file of fixed-size records does not hold a whole number of them, or none at all.
    #[error(
        "{} is truncated: its {size} bytes are no whole number of records of {record} bytes; \
         download or unpack it again",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: usize,
        /// The size of one record in bytes.
        record: usize,
    },
    /// A label outside the dataset's classes.
    #[error(
        "{} is damaged or of another dataset: record {record} (counted from 0) has label {label}, \
         where {first} to {last} are possible; download or unpack it again",
        path.display()
    )]
    Label {
        /// The file.
        path: PathBuf,
        /// The record, counted from 0.
        record: usize,
        /// The label found.
        label: i64,
        /// The smallest label of the layout.
        first: i64,
        /// The largest label of the layout.
        last: i64,
    },
    /// A pickle that this crate's reader refuses, or that is damaged.
    #[error(
        "{} is no pickle of images that can be read safely: {what} at byte {position}; download \
         or unpack the official file again",
        path.display()
    )]
    Pickle {
        /// The file.
        path: PathBuf,
        /// The byte at which reading stopped.
        position: usize,
        /// What was found there.
        what: String,
    },
    /// A pickle that was read, but whose contents are not those of an image batch.
    #[error(
        "{} does not hold images of {dataset}: {what}; download or unpack the official file again",
        path.display()
    )]
    Contents {
        /// The file.
        path: PathBuf,
        /// The dataset asked for.
        dataset: DatasetName,
        /// What is missing or wrong.
        what: String,
    },
    /// Pixels, labels, resolution and classes that do not fit together.
    #[error("these are no images: {what}")]
    Images {
        /// What does not fit, and what was expected.
        what: String,
    },
    /// A batch larger than the set it is drawn from.
    #[error("a batch of {wanted} images cannot be drawn from a set of {available}; ask for fewer")]
    TooFewImages {
        /// The batch size asked for.
        wanted: usize,
        /// The size of the set.
        available: usize,
    },
}
