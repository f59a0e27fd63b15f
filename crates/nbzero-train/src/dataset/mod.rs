//! The image datasets: their official files, read into memory.
//!
//! What belongs here: one file for each dataset's layout on disk ([`DatasetName`] lists them), and
//! the types that the rest of the crate knows them by ([`Images`], [`Dataset`]). Nothing outside
//! this folder knows file names or formats.

mod batch;
mod cifar;
mod file;
mod imagenet16;
mod images;
mod layout;
mod name;
mod normalisation;
mod pickle;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use images::{COLOURS, Images};
pub use name::DatasetName;
pub use normalisation::Normalisation;

use crate::DataError;
use layout::Labelled;

/// A dataset's training and test sets, in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Which dataset it is.
    pub name: DatasetName,
    /// The training images of all training files found, in the order of the files.
    pub train: Images,
    /// The test images (`ImageNet16`: the validation images, whose labels are public).
    pub test: Images,
    /// The files read, training files first: what a stored result should name as its data.
    pub files: Vec<PathBuf>,
}

/// Reads a dataset from `dir`, which is the folder of its files or that folder's parent.
///
/// CIFAR is read from its binary version or, where that is not there, from its Python version: the
/// images and their order are the same. Any number of the official training files may be there,
/// but at least one, and each may hold any number of records: subsets in the official layout load
/// like the whole. A file may be compressed with gzip, whatever its name.
///
/// # Errors
///
/// A missing folder or file, a file that cannot be read, is truncated or another kind of file, has
/// no images or labels outside the dataset's classes, or is a pickle of something else. The error
/// names the file, what was expected, and the remedy.
pub fn load(name: DatasetName, dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
    let layout = match name {
        DatasetName::Cifar10 => &cifar::CIFAR10,
        DatasetName::Cifar100 => &cifar::CIFAR100,
        DatasetName::ImageNet16 => &imagenet16::LAYOUT,
    };
    let found = layout.locate(dir.as_ref())?;
    let mut train = Labelled::default();
    for path in &found.train {
        train.append((layout.read)(path)?);
    }
    let test = (layout.read)(&found.test)?;
    let mut files = found.train;
    files.push(found.test);
    Ok(Dataset {
        name,
        train: train.into_images(name)?,
        test: test.into_images(name)?,
        files,
    })
}
