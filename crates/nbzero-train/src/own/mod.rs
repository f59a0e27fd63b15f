//! Images of one's own: a folder of pictures, or an archive of `NumPy` arrays.
//!
//! What belongs here: one file for each way in which people keep labelled images, and what all of them
//! have in common: two sets at one resolution ([`OwnImages`]), normalised by constants that are measured
//! on the training images, and a cache of what was decoded. Official datasets, whose constants are known,
//! are in [`dataset`](crate::dataset).

mod arrays;
mod cache;
mod error;
mod folder;
mod measure;
mod numbers;
mod picture;
mod set;
mod size;

pub use arrays::ArrayArchive;
pub use error::OwnImagesError;
pub use folder::PictureFolder;

use crate::Images;

/// Seed of the split into training and test images where nobody made one: the letters `nbzero`, and `test`.
const TEST_SEED: u64 = 0x6e62_7a65_726f ^ 0x7465_7374;

/// Training and test images of one's own, in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnImages {
    /// The training images.
    pub train: Images,
    /// The test images, with the normalisation of the training images.
    pub test: Images,
    /// Files that are named like pictures and are none, or damaged, with the reason.
    pub unreadable: Vec<(String, String)>,
}
