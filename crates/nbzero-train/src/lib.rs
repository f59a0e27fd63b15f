#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failed test should panic")
)]

pub mod augment;
pub mod batches;
pub mod dataset;
mod error;
pub mod resize;
mod rng;
pub mod split;

pub use augment::Augmentation;
pub use batches::{Batch, EpochBatches, first_batch};
pub use dataset::{Dataset, DatasetName, Images, Normalisation, load};
pub use error::DataError;
pub use resize::resize;
pub use split::{NasSplit, nas_split};
