//! Which sweeps a suite will run, and which proxies are on each.

use std::collections::BTreeMap;

use nbzero_graph::Graph;
use nbzero_model::sweep::{planned_forward_bytes, planned_gradient_bytes};

use crate::{Definition, Settings, Sweep};

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

impl PlannedSweep {
    /// Bytes of activations and of their gradients that the sweep will hold at most, from the
    /// graph alone; of the tangent sweep, to the end of the loss sweep with which it walks back.
    pub fn bytes(&self, graph: &Graph, images: usize, settings: &Settings) -> u64 {
        let kept = |images| planned_forward_bytes(graph, images, true);
        let passing = |images| planned_forward_bytes(graph, images, false);
        let gradients = |images| planned_gradient_bytes(graph, images);
        match self.sweep {
            Sweep::Graph => 0,
            Sweep::Forward if self.feeds.is_empty() => passing(images),
            Sweep::Forward => kept(images),
            Sweep::Loss | Sweep::Ones => kept(images) + gradients(images),
            // Activations and gradients, each with its derivative, to the end of the loss sweep.
            Sweep::Tangent => 2 * (kept(images) + gradients(images)),
            // One image, in float64.
            Sweep::Synflow => 2 * (kept(1) + gradients(1)),
            Sweep::PerImage => {
                let images = settings.ntk_images.min(images);
                kept(images) + gradients(images * images)
            }
            Sweep::Noise => {
                settings.repeats_at_once(graph) as u64 * 2 * passing(settings.zen_batch)
            }
        }
    }
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
    let feeds = sweep.ends_in().into_iter().collect();
    if let Some(end) = sweep.ends_in() {
        add(sweeps, end);
    }
    sweeps.entry(sweep).or_insert_with(|| PlannedSweep {
        sweep,
        proxies: Vec::new(),
        feeds,
    })
}
