#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failed test should panic")
)]

mod ahead;
pub mod augment;
pub mod batches;
pub mod dataset;
mod error;
mod learner;
mod memory;
pub mod mixup;
mod own;
mod prepare;
mod recipe;
pub mod resize;
mod rng;
pub mod split;
mod trainer;
mod variant;

pub use augment::{Augmentation, Policy};
pub use batches::{Batch, EpochBatches, first_batch};
pub use dataset::{COLOURS, Dataset, DatasetName, Images, Normalisation, load};
pub use error::DataError;
pub use memory::training_bytes;
pub use mixup::Mixup;
pub use own::{ArrayArchive, OwnImages, OwnImagesError, PictureFolder};
pub use recipe::{Decayed, NotInColour, Recipe, TooFewImages};
pub use resize::resize;
pub use split::{NasSplit, nas_split};
pub use trainer::{NotTrained, Progress, Sets, Trained, Training, accuracy, train, train_from};
pub use variant::UnknownRecipe;
