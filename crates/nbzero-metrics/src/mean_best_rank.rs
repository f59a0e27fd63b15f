//! Mean best rank under budgets (mBR).

use serde::{Deserialize, Serialize};

use crate::order::{count_above, sorted};
use crate::{Accuracies, Costs, Error, Scores};

/// What a rank under a budget is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RankScale {
    /// The number of candidates under that budget: every budget weighs the same.
    #[default]
    Candidates,
    /// The size of the whole pool, the letter of equation 1.
    Pool,
}

/// What a proxy picks under one budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BudgetPick {
    /// The budget, in the unit of the costs.
    pub budget: f64,
    /// Number of candidates: networks that cost no more than the budget.
    pub candidates: usize,
    /// Number of candidates that share the best score; all others of this struct are means over them.
    pub tied: usize,
    /// Number of candidates of strictly higher accuracy than the pick, from 0.
    pub rank: f64,
    /// `rank` over the number of candidates or the pool's size (see [`RankScale`]), in [0, 1).
    pub rank_ratio: f64,
    /// Accuracy of the pick, in the unit of the accuracies.
    pub accuracy: f64,
}

/// Mean best rank, with what it is the mean of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanBestRank {
    /// Mean of `rank_ratio` over the budgets, in [0, 1); lower is better, the oracle has 0.
    pub value: f64,
    /// What ranks were divided by.
    pub scale: RankScale,
    /// Fraction of networks with a defined score, from 0 to 1.
    pub coverage: f64,
    /// One entry a budget, from the smallest to the largest.
    pub budgets: Vec<BudgetPick>,
}

/// Mean best rank (mBR) under `count` budgets: how far from the best possible pick a proxy leads.
///
/// Budget i of M is min + (i/M)(max - min) over the costs of the pool; the paper has M = 5, that is
/// 20%, 40%, ..., 100% of the range. Under each, the proxy picks among the networks that cost no
/// more the one of best score (among tied ones, each with the same weight); its rank is the number
/// of candidates of strictly higher accuracy. mBR is the mean over the budgets of rank / scale.
/// Undefined scores rank last: they are picked only where no candidate has a defined one.
///
/// Source: NAS-Bench-Zero, section 3.4, equation 1, which divides by the pool's size;
/// [`RankScale::Candidates`], the default, is the deviation that makes tight budgets count as much
/// as loose ones.
///
/// ```
/// use nbzero_metrics::{Accuracies, Costs, Direction, RankScale, Scores, mean_best_rank};
///
/// let scores = Scores::new(&[1.0, 2.0, 4.0, 3.0], Direction::Higher);
/// let accuracies = Accuracies::new(&[60.0, 70.0, 71.0, 75.0])?;
/// let costs = Costs::new(&[0.0, 4.0, 8.0, 10.0])?;
/// let mbr = mean_best_rank(&scores, &accuracies, &costs, 2, RankScale::Candidates)?;
/// // Budget 5: picks the better of two. Budget 10: picks the second of four.
/// assert_eq!(mbr.value, (0.0 + 1.0 / 4.0) / 2.0);
/// assert_eq!(mbr.budgets[1].accuracy, 71.0);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn mean_best_rank(
    scores: &Scores,
    accuracies: &Accuracies,
    costs: &Costs,
    count: usize,
    scale: RankScale,
) -> Result<MeanBestRank, Error> {
    let accuracies = accuracies.check_len(scores.len())?;
    let costs = costs.check_len(scores.len())?;
    let budgets: Vec<BudgetPick> = budgets(costs, count)?
        .map(|budget| {
            let rows = (0..costs.len()).filter(|&row| costs[row] <= budget);
            let candidates = rows.map(|row| (scores.ranking()[row], accuracies[row]));
            pick(budget, &candidates.collect::<Vec<_>>(), costs.len(), scale)
        })
        .collect();
    Ok(MeanBestRank {
        value: budgets.iter().map(|b| b.rank_ratio).sum::<f64>() / budgets.len() as f64,
        scale,
        coverage: scores.coverage(),
        budgets,
    })
}

/// The budgets, each at least the smallest cost (so that there is a candidate) and the last exactly
/// the largest.
pub(crate) fn budgets(costs: &[f64], count: usize) -> Result<impl Iterator<Item = f64>, Error> {
    if count == 0 {
        return Err(Error::NoBudgets);
    }
    let smallest = costs.iter().copied().reduce(f64::min).ok_or(Error::Empty)?;
    let largest = costs.iter().copied().fold(smallest, f64::max);
    Ok((1..=count).map(move |i| {
        let share = i as f64 / count as f64;
        let budget = smallest + share * (largest - smallest);
        // Of unknown costs the largest is the smallest, and no number.
        if i == count || smallest >= largest {
            largest
        } else {
            budget.clamp(smallest, largest)
        }
    }))
}

/// The pick among candidates (score, accuracy), of which there is at least one.
fn pick(budget: f64, candidates: &[(f64, f64)], pool: usize, scale: RankScale) -> BudgetPick {
    let best = candidates
        .iter()
        .fold(f64::NEG_INFINITY, |best, &(score, _)| best.max(score));
    let tied: Vec<f64> = candidates
        .iter()
        .filter(|(score, _)| score.total_cmp(&best).is_eq())
        .map(|&(_, accuracy)| accuracy)
        .collect();
    let weight = 1.0 / tied.len() as f64;
    let rank = total_rank(&tied, candidates) as f64 * weight;
    let divisor = match scale {
        RankScale::Candidates => candidates.len(),
        RankScale::Pool => pool,
    };
    BudgetPick {
        budget,
        candidates: candidates.len(),
        tied: tied.len(),
        rank,
        rank_ratio: rank / divisor as f64,
        // Summed in order, so that the order of rows does not matter.
        accuracy: sorted(&tied).iter().sum::<f64>() / tied.len() as f64,
    }
}

/// Sum of the ranks of the tied.
fn total_rank(tied: &[f64], candidates: &[(f64, f64)]) -> usize {
    if let [accuracy] = tied {
        return candidates.iter().filter(|c| c.1 > *accuracy).count();
    }
    let mut all: Vec<f64> = candidates.iter().map(|c| c.1).collect();
    all.sort_unstable_by(f64::total_cmp);
    tied.iter().map(|&a| count_above(&all, a)).sum()
}
