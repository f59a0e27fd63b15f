#![doc = include_str!("../README.md")]

mod architecture;
mod chain;
mod channel_bench;
mod error;
mod lower;
mod naap_440;
mod nas_bench_macro;
mod nats_size;
mod nb201;
mod population;
mod space;
mod summary;
mod transnas_macro;
mod variation;

pub use architecture::Architecture;
pub use chain::{Chain, Family, Stage, StageAttributes};
pub use channel_bench::{ChannelBlock, ChannelNetwork};
pub use error::ArchitectureError;
pub use naap_440::ConvolutionNetwork;
pub use nas_bench_macro::{MacroLayer, MacroNetwork};
pub use nats_size::SizeNetwork;
pub use nb201::{Cell, CellNetwork, CellOperation, Skeleton};
pub use space::{ChainRules, Costs, Space, SpaceFileError, SpaceProblem, TooFew, UnknownSpace};
pub use summary::{Histogram, Summary};
pub use transnas_macro::ModuleNetwork;
pub use variation::Variation;
