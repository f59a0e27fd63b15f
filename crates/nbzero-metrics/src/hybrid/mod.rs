//! Hybrid proxies: rank voting and log-rank sums, and the mBR of every subset of proxies.

mod expectation;
mod log_rank;
mod pool;
mod resample;
mod rule;
mod search;
mod subset;
mod vote;
mod voters;

pub use log_rank::log_rank_sum;
pub use pool::Pool;
pub(crate) use pool::mean;
pub use rule::RankRule;
pub use search::{BestHybrid, Hybrid};
pub use subset::Subset;
pub(crate) use vote::check;
pub use vote::rank_vote;
pub use voters::Voters;
