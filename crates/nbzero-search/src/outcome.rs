//! What a search found.

use std::ops::Range;

use crate::{Budgets, Candidate, Plan, Resource};

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Every candidate that was scored, in order; behind those within the budgets come those that
    /// only relaxed ones allow.
    pub candidates: Vec<Candidate>,
    /// How good each is among all of them; see [`Objective::judge`](crate::Objective::judge).
    pub judged: Vec<Option<f64>>,
    /// What more of each budget would give.
    pub relaxed: Vec<Relaxed>,
    budgets: Budgets,
    /// How many candidates keep to the budgets.
    within: usize,
}

/// What 10% more of a budget would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxed {
    /// The budget.
    pub resource: Resource,
    /// How much of it.
    pub limit: f64,
    /// The candidates that it allows beyond the others.
    pub candidates: Range<usize>,
}

impl Relaxed {
    pub(crate) fn new(resource: Resource, limit: f64, candidates: Range<usize>) -> Self {
        Self {
            resource,
            limit,
            candidates,
        }
    }
}

impl Outcome {
    pub(crate) fn new(plan: &Plan, candidates: Vec<Candidate>, relaxed: Vec<Relaxed>) -> Self {
        let first = relaxed.first().map(|relaxed| relaxed.candidates.start);
        Self {
            judged: plan.objective.judge(&candidates),
            within: first.unwrap_or(candidates.len()),
            budgets: plan.budgets.clone(),
            candidates,
            relaxed,
        }
    }

    /// How many candidates keep to the budgets: the first ones.
    pub fn within(&self) -> usize {
        self.within
    }

    /// The best `count` within the budgets, the best first; of equal ones the one that was found
    /// earlier.
    pub fn best(&self, count: usize) -> Vec<usize> {
        let mut best = self.ordered(0..self.within);
        best.truncate(count);
        best
    }

    /// The best of the candidates that a relaxed budget allows beyond the others, if it is better
    /// than the best within the budgets.
    pub fn gain(&self, relaxed: &Relaxed) -> Option<usize> {
        let best = *self.ordered(relaxed.candidates.clone()).first()?;
        let known = *self.best(1).first()?;
        let better = self.value(best) > self.value(known);
        better.then_some(best)
    }

    /// The front of score against a cost, within the budgets: each candidate with a score that is better than all
    /// that cost as much or less, the cheapest first.
    pub fn front(&self, resource: Resource) -> Vec<usize> {
        let cost = |i: usize| self.candidates[i].cost(resource).unwrap_or(f64::INFINITY);
        let mut by_cost = self.ordered(0..self.within);
        // What has no score is better than nothing.
        by_cost.retain(|&i| self.judged[i].is_some());
        by_cost.sort_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        let mut front: Vec<usize> = Vec::new();
        for i in by_cost {
            let beaten = front
                .last()
                .is_some_and(|&last| self.value(i) <= self.value(last));
            if !beaten {
                front.push(i);
            }
        }
        front
    }

    /// The budgets that the search kept to.
    pub fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    fn value(&self, i: usize) -> f64 {
        self.judged[i].unwrap_or(f64::NEG_INFINITY)
    }

    fn ordered(&self, range: Range<usize>) -> Vec<usize> {
        let mut all: Vec<usize> = range.collect();
        all.sort_by(|&a, &b| self.value(b).total_cmp(&self.value(a)));
        all
    }
}
