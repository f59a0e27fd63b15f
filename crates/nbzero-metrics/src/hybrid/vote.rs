//! Rank voting: one proxy made of several.

use super::levels::{doubled_ranks, levels};
use crate::{Direction, Error, Scores, Subset};

/// The hybrid of several proxies by rank voting: each network's mean rank over the members.
///
/// Within each member, networks are ranked from 1 (worst) to n (best) in the direction of its
/// scores. Tied scores share their mean rank; undefined scores rank last, tied with each other, as
/// in every index. The hybrid's score is the mean of the members' ranks, higher is better. It is
/// defined where at least one member is; where none is, the network has the lowest ranks of all
/// members, so being undefined moves no other network.
///
/// Source: NAS-Bench-Zero, section 4.6; voting of proxies is due to Abdelfattah et al. 2021.
///
/// ```
/// use nbzero_metrics::{Direction, Scores, rank_vote};
///
/// let zen = Scores::new(&[3.0, 5.0, 4.0, f64::NAN], Direction::Higher);
/// let ntk = Scores::new(&[1.0, 9.0, 9.0, f64::NAN], Direction::Lower);
/// let hybrid = rank_vote(&[&zen, &ntk])?;
/// // Ranks of zen: 2, 4, 3, 1; of ntk: 4, 2.5, 2.5, 1.
/// let scores: Vec<Option<f64>> = (0..4).map(|row| hybrid.oriented(row)).collect();
/// assert_eq!(scores, [Some(3.0), Some(3.25), Some(2.75), None]);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn rank_vote(members: &[&Scores]) -> Result<Scores, Error> {
    let rows = check(members)?;
    let ones = vec![1; rows];
    let mut sums = vec![0; rows];
    for member in members {
        let ranks = doubled_ranks(&levels(member.ranking()), &ones);
        sums.iter_mut()
            .zip(ranks)
            .for_each(|(sum, rank)| *sum += u64::from(rank));
    }
    let mean = |(row, &sum): (usize, &u64)| {
        let defined = members.iter().any(|m| m.oriented(row).is_some());
        // Sums are small integers: equal sums have equal means, and others do not.
        let mean = sum as f64 / (2 * members.len()) as f64;
        if defined { mean } else { f64::NAN }
    };
    let means: Vec<f64> = sums.iter().enumerate().map(mean).collect();
    Ok(Scores::new(&means, Direction::Higher))
}

/// Number of networks, after checking that all members have as many and that none are too many for
/// sums of doubled ranks in 32 bits.
pub(super) fn check(members: &[&Scores]) -> Result<usize, Error> {
    let rows = members.first().ok_or(Error::NoMembers)?.len();
    if let Some(other) = members.iter().find(|member| member.len() != rows) {
        return Err(Error::Length {
            what: "scores of another proxy",
            scores: rows,
            found: other.len(),
        });
    }
    if rows > u32::MAX as usize / (4 * Subset::MOST_MEMBERS) {
        return Err(Error::PoolSize { rows });
    }
    Ok(rows)
}
