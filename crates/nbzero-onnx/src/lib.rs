#![doc = include_str!("../README.md")]

mod attributes;
mod error;
mod external;
mod fold;
mod formula;
mod network;
mod op;
pub mod proto;
mod read;
mod reader;
mod tensor;
mod trouble;
mod value;
mod view;
mod write;

pub use error::{OnnxError, Unsupported};
pub use network::{NamedTensor, OnnxNetwork};
pub use read::{from_bytes, read};
pub use write::write;
