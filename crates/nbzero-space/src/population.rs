//! Sampling of architectures: chains spread over cost, of a listed space all are alike.
//!
//! Uniform draws of the widths and depths pile up at middling FLOPs. So many more candidates are
//! drawn than are wanted, sorted into cells of FLOPs x parameters, and taken from the cells in
//! turn: each turn visits every FLOPs bin once, in random order, and takes the next candidate
//! from that bin's least used parameter bin. What a bin lacks goes to the others in equal parts.
//!
//! Only integer arithmetic on a `ChaCha8` stream is used, so a sample is the same everywhere.

use std::collections::HashSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::space::Preset;
use crate::{Architecture, Chain, Costs, Stage};

const FLOPS_BINS: u64 = 70;
const PARAMS_BINS: u64 = 28;
/// Candidates drawn for each architecture wanted, and at least.
const OVERSAMPLING: usize = 8;
const MIN_CANDIDATES: usize = 4_000;

/// `count` of the `size` architectures of a space that can be listed, all alike, in random order.
pub(crate) fn listed(
    size: usize,
    nth: impl Fn(usize) -> Architecture,
    count: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Architecture> {
    assert!(count <= size, "the space has {size} architectures");
    let mut indices: Vec<usize> = (0..size).collect();
    shuffle(&mut indices, rng);
    indices.into_iter().take(count).map(nth).collect()
}

pub(crate) fn spread(preset: &Preset, count: usize, rng: &mut ChaCha8Rng) -> Vec<Architecture> {
    let wanted = (count * OVERSAMPLING).max(MIN_CANDIDATES);
    let mut bins = candidates(preset, wanted, rng);
    let mut sample = Vec::with_capacity(count);
    while sample.len() < count {
        bins.retain(|bin| !bin.is_empty());
        assert!(!bins.is_empty(), "the space has too few architectures");
        shuffle(&mut bins, rng);
        let missing = count - sample.len();
        sample.extend(bins.iter_mut().take(missing).filter_map(FlopsBin::take));
    }
    sample
}

/// Draws distinct candidates within the caps and sorts them into their cells.
fn candidates(preset: &Preset, wanted: usize, rng: &mut ChaCha8Rng) -> Vec<FlopsBin> {
    let mut bins: Vec<FlopsBin> = (0..FLOPS_BINS).map(|_| FlopsBin::default()).collect();
    let mut seen = HashSet::with_capacity(wanted);
    let span = preset.max_flops - preset.min_flops;
    while seen.len() < wanted {
        let architecture = draw(preset, rng);
        let costs = architecture.costs(preset.classes, preset.resolution);
        if !within(preset, costs) || !seen.insert(architecture.clone()) {
            continue;
        }
        let bin = (costs.flops - preset.min_flops) * FLOPS_BINS / (span + 1);
        let cell = costs.params * PARAMS_BINS / (preset.max_params + 1);
        bins[to_index(bin)].cells[to_index(cell)].push(architecture);
    }
    bins
}

pub(crate) fn within(preset: &Preset, costs: Costs) -> bool {
    (preset.min_flops..=preset.max_flops).contains(&costs.flops)
        && costs.params <= preset.max_params
}

/// Candidates of one FLOPs bin by parameter bin, and how many were taken of each.
#[derive(Debug)]
struct FlopsBin {
    cells: Vec<Vec<Architecture>>,
    taken: Vec<usize>,
}

impl Default for FlopsBin {
    fn default() -> Self {
        let cells = to_index(PARAMS_BINS);
        Self {
            cells: vec![Vec::new(); cells],
            taken: vec![0; cells],
        }
    }
}

impl FlopsBin {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(Vec::is_empty)
    }

    fn take(&mut self) -> Option<Architecture> {
        let open = (0..self.cells.len()).filter(|&i| !self.cells[i].is_empty());
        let least = open.min_by_key(|&i| self.taken[i])?;
        self.taken[least] += 1;
        self.cells[least].pop()
    }
}

/// One architecture with every choice equally likely, before any cap.
fn draw(preset: &Preset, rng: &mut ChaCha8Rng) -> Architecture {
    let stem = *pick(preset.stems, rng);
    let stages = 3 + below(2, rng);
    let unstrided = below(4, rng);
    let widths = (0..stages).map(|_| *pick(preset.widths, rng)).collect();
    let depths = (0..stages).map(|_| 1 + below(preset.max_depth, rng));
    chain(preset, stem, unstrided, widths, depths.collect())
}

/// The chain of these widths, in ascending order, and depths. Of four stages the one numbered
/// `unstrided` has no stride.
pub(crate) fn chain(
    preset: &Preset,
    stem: usize,
    unstrided: usize,
    mut widths: Vec<usize>,
    depths: Vec<usize>,
) -> Architecture {
    widths.sort_unstable();
    let four = widths.len() == 4;
    let stages = widths.into_iter().zip(depths).enumerate();
    let stages = stages.map(|(i, (width, depth))| Stage {
        width,
        depth,
        stride: if four && i == unstrided { 1 } else { 2 },
        expansion: None,
    });
    let chain = Chain::new(preset.family, stem, stages.collect());
    chain.expect("a preset draws valid chains").into()
}

fn pick<'a, T>(choices: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    &choices[below(choices.len(), rng)]
}

/// A number below `n` by widening multiplication: part of the populations' definition, so it
/// must not change with a library's version.
pub(crate) fn below(n: usize, rng: &mut ChaCha8Rng) -> usize {
    let scaled = u128::from(rng.next_u64()) * n as u128;
    usize::try_from(scaled >> 64).expect("less than n")
}

/// Fisher-Yates with the same draws on every machine.
fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i + 1, rng));
    }
}

fn to_index(value: u64) -> usize {
    usize::try_from(value).expect("a bin number is small")
}
