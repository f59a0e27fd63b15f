#![doc = include_str!("../README.md")]

mod bootstrap;
mod columns;
mod correlation;
mod error;
mod expected;
mod hybrid;
mod kendall;
mod mean_best_rank;
mod order;
mod partial;
mod pearson;
mod random;
mod scores;
mod spearman;
mod top;

pub use bootstrap::{Bootstrap, Interval};
pub use columns::{Accuracies, Costs};
pub use correlation::Correlation;
pub use error::Error;
pub use expected::{ExpectedMeanBestRank, ExpectedPick, expected_mean_best_rank};
pub use hybrid::{BestHybrid, Hybrid, Pool, Subset, log_rank_sum, rank_vote};
pub use kendall::kendall;
pub use mean_best_rank::{BudgetPick, MeanBestRank, RankScale, mean_best_rank};
pub use partial::partial_spearman;
pub use pearson::pearson;
pub use scores::{Direction, Scores};
pub use spearman::spearman;
pub use top::{TopIndex, best_rank_at, precision_at_top};
