#![doc = include_str!("../README.md")]

mod architecture;
mod error;
mod family;
mod parse;
mod population;
mod space;
mod summary;

pub use architecture::{Architecture, Stage, StageAttributes};
pub use error::ArchitectureError;
pub use family::Family;
pub use space::{Costs, Space, UnknownSpace};
pub use summary::{Histogram, Summary};
