//! What measures the candidates of a search: the proxies of a suite, on this machine.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use nbzero_model::sweep::planned_forward_bytes;
use nbzero_search::{Costs, Measure};
use nbzero_space::Architecture;
use nbzero_table::Score;

use super::latency::Latencies;
use crate::cli::command::score::setup::Bench;
use crate::cli::failure::Failure;
use crate::cli::parallel::in_order;
use crate::cli::stored;

#[derive(Debug)]
pub(super) struct Lab<'a> {
    pub(super) bench: &'a Bench,
    pub(super) jobs: NonZeroUsize,
    pub(super) latencies: &'a Latencies,
    /// Whether the search shall end before its time.
    pub(super) ended: &'a AtomicBool,
}

impl Lab<'_> {
    /// Fails where the search was ended.
    pub(super) fn go_on(&self) -> Result<(), Failure> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted("the search was stopped".to_owned()));
        }
        Ok(())
    }
}

impl Measure for Lab<'_> {
    type Error = Failure;

    fn costs(&mut self, network: &Architecture) -> Costs {
        let graph = network.graph_on(self.bench.classes, self.bench.image);
        let costs = nbzero_space::Costs::of(&graph);
        let memory = planned_forward_bytes(&graph, 1, false);
        Costs {
            flops: costs.flops,
            params: costs.params,
            depth: costs.depth,
            memory: u64::try_from(memory).unwrap_or(u64::MAX),
        }
    }

    /// One at a time, so that none disturbs another. That of a network that memory does not hold is unknown.
    fn latency(&mut self, network: &Architecture) -> Result<Option<f64>, Failure> {
        Ok(match self.latencies {
            Latencies::Measured => {
                let measured = self.bench.latency(network);
                measured.map(|latency| 1e3 * latency.as_secs_f64())
            }
            Latencies::Listed(known) => known.get(network).copied(),
        })
    }

    fn score(
        &mut self,
        networks: &[Architecture],
        take: &mut dyn FnMut(Vec<Score>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let score = |network: &Architecture| self.bench.score(&network.clone().into());
        in_order(networks, self.jobs, score, |scored| {
            let scored = scored.map_err(Failure::input)?;
            self.go_on()?;
            let scores = scored.scores.scores.into_iter();
            take(scores.map(|named| stored::score(named.score)).collect())
        })
    }
}
