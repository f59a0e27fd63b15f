//! Rank voting: one proxy made of several.

use crate::{Error, Scores, Subset, Voters};

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
    Voters::new(members)?.vote(&(0..members.len()).collect::<Vec<_>>())
}

/// Number of networks, after checking that all members have as many and that none are too many for
/// sums of doubled ranks in 32 bits.
pub(crate) fn check(members: &[&Scores]) -> Result<usize, Error> {
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
