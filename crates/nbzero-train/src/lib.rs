#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failed test should panic")
)]

pub mod augment;
pub mod batches;
pub mod dataset;
mod error;
mod recipe;
pub mod resize;
mod rng;
pub mod split;
mod trainer;

pub use augment::Augmentation;
pub use batches::{Batch, EpochBatches, first_batch};
pub use dataset::{Dataset, DatasetName, Images, Normalisation, load};
pub use error::DataError;
pub use recipe::{Recipe, UnknownRecipe};
pub use resize::resize;
pub use split::{NasSplit, nas_split};
pub use trainer::{Progress, Sets, TooFewImages, Trained, Training, accuracy, train};
