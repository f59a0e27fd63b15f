//! What a search that sees some of the candidates under each budget finds, on average.
//!
//! Rows are looked at from the worst key to the best. Candidates that share a key are one group: t of
//! them, with b worse ones below. All numbers of a group that do not depend on how many candidates
//! the search sees are counted once, by a Fenwick tree over the levels of the accuracies, for eight
//! budgets at a time.

use super::pool::{Columns, Under};
use crate::RankScale;
use crate::levels::level_count;

/// Budgets that one walk over the rows counts for.
const LANES: usize = 8;

/// A number for each budget of a walk.
type Lanes = [u32; LANES];

/// Budgets of one set of columns, and what the places of a ranking are worth under them.
pub(crate) struct Expectation<'a> {
    columns: &'a Columns,
    budgets: Vec<Budget>,
    /// For each row the first budget that it fits.
    first: Vec<usize>,
}

struct Budget {
    under: Under,
    /// One for each number of draws.
    chances: Vec<Chances>,
}

impl<'a> Expectation<'a> {
    /// Of searches that see `draws` candidates, each at least 1, under each of `count` budgets.
    pub(crate) fn new(
        columns: &'a Columns,
        count: usize,
        scale: RankScale,
        draws: &[usize],
    ) -> Self {
        let pool = columns.pool();
        let budget = |under: Under| Budget {
            chances: draws
                .iter()
                .map(|&draws| Chances::new(under.candidates, pool, scale, draws))
                .collect(),
            under,
        };
        let budgets: Vec<Budget> = columns.under(count).into_iter().map(budget).collect();
        let rows = columns.costs.len();
        let mut first = Vec::with_capacity(rows);
        for (place, budget) in budgets.iter().enumerate() {
            first.resize(budget.under.end.max(first.len()), place);
        }
        Self {
            columns,
            budgets,
            first,
        }
    }

    /// The budgets, from the smallest, with their candidates.
    pub(crate) fn under(&self) -> impl Iterator<Item = &Under> {
        self.budgets.iter().map(|budget| &budget.under)
    }

    /// The expected rank ratio of a proxy that prefers rows of higher key: for each number of draws,
    /// one number a budget.
    pub(crate) fn rank_ratios(&self, keys: &[u32]) -> Vec<Vec<f64>> {
        let numbered = (0_u64..).zip(keys);
        let mut order: Vec<u64> = numbered
            .map(|(row, &key)| u64::from(key) << 32 | row)
            .collect();
        order.sort_unstable();

        let draws = self.budgets.first().map_or(0, |b| b.chances.len());
        let mut ratios = vec![Vec::with_capacity(self.budgets.len()); draws];
        for start in (0..self.budgets.len()).step_by(LANES) {
            let end = (start + LANES).min(self.budgets.len());
            let totals = self.totals(&order, start..end);
            for (ratios, totals) in ratios.iter_mut().zip(totals) {
                ratios.extend(totals);
            }
        }
        ratios
    }

    /// The same for at most [`LANES`] budgets.
    fn totals(&self, order: &[u64], range: std::ops::Range<usize>) -> Vec<Vec<f64>> {
        let start = range.start;
        let budgets = &self.budgets[range];
        let draws = budgets.first().map_or(0, |b| b.chances.len());
        let mut totals = vec![vec![0.0; budgets.len()]; draws];
        let mut seen = Fenwick::new(level_count(&self.columns.accuracies));
        let mut worse = [0; LANES];
        for group in order.chunk_by(|a, b| a >> 32 == b >> 32) {
            let rows = || group.iter().map(|entry| self.row(*entry, start));
            let below = better(&seen, rows());
            let mut tied = [0; LANES];
            for (level, weights) in rows() {
                seen.add(level, &weights);
                add(&mut tied, &weights);
            }
            let all = if group.len() > 1 {
                better(&seen, rows())
            } else {
                below
            };
            for (lane, budget) in budgets
                .iter()
                .enumerate()
                .filter(|(lane, _)| tied[*lane] > 0)
            {
                let group = Group {
                    worse: worse[lane],
                    tied: tied[lane],
                    better_below: below[lane],
                    better_tied: all[lane] - below[lane],
                };
                for (totals, chances) in totals.iter_mut().zip(&budget.chances) {
                    totals[lane] += chances.rank(&group);
                }
            }
            add(&mut worse, &tied);
        }
        for (draw, totals) in totals.iter_mut().enumerate() {
            for (total, budget) in totals.iter_mut().zip(budgets) {
                *total /= budget.chances[draw].divisor;
            }
        }
        totals
    }

    /// Level of a row's accuracy, and its weight under each budget from `start` on: none where it
    /// costs too much.
    fn row(&self, entry: u64, start: usize) -> (usize, Lanes) {
        #[expect(clippy::cast_possible_truncation, reason = "the low half is the row")]
        let row = entry as u32 as usize;
        let weight = self.columns.weights[row];
        let first = self.first[row];
        let weights = std::array::from_fn(|lane| if first <= start + lane { weight } else { 0 });
        (self.columns.accuracies[row] as usize, weights)
    }
}

/// Candidates that share a key.
struct Group {
    /// Number of candidates of a worse key.
    worse: u32,
    /// Number of candidates of this key, at least 1.
    tied: u32,
    /// For each candidate of the group, the worse ones of higher accuracy, summed.
    better_below: u64,
    /// For each candidate of the group, the others of the group of higher accuracy, summed.
    better_tied: u64,
}

/// Pairs of a row and one in the tree of higher accuracy, for each budget.
fn better(seen: &Fenwick, rows: impl Iterator<Item = (usize, Lanes)>) -> [u64; LANES] {
    let mut pairs = [0; LANES];
    for (level, weights) in rows {
        let above = seen.above(level);
        for ((pairs, above), weight) in pairs.iter_mut().zip(above).zip(weights) {
            *pairs += u64::from(above) * u64::from(weight);
        }
    }
    pairs
}

fn add(sums: &mut Lanes, weights: &Lanes) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += weight;
    }
}

/// The chances of a search that sees m of n candidates.
struct Chances {
    /// Entry x: that all m are among the x worst, C(x, m) / C(n, m).
    within: Vec<f64>,
    /// Entry x: that they are, and that the x-th is one of them, C(x - 1, m - 1) / C(n, m).
    with_last: Vec<f64>,
    /// What ranks are divided by.
    divisor: f64,
}

impl Chances {
    fn new(candidates: u32, pool: u32, scale: RankScale, draws: usize) -> Self {
        let all = candidates as usize;
        let draws = draws.min(all);
        let (mut within, mut with_last) = (vec![0.0; all + 1], vec![0.0; all + 1]);
        // From C(n, m) / C(n, m) downwards: no binomial is ever computed, and nothing overflows.
        let mut chance = 1.0;
        for x in (draws..=all).rev() {
            within[x] = chance;
            with_last[x] = chance * (draws as f64 / x as f64);
            chance *= (x - draws) as f64 / x as f64;
        }
        let draws = draws as f64;
        Self {
            within,
            with_last,
            divisor: match scale {
                RankScale::Candidates => draws,
                RankScale::Pool => draws * f64::from(pool) / f64::from(candidates),
            },
        }
    }

    /// What the group adds to the expected rank of the pick: the number of drawn candidates of higher
    /// accuracy, where the pick is of the group.
    ///
    /// The pick is of the group if the best drawn key is the group's: if j of its t are drawn, j at
    /// least 1, and m - j of the b worse ones. Each of the t is then picked with the same chance; of
    /// the worse ones (m - j) / b are drawn, and of the other t - 1 of the group (j - 1) / (t - 1).
    /// Summed over j, with C(x, m) written as W(x) and C(x - 1, m - 1) as L(x), the first expectation is
    /// L(b + t) - L(b) and the second (t L(b + t) - W(b + t) + W(b)) / (t - 1), both over C(n, m).
    fn rank(&self, group: &Group) -> f64 {
        let low = group.worse as usize;
        let high = low + group.tied as usize;
        let tied = f64::from(group.tied);
        let from_below = self.with_last[high] - self.with_last[low];
        let from_tied = if group.better_tied > 0 {
            let drawn = tied * self.with_last[high] - self.within[high] + self.within[low];
            drawn / (tied - 1.0)
        } else {
            0.0
        };
        let sum = group.better_below as f64 * from_below + group.better_tied as f64 * from_tied;
        sum * (1.0 / tied)
    }
}

/// Weights by level of accuracy, under several budgets: adding and asking for all above a level take
/// the logarithm of the number of levels.
struct Fenwick {
    /// Entry i holds the weights of a range of levels that ends with the i-th highest.
    tree: Vec<Lanes>,
}

impl Fenwick {
    fn new(levels: usize) -> Self {
        Self {
            tree: vec![[0; LANES]; levels + 1],
        }
    }

    /// Place of a level among the highest, from 0.
    fn place(&self, level: usize) -> usize {
        self.tree.len() - 2 - level
    }

    fn add(&mut self, level: usize, weights: &Lanes) {
        let mut node = self.place(level) + 1;
        while let Some(sums) = self.tree.get_mut(node) {
            add(sums, weights);
            node += node & node.wrapping_neg();
        }
    }

    /// The weights strictly above a level.
    fn above(&self, level: usize) -> Lanes {
        let mut node = self.place(level);
        let mut sums = [0; LANES];
        while node > 0 {
            add(&mut sums, &self.tree[node]);
            node &= node - 1;
        }
        sums
    }
}
