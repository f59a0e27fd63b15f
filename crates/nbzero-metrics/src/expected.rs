//! The expectation of mBR over searches that see some random candidates under each budget.

use serde::Serialize;

use crate::hybrid::mean;
use crate::{Accuracies, Costs, Error, Pool, RankScale, Scores};

/// What a search finds under one budget, on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedPick {
    /// The budget, in the unit of the costs.
    pub budget: f64,
    /// Number of candidates: networks that cost no more than the budget.
    pub candidates: usize,
    /// Number of them that the search sees: as many as asked for, or all if there are fewer.
    pub seen: usize,
    /// Expected rank ratio of the pick among the networks seen, in [0, 1).
    pub rank_ratio: f64,
}

/// Expected mean best rank, with what it is the mean of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectedMeanBestRank {
    /// Mean of `rank_ratio` over the budgets, in [0, 1); lower is better, the oracle has 0.
    pub value: f64,
    /// Number m of candidates that a search sees under each budget.
    pub draws: usize,
    /// What ranks were divided by.
    pub scale: RankScale,
    /// Fraction of networks with a defined score, from 0 to 1.
    pub coverage: f64,
    /// One entry a budget, from the smallest to the largest.
    pub budgets: Vec<ExpectedPick>,
}

/// Expected mBR: the [mBR](crate::mean_best_rank) that a search with `draws` random candidates under
/// each budget has on average.
///
/// Under each budget the search draws m of the n candidates without replacement (all of them if there
/// are fewer than m), picks the one of best score among those drawn, and its rank counts the drawn ones
/// of strictly higher accuracy, divided by m. The value is the exact mean over all draws. Where no
/// scores tie, candidate i, with b candidates of worse scores, is picked with the chance
/// C(b, m - 1) / C(n, m), and its expected rank ratio is (m - 1) / m times the share of those b that
/// have a higher accuracy. Of tied scores each drawn one is picked with the same chance, as in mBR;
/// undefined scores rank last, tied with each other. [`RankScale::Pool`] weighs each budget by its
/// share of the pool, n over the pool's size, as it does in mBR.
///
/// With m = n it is mBR, to the last bit. A proxy that ranks at random has (m - 1) / 2m: 0.45 with 10
/// draws. With fixed m the value estimates one and the same number whatever the size of the pool, and
/// it rests on all candidates and not on one pick a budget. O(n log n) a budget.
///
/// ```
/// use nbzero_metrics::{Accuracies, Costs, Direction, RankScale, Scores, expected_mean_best_rank};
///
/// let scores = Scores::new(&[1.0, 2.0, 3.0], Direction::Higher);
/// let accuracies = Accuracies::new(&[70.0, 60.0, 65.0])?;
/// let costs = Costs::new(&[1.0; 3])?;
/// let scale = RankScale::Candidates;
/// // Of the three pairs, two lead to the worse network of both: a rank ratio of 1/2.
/// let found = expected_mean_best_rank(&scores, &accuracies, &costs, 1, 2, scale)?;
/// assert!((found.value - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn expected_mean_best_rank(
    scores: &Scores,
    accuracies: &Accuracies,
    costs: &Costs,
    count: usize,
    draws: usize,
    scale: RankScale,
) -> Result<ExpectedMeanBestRank, Error> {
    if draws == 0 {
        return Err(Error::NoDraws);
    }
    let pool = Pool::new(&[scores], accuracies, costs, count, scale)?;
    let picks = pool.expected_picks(draws).into_iter();
    let budgets: Vec<ExpectedPick> = picks
        .map(|(under, rank_ratio)| ExpectedPick {
            budget: under.budget,
            candidates: under.candidates as usize,
            seen: draws.min(under.candidates as usize),
            rank_ratio,
        })
        .collect();
    let ratios: Vec<f64> = budgets.iter().map(|pick| pick.rank_ratio).collect();
    Ok(ExpectedMeanBestRank {
        value: mean(&ratios),
        draws,
        scale,
        coverage: scores.coverage(),
        budgets,
    })
}
