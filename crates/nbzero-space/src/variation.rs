//! Networks of a space at random: drawn, mutated, crossed.
//!
//! A network is a row of choices, each of a few alternatives, and every family defines its row once:
//! the digits of its index in most spaces that can be listed, and for chains stem, number of stages,
//! strides, widths, depths and expansions. A mutation takes another alternative of one choice, a
//! crossover takes each choice from one of two parents. What a space rules out is
//! drawn again, and what comes out is in [plain form](Architecture::plain).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::population::below;
use crate::space::change;
use crate::{Architecture, Space};

/// Draws before a network is given up that a space's caps keep ruling out.
const TRIES: usize = 1_000;

/// A stream of random networks of a space, the same for a seed on every machine.
///
/// ```
/// use nbzero_space::{Space, Variation};
///
/// let mut variation = Variation::new(Space::R1, 0);
/// let parent = variation.draw();
/// let child = variation.mutate(&parent).expect("a network of the space");
/// assert_ne!(child, parent);
/// assert!(Space::R1.contains(&child));
/// ```
#[derive(Debug, Clone)]
pub struct Variation {
    space: Space,
    rng: ChaCha8Rng,
}

impl Variation {
    /// The stream of a seed.
    pub fn new(space: Space, seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Self { space, rng }
    }

    /// A number below `count`, for whoever has to choose among networks.
    ///
    /// # Panics
    ///
    /// If `count` is zero.
    pub fn below(&mut self, count: usize) -> usize {
        assert!(count > 0, "there is no number below zero");
        below(count, &mut self.rng)
    }

    /// A network of the space, every alternative of a choice as likely as the others; where hardly
    /// any keeps to the caps, one that is changed until it does.
    pub fn draw(&mut self) -> Architecture {
        for _ in 0..TRIES {
            let choices = self.space.draw_choices(&mut self.rng);
            if let Some(network) = self.space.network(&choices) {
                return network.plain();
            }
        }
        self.space.reach(&mut self.rng).plain()
    }

    /// A network that differs from its parent in one choice; a few where the space leaves no other.
    /// `None` where the parent is none of the space's.
    pub fn mutate(&mut self, parent: &Architecture) -> Option<Architecture> {
        let mut choices = self.space.choices(parent)?;
        let own = parent.plain();
        let alternatives = self.space.alternatives();
        for tries in 0..TRIES {
            // From where nothing leads on in one step, two or more do.
            if tries % 100 == 0 && tries > 0 {
                change(&mut choices, &alternatives, &mut self.rng);
            }
            let mut child = choices.clone();
            change(&mut child, &alternatives, &mut self.rng);
            let child = self.space.network(&child).map(|child| child.plain());
            if child.as_ref().is_some_and(|child| *child != own) {
                return child;
            }
        }
        None
    }

    /// A network that has each choice from one of its parents. `None` where a parent is none of the
    /// space's, or the space rules out what comes of them.
    pub fn cross(&mut self, one: &Architecture, other: &Architecture) -> Option<Architecture> {
        let (one, other) = (self.space.choices(one)?, self.space.choices(other)?);
        for _ in 0..TRIES {
            let pairs = one.iter().zip(&other);
            let child: Vec<usize> = pairs
                .map(|(&one, &other)| if self.below(2) == 0 { one } else { other })
                .collect();
            if let Some(child) = self.space.network(&child) {
                return Some(child.plain());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variations_stay_in_their_space() {
        for space in Space::ALL {
            let mut variation = Variation::new(space.clone(), 1);
            let (mut one, mut other) = (variation.draw(), variation.draw());
            for _ in 0..200 {
                let child = variation.mutate(&one).expect("a mutation");
                assert_ne!(child, one, "{space}");
                let crossed = variation.cross(&child, &other).unwrap_or(child);
                for network in [&one, &crossed] {
                    assert!(space.contains(network), "{network} is not of {space}");
                    assert_eq!(network.plain(), *network);
                }
                (one, other) = (crossed, one);
            }
        }
    }

    #[test]
    fn a_seed_gives_one_stream() {
        let draw = |seed| {
            let mut variation = Variation::new(Space::Mb, seed);
            let drawn = variation.draw();
            let mutated = variation.mutate(&drawn);
            (drawn, mutated)
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn mutations_reach_every_alternative() {
        let mut variation = Variation::new(Space::NasBenchMacro, 0);
        let mut network = variation.draw();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..400_000 {
            network = variation.mutate(&network).expect("a mutation");
            seen.insert(network.clone());
        }
        assert_eq!(seen.len(), 3_969);
    }

    #[test]
    fn a_crossover_takes_from_its_parents_alone() {
        let mut variation = Variation::new(Space::NatsSss, 5);
        let parse = |text: &str| text.parse::<Architecture>().expect("a network");
        let (one, other) = (
            parse("nats-sss:8:8:8:8:8"),
            parse("nats-sss:64:64:64:64:64"),
        );
        let mut distinct = std::collections::HashSet::new();
        for _ in 0..500 {
            let child = variation.cross(&one, &other).expect("a child");
            assert!(
                child
                    .attributes()
                    .iter()
                    .all(|s| [8, 64].contains(&s.output))
            );
            distinct.insert(child);
        }
        assert_eq!(distinct.len(), 32);
    }

    #[test]
    fn a_network_of_another_space_has_no_children() {
        let foreign: Architecture = "r1:64:64x2s1,128x2s2,256x2s2,512x2s2".parse().expect("one");
        for space in [Space::R1Mini, Space::Mb, Space::Nb201] {
            assert_eq!(Variation::new(space, 0).mutate(&foreign), None);
        }
    }
}
