//! Hybrid proxies: rank voting, and the mBR of every subset of proxies.

mod expectation;
mod levels;
mod pool;
mod resample;
mod search;
mod subset;
mod vote;

pub use pool::Pool;
pub(crate) use pool::mean;
pub use search::{BestHybrid, Hybrid};
pub use subset::Subset;
pub use vote::rank_vote;
