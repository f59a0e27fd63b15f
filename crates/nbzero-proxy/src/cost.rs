//! What each proxy takes for itself, and what it takes beyond the others.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::{Definition, Proxy, Score, Sweep, SweepCost, plan};

/// What a proxy took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyCost {
    /// The proxy's name.
    pub name: &'static str,
    /// Wall time of its own work on what sweeps found.
    pub own: Duration,
    /// Wall time that would have been saved without it: its own work, and the sweeps that ran for no
    /// other proxy.
    pub beyond_others: Duration,
}

/// A proxy, and the time that its callbacks took.
pub(crate) struct Timed {
    pub(crate) proxy: Box<dyn Proxy>,
    on_sweeps: Duration,
    at_end: Duration,
}

impl Timed {
    pub(crate) fn new(proxy: Box<dyn Proxy>) -> Self {
        Self {
            proxy,
            on_sweeps: Duration::ZERO,
            at_end: Duration::ZERO,
        }
    }

    pub(crate) fn run(&mut self, callback: impl FnOnce(&mut dyn Proxy)) {
        let start = Instant::now();
        callback(&mut *self.proxy);
        self.on_sweeps += start.elapsed();
    }

    pub(crate) fn score(&mut self) -> Score {
        let start = Instant::now();
        let score = self.proxy.score();
        self.at_end = start.elapsed();
        score
    }
}

/// What each of these took, given what the sweeps took.
pub(crate) fn of_proxies(proxies: &[Timed], sweeps: &[SweepCost]) -> Vec<ProxyCost> {
    let seconds: BTreeMap<Sweep, Duration> = sweeps
        .iter()
        .map(|cost| (cost.sweep, cost.duration))
        .collect();
    let definitions: Vec<Definition> = proxies.iter().map(|one| one.proxy.definition()).collect();
    let cost = |(place, timed): (usize, &Timed)| {
        let others = definitions.iter().enumerate().filter(|(i, _)| *i != place);
        let needed = plan::plan(others.map(|(_, definition)| *definition));
        let is_needed = |sweep: Sweep| needed.iter().any(|planned| planned.sweep == sweep);
        let own_sweep = definitions[place].sweep;
        let saved = seconds.iter().filter(|(sweep, _)| !is_needed(**sweep));
        let saved: Duration = saved.map(|(_, duration)| *duration).sum();
        // A sweep's time has that of its proxies.
        let beyond_others = if is_needed(own_sweep) {
            saved + timed.on_sweeps
        } else {
            saved
        };
        ProxyCost {
            name: definitions[place].name,
            own: timed.on_sweeps + timed.at_end,
            beyond_others: beyond_others + timed.at_end,
        }
    };
    proxies.iter().enumerate().map(cost).collect()
}
