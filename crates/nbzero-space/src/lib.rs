#![doc = include_str!("../README.md")]

mod architecture;
mod chain;
mod error;
mod lower;
mod nas_bench_macro;
mod nb201;
mod population;
mod space;
mod summary;

pub use architecture::Architecture;
pub use chain::{Chain, Family, Stage, StageAttributes};
pub use error::ArchitectureError;
pub use nas_bench_macro::{MacroLayer, MacroNetwork};
pub use nb201::{Cell, CellNetwork, CellOperation, Skeleton};
pub use space::{Costs, Space, UnknownSpace};
pub use summary::{Histogram, Summary};
