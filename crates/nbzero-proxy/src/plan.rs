//! Which sweeps a suite will run, which proxies are on each, and what each will hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use nbzero_graph::Graph;
use nbzero_model::sweep::{
    largest_map_bytes, largest_weight_bytes, planned_forward_bytes, planned_gradient_bytes,
    planned_jacobian_bytes, planned_parameter_bytes,
};

use crate::batch::MOST_BYTES;
use crate::spectrum::AT_ONCE;
use crate::{BatchSize, Definition, Precision, Settings, Sweep};

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
    /// Bytes that a process holds at most while the sweep runs, from the graph alone: the network's
    /// parameters, the batch, activations, gradients, and what operations and proxies make of
    /// them; of the tangent sweep, to the end of the loss sweep with which it walks back. On a CPU,
    /// in whose memory all of that is.
    pub fn bytes(&self, graph: &Graph, batch: BatchSize, settings: &Settings) -> u128 {
        if self.sweep == Sweep::Graph {
            return 0;
        }
        let wider = self.width(settings);
        held_all_along(graph, batch, settings.precision)
            + self.activation_bytes(graph, batch, settings)
            + wider * self.working_bytes(graph, batch, settings)
    }

    /// How many times the numbers of float32 a sweep holds, of those that are float32 by default.
    fn width(&self, settings: &Settings) -> u128 {
        match self.sweep {
            Sweep::Halves | Sweep::Synflow => 1,
            _ => settings.precision.width(),
        }
    }

    /// Bytes of activations and of their gradients among [`bytes`](Self::bytes).
    pub fn activation_bytes(&self, graph: &Graph, batch: BatchSize, settings: &Settings) -> u128 {
        let images = batch.images;
        let kept = |images| planned_forward_bytes(graph, images, true);
        let passing = |images| planned_forward_bytes(graph, images, false);
        let gradients = |images| planned_gradient_bytes(graph, images);
        let map = |images| largest_map_bytes(graph, images);
        let bytes = match self.sweep {
            Sweep::Graph | Sweep::Weights => 0,
            // An activation function is an operation of its own.
            Sweep::Layers => passing(images) + map(images),
            Sweep::Forward if self.feeds.is_empty() => passing(images),
            Sweep::Forward => kept(images),
            Sweep::Halves => {
                let half = images - images / 2;
                // In float64.
                2 * (kept(half) + gradients(half))
            }
            Sweep::Alone => {
                images_at_once(graph, batch, settings) as u128 * (kept(1) + gradients(1))
            }
            Sweep::Loss | Sweep::Ones => kept(images) + gradients(images),
            // Activations and gradients, each with its derivative, to the end of the loss sweep.
            Sweep::Tangent => 2 * (kept(images) + gradients(images)),
            // One image, in float64.
            Sweep::Synflow => 2 * (kept(1) + gradients(1)),
            Sweep::PerImage => {
                let images = settings.ntk_images.min(images);
                kept(images) + gradients(images.saturating_mul(images))
            }
            Sweep::Blocks if self.feeds.is_empty() => passing(block_images(batch, settings)),
            Sweep::Blocks => kept(block_images(batch, settings)),
            Sweep::BlockGradients => {
                let images = block_images(batch, settings);
                kept(images) + gradients(images)
            }
            Sweep::Jacobian => jacobian_bytes(graph, batch, settings),
            Sweep::Image => {
                let graph = image_graph(graph, batch);
                graph.map_or(0, |graph| {
                    planned_forward_bytes(&graph, 1, false) + largest_map_bytes(&graph, 1)
                })
            }
            Sweep::Initialisations => {
                let at_once = initialisations_at_once(graph, batch, settings) as u128;
                at_once * passing(pattern_images(batch, settings))
            }
            Sweep::Noise if batch.perturbed => 2 * passing(images),
            Sweep::Noise => {
                repeats_at_once(graph, batch, settings) as u128 * 2 * passing(settings.zen_batch)
            }
        };
        self.width(settings) * bytes
    }

    /// Bytes beside parameters, batch and activations: weight gradients, the values inside an
    /// operation or a proxy, matrices over the images.
    fn working_bytes(&self, graph: &Graph, batch: BatchSize, settings: &Settings) -> u128 {
        let images = batch.images as u128;
        let weight = largest_weight_bytes(graph);
        let map = |images| largest_map_bytes(graph, images);
        let matrix = images.saturating_mul(images);
        let matrix = matrix.saturating_mul(size_of::<f64>() as u128);
        let matrix = matrix.min(MOST_BYTES);
        // A network and images of the sweep's own.
        let drawn = |images| {
            let size = BatchSize {
                images,
                perturbed: false,
            };
            planned_parameter_bytes(graph) + 2 * size.bytes(graph.input_shape())
        };
        match self.sweep {
            Sweep::Graph => 0,
            Sweep::Weights => 2 * weight,
            // The singular values of the widest layers.
            Sweep::Layers => 3 * map(batch.images) + spectra_bytes(graph),
            Sweep::Forward if self.proxies.is_empty() => 2 * map(batch.images),
            // The codes of the largest activation, and the counts. The sweeps that start from this one
            // have them too, so that what fits does not depend on whether naswot is asked for.
            Sweep::Forward => 3 * map(batch.images) + 5 * matrix,
            Sweep::Loss => 3 * map(batch.images) + 4 * weight + 5 * matrix,
            // The gradients in float64, and their correlations.
            Sweep::Ones => {
                2 * map(batch.images) + 4 * batch.bytes(graph.input_shape()) + 5 * matrix
            }
            Sweep::Tangent => 4 * map(batch.images) + 6 * weight + 5 * matrix,
            // The first half's weight gradients, and those of a layer in float64.
            Sweep::Halves => planned_parameter_bytes(graph) + 3 * map(batch.images) + 6 * weight,
            // The sums of all weights' signs, and each image's gradients.
            Sweep::Alone => {
                let at_once = images_at_once(graph, batch, settings) as u128;
                planned_parameter_bytes(graph) + at_once * one_image_beside_activations(graph)
            }
            // The parameters in float64, of which one is there in both precisions.
            Sweep::Synflow => 2 * planned_parameter_bytes(graph) + 6 * map(1) + 10 * weight,
            Sweep::PerImage => {
                let images = settings.ntk_images.min(batch.images);
                2 * map(images.saturating_mul(images))
                    + 3 * weight.saturating_mul(images as u128).min(MOST_BYTES)
            }
            Sweep::Blocks | Sweep::BlockGradients => {
                let images = block_images(batch, settings);
                drawn(settings.az_images) + 4 * map(images) + spectra_bytes(graph)
            }
            Sweep::Jacobian => {
                drawn(settings.vkdnw_images) + jacobian_bytes(graph, batch, settings)
            }
            Sweep::Image => {
                let maps = image_graph(graph, batch);
                let map = maps.map_or(0, |graph| largest_map_bytes(&graph, 1));
                3 * map + 6 * widest_matrix_bytes(graph)
            }
            Sweep::Initialisations => {
                let at_once = initialisations_at_once(graph, batch, settings) as u128;
                at_once * one_initialisation_beside_activations(graph, batch, settings)
            }
            Sweep::Noise if batch.perturbed => 4 * map(batch.images),
            Sweep::Noise => {
                let repeats = repeats_at_once(graph, batch, settings) as u128;
                repeats * one_repeat_beside_activations(graph, settings)
            }
        }
    }
}

/// Bytes of the network and of the batch. A weight is drawn before it is a tensor, and packed before
/// it is multiplied. In float64 there are both, the given ones and their copies.
fn held_all_along(graph: &Graph, batch: BatchSize, precision: Precision) -> u128 {
    let given = planned_parameter_bytes(graph)
        + 2 * largest_weight_bytes(graph)
        + batch.bytes(graph.input_shape());
    match precision {
        Precision::Float32 => given,
        Precision::Float64 => 3 * given,
    }
}

/// Height and width of the image that meco draws.
const MECO_RESOLUTION: usize = 64;

/// Images of the blocks sweep.
pub(crate) fn block_images(batch: BatchSize, settings: &Settings) -> usize {
    if batch.perturbed {
        batch.images
    } else {
        settings.az_images
    }
}

/// Images of an initialisation.
pub(crate) fn pattern_images(batch: BatchSize, settings: &Settings) -> usize {
    if batch.perturbed {
        batch.images
    } else {
        settings.swap_images.min(batch.images)
    }
}

/// The values and derivatives of the jacobian sweep.
fn jacobian_bytes(graph: &Graph, batch: BatchSize, settings: &Settings) -> u128 {
    let images = if batch.perturbed {
        batch.images
    } else {
        settings.vkdnw_images
    };
    planned_jacobian_bytes(graph, images, settings.vkdnw_tensors)
}

/// The network on the image of the image sweep, `None` where it does not take one of that size.
pub(crate) fn image_graph(graph: &Graph, batch: BatchSize) -> Option<Cow<'_, Graph>> {
    if batch.perturbed {
        return Some(Cow::Borrowed(graph));
    }
    let resized = graph.resized(MECO_RESOLUTION, MECO_RESOLUTION);
    resized.ok().map(Cow::Owned)
}

/// The matrices whose spectra wait, their copies, and what one is made of.
fn spectra_bytes(graph: &Graph) -> u128 {
    (2 * AT_ONCE as u128 + 4) * widest_matrix_bytes(graph)
}

/// Bytes of a float64 matrix of the most channels that any layer has, squared.
fn widest_matrix_bytes(graph: &Graph) -> u128 {
    let channels = graph
        .nodes()
        .iter()
        .map(|node| node.shape().channels as u128);
    let widest = channels.max().unwrap_or(0);
    let bytes = widest.saturating_mul(widest);
    bytes
        .saturating_mul(size_of::<f64>() as u128)
        .min(MOST_BYTES)
}

/// Repeats of zen that run side by side.
pub(crate) fn repeats_at_once(graph: &Graph, batch: BatchSize, settings: &Settings) -> usize {
    let held = held_all_along(graph, batch, settings.precision);
    let one = 2 * planned_forward_bytes(graph, settings.zen_batch, false)
        + one_repeat_beside_activations(graph, settings);
    side_by_side(settings, held, one)
}

/// Images that go through the network side by side, each alone.
pub(crate) fn images_at_once(graph: &Graph, batch: BatchSize, settings: &Settings) -> usize {
    let sums = settings.precision.width() * planned_parameter_bytes(graph);
    let held = held_all_along(graph, batch, settings.precision) + sums;
    let one = planned_forward_bytes(graph, 1, true)
        + planned_gradient_bytes(graph, 1)
        + one_image_beside_activations(graph);
    side_by_side(settings, held, one).min(batch.images)
}

/// Initialisations whose patterns are counted side by side.
pub(crate) fn initialisations_at_once(
    graph: &Graph,
    batch: BatchSize,
    settings: &Settings,
) -> usize {
    if batch.perturbed {
        return 1;
    }
    let held = held_all_along(graph, batch, settings.precision);
    let one = planned_forward_bytes(graph, pattern_images(batch, settings), false)
        + one_initialisation_beside_activations(graph, batch, settings);
    side_by_side(settings, held, one)
}

/// How many of something run at once: one a thread, fewer where they would not fit beside what is held.
fn side_by_side(settings: &Settings, held: u128, one: u128) -> usize {
    let threads = rayon::current_num_threads();
    let Some(limit) = settings.memory_limit else {
        return threads;
    };
    let one = settings.precision.width() * one;
    let fitting = u128::from(limit).saturating_sub(held) / one;
    usize::try_from(fitting)
        .unwrap_or(usize::MAX)
        .clamp(1, threads)
}

/// The gradients of an image, and the values inside an operation.
fn one_image_beside_activations(graph: &Graph) -> u128 {
    planned_parameter_bytes(graph)
        + 3 * largest_map_bytes(graph, 1)
        + 6 * largest_weight_bytes(graph)
}

/// The weights of an initialisation, and a set of images of each activation, of which an output has four bytes
/// an image.
fn one_initialisation_beside_activations(
    graph: &Graph,
    batch: BatchSize,
    settings: &Settings,
) -> u128 {
    let images = pattern_images(batch, settings);
    planned_parameter_bytes(graph)
        + 2 * planned_forward_bytes(graph, images, true)
        + 2 * largest_map_bytes(graph, images)
}

/// The weights, images and perturbations of a repeat, and the values inside an operation.
fn one_repeat_beside_activations(graph: &Graph, settings: &Settings) -> u128 {
    let drawn = BatchSize {
        images: settings.zen_batch,
        perturbed: true,
    };
    planned_parameter_bytes(graph)
        + 2 * drawn.bytes(graph.input_shape())
        + 4 * largest_map_bytes(graph, settings.zen_batch)
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
