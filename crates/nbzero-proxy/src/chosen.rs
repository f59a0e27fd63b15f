//! Which planned sweeps a network can have: the others are left out, each with the reason.

use std::collections::BTreeMap;

use nbzero_graph::{Graph, Op};
use nbzero_model::sweep::has_jacobian;

use crate::features;
use crate::plan::{block_images, image_graph, pattern_images};
use crate::{BatchSize, PlannedSweep, Settings, Sweep, Undefined};

/// The sweeps of one network.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// Those that run, in order; none feeds one that is left out.
    pub(crate) sweeps: Vec<PlannedSweep>,
    /// Why the others do not.
    pub(crate) left_out: BTreeMap<Sweep, Undefined>,
}

impl Chosen {
    /// Decided from the graph alone, before anything is allocated.
    pub(crate) fn of(
        plan: &[PlannedSweep],
        graph: &Graph,
        batch: BatchSize,
        settings: &Settings,
    ) -> Self {
        let mut left_out = BTreeMap::new();
        loop {
            let sweeps = remaining(plan, &left_out);
            let without_start = |planned: &PlannedSweep| {
                let others = [planned.sweep.needs(), planned.sweep.ends_in()];
                let mut others = others.into_iter().flatten();
                others.find_map(|other| left_out.get(&other).cloned())
            };
            // From the last to the first: what a sweep holds depends on those that it feeds.
            let refused = sweeps.iter().rev().find_map(|planned| {
                let reason = without_start(planned);
                let reason = reason.or_else(|| refusal(planned, graph, batch, settings));
                Some((planned.sweep, reason?))
            });
            match refused {
                Some((sweep, reason)) => left_out.insert(sweep, reason),
                None => return Self { sweeps, left_out },
            };
        }
    }

    /// Whether any of them needs the network itself.
    pub(crate) fn need_a_network(&self) -> bool {
        let mut sweeps = self.sweeps.iter();
        sweeps.any(|planned| planned.sweep != Sweep::Graph)
    }

    /// The most bytes that any of them holds.
    pub(crate) fn bytes(&self, graph: &Graph, batch: BatchSize, settings: &Settings) -> u128 {
        let sweeps = self.sweeps.iter();
        let bytes = sweeps.map(|planned| planned.bytes(graph, batch, settings));
        bytes.max().unwrap_or(0)
    }
}

/// The sweeps that are not left out and that proxies or each other need.
fn remaining(plan: &[PlannedSweep], left_out: &BTreeMap<Sweep, Undefined>) -> Vec<PlannedSweep> {
    let there = plan
        .iter()
        .filter(|planned| !left_out.contains_key(&planned.sweep));
    let mut sweeps: Vec<_> = there.cloned().collect();
    // Twice: the forward sweep serves the loss sweep, which may serve the tangent sweep alone.
    for _ in 0..2 {
        let others: Vec<_> = sweeps.iter().map(|planned| planned.sweep).collect();
        let serves = |sweep| {
            let by = |other: &Sweep| [other.needs(), other.ends_in()].contains(&Some(sweep));
            others.iter().any(by)
        };
        sweeps.retain(|planned| !planned.proxies.is_empty() || serves(planned.sweep));
    }
    let there: Vec<_> = sweeps.iter().map(|planned| planned.sweep).collect();
    for planned in &mut sweeps {
        planned.feeds.retain(|fed| there.contains(fed));
    }
    sweeps
}

/// Why a sweep cannot run, or why its numbers would mean nothing.
fn refusal(
    planned: &PlannedSweep,
    graph: &Graph,
    batch: BatchSize,
    settings: &Settings,
) -> Option<Undefined> {
    if let Some(why) = meaningless(planned.sweep, graph, batch, settings) {
        return Some(Undefined::NotApplicable(why));
    }
    let limit = settings.memory_limit?;
    let needed = planned.bytes(graph, batch, settings);
    (needed > u128::from(limit)).then_some(Undefined::OutOfMemory {
        sweep: planned.sweep.name(),
        needed,
        limit,
    })
}

fn meaningless(
    sweep: Sweep,
    graph: &Graph,
    batch: BatchSize,
    settings: &Settings,
) -> Option<&'static str> {
    let sees_images = !matches!(sweep, Sweep::Graph | Sweep::Weights | Sweep::Synflow);
    if sees_images && !graph.is_connected() {
        return Some("no path leads from the image to the logits");
    }
    let of_loss = [Sweep::Loss, Sweep::Tangent, Sweep::Halves, Sweep::Alone];
    if of_loss.contains(&sweep) && graph.classes() == 1 {
        return Some("the cross-entropy of one class is 0 whatever the network");
    }
    if sweep == Sweep::Halves && batch.images < 2 {
        return Some("one image has no halves");
    }
    if sweep == Sweep::Jacobian && !has_jacobian(graph) {
        return Some(
            "vkdnw's Jacobian knows chains of convolutions, batch norms, ReLUs, pools, additions and linear layers",
        );
    }
    if sweep == Sweep::Image && image_graph(graph, batch).is_none() {
        return Some("the network takes no images of 64 x 64");
    }
    let images = normalised_images(sweep, batch, settings)?;
    if has_lone_values(graph, images) {
        return Some("a batch norm has one value a channel, of which it makes a constant");
    }
    if images == 1 && pools_a_constant(sweep, graph) {
        return Some(
            "the mean over one image of a batch norm's output is its shift, whatever the weights",
        );
    }
    None
}

/// Whether the logits of one image are constants, or, for a sweep that looks at every sign or divides by
/// differences, have one in them.
fn pools_a_constant(sweep: Sweep, graph: &Graph) -> bool {
    match sweep {
        Sweep::Alone | Sweep::Halves => features::have_a_norm(graph),
        Sweep::Loss | Sweep::Tangent | Sweep::Ones | Sweep::PerImage => features::are_norms(graph),
        _ => false,
    }
}

/// Images over which the sweep's batch norms have their statistics.
fn normalised_images(sweep: Sweep, batch: BatchSize, settings: &Settings) -> Option<usize> {
    match sweep {
        // Of the image sweep a layer of one position is worth 0 as it is.
        Sweep::Graph | Sweep::Weights | Sweep::Synflow | Sweep::Jacobian | Sweep::Image => None,
        Sweep::Layers | Sweep::Forward | Sweep::Tangent | Sweep::Loss | Sweep::Ones => {
            Some(batch.images)
        }
        Sweep::Halves => Some(batch.images / 2),
        Sweep::Alone => Some(1),
        Sweep::Blocks | Sweep::BlockGradients => Some(block_images(batch, settings)),
        Sweep::Initialisations => Some(pattern_images(batch, settings)),
        Sweep::PerImage => Some(settings.ntk_images.min(batch.images)),
        Sweep::Noise if batch.perturbed => Some(batch.images),
        Sweep::Noise => Some(settings.zen_batch),
    }
}

/// Whether a batch norm has a single value of each channel.
fn has_lone_values(graph: &Graph, images: usize) -> bool {
    let mut norms = graph.nodes().iter();
    images == 1
        && norms.any(|node| matches!(node.op(), Op::BatchNorm(_)) && node.shape().is_vector())
}
