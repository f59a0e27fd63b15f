//! What becomes of the ranks of several proxies.

use serde::{Deserialize, Serialize};

use super::{log_rank_sum, rank_vote};
use crate::{Error, Scores};

/// How several proxies make one of their ranks.
///
/// ```
/// use nbzero_metrics::{Direction, RankRule, Scores};
///
/// let zen = Scores::new(&[80.0, 95.0, 110.0], Direction::Higher);
/// let flops = Scores::new(&[3.0, 1.0, 2.0], Direction::Higher);
/// let vote = RankRule::Vote.combine(&[&zen, &flops])?;
/// assert_eq!(vote.oriented(0), Some(2.0));
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankRule {
    /// Their mean: [`rank_vote`].
    Vote,
    /// The sum of the logarithms of rank / networks: [`log_rank_sum`].
    LogRanks,
}

impl RankRule {
    /// What the rule makes of these members.
    ///
    /// # Errors
    ///
    /// If there is none, or their lengths differ.
    pub fn combine(self, members: &[&Scores]) -> Result<Scores, Error> {
        match self {
            Self::Vote => rank_vote(members),
            Self::LogRanks => log_rank_sum(members),
        }
    }
}
