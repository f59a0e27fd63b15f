//! The networks of a space as rows of choices.

use super::{Source, Space};
use crate::population::{chain, within};
use crate::space::Preset;
use crate::{Architecture, Chain, Stage};

/// Stages that a chain of a preset can have, and so widths and depths that its row has: those of a
/// fourth stage are there in any case.
const STAGES: usize = 4;

impl Space {
    /// How many alternatives each choice has.
    pub(crate) fn alternatives(self) -> Vec<usize> {
        match self.source() {
            Source::Drawn(preset) => {
                let mut all = vec![preset.stems.len(), 2, STAGES];
                all.extend([preset.widths.len(); STAGES]);
                all.extend([preset.max_depth; STAGES]);
                all
            }
            Source::Listed(listing) => vec![listing.base; listing.digits(0).len()],
        }
    }

    /// The network of a row of choices.
    pub(crate) fn network(self, choices: &[usize]) -> Architecture {
        match self.source() {
            Source::Drawn(preset) => {
                let (head, rest) = choices.split_at(3);
                let (widths, depths) = rest.split_at(STAGES);
                let stages = STAGES - 1 + head[1];
                let widths = widths[..stages].iter().map(|&i| preset.widths[i]);
                let depths = depths[..stages].iter().map(|i| i + 1);
                chain(
                    preset,
                    preset.stems[head[0]],
                    head[2],
                    widths.collect(),
                    depths.collect(),
                )
            }
            Source::Listed(listing) => listing.network(choices),
        }
    }

    /// The row of choices of a network; `None` where it is none of the space's.
    pub(crate) fn choices(self, network: &Architecture) -> Option<Vec<usize>> {
        match (self.source(), network) {
            (Source::Drawn(preset), Architecture::Chain(chain)) => row(preset, chain),
            (Source::Drawn(_), _) => None,
            (Source::Listed(listing), _) => {
                (listing.index)(network).map(|index| listing.digits(index))
            }
        }
    }

    /// Whether a network of the space's choices keeps to its caps on cost.
    pub(crate) fn admits(self, network: &Architecture) -> bool {
        match self.source() {
            Source::Drawn(preset) => {
                within(preset, network.costs(preset.classes, preset.resolution))
            }
            Source::Listed(_) => true,
        }
    }

    /// Whether a network is one of the space's.
    pub fn contains(self, network: &Architecture) -> bool {
        self.choices(network).is_some() && self.admits(network)
    }
}

/// The choices that make a chain of a preset.
fn row(preset: &Preset, chain: &Chain) -> Option<Vec<usize>> {
    let place = |values: &[usize], value| values.iter().position(|&known| known == value);
    let stages = chain.stages();
    let unstrided: Vec<usize> = (0..stages.len())
        .filter(|&i| stages[i].stride == 1)
        .collect();
    let fits = |stage: &Stage| {
        let depth = stage.depth <= preset.max_depth && stage.expansion.is_none();
        depth.then(|| place(preset.widths, stage.width)).flatten()
    };
    let mut widths: Vec<usize> = stages.iter().map(fits).collect::<Option<_>>()?;
    let unstrided = match (stages.len(), unstrided.as_slice()) {
        (3, []) => STAGES - 1,
        (4, [one]) => *one,
        _ => return None,
    };
    let ends_as_drawn = chain.stem_stride() == 1 && chain.last().is_none();
    if chain.family() != preset.family || !widths.is_sorted() || !ends_as_drawn {
        return None;
    }
    let mut depths: Vec<usize> = stages.iter().map(|stage| stage.depth - 1).collect();
    // The fourth stage that a mutation may add is like the third.
    widths.resize(STAGES, *widths.last()?);
    depths.resize(STAGES, *depths.last()?);
    let mut row = vec![
        place(preset.stems, chain.stem())?,
        stages.len() + 1 - STAGES,
        unstrided,
    ];
    row.extend(widths);
    row.extend(depths);
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_networks_are_inverse_to_each_other() {
        for space in Space::ALL {
            for network in space.sample(500, 3) {
                let row = space.choices(&network).expect("a network of the space");
                assert_eq!(space.network(&row), network, "{space}");
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
