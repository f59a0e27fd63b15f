//! What can be wrong with images of one's own.

use std::io;
use std::path::PathBuf;

use crate::DataError;

/// Why there are no images: what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnImagesError {
    /// A folder that is none, or cannot be listed.
    #[error("{} cannot be listed as a folder of pictures; check the path", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A folder without a subfolder for each of at least two classes.
    #[error(
        "{} has {found}, where one folder of pictures for each of at least two classes is expected \
         (DIR/CLASS/*.png, or DIR/train/CLASS/*.png and DIR/test/CLASS/*.png)",
        path.display()
    )]
    Classes {
        /// The folder.
        path: PathBuf,
        /// What it has instead.
        found: String,
    },
    /// A class without a single picture.
    #[error(
        "{} has no picture (.png, .jpg, .jpeg or .webp); add some, or remove the folder",
        path.display()
    )]
    NoPictures {
        /// The folder of the class.
        path: PathBuf,
    },
    /// A class of test images that nothing can be learned of.
    #[error(
        "{} is a class that the training pictures do not have; they have {known}",
        path.display()
    )]
    UnknownClass {
        /// The folder of the class.
        path: PathBuf,
        /// The classes of the training pictures.
        known: String,
    },
    /// More classes than labels can tell apart.
    #[error("{} has {classes} classes, and at most {most} are possible", path.display())]
    TooManyClasses {
        /// The folder or file.
        path: PathBuf,
        /// Its classes.
        classes: usize,
        /// The most.
        most: usize,
    },
    /// Pictures of several sizes, without a size to bring them to.
    #[error("the images of {} are {sizes}: say with --resolution which size they get, such as 32 or 48x64", path.display())]
    Sizes {
        /// The folder or file.
        path: PathBuf,
        /// Which sizes there are.
        sizes: String,
    },
    /// Nobody made a test set, and there are too few images to split one off.
    #[error(
        "the images of {} have no test set, and a tenth of each class is none; add test images, or \
         give each class at least five",
        path.display()
    )]
    NoTest {
        /// The folder or file.
        path: PathBuf,
    },
    /// Not one picture could be decoded.
    #[error("none of the pictures in {} can be read; the first, {file}, is {reason}", path.display())]
    AllUnreadable {
        /// The folder.
        path: PathBuf,
        /// The first picture.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An archive that cannot be read.
    #[error("{} cannot be read as a NumPy archive (.npz): {reason}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Arrays that are missing or do not fit together.
    #[error("{}: {what}", path.display())]
    Arrays {
        /// The file.
        path: PathBuf,
        /// Which array, what it is, and what was expected.
        what: String,
    },
    /// Sets that are none.
    #[error(transparent)]
    Images(#[from] DataError),
}
