//! The networks of a space as rows of choices.

use rand_chacha::ChaCha8Rng;

use super::{Source, Space};
use crate::Architecture;
use crate::population::below;

impl Space {
    /// How many alternatives each choice has.
    pub(crate) fn alternatives(&self) -> Vec<usize> {
        match self.source() {
            Source::Drawn(rules) => rules.alternatives(),
            Source::Listed(listing) => listing.alternatives(),
        }
    }

    /// A row of choices at random, whatever it costs.
    pub(crate) fn draw_choices(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        match self.source() {
            Source::Drawn(rules) => rules.draw_row(rng),
            Source::Listed(_) => {
                let all = self.alternatives().into_iter();
                all.map(|alternatives| below(alternatives, rng)).collect()
            }
        }
    }

    /// The network of a row of choices; `None` where the space rules it out: by its caps on cost, or
    /// because the benchmark has none such.
    pub(crate) fn network(&self, choices: &[usize]) -> Option<Architecture> {
        match self.source() {
            Source::Drawn(rules) => Some(rules.of_row(choices)).filter(|chain| rules.admit(chain)),
            Source::Listed(listing) => listing.network(choices),
        }
    }

    /// The row of choices of a network; `None` where it is none of the space's.
    pub(crate) fn choices(&self, network: &Architecture) -> Option<Vec<usize>> {
        match (self.source(), network) {
            (Source::Drawn(rules), Architecture::Chain(chain)) => rules.row(chain),
            (Source::Drawn(_), _) => None,
            (Source::Listed(listing), _) => listing.row(network),
        }
    }

    /// A network of the space, where draws find none.
    pub(crate) fn reach(&self, rng: &mut ChaCha8Rng) -> Architecture {
        match self.source() {
            Source::Drawn(rules) => rules.reach(rng),
            Source::Listed(_) => loop {
                if let Some(network) = self.network(&self.draw_choices(rng)) {
                    break network;
                }
            },
        }
    }

    /// Whether a network is one of the space's.
    pub fn contains(&self, network: &Architecture) -> bool {
        self.choices(network).is_some()
            && match self.source() {
                Source::Drawn(rules) => rules.admit(network),
                Source::Listed(_) => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_networks_are_inverse_to_each_other() {
        for space in Space::ALL {
            for network in space.sample(400, 3).expect("400 networks") {
                let row = space.choices(&network).expect("a network of the space");
                assert_eq!(space.network(&row), Some(network.clone()), "{space}");
                assert!(space.contains(&network), "{network}");
                let alternatives = space.alternatives();
                assert_eq!(row.len(), alternatives.len());
                assert!(row.iter().zip(alternatives).all(|(&i, n)| i < n));
            }
        }
    }

    #[test]
    fn networks_outside_the_rules_are_none_of_the_space() {
        for text in [
            "r1:64:64x2s2,128x2s2",
            "r1:64:128x2s2,64x2s2,64x2s2",
            "r1:64:64x2s1,128x2s1,256x2s2,512x2s2",
            "r1:64:64x9s2,128x2s2,256x2s2",
            "r1:63:64x2s2,128x2s2,256x2s2",
            "r1:64:512x8s2,512x8s2,512x8s2",
            "r2:64:64x2s2,128x2s2,256x2s2",
            "nas-bench-macro:00000000",
        ] {
            let network = text.parse().expect("a network");
            assert!(!Space::R1.contains(&network), "{text}");
        }
    }
}
