//! `SWAP` of networks near a wanted size.
//!
//! - **Formula**: [`swap`](super::swap) x exp(-(params - mu)^2 / sigma), params in thousands
//! - **Source**: Peng et al. 2024; pym1024/SWAP at 8d62256, `src/metrics/swap.py`
//! - **Deviations**: mu and sigma are given by the user
//!   ([`Settings::swap_size`](crate::Settings::swap_size)); without them the score is undefined
//! - **Direction**: higher is better
//! - **Sweep**: initialisations; as swap
//! - **Cost**: nothing beside swap

use nbzero_graph::Graph;

use super::swap::Counts;
use crate::score::finite;
use crate::{
    Definition, Direction, Interval, Needs, Patterns, Proxy, Score, Settings, Sweep, Undefined,
    WantedSize,
};

/// See the module's page.
#[derive(Debug, Default)]
pub struct SwapReg {
    counts: Counts,
    wanted: Option<WantedSize>,
    /// In thousands.
    params: f64,
}

impl SwapReg {
    fn factor(&self) -> Result<f64, Undefined> {
        let WantedSize { mu, sigma } = self.wanted.ok_or(Undefined::NotApplicable(
            "no wanted size is set, mu and sigma in thousands of parameters",
        ))?;
        Ok((-(self.params - mu).powi(2) / sigma).exp())
    }
}

impl Proxy for SwapReg {
    fn definition(&self) -> Definition {
        Definition {
            name: "swap_reg",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Initialisations,
            year: Some(2024),
            needs: Needs::Images,
        }
    }

    fn settings(&mut self, settings: &Settings) {
        self.wanted = settings.swap_size;
    }

    fn graph(&mut self, graph: &Graph) {
        self.params = graph.params() as f64 / 1e3;
    }

    fn patterns(&mut self, patterns: &Patterns) {
        self.counts.0.push(*patterns);
    }

    fn score(&mut self) -> Score {
        finite(self.counts.mean()? * self.factor()?)
    }

    fn interval(&self) -> Option<Interval> {
        let factor = self.factor().ok()?;
        let numbers = self.counts.numbers();
        let scaled: Vec<f64> = numbers.into_iter().map(|n| n * factor).collect();
        Interval::of_mean(&scaled)
    }
}
