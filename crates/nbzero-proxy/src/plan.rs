//! Which sweeps a suite will run, and which proxies are on each.

use std::collections::BTreeMap;

use crate::{Definition, Sweep};

/// A sweep that a suite will run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSweep {
    /// The sweep.
    pub sweep: Sweep,
    /// Names of the proxies that measure on it.
    pub proxies: Vec<&'static str>,
    /// The sweeps that start from its results.
    pub feeds: Vec<Sweep>,
}

/// The sweeps that these proxies need, each once, in the order in which they run.
pub(crate) fn plan(definitions: impl Iterator<Item = Definition>) -> Vec<PlannedSweep> {
    let mut sweeps = BTreeMap::new();
    for definition in definitions {
        let planned = add(&mut sweeps, definition.sweep);
        planned.proxies.push(definition.name);
    }
    sweeps.into_values().collect()
}

fn add(sweeps: &mut BTreeMap<Sweep, PlannedSweep>, sweep: Sweep) -> &mut PlannedSweep {
    if let Some(needed) = sweep.needs() {
        let feeds = &mut add(sweeps, needed).feeds;
        if !feeds.contains(&sweep) {
            feeds.push(sweep);
        }
    }
    sweeps.entry(sweep).or_insert_with(|| PlannedSweep {
        sweep,
        proxies: Vec::new(),
        feeds: Vec::new(),
    })
}
