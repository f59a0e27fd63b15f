//! Proxies ranked once, for many hybrids of them.

use super::vote::check;
use crate::levels::{doubled_ranks, levels};
use crate::{Direction, Error, Scores};

/// The ranks that several proxies give the networks of one pool: a hybrid of some of them is a sum of what
/// is there, and nothing is sorted again.
///
/// ```
/// use nbzero_metrics::{Direction, Scores, Voters, rank_vote};
///
/// let zen = Scores::new(&[3.0, 5.0, 4.0, f64::NAN], Direction::Higher);
/// let ntk = Scores::new(&[1.0, 9.0, 9.0, f64::NAN], Direction::Lower);
/// let voters = Voters::new(&[&zen, &ntk])?;
/// assert_eq!(voters.vote(&[0, 1])?, rank_vote(&[&zen, &ntk])?);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Voters {
    rows: usize,
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    /// Twice the mean rank of each network, from 1, the worst.
    ranks: Vec<u32>,
    /// ln(rank / networks).
    logarithms: Vec<f64>,
    defined: Vec<bool>,
}

impl Voters {
    /// Ranks each column, which all have one row a network.
    ///
    /// # Errors
    ///
    /// If there is no column, if two differ in length, or if there are too many networks.
    pub fn new(members: &[&Scores]) -> Result<Self, Error> {
        let rows = check(members)?;
        let ones = vec![1; rows];
        let member = |scores: &&Scores| {
            let ranks = doubled_ranks(&levels(scores.ranking()), &ones);
            let logarithm = |&rank: &u32| (f64::from(rank) / (2 * rows) as f64).ln();
            Member {
                logarithms: ranks.iter().map(logarithm).collect(),
                defined: (0..rows)
                    .map(|row| scores.oriented(row).is_some())
                    .collect(),
                ranks,
            }
        };
        Ok(Self {
            rows,
            members: members.iter().map(member).collect(),
        })
    }

    /// The [`rank_vote`](crate::rank_vote) of the members at these positions.
    ///
    /// # Errors
    ///
    /// If there is no position, or no proxy at one.
    pub fn vote(&self, members: &[usize]) -> Result<Scores, Error> {
        let members = self.chosen(members)?;
        let twice = (2 * members.len()) as f64;
        // Sums are small integers: equal sums have equal means, and others do not.
        Ok(self.combined(&members, |row| {
            let sum: u64 = members.iter().map(|m| u64::from(m.ranks[row])).sum();
            sum as f64 / twice
        }))
    }

    /// The [`log_rank_sum`](crate::log_rank_sum) of the members at these positions.
    ///
    /// # Errors
    ///
    /// If there is no position, or no proxy at one.
    pub fn log_rank_sum(&self, members: &[usize]) -> Result<Scores, Error> {
        let members = self.chosen(members)?;
        Ok(self.combined(&members, |row| {
            members.iter().map(|m| m.logarithms[row]).sum()
        }))
    }

    fn chosen(&self, positions: &[usize]) -> Result<Vec<&Member>, Error> {
        if positions.is_empty() {
            return Err(Error::NoMembers);
        }
        let members = self.members.len();
        let at = |&member: &usize| {
            let found = self.members.get(member);
            found.ok_or(Error::Member { member, members })
        };
        positions.iter().map(at).collect()
    }

    /// A value for each network of which a member is defined.
    fn combined(&self, members: &[&Member], value: impl Fn(usize) -> f64) -> Scores {
        let score = |row: usize| {
            let defined = members.iter().any(|member| member.defined[row]);
            if defined { value(row) } else { f64::NAN }
        };
        let scores: Vec<f64> = (0..self.rows).map(score).collect();
        Scores::new(&scores, Direction::Higher)
    }
}
