//! Choosing on some networks and judging the choice on others.
//!
//! The best of many proxies, or of all combinations of them, looks better on the networks that it was
//! chosen on than it is. So choices are made on the networks that a resample draws, each counted
//! once, and judged on those that it leaves out, about 37%; both by the accuracies that the resample takes,
//! where they are predicted and not measured.

use std::collections::BTreeSet;

use nbzero_metrics::{Bootstrap, Resample, Subset};
use rayon::prelude::*;

use super::bench::{COSTS, Columns, Index};
use super::series::Series;
use crate::Result;

/// Most splits: each searches all combinations of proxies.
const SPLITS: usize = 200;

/// Networks to choose on and networks to judge on.
#[derive(Debug, Clone)]
pub(super) struct Split {
    /// The drawn networks.
    pub(super) drawn: Side,
    /// The others.
    pub(super) rest: Side,
    /// The index on the others of the proxy that has the best mBR on the drawn ones; `None` without two
    /// proxies.
    pub(super) single: Option<f64>,
    /// The same of the combination of several proxies. Combinations are chosen by mBR, whatever the
    /// index that judges them: the others take too long to search all.
    pub(super) combination: Option<f64>,
    /// The index on the others of all that are combined together.
    pub(super) everyone: Option<f64>,
    /// How many proxies the combination has.
    pub(super) size: usize,
}

/// The entrants on one side of a split, in their order.
#[derive(Debug, Clone)]
pub(super) struct Side {
    /// The index that judges.
    pub(super) mbr: Vec<f64>,
    pub(super) tau: Vec<Option<f64>>,
}

impl Side {
    fn new(columns: &Columns, index: Index) -> Result<Self> {
        let voters = columns.voters(0, 0)?;
        Ok(Self {
            mbr: index.of(&voters, &columns.singles()?)?,
            tau: columns.tau(),
        })
    }

    /// Of these entrants the one of lowest index, the first of several.
    pub(super) fn best_mbr(&self, among: &[usize]) -> Option<usize> {
        let order = |a: &usize, b: &usize| self.mbr[*a].total_cmp(&self.mbr[*b]);
        among.iter().copied().min_by(order)
    }

    /// Of these entrants the one of highest tau.
    pub(super) fn best_tau(&self, among: &[usize]) -> Option<usize> {
        let tau = |place: usize| self.tau[place].unwrap_or(f64::NEG_INFINITY);
        let order = |a: &usize, b: &usize| tau(*b).total_cmp(&tau(*a));
        among.iter().copied().min_by(order)
    }
}

/// The splits of a table; none where a resample can leave nothing to judge on.
pub(super) fn splits(columns: &Columns, bootstrap: &Bootstrap, index: Index) -> Result<Vec<Split>> {
    let few = Bootstrap {
        resamples: bootstrap.resamples.min(SPLITS),
        ..*bootstrap
    };
    let networks = columns.accuracies.len();
    let mut sides = Vec::new();
    few.each_resample(networks, |resample| {
        let drawn: BTreeSet<usize> = resample.rows.iter().copied().collect();
        let rest: Vec<usize> = (0..networks).filter(|row| !drawn.contains(row)).collect();
        let drawn: Vec<usize> = drawn.into_iter().collect();
        if !rest.is_empty() {
            sides.push((resample.number, drawn, rest));
        }
    });
    // A search of all combinations takes seconds where there are ten thousand networks.
    let splits = sides.par_iter().map(|(number, drawn, rest)| {
        let side = |rows| {
            columns.resampled(Resample {
                number: *number,
                rows,
            })
        };
        split(&side(drawn), &side(rest), index)
    });
    splits.collect()
}

fn split(drawn: &Columns, rest: &Columns, index: Index) -> Result<Split> {
    let (single, chosen, everyone, size) = if drawn.entrants.len() > COSTS + 1 {
        let best = drawn.combined()?.best_of_each_size()?;
        let single = best.first().map(|best| best.hybrid);
        let several = best.iter().skip(1).map(|best| best.hybrid);
        let chosen = several.min_by(|a, b| a.mean_best_rank.total_cmp(&b.mean_best_rank));
        let all = best.last().map(|best| best.hybrid);
        let voters = rest.combined()?;
        let judge = |subset: Option<Subset>| -> Result<Option<f64>> {
            let subsets: Vec<Subset> = subset.into_iter().collect();
            Ok(index.of(&voters, &subsets)?.first().copied())
        };
        (
            judge(single.map(|hybrid| hybrid.subset))?,
            judge(chosen.map(|hybrid| hybrid.subset))?,
            judge(all.map(|hybrid| hybrid.subset))?,
            chosen.map_or(0, |hybrid| hybrid.subset.len()),
        )
    } else {
        (None, None, None, 0)
    };
    Ok(Split {
        drawn: Side::new(drawn, index)?,
        rest: Side::new(rest, index)?,
        single,
        combination: chosen,
        everyone,
        size,
    })
}

/// A number of each split.
pub(super) fn over(splits: &[Split], number: impl Fn(&Split) -> Option<f64>) -> Series {
    Series::mean_of(splits.iter().map(number).collect())
}
