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

/// What is chosen on the networks that a resample draws.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Which resample it is.
    number: usize,
    drawn: Vec<usize>,
    rest: Vec<usize>,
    /// By mBR on the drawn networks; none without two proxies.
    best: Option<Best>,
}

/// Of the proxies whose combinations are searched.
#[derive(Debug, Clone, Copy)]
struct Best {
    single: Subset,
    /// Of two and more.
    combination: Subset,
    everyone: Subset,
}

/// The choices on a table; none where a resample can leave nothing to judge on.
pub(super) fn choices(columns: &Columns, bootstrap: &Bootstrap) -> Result<Vec<Choice>> {
    let few = Bootstrap {
        resamples: bootstrap.resamples.min(SPLITS),
        ..*bootstrap
    };
    let networks = columns.accuracies.len();
    let mut all: Vec<(usize, Vec<usize>, Vec<usize>)> = Vec::new();
    few.each_resample(networks, |resample| {
        let drawn: BTreeSet<usize> = resample.rows.iter().copied().collect();
        let rest: Vec<usize> = (0..networks).filter(|row| !drawn.contains(row)).collect();
        if !rest.is_empty() {
            all.push((resample.number, drawn.into_iter().collect(), rest));
        }
    });
    // A search of all combinations takes seconds where there are ten thousand networks.
    let chosen = all.into_par_iter().map(|(number, drawn, rest)| {
        let side = side(columns, number, &drawn);
        Ok(Choice {
            best: Best::on(&side)?,
            number,
            drawn,
            rest,
        })
    });
    chosen.collect()
}

/// The given networks, with the accuracies that a resample takes.
fn side(columns: &Columns, number: usize, rows: &[usize]) -> Columns {
    columns.resampled(Resample { number, rows })
}

impl Choice {
    fn split(&self, columns: &Columns, index: Index) -> Result<Split> {
        let [drawn, rest] = [&self.drawn, &self.rest].map(|rows| side(columns, self.number, rows));
        let judged = match self.best {
            None => Vec::new(),
            Some(best) => index.of(
                &rest.combined()?,
                &[best.single, best.combination, best.everyone],
            )?,
        };
        let of = |place: usize| judged.get(place).copied();
        Ok(Split {
            drawn: Side::new(&drawn, index)?,
            rest: Side::new(&rest, index)?,
            single: of(0),
            combination: of(1),
            everyone: of(2),
            size: self.best.map_or(0, |best| best.combination.len()),
        })
    }
}

impl Best {
    fn on(drawn: &Columns) -> Result<Option<Self>> {
        if drawn.entrants.len() <= COSTS + 1 {
            return Ok(None);
        }
        let best = drawn.combined()?.best_of_each_size()?;
        let hybrids: Vec<_> = best.iter().map(|best| best.hybrid).collect();
        let several = hybrids.iter().skip(1);
        let chosen = several.min_by(|a, b| a.mean_best_rank.total_cmp(&b.mean_best_rank));
        let (first, last) = (hybrids.first(), hybrids.last());
        Ok(first
            .zip(chosen)
            .zip(last)
            .map(|((single, chosen), last)| Self {
                single: single.subset,
                combination: chosen.subset,
                everyone: last.subset,
            }))
    }
}

/// The choices judged by an index.
pub(super) fn splits(columns: &Columns, choices: &[Choice], index: Index) -> Result<Vec<Split>> {
    let judged = choices
        .par_iter()
        .map(|choice| choice.split(columns, index));
    judged.collect()
}

/// A number of each split.
pub(super) fn over(splits: &[Split], number: impl Fn(&Split) -> Option<f64>) -> Series {
    Series::mean_of(splits.iter().map(number).collect())
}
