//! Sampling of architectures: chains spread over cost, of a listed space all are alike.
//!
//! Uniform draws of the widths and depths pile up at middling FLOPs. So many more candidates are
//! drawn than are wanted, sorted into cells of FLOPs x parameters, and taken from the cells in
//! turn: each turn visits every FLOPs bin once, in random order, and takes the next candidate
//! from one of that bin's least used parameter bins, whichever chance says: a fixed order of them
//! would fill the beginning of every sample with the smallest networks of each FLOPs bin. What a
//! bin lacks goes to the others in equal parts.
//!
//! Only integer arithmetic on a `ChaCha8` stream is used, so a sample is the same everywhere.

use std::collections::HashSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::space::{ChainRules, Choices, change};
use crate::{Architecture, Costs};

const FLOPS_BINS: usize = 70;
const PARAMS_BINS: usize = 28;
/// Candidates drawn for each architecture wanted, and at least.
const OVERSAMPLING: usize = 8;
const MIN_CANDIDATES: usize = 4_000;
/// Of spaces of no more chains than this all are candidates, and none is drawn.
pub(crate) const FEW: usize = 10_000;
/// Draws in a row without a new candidate after which none is drawn any more.
const MISSES: usize = 10_000;

/// An architecture within the caps, with its costs.
type Candidate = (Architecture, Costs);

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

/// `count` chains spread over cost; how many there are where they are too few.
pub(crate) fn spread(
    rules: &ChainRules,
    count: usize,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Architecture>, usize> {
    let wanted = count.saturating_mul(OVERSAMPLING).max(MIN_CANDIDATES);
    let candidates = candidates(rules, wanted, rng);
    if candidates.len() < count {
        return Err(candidates.len());
    }
    let mut bins = binned(rules, candidates);
    let mut sample = Vec::with_capacity(count);
    while sample.len() < count {
        bins.retain(|bin| !bin.is_empty());
        shuffle(&mut bins, rng);
        let missing = count - sample.len();
        let taken = bins.iter_mut().take(missing);
        sample.extend(taken.filter_map(|bin| bin.take(rng)));
    }
    Ok(sample)
}

/// Distinct candidates within the caps: of few chains all, else drawn ones, and where draws find no
/// more, the neighbours of those that are there.
fn candidates(rules: &ChainRules, wanted: usize, rng: &mut ChaCha8Rng) -> Vec<Candidate> {
    let with_costs = |network: Architecture| {
        let costs = rules.costs(&network);
        (network, costs)
    };
    if let Some(mut all) = rules.all(FEW) {
        shuffle(&mut all, rng);
        return all.into_iter().map(with_costs).collect();
    }
    let mut known = Known::default();
    known.take(rules, wanted, |_| Some(draw(rules, rng)));
    if known.found.is_empty() {
        let (first, costs) = with_costs(rules.reach(rng));
        known.seen.insert(first.clone());
        known.found.push((first, costs));
    }
    let alternatives = rules.alternatives();
    known.take(rules, wanted, |found: &[Candidate]| {
        let Architecture::Chain(chain) = &found[below(found.len(), rng)].0 else {
            return None;
        };
        let mut row = rules.row(chain)?;
        change(&mut row, &alternatives, rng);
        Some(rules.of_row(&row))
    });
    known.found
}

/// The candidates so far.
#[derive(Default)]
struct Known {
    seen: HashSet<Architecture>,
    found: Vec<Candidate>,
}

impl Known {
    /// Takes architectures that are new and within the caps, until there are as many as are wanted or
    /// too many others come.
    fn take(
        &mut self,
        rules: &ChainRules,
        wanted: usize,
        mut next: impl FnMut(&[Candidate]) -> Option<Architecture>,
    ) {
        let mut misses = 0;
        while self.found.len() < wanted && misses < MISSES {
            misses += 1;
            let Some(architecture) = next(&self.found) else {
                return;
            };
            let costs = rules.costs(&architecture);
            if rules.caps.admit(costs) && self.seen.insert(architecture.clone()) {
                self.found.push((architecture, costs));
                misses = 0;
            }
        }
    }
}

/// Sorts candidates into their cells: equal parts of what the caps leave, or, where there is no cap, of
/// what the candidates cost.
fn binned(rules: &ChainRules, candidates: Vec<Candidate>) -> Vec<FlopsBin> {
    let mut bins: Vec<FlopsBin> = (0..FLOPS_BINS).map(|_| FlopsBin::default()).collect();
    let dearest = |cost: fn(&Costs) -> u64| candidates.iter().map(|(_, costs)| cost(costs)).max();
    let most = |cap: Option<u64>, cost| cap.or_else(|| dearest(cost)).unwrap_or_default();
    let least_flops = rules.caps.flops.least;
    let flops = most(rules.caps.flops.most, |costs| costs.flops) - least_flops;
    let params = most(rules.caps.params.most, |costs| costs.params);
    for (architecture, costs) in candidates {
        let bin = part(costs.flops - least_flops, flops, FLOPS_BINS);
        let cell = part(costs.params, params, PARAMS_BINS);
        bins[bin].cells[cell].push(architecture);
    }
    bins
}

/// In which of so many equal parts of 0 to `most` a value is.
fn part(value: u64, most: u64, parts: usize) -> usize {
    let part = u128::from(value) * parts as u128 / (u128::from(most) + 1);
    usize::try_from(part).expect("less than the number of parts")
}

/// Candidates of one FLOPs bin by parameter bin, and how many were taken of each.
#[derive(Debug)]
struct FlopsBin {
    cells: Vec<Vec<Architecture>>,
    taken: Vec<usize>,
}

impl Default for FlopsBin {
    fn default() -> Self {
        Self {
            cells: vec![Vec::new(); PARAMS_BINS],
            taken: vec![0; PARAMS_BINS],
        }
    }
}

impl FlopsBin {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(Vec::is_empty)
    }

    fn take(&mut self, rng: &mut ChaCha8Rng) -> Option<Architecture> {
        let open = |i: &usize| !self.cells[*i].is_empty();
        let least = (0..PARAMS_BINS).filter(open).map(|i| self.taken[i]).min()?;
        let alike: Vec<usize> = (0..PARAMS_BINS)
            .filter(|i| open(i) && self.taken[*i] == least)
            .collect();
        let cell = alike[below(alike.len(), rng)];
        self.taken[cell] += 1;
        self.cells[cell].pop()
    }
}

/// One chain with every choice equally likely, before any cap.
fn draw(rules: &ChainRules, rng: &mut ChaCha8Rng) -> Architecture {
    let stem = below(rules.stems.len(), rng);
    let lengths = rules.lengths();
    let patterns = rules.patterns(lengths[below(lengths.len(), rng)]);
    let strides = patterns[below(patterns.len(), rng)].to_vec();
    let mut each = |alternatives: usize| -> Vec<usize> {
        strides.iter().map(|_| below(alternatives, rng)).collect()
    };
    let widths = each(rules.widths.len());
    let depths = each(rules.depths.len());
    let expansions = match rules.expansions.len() {
        0 => Vec::new(),
        alternatives => each(alternatives),
    };
    rules.chain(&Choices {
        stem,
        strides,
        widths,
        depths,
        expansions,
    })
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
