//! Every subset of the proxies of a pool.

use serde::Serialize;

use super::pool::Judge;
use crate::levels::doubled_ranks;
use crate::{Error, Pool, Subset};

/// mBRs that differ by less are the same number, summed differently.
const ROUNDING: f64 = 1e-12;

/// A hybrid proxy and its mBR.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hybrid {
    /// The proxies that vote.
    pub subset: Subset,
    /// Their mBR, in [0, 1); lower is better.
    pub mean_best_rank: f64,
}

/// The best hybrid of a given number of proxies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestHybrid {
    /// The hybrid of smallest mBR; of several, the one of smallest [`Subset::bits`].
    pub hybrid: Hybrid,
    /// Number of hybrids of this size that have this mBR, itself included.
    pub tied: usize,
}

impl Pool {
    /// Most proxies of which all subsets are searched: a million subsets.
    pub const MOST_SEARCHED: usize = 20;

    /// Each of the 2^k - 1 subsets of the k proxies with its mBR; that with bits b is entry b - 1.
    ///
    /// Subsets are visited in the order of a Gray code, in which each differs from the one before in
    /// one member: its ranks are added to the sums or taken from them. The time is 2^k passes over
    /// the networks.
    ///
    /// # Errors
    ///
    /// If the pool has more than [`MOST_SEARCHED`](Self::MOST_SEARCHED) proxies.
    pub fn all_subsets(&self) -> Result<Vec<Hybrid>, Error> {
        if self.members() > Self::MOST_SEARCHED {
            return Err(Error::TooManyMembers {
                members: self.members(),
                most: Self::MOST_SEARCHED,
            });
        }
        let mut judge = Judge::new(&self.columns, self.count, self.scale);
        let ranks = |levels: &Vec<u32>| doubled_ranks(levels, &self.columns.weights);
        let ranks: Vec<Vec<u32>> = self.columns.members.iter().map(ranks).collect();

        let mut found = vec![0.0; (1 << ranks.len()) - 1];
        let mut sums = vec![0_u32; self.columns.weights.len()];
        let mut bits = 0_usize;
        for step in 1..=found.len() {
            let member = step.trailing_zeros() as usize;
            bits ^= 1 << member;
            let joins = bits >> member & 1 == 1;
            let changes = sums.iter_mut().zip(&ranks[member]);
            if joins {
                changes.for_each(|(sum, rank)| *sum += rank);
            } else {
                changes.for_each(|(sum, rank)| *sum -= rank);
            }
            found[bits - 1] = judge.mean_best_rank(&sums);
        }
        let hybrid = |(bits, mean_best_rank)| Hybrid {
            subset: Subset::from_bits(bits),
            mean_best_rank,
        };
        Ok((1..).zip(found).map(hybrid).collect())
    }

    /// The best hybrid of 1, 2, ..., k proxies, found among [all subsets](Self::all_subsets).
    ///
    /// It is chosen by looking at the accuracies, so its mBR on this pool flatters it; judge it on
    /// another pool, with [`mean_best_ranks`](Self::mean_best_ranks).
    ///
    /// Source: NAS-Bench-Zero, figure 9.
    ///
    /// # Errors
    ///
    /// As of [`all_subsets`](Self::all_subsets).
    pub fn best_of_each_size(&self) -> Result<Vec<BestHybrid>, Error> {
        let mut best: Vec<Option<BestHybrid>> = vec![None; self.members()];
        for hybrid in self.all_subsets()? {
            let slot = &mut best[hybrid.subset.len() - 1];
            let known = slot.map_or(f64::INFINITY, |best| best.hybrid.mean_best_rank);
            if hybrid.mean_best_rank < known - ROUNDING {
                *slot = Some(BestHybrid { hybrid, tied: 1 });
            } else if let Some(best) = slot
                && hybrid.mean_best_rank <= known + ROUNDING
            {
                best.tied += 1;
            }
        }
        Ok(best.into_iter().flatten().collect())
    }
}
