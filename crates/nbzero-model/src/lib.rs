#![doc = include_str!("../README.md")]

mod error;
mod init;
mod layer;
mod network;
mod op;
mod random;
mod schedule;
pub mod sweep;
mod weights;

pub use error::ModelError;
pub use layer::{Convolution, Dense, Layer};
pub use network::{Network, ParameterChange};
pub use random::Normals;
pub use weights::{NamedBatch, read_batch, read_classes};
