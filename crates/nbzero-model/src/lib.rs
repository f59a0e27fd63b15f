#![doc = include_str!("../README.md")]

mod batch_file;
mod error;
mod init;
mod latency;
mod layer;
mod network;
mod op;
mod random;
mod scaled;
mod schedule;
mod sum;
pub mod sweep;
mod tensor_file;
mod weights;

pub use batch_file::{NamedBatch, read_batch};
pub use error::ModelError;
pub use latency::latency;
pub use layer::{Convolution, Dense, Layer, LayerNorm, Values};
pub use network::{Network, ParameterChange};
pub use random::Normals;
pub use sum::sum;
pub use weights::Weights;
