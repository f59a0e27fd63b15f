//! Networks that keep to caps which hardly any drawn network keeps to, and what caps rule out.
//!
//! From the smallest and the largest chains, and from random ones, choices are changed for as long as
//! that brings the costs no further from the caps.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::caps::{Caps, of};
use super::row::change;
use super::rules::ChainRules;
use crate::Architecture;
use crate::population::FEW;

/// Blocks of the networks that are looked at before a search is given up: long chains take longer.
const BLOCKS: usize = 200_000;

/// Changes after which a walk is given up, and random chains that walks begin from.
const STEPS: usize = 1_000;
const STARTS: usize = 8;

/// Which cap no network keeps to, and the nearest value that was found; or that there is none for all
/// caps together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreachable {
    /// The place of the cost in [`NAMES`](super::caps::Cap::NAMES), and the nearest value.
    Alone(usize, u64),
    /// Each cap is kept to by some.
    Together,
}

impl ChainRules {
    /// A network that keeps to the caps, the same one always.
    pub(crate) fn within(&self) -> Result<Architecture, Unreachable> {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        if let Ok(found) = self.nearest(&self.caps, &mut rng) {
            return Ok(found);
        }
        if let Some(found) = self.all(FEW).and_then(|all| all.into_iter().next()) {
            return Ok(found);
        }
        for (place, cap) in self.caps.all().into_iter().enumerate() {
            let mut alone = Caps::default();
            *alone.all_mut()[place] = cap;
            if let Err(nearest) = self.nearest(&alone, &mut rng) {
                let value = of(self.costs(&nearest))[place];
                return Err(Unreachable::Alone(place, value));
            }
        }
        Err(Unreachable::Together)
    }

    /// A network that keeps to these caps, or the nearest of those that were looked at.
    fn nearest(&self, caps: &Caps, rng: &mut ChaCha8Rng) -> Result<Architecture, Architecture> {
        let mut blocks = BLOCKS;
        let mut best: Option<(f64, Architecture)> = None;
        let random: Vec<Vec<usize>> = (0..STARTS).map(|_| self.draw_row(rng)).collect();
        for start in self.corners().into_iter().chain(random) {
            let (excess, found) = self.walk(caps, start, rng, &mut blocks);
            if excess <= 0.0 {
                return Ok(found);
            }
            if best.as_ref().is_none_or(|(least, _)| excess < *least) {
                best = Some((excess, found));
            }
            if blocks == 0 {
                break;
            }
        }
        Err(best.expect("there are corners").1)
    }

    /// Walks from a row towards the caps, and returns where it ends.
    pub(crate) fn walk(
        &self,
        caps: &Caps,
        mut row: Vec<usize>,
        rng: &mut ChaCha8Rng,
        blocks: &mut usize,
    ) -> (f64, Architecture) {
        let alternatives = self.alternatives();
        let mut at = self.of_row(&row);
        let mut excess = caps.excess(self.costs(&at));
        for _ in 0..STEPS {
            *blocks = blocks.saturating_sub(length(&at));
            if excess <= 0.0 || *blocks == 0 {
                break;
            }
            let mut next = row.clone();
            change(&mut next, &alternatives, rng);
            let network = self.of_row(&next);
            let of_next = caps.excess(self.costs(&network));
            if of_next <= excess {
                (row, at, excess) = (next, network, of_next);
            }
        }
        (excess, at)
    }

    /// The smallest and the largest row for each of the strides.
    fn corners(&self) -> Vec<Vec<usize>> {
        let alternatives = self.alternatives();
        let mut all = Vec::new();
        for (length, &stages) in self.lengths().iter().enumerate() {
            for pattern in 0..self.patterns(stages).len() {
                let corner = |of: fn(usize) -> usize| {
                    let mut row: Vec<usize> = alternatives.iter().map(|&n| of(n)).collect();
                    (row[1], row[2]) = (length, pattern);
                    row
                };
                all.push(corner(|_| 0));
                all.push(corner(|alternatives| alternatives - 1));
            }
        }
        all
    }

    /// A walk's end for drawn rows, where draws alone find nothing.
    pub(crate) fn reach(&self, rng: &mut ChaCha8Rng) -> Architecture {
        for _ in 0..STARTS {
            let (start, mut blocks) = (self.draw_row(rng), BLOCKS);
            let (excess, found) = self.walk(&self.caps, start, rng, &mut blocks);
            if excess <= 0.0 {
                return found;
            }
        }
        self.within().expect("rules that were read admit a network")
    }
}

fn length(network: &Architecture) -> usize {
    let stages = network.attributes();
    stages.iter().map(|stage| stage.depth).sum::<usize>().max(1)
}
