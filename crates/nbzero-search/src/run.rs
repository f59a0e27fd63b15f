//! A search from its first candidate to its last.

use std::collections::{HashMap, VecDeque};

use nbzero_space::{Architecture, Variation};

use crate::outcome::Relaxed;
use crate::proposals::Proposals;
use crate::{
    Budgets, Candidate, Costs, Error, Journal, Measure, Outcome, Plan, Resource, Strategy,
};

/// Candidates whose parents are chosen together. Of a fixed size, so that the result does not depend
/// on how many are scored at a time.
const BATCH: usize = 10;

/// Networks of the evolution's population, and those of which the best becomes a parent.
const POPULATION: usize = 50;
const TOURNAMENT: usize = 10;

/// The best networks, of which those within relaxed budgets are mutations.
const ELITE: usize = 10;

/// How much of a budget a relaxed one is; as a quotient, so that whole limits stay exact.
const RELAXED: (f64, f64) = (11.0, 10.0);

/// Searches as planned. What `journal` has is not measured again, and what is measured is written
/// there. `seen` is told of every candidate, with all candidates so far.
///
/// # Errors
///
/// If no network keeps to the budgets, the journal is not that of the plan or cannot be written, or
/// measuring fails.
pub fn search<M: Measure>(
    plan: &Plan,
    measure: &mut M,
    journal: Option<Journal>,
    seen: impl FnMut(&[Candidate]),
) -> Result<Outcome, M::Error> {
    let mut run = Run {
        plan,
        proposals: Proposals::new(plan.space.clone(), plan.seed, &plan.budgets),
        scored: Vec::new(),
        bench: Bench {
            measure,
            journal,
            latencies: HashMap::new(),
        },
        seen,
    };
    run.look()?;
    let relaxed = run.relax()?;
    Ok(Outcome::new(plan, run.scored, relaxed))
}

/// What measures, with what was measured before.
struct Bench<'a, M> {
    measure: &'a mut M,
    journal: Option<Journal>,
    latencies: HashMap<Architecture, Option<f64>>,
}

struct Run<'a, M, S> {
    plan: &'a Plan,
    proposals: Proposals,
    scored: Vec<Candidate>,
    bench: Bench<'a, M>,
    seen: S,
}

impl<M: Measure, S: FnMut(&[Candidate])> Run<'_, M, S> {
    /// Scores as many candidates as are planned, or as there are.
    fn look(&mut self) -> Result<(), M::Error> {
        let plan = self.plan;
        let mut population = VecDeque::new();
        while self.scored.len() < plan.candidates {
            let wanted = BATCH.min(plan.candidates - self.scored.len());
            let breeds = plan.strategy == Strategy::Evolution && self.scored.len() >= POPULATION;
            let parents = population.iter().copied().filter(|_| breeds);
            let parents: Vec<usize> = parents.collect();
            let batch = self.batch(wanted, &parents, &plan.budgets, None)?;
            if batch.is_empty() {
                if self.scored.is_empty() {
                    return Err(self.impossible()?.into());
                }
                break;
            }
            let first = self.scored.len();
            self.score(batch)?;
            population.extend(first..self.scored.len());
            while population.len() > POPULATION {
                population.pop_front();
            }
        }
        Ok(())
    }

    /// For each budget, scores some networks that only 10% more of it allows.
    fn relax(&mut self) -> Result<Vec<Relaxed>, M::Error> {
        let (plan, within) = (self.plan, self.scored.len());
        let mut all = Vec::new();
        for (resource, limit) in plan.budgets.iter() {
            let judged = plan.objective.judge(&self.scored[..within]);
            let mut elite: Vec<usize> = (0..within).collect();
            elite.sort_by(|&a, &b| order(&judged, b, a));
            elite.truncate(ELITE);
            let limit = limit * RELAXED.0 / RELAXED.1;
            let budgets = plan.budgets.clone().with(resource, limit);
            let first = self.scored.len();
            while self.scored.len() < first + plan.relaxed {
                let wanted = BATCH.min(first + plan.relaxed - self.scored.len());
                let over = Some(resource);
                let batch = self.batch(wanted, &elite, &budgets, over)?;
                if batch.is_empty() {
                    break;
                }
                self.score(batch)?;
            }
            all.push(Relaxed::new(resource, limit, first..self.scored.len()));
        }
        Ok(all)
    }

    /// New candidates within budgets, and if so asked over the plan's budget of a resource: children
    /// of `parents`, or drawn where there are none. Fewer where no more are found.
    fn batch(
        &mut self,
        wanted: usize,
        parents: &[usize],
        budgets: &Budgets,
        over: Option<Resource>,
    ) -> Result<Vec<Architecture>, M::Error> {
        let judged = self.plan.objective.judge(&self.scored);
        let (scored, bench, plan) = (&self.scored, &mut self.bench, self.plan);
        let mut excess = |network: &Architecture| {
            let excess = bench.excess(network, budgets)?;
            let new = match over {
                Some(resource) => bench.is_over(network, resource, &plan.budgets)?,
                None => true,
            };
            Ok::<_, M::Error>(if new { excess } else { f64::INFINITY })
        };
        let mut batch = Vec::new();
        while batch.len() < wanted {
            let select = |variation: &mut Variation| {
                let few = (0..TOURNAMENT).map(|_| parents[variation.below(parents.len())]);
                let best = few.max_by(|&a, &b| order(&judged, a, b));
                scored[best.expect("a tournament has entrants")]
                    .arch
                    .clone()
            };
            let child = if parents.is_empty() {
                None
            } else {
                self.proposals.child(select, &mut excess)?
            };
            let found = match child {
                // Beyond a budget nothing is drawn: what is of interest is near the best.
                None if over.is_some() => None,
                None => self.proposals.draw(&mut excess)?,
                child => child,
            };
            let Some(found) = found else { break };
            batch.push(found);
        }
        Ok(batch)
    }

    /// Scores a batch; what the journal has is taken from there.
    fn score(&mut self, batch: Vec<Architecture>) -> Result<(), M::Error> {
        let mut candidates = Vec::with_capacity(batch.len());
        for arch in batch {
            let costs = self.bench.measure.costs(&arch);
            let known = match &self.bench.journal {
                Some(journal) => journal.scores(&arch, &costs)?,
                None => None,
            };
            let latency = self.bench.latencies.get(&arch).copied().flatten();
            candidates.push((arch, costs, latency, known));
        }
        let unknown = candidates.iter().filter(|(.., known)| known.is_none());
        let unknown: Vec<Architecture> = unknown.map(|(arch, ..)| arch.clone()).collect();
        let mut waiting = candidates.into_iter();
        let Self {
            scored,
            bench: Bench {
                measure, journal, ..
            },
            seen,
            ..
        } = self;
        let mut add = |scored: &mut Vec<Candidate>, candidate, is_new| {
            if let (Some(journal), true) = (journal.as_mut(), is_new) {
                journal.add(&candidate)?;
            }
            scored.push(candidate);
            seen(scored);
            Ok::<_, M::Error>(())
        };
        let candidate = |arch, costs, latency, scores| Candidate {
            arch,
            costs,
            latency,
            scores,
        };
        if !unknown.is_empty() {
            measure.score(&unknown, &mut |scores| {
                for (arch, costs, latency, known) in waiting.by_ref() {
                    match known {
                        Some(known) => add(scored, candidate(arch, costs, latency, known), false)?,
                        None => {
                            return add(scored, candidate(arch, costs, latency, scores), true);
                        }
                    }
                }
                Ok(())
            })?;
        }
        for (arch, costs, latency, known) in waiting {
            let known = known.expect("all others are scored");
            add(scored, candidate(arch, costs, latency, known), false)?;
        }
        Ok(())
    }

    /// Which budget no network keeps to, or that it is all of them together.
    fn impossible(&mut self) -> Result<Error, M::Error> {
        let space = self.plan.space.clone();
        for (resource, limit) in self.plan.budgets.iter() {
            let alone = Budgets::default().with(resource, limit);
            let mut least = f64::INFINITY;
            let bench = &mut self.bench;
            let mut excess = |network: &Architecture| {
                least = least.min(bench.cost(network, resource)?);
                bench.excess(network, &alone)
            };
            let mut proposals = Proposals::new(space.clone(), self.plan.seed, &alone);
            if proposals.draw(&mut excess)?.is_none() {
                return Ok(Error::Impossible {
                    space,
                    resource,
                    limit,
                    least: least.is_finite().then_some(least),
                });
            }
        }
        Ok(Error::ImpossibleTogether { space })
    }
}

impl<M: Measure> Bench<'_, M> {
    /// By which part of its limit the dearest cost is over it. Latency is measured only where all
    /// else is within budget.
    fn excess(&mut self, network: &Architecture, budgets: &Budgets) -> Result<f64, M::Error> {
        let costs: Costs = self.measure.costs(network);
        let excess = budgets.excess(&costs);
        match budgets.limit(Resource::Latency) {
            Some(limit) if excess <= 0.0 => Ok((self.latency(network)? / limit - 1.0).max(0.0)),
            // More than any network within the other budgets.
            Some(_) => Ok(1e6 + excess),
            None => Ok(excess),
        }
    }

    fn is_over(
        &mut self,
        network: &Architecture,
        resource: Resource,
        budgets: &Budgets,
    ) -> Result<bool, M::Error> {
        let limit = budgets.limit(resource).unwrap_or(f64::INFINITY);
        if resource == Resource::Latency && budgets.excess(&self.measure.costs(network)) > 0.0 {
            // It would be measured for nothing.
            return Ok(false);
        }
        Ok(self.cost(network, resource)? > limit)
    }

    fn cost(&mut self, network: &Architecture, resource: Resource) -> Result<f64, M::Error> {
        match self.measure.costs(network).of(resource) {
            Some(cost) => Ok(cost),
            None => self.latency(network),
        }
    }

    /// The latency of a network, measured once; one that nobody knows is over every budget.
    fn latency(&mut self, network: &Architecture) -> Result<f64, M::Error> {
        if let Some(known) = self.latencies.get(network) {
            return Ok(known.unwrap_or(f64::INFINITY));
        }
        let known = self
            .journal
            .as_ref()
            .and_then(|journal| journal.latency(network));
        let latency = if let Some(known) = known {
            *known
        } else {
            let measured = self.measure.latency(network)?;
            if let Some(journal) = &mut self.journal {
                journal.add_latency(network, measured)?;
            }
            measured
        };
        self.latencies.insert(network.clone(), latency);
        Ok(latency.unwrap_or(f64::INFINITY))
    }
}

/// The order of two candidates by how good they are; of equal ones the earlier is the better.
fn order(judged: &[Option<f64>], a: usize, b: usize) -> std::cmp::Ordering {
    let of = |i: usize| judged[i].unwrap_or(f64::NEG_INFINITY);
    of(a).total_cmp(&of(b)).then(b.cmp(&a))
}
