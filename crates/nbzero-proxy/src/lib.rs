#![doc = include_str!("../README.md")]

mod batch;
mod chosen;
mod noise;
mod plan;
pub mod proxies;
mod proxy;
mod run;
mod score;
mod settings;
mod suite;
mod sweep;

pub use batch::{Batch, BatchSize};
pub use noise::NoisePair;
pub use plan::PlannedSweep;
pub use proxy::{Definition, Direction, Proxy};
pub use score::{Interval, Score, Undefined};
pub use settings::{InvalidSettings, Settings};
pub use suite::{NamedScore, ProxyConstructor, Scores, Suite, UnknownProxy};
pub use sweep::{Sweep, SweepCost};
