//! A benchmark that proxies are judged on, and its columns.

use std::collections::BTreeMap;

use nbzero_metrics::{Costs, Scores, Voters};
use nbzero_table::{Cost, Table};

use super::{FIXED, Kind, RANDOM};
use crate::entrant::{Entrant, entrants};
use crate::pool::Pool;
use crate::{AGGREGATES, Formula, Result};

/// The seed of the random scores.
const SEED: u64 = 0;

/// A benchmark that proxies are judged on.
#[derive(Debug, Clone)]
pub struct Contest<'a> {
    /// Space and dataset.
    pub name: String,
    /// Benchmarks of one family have networks, or cells, in common.
    pub family: String,
    /// Whose accuracies and scores these are.
    pub kind: Kind,
    /// What was scored and how, in words.
    pub scored: String,
    /// Accuracies, costs and scores.
    pub table: &'a Table,
    /// Seconds a network of costs and proxies, as far as somebody has measured them.
    pub seconds: BTreeMap<String, f64>,
}

/// Scores that are judged.
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) formula: Option<Formula>,
    pub(super) scores: Scores,
}

/// A contest with its columns.
pub(super) struct Columns<'a> {
    pub(super) contest: &'a Contest<'a>,
    pub(super) pool: Pool<'a>,
    pub(super) flops: Costs,
    /// Costs and proxies.
    pub(super) single: Vec<Entrant>,
    /// The same, ranked.
    pub(super) voters: Voters,
}

impl<'a> Columns<'a> {
    pub(super) fn new(contest: &'a Contest<'a>) -> Result<Self> {
        let pool = Pool::new(contest.table)?.measured()?;
        // The oracle, the first, is no contestant.
        let single = entrants(&pool)?.split_off(1);
        let scores: Vec<&Scores> = single.iter().map(|entrant| &entrant.scores).collect();
        Ok(Self {
            contest,
            flops: pool.costs(Cost::Flops)?,
            voters: Voters::new(&scores)?,
            pool,
            single,
        })
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.single
            .iter()
            .map(|entrant| entrant.name.as_str())
            .collect()
    }

    /// Costs and proxies that tell networks apart.
    pub(super) fn telling(&self) -> impl Iterator<Item = &str> {
        let some = self.single.iter().filter(|e| e.scores.tell_apart());
        some.map(|entrant| entrant.name.as_str())
    }

    pub(super) fn scores(&self, formula: &Formula) -> Result<Option<Scores>> {
        formula.scores(&self.names(), &self.voters)
    }

    /// All that is judged but the combination that was chosen elsewhere; aggregates whose members are there.
    pub(super) fn candidates(&self) -> Result<Vec<Candidate>> {
        let single = self.single.iter().map(|entrant| Candidate {
            name: entrant.name.clone(),
            formula: None,
            scores: entrant.scores.clone(),
        });
        let mut all: Vec<Candidate> = single.collect();
        let fixed = FIXED.iter().map(|fixed| fixed.formula);
        for name in AGGREGATES.iter().map(|(name, _)| *name).chain(fixed) {
            let formula = Formula::parse(name)?;
            if let Some(scores) = self.scores(&formula)? {
                all.push(Candidate {
                    name: name.to_owned(),
                    formula: Some(formula),
                    scores,
                });
            }
        }
        all.push(Candidate {
            name: RANDOM.to_owned(),
            formula: None,
            scores: Scores::random(self.pool.len(), SEED),
        });
        Ok(all)
    }

    /// Seconds a network, none for costs, which are counted: of a combination the sum of its members', which share
    /// sweeps, so at most that.
    pub(super) fn seconds(&self, candidate: &Candidate) -> Option<f64> {
        let of = |name: &str| {
            let known = self.contest.seconds.get(name).copied();
            Cost::named(name).map_or(known, |_| Some(0.0))
        };
        match &candidate.formula {
            None => of(&candidate.name),
            Some(formula) => formula.members().iter().map(|member| of(member)).sum(),
        }
    }
}
