//! The rules of a space of chains: what its networks are drawn from, and what they may cost.

use crate::{Architecture, Chain, Costs, Family, Stage};

use super::caps::Caps;

/// The rules of a space of chains. A [space file](crate::Space::parse) states them, those of the
/// built-in spaces too.
///
/// Every choice is as likely as the others: of the stem, of the number of stages, of the strides for
/// that number, of each stage's width, depth and expansion. Widths are then sorted, so that they never
/// decrease from stage to stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainRules {
    pub(crate) name: String,
    pub(crate) family: Family,
    /// Classes and resolution at which the caps hold.
    pub(crate) classes: usize,
    pub(crate) resolution: usize,
    /// Architectures in the space's population, where the file says so.
    pub(crate) population: Option<usize>,
    /// This and the lists below are ascending and not empty.
    pub(crate) stems: Vec<usize>,
    pub(crate) widths: Vec<usize>,
    pub(crate) depths: Vec<usize>,
    /// None where the family has none, or all stages have its usual one.
    pub(crate) expansions: Vec<usize>,
    /// Strides of all stages; each list is there once.
    pub(crate) strides: Vec<Vec<usize>>,
    pub(crate) caps: Caps,
}

/// Numbers of alternatives, each a place in a list of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choices {
    pub(crate) stem: usize,
    /// Strides of all stages, whose number is that of the stages.
    pub(crate) strides: Vec<usize>,
    pub(crate) widths: Vec<usize>,
    pub(crate) depths: Vec<usize>,
    /// Of each stage where the rules have expansions.
    pub(crate) expansions: Vec<usize>,
}

impl ChainRules {
    /// The numbers of stages that chains can have, ascending.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        let mut lengths: Vec<usize> = self.strides.iter().map(Vec::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }

    /// The strides of chains of so many stages.
    pub(crate) fn patterns(&self, stages: usize) -> Vec<&[usize]> {
        let all = self.strides.iter().map(Vec::as_slice);
        all.filter(|strides| strides.len() == stages).collect()
    }

    /// How many chains there are, whatever they cost.
    pub(crate) fn size(&self) -> u128 {
        let power = |base: usize, stages: usize| {
            (0..stages).fold(1_u128, |all, _| all.saturating_mul(base as u128))
        };
        let of_strides = |strides: &Vec<usize>| {
            let stages = strides.len();
            // Ascending lists of widths: combinations with repetition. Each product is divisible.
            let widths = (1..=stages as u128).fold(1_u128, |all, i| {
                all.saturating_mul(self.widths.len() as u128 + i - 1) / i
            });
            widths
                .saturating_mul(power(self.depths.len(), stages))
                .saturating_mul(power(self.expansions.len().max(1), stages))
        };
        let all = self.strides.iter().map(of_strides);
        let all = all.fold(0_u128, u128::saturating_add);
        all.saturating_mul(self.stems.len() as u128)
    }

    /// The chain of these choices.
    pub(crate) fn chain(&self, choices: &Choices) -> Architecture {
        let mut widths = choices.widths.clone();
        widths.sort_unstable();
        let stage = |(i, &stride): (usize, &usize)| Stage {
            width: self.widths[widths[i]],
            depth: self.depths[choices.depths[i]],
            stride,
            expansion: choices.expansions.get(i).map(|&e| self.expansions[e]),
        };
        let stages = choices.strides.iter().enumerate().map(stage);
        let chain = Chain::new(self.family, self.stems[choices.stem], stages.collect());
        chain
            .expect("rules that were read make valid chains")
            .into()
    }

    /// The costs at the classes and the resolution of the caps.
    pub(crate) fn costs(&self, network: &Architecture) -> Costs {
        network.costs(self.classes, self.resolution)
    }

    /// Whether a network, if its choices are those of the rules, keeps to the caps.
    pub(crate) fn admit(&self, network: &Architecture) -> bool {
        self.caps.admit(self.costs(network))
    }

    /// Every chain that keeps to the caps, if there are at most `most` with and without.
    pub(crate) fn all(&self, most: usize) -> Option<Vec<Architecture>> {
        if self.size() > most as u128 {
            return None;
        }
        let mut all = Vec::new();
        for strides in &self.strides {
            let stages = strides.len();
            let per_stage = |alternatives: usize| lists(alternatives, stages, false);
            let expansions = match self.expansions.len() {
                0 => vec![Vec::new()],
                alternatives => per_stage(alternatives),
            };
            for stem in 0..self.stems.len() {
                for widths in lists(self.widths.len(), stages, true) {
                    for depths in per_stage(self.depths.len()) {
                        for expansions in &expansions {
                            all.push(self.chain(&Choices {
                                stem,
                                strides: strides.clone(),
                                widths: widths.clone(),
                                depths: depths.clone(),
                                expansions: expansions.clone(),
                            }));
                        }
                    }
                }
            }
        }
        all.retain(|network| self.admit(network));
        Some(all)
    }
}

/// All lists of so many numbers below `alternatives`, or those that never decrease.
fn lists(alternatives: usize, length: usize, ascending: bool) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..length {
        let longer = all.iter().flat_map(|list: &Vec<usize>| {
            let from = list.last().copied().filter(|_| ascending);
            (from.unwrap_or(0)..alternatives).map(move |next| [&list[..], &[next]].concat())
        });
        all = longer.collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascending_lists_are_combinations_with_repetition() {
        assert_eq!(lists(3, 2, false).len(), 9);
        assert_eq!(
            lists(3, 2, true),
            [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]
        );
        assert_eq!(lists(19, 4, true).len(), 7_315);
    }
}
