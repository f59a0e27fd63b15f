#![doc = include_str!("../README.md")]

mod bootstrap;
mod columns;
mod correlation;
mod error;
mod expected;
mod hybrid;
mod kendall;
mod levels;
mod mean_best_rank;
mod median;
mod order;
mod partial;
mod pearson;
mod random;
mod ranked_pair;
mod scores;
mod spearman;
mod top;

pub use bootstrap::{Bootstrap, Interval, Resample};
pub use columns::{Accuracies, Costs};
pub use correlation::Correlation;
pub use error::Error;
pub use expected::{ExpectedMeanBestRank, ExpectedPick, expected_mean_best_rank};
pub use hybrid::{BestHybrid, Hybrid, Pool, RankRule, Subset, Voters, log_rank_sum, rank_vote};
pub use kendall::kendall;
pub use mean_best_rank::{BudgetPick, MeanBestRank, RankScale, mean_best_rank};
pub use median::median;
pub use partial::partial_spearman;
pub use pearson::pearson;
pub use ranked_pair::RankedPair;
pub use scores::{Direction, Scores};
pub use spearman::spearman;
pub use top::{TopIndex, best_rank_at, precision_at_top};
