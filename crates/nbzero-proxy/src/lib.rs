#![doc = include_str!("../README.md")]

mod batch;
pub mod proxies;
mod proxy;
mod score;
mod suite;
mod sweep;

pub use batch::Batch;
pub use proxy::{Definition, Direction, Proxy};
pub use score::{Score, Undefined};
pub use suite::{NamedScore, ProxyConstructor, Scores, Suite, UnknownProxy};
pub use sweep::Sweep;
