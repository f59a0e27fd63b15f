#![doc = include_str!("../README.md")]

mod batch;
mod chosen;
mod cost;
mod features;
mod group;
mod noise;
mod patterns;
mod plan;
mod precision;
pub mod proxies;
mod proxy;
mod run;
mod score;
mod settings;
mod spectrum;
mod suite;

mod sweep;

pub use batch::{Batch, BatchSize};
pub use cost::ProxyCost;
pub use group::{Group, UnknownGroup};
pub use noise::NoisePair;
pub use patterns::Patterns;
pub use plan::PlannedSweep;
pub use precision::Precision;
pub use proxy::{Definition, Direction, Needs, Proxy};
pub use score::{Interval, Score, Undefined};
pub use settings::{InvalidSettings, Settings, WantedSize};
pub use suite::{NamedScore, ProxyConstructor, Scores, Suite, UnknownProxy};
pub use sweep::{Sweep, SweepCost};
