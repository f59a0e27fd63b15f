//! A pool of networks, prepared for the mBR of many proxies and hybrids.

use super::expectation::Expectation;
use super::vote::check;
use crate::levels::{doubled_ranks, level_count, levels};
use crate::mean_best_rank::budgets;
use crate::{Accuracies, Costs, Error, RankScale, Scores, Subset};

/// A pool of networks with the scores of several proxies, prepared once for many mBRs.
///
/// What a hybrid has here is what [`mean_best_rank`](crate::mean_best_rank) has for the
/// [`rank_vote`](crate::rank_vote) of its members, to the last bit, without sorting anything again:
/// networks lie in the order of their costs, so that the candidates under a budget are a prefix, and
/// accuracies and scores are replaced by their levels.
///
/// ```
/// use nbzero_metrics::{Accuracies, Costs, Direction, Pool, RankScale, Scores, Subset};
///
/// let proxy = |values: &[f64]| Scores::new(values, Direction::Higher);
/// let (a, b) = (proxy(&[1.0, 4.0, 3.0, 2.0]), proxy(&[1.0, 2.0, 4.0, 3.0]));
/// let accuracies = Accuracies::new(&[60.0, 65.0, 70.0, 69.0])?;
/// let costs = Costs::new(&[1.0, 2.0, 3.0, 4.0])?;
/// let pool = Pool::new(&[&a, &b], &accuracies, &costs, 1, RankScale::Candidates)?;
///
/// // Alone, the first proxy picks the third best of four; together they pick the best.
/// let best = pool.best_of_each_size()?;
/// assert_eq!(best[1].hybrid.subset, Subset::new(&[0, 1])?);
/// assert_eq!(pool.mean_best_ranks(&[Subset::new(&[0])?, best[1].hybrid.subset])?, [0.5, 0.0]);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pool {
    /// Where each network of the caller lies in the columns below, which are in the order of costs.
    pub(super) positions: Vec<u32>,
    pub(super) columns: Columns,
    /// Levels of the accuracies in each of their draws, where they are predicted.
    pub(super) drawn: Vec<Vec<u32>>,
    pub(super) count: usize,
    pub(super) scale: RankScale,
}

/// The networks, cheapest first. A row drawn several times by a bootstrap is one row that weighs
/// more.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) costs: Vec<f64>,
    pub(super) weights: Vec<u32>,
    /// Levels of the accuracies.
    pub(super) accuracies: Vec<u32>,
    /// Levels of the scores, one column a proxy.
    pub(super) members: Vec<Vec<u32>>,
}

impl Pool {
    /// A pool of the networks that `accuracies` and `costs` describe, with one column of scores for
    /// each proxy, at most [`Subset::MOST_MEMBERS`]; `count` budgets and `scale` are those of
    /// [`mean_best_rank`](crate::mean_best_rank).
    pub fn new(
        members: &[&Scores],
        accuracies: &Accuracies,
        costs: &Costs,
        count: usize,
        scale: RankScale,
    ) -> Result<Self, Error> {
        let rows = check(members)?;
        if members.len() > Subset::MOST_MEMBERS {
            return Err(Error::TooManyMembers {
                members: members.len(),
                most: Subset::MOST_MEMBERS,
            });
        }
        let (accuracies, draws) = (accuracies.check_len(rows)?, accuracies.draws());
        let costs = costs.check_len(rows)?;
        drop(budgets(costs, count)?);

        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| costs[a].total_cmp(&costs[b]));
        let mut positions = vec![0; rows];
        for (position, &row) in (0..).zip(&order) {
            positions[row] = position;
        }
        let arrange = |levels: Vec<u32>| order.iter().map(|&row| levels[row]).collect();
        Ok(Self {
            positions,
            columns: Columns {
                costs: order.iter().map(|&row| costs[row]).collect(),
                weights: vec![1; rows],
                accuracies: arrange(levels(accuracies)),
                members: members
                    .iter()
                    .map(|member| arrange(levels(member.ranking())))
                    .collect(),
            },
            drawn: draws.iter().map(|draw| arrange(levels(draw))).collect(),
            count,
            scale,
        })
    }

    /// Number of proxies.
    pub fn members(&self) -> usize {
        self.columns.members.len()
    }

    /// Number of networks.
    #[expect(clippy::len_without_is_empty, reason = "a pool is never empty")]
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// The mBR of each of the given subsets, in their order.
    pub fn mean_best_ranks(&self, subsets: &[Subset]) -> Result<Vec<f64>, Error> {
        subsets.iter().try_for_each(|s| s.check(self.members()))?;
        Ok(Judge::new(&self.columns, self.count, self.scale).subsets(subsets))
    }

    /// The expected mBR of each of the given subsets with each number of draws: subset by subset, in
    /// the order of `draws`, as [`expected_mean_best_rank`](crate::expected_mean_best_rank) has it.
    ///
    /// The time hardly grows with the number of draws that are asked for.
    pub fn expected_mean_best_ranks(
        &self,
        subsets: &[Subset],
        draws: &[usize],
    ) -> Result<Vec<f64>, Error> {
        subsets.iter().try_for_each(|s| s.check(self.members()))?;
        check_draws(draws)?;
        Ok(self.expected(&self.columns, subsets, draws))
    }

    pub(super) fn expected(
        &self,
        columns: &Columns,
        subsets: &[Subset],
        draws: &[usize],
    ) -> Vec<f64> {
        let expectation = Expectation::new(columns, self.count, self.scale, draws);
        let mut found = Vec::with_capacity(subsets.len() * draws.len());
        columns.each_vote(subsets, |keys| {
            found.extend(
                expectation
                    .rank_ratios(keys)
                    .iter()
                    .map(|ratios| mean(ratios)),
            );
        });
        found
    }

    /// What a search with the proxy at position 0 expects under each budget.
    pub(crate) fn expected_picks(&self, draws: usize) -> Vec<(Under, f64)> {
        let expectation = Expectation::new(&self.columns, self.count, self.scale, &[draws]);
        let ratios = expectation.rank_ratios(&self.columns.members[0]);
        let ratios = ratios.into_iter().flatten();
        expectation.under().copied().zip(ratios).collect()
    }
}

/// The candidates under one budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Under {
    /// In the unit of the costs.
    pub(crate) budget: f64,
    /// The candidates are the rows before this one.
    pub(super) end: usize,
    /// Number of candidates, at least 1: their summed weight.
    pub(crate) candidates: u32,
}

impl Columns {
    /// Size of the pool: the summed weight of the rows.
    pub(super) fn pool(&self) -> u32 {
        self.weights.iter().sum()
    }

    /// The candidates under each of `count` budgets, from the smallest.
    pub(super) fn under(&self, count: usize) -> Vec<Under> {
        let (mut start, mut candidates) = (0, 0);
        let under = |budget| {
            let end = self.costs.partition_point(|&cost| cost <= budget);
            candidates += self.weights[start..end].iter().sum::<u32>();
            start = end;
            Under {
                budget,
                end,
                candidates,
            }
        };
        // A pool has a network and a budget; there is nothing to fail.
        let budgets = budgets(&self.costs, count).into_iter().flatten();
        budgets.map(under).collect()
    }

    /// Shows the vote of each subset, all of whose members exist: a key a row, higher is better.
    pub(super) fn each_vote(&self, subsets: &[Subset], mut see: impl FnMut(&[u32])) {
        let voting = subsets
            .iter()
            .filter(|subset| subset.len() > 1)
            .fold(0, |voting, subset| voting | subset.bits());
        // One member alone needs no ranks: its levels are in the same order.
        let ranks = |(member, levels): (usize, &Vec<u32>)| {
            (voting >> member & 1 == 1).then(|| doubled_ranks(levels, &self.weights))
        };
        let ranks: Vec<Option<Vec<u32>>> = self.members.iter().enumerate().map(ranks).collect();

        let mut sums = Vec::new();
        for subset in subsets {
            if let (1, Some(member)) = (subset.len(), subset.members().next()) {
                see(&self.members[member]);
                continue;
            }
            sums.clear();
            sums.resize(self.weights.len(), 0);
            for ranks in subset.members().filter_map(|m| ranks[m].as_deref()) {
                sums.iter_mut()
                    .zip(ranks)
                    .for_each(|(sum, rank)| *sum += rank);
            }
            see(&sums);
        }
    }
}

/// Budgets of one set of columns, and how good a pick each accuracy would be under them.
pub(super) struct Judge<'a> {
    columns: &'a Columns,
    budgets: Vec<Budget>,
    /// Positions of the candidates that share the best key.
    tied: Vec<u32>,
}

struct Budget {
    /// The candidates are the rows before this one.
    end: usize,
    /// What ranks are divided by.
    divisor: f64,
    /// For each level of accuracy, the weight of the candidates above it.
    above: Vec<u32>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(columns: &'a Columns, count: usize, scale: RankScale) -> Self {
        let pool = columns.pool();
        let mut at_level = vec![0; level_count(&columns.accuracies)];
        let mut start = 0;
        let budget = |under: Under| {
            for row in start..under.end {
                at_level[columns.accuracies[row] as usize] += columns.weights[row];
            }
            start = under.end;
            Budget {
                end: under.end,
                divisor: f64::from(match scale {
                    RankScale::Candidates => under.candidates,
                    RankScale::Pool => pool,
                }),
                above: sums_above(&at_level),
            }
        };
        Self {
            columns,
            budgets: columns.under(count).into_iter().map(budget).collect(),
            tied: Vec::new(),
        }
    }

    /// mBR of a proxy that prefers rows of higher key.
    pub(super) fn mean_best_rank(&mut self, keys: &[u32]) -> f64 {
        let (mut start, mut best, mut total) = (0, 0, 0.0);
        self.tied.clear();
        for budget in &self.budgets {
            let added = &keys[start..budget.end];
            let most = added.iter().fold(0, |most, &key| most.max(key));
            if most > best {
                best = most;
                self.tied.clear();
            }
            if most == best {
                let tied = (start..).zip(added).filter(|&(_, &key)| key == best);
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a pool's rows fit in 32 bits"
                )]
                self.tied.extend(tied.map(|(row, _)| row as u32));
            }
            start = budget.end;
            total += self.rank(budget) / budget.divisor;
        }
        total / self.budgets.len() as f64
    }

    /// Mean rank of the tied under a budget.
    fn rank(&self, budget: &Budget) -> f64 {
        let (mut ranks, mut weights) = (0, 0);
        for &row in &self.tied {
            let weight = u64::from(self.columns.weights[row as usize]);
            let level = self.columns.accuracies[row as usize];
            ranks += weight * u64::from(budget.above[level as usize]);
            weights += weight;
        }
        ranks as f64 * (1.0 / weights as f64)
    }

    /// The mBR of each subset, all of whose members exist.
    pub(super) fn subsets(&mut self, subsets: &[Subset]) -> Vec<f64> {
        let mut found = Vec::with_capacity(subsets.len());
        let columns = self.columns;
        columns.each_vote(subsets, |keys| found.push(self.mean_best_rank(keys)));
        found
    }
}

/// Refuses a search that sees nothing.
pub(super) fn check_draws(draws: &[usize]) -> Result<(), Error> {
    if draws.contains(&0) {
        return Err(Error::NoDraws);
    }
    Ok(())
}

/// Of rank ratios, summed as the paper's index sums them.
pub(crate) fn mean(ratios: &[f64]) -> f64 {
    let mut total = 0.0;
    for ratio in ratios {
        total += ratio;
    }
    total / ratios.len() as f64
}

/// For each entry, the sum of all entries after it.
fn sums_above(entries: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    let mut sums = entries.to_vec();
    for entry in sums.iter_mut().rev() {
        sum += std::mem::replace(entry, sum);
    }
    sums
}
