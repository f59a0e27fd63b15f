//! The combination of two or three that is best on other benchmarks than the one that it is judged on.

use std::collections::{BTreeMap, BTreeSet};

use nbzero_metrics::{RankRule, kendall};
use rayon::prelude::*;

use super::Kind;
use super::contest::Columns;
use crate::{Formula, Result};

/// Every combination of two or three with its tau on the benchmarks that it may be chosen on.
pub(super) struct Combinations {
    formulas: Vec<Formula>,
    /// By family, for each of its benchmarks, for each formula; none of constant scores.
    taus: BTreeMap<String, Vec<Vec<Option<f64>>>>,
}

impl Combinations {
    /// Votes and log-rank sums of what tells networks apart on all published benchmarks.
    pub(super) fn new(all: &[Columns<'_>]) -> Result<Self> {
        let published = all.iter().filter(|c| c.contest.kind == Kind::Benchmark);
        let published: Vec<&Columns<'_>> = published.collect();
        let common = published
            .iter()
            .map(|columns| columns.telling().collect::<BTreeSet<_>>())
            .reduce(|a, b| &a & &b);
        let formulas = combinations(&common.unwrap_or_default().into_iter().collect::<Vec<_>>());
        let mut taus: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for columns in published {
            let of: Result<Vec<_>> = formulas.par_iter().map(|f| tau(columns, f)).collect();
            let family = columns.contest.family.clone();
            taus.entry(family).or_default().push(of?);
        }
        Ok(Self { formulas, taus })
    }

    /// Of those whose members tell a contest's networks apart, the one of highest mean tau on the other families'
    /// benchmarks, each family counting once; the first of several. `None` where there is no other family.
    ///
    /// No accuracy of the contest's family decides.
    pub(super) fn best_for(&self, contest: &Columns<'_>) -> Option<Formula> {
        let there: BTreeSet<&str> = contest.telling().collect();
        let others = self.taus.iter();
        let others = others.filter(|(family, _)| **family != contest.contest.family);
        let others: Vec<&Vec<Vec<Option<f64>>>> = others.map(|(_, taus)| taus).collect();
        if others.is_empty() {
            return None;
        }
        let mut best: Option<(f64, &Formula)> = None;
        for (place, formula) in self.formulas.iter().enumerate() {
            let is_there = |member: &String| there.contains(member.as_str());
            if !formula.members().iter().all(is_there) {
                continue;
            }
            let of_family = |taus: &&Vec<Vec<Option<f64>>>| mean(taus.iter().map(|t| t[place]));
            let Some(tau) = mean(others.iter().map(of_family)) else {
                continue;
            };
            if best.is_none_or(|(highest, _)| tau > highest) {
                best = Some((tau, formula));
            }
        }
        best.map(|(_, formula)| formula.clone())
    }
}

/// All pairs and triples of the names, as votes and as log-rank sums.
fn combinations(names: &[&str]) -> Vec<Formula> {
    let mut subsets: Vec<Vec<&str>> = Vec::new();
    for (i, &first) in names.iter().enumerate() {
        for (j, &second) in names.iter().enumerate().skip(i + 1) {
            subsets.push(vec![first, second]);
            let thirds = names[j + 1..].iter();
            subsets.extend(thirds.map(|&third| vec![first, second, third]));
        }
    }
    let both = [RankRule::Vote, RankRule::LogRanks];
    let each = |combination| {
        let owned = |subset: &Vec<&str>| subset.iter().map(|&name| name.to_owned()).collect();
        let formulas = subsets
            .iter()
            .map(move |s| Formula::of(combination, owned(s)));
        formulas.collect::<Vec<_>>()
    };
    both.into_iter().flat_map(each).collect()
}

fn tau(columns: &Columns<'_>, formula: &Formula) -> Result<Option<f64>> {
    let Some(scores) = columns.scores(formula)? else {
        return Ok(None);
    };
    Ok(kendall(&scores, &columns.pool.accuracies)?.value)
}

/// The mean, if all values are there.
pub(super) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values = values.collect::<Option<Vec<f64>>>()?;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_names_make_ten_votes_and_ten_log_rank_sums() {
        let all = combinations(&["a", "b", "c", "d"]);
        assert_eq!(all.len(), 20);
        let written: BTreeSet<String> = all.iter().map(Formula::to_string).collect();
        assert_eq!(written.len(), 20);
        assert!(written.contains("a+c+d") && written.contains("log(b+d)"));
    }
}
