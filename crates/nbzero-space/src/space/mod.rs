//! The search spaces: presets over the families, each a set of choices with caps on cost, and
//! published benchmarks, whose architectures can be listed.

mod choices;
mod listing;
mod preset;

use std::fmt;
use std::str::FromStr;

use nbzero_graph::Graph;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{Architecture, population};
use listing::Listing;
pub(crate) use preset::Preset;

/// What a network costs, in the 64 bits that tables have; sizes beyond stop at the largest number,
/// and [`Graph::flops`] and [`Graph::params`] say the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// Multiply-accumulates of convolutions and linear layers for one image.
    pub flops: u64,
    /// Trainable parameters.
    pub params: u64,
    /// Convolutions and linear layers, shortcut projections not counted.
    pub depth: u32,
}

impl Costs {
    /// The costs of a graph.
    pub fn of(graph: &Graph) -> Self {
        Self {
            flops: at_most(graph.flops()),
            params: at_most(graph.params()),
            depth: graph.depth(),
        }
    }
}

/// A count that stops at the largest number.
pub(crate) fn at_most(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A search space.
///
/// `r1`, `r2` and `mb` are SS-R1, SS-R2 and SS-MB of NAS-Bench-Zero (section 3.1). The paper
/// leaves their sets of widths and depths to a source code that was never released; ours cover
/// the ranges of its figure 2, 0 to 700M FLOPs and 0 to 14M parameters. The `-mini` spaces are
/// the same families at a size that two CPU cores can train. The others are published benchmarks:
/// NAS-Bench-201, NAS-Bench-Macro, Channel-Bench-Macro and the size space of NATS-Bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Space {
    /// ResNet-18/34 chains.
    R1,
    /// ResNet-50 chains.
    R2,
    /// MobileNetV2 chains.
    Mb,
    /// Small ResNet-18/34 chains.
    R1Mini,
    /// Small ResNet-50 chains.
    R2Mini,
    /// Small MobileNetV2 chains.
    MbMini,
    /// The 15,625 cells of NAS-Bench-201 in the benchmark's skeleton.
    Nb201,
    /// The same cells in a small skeleton: 8 channels and one cell a stage.
    Nb201Mini,
    /// The 6,561 networks of NAS-Bench-Macro.
    NasBenchMacro,
    /// The 16,384 chains of ResNet blocks of Channel-Bench-Macro.
    ChannelBenchResnet,
    /// The 16,384 chains of MobileNetV2 blocks of Channel-Bench-Macro.
    ChannelBenchMobilenet,
    /// The 32,768 networks of NATS-Bench's size space.
    NatsSss,
}

/// Where a space's architectures come from.
enum Source {
    /// Drawn from a preset.
    Drawn(&'static Preset),
    /// All architectures of a space that can be listed.
    Listed(Listing),
}

/// More distinct chains than this are not promised by every preset.
const DRAWN: usize = 100_000;

impl Space {
    /// Every space.
    pub const ALL: [Self; 12] = [
        Self::R1,
        Self::R2,
        Self::Mb,
        Self::R1Mini,
        Self::R2Mini,
        Self::MbMini,
        Self::Nb201,
        Self::Nb201Mini,
        Self::NasBenchMacro,
        Self::ChannelBenchResnet,
        Self::ChannelBenchMobilenet,
        Self::NatsSss,
    ];

    fn source(self) -> Source {
        match self {
            Self::R1 => Source::Drawn(&preset::R1),
            Self::R2 => Source::Drawn(&preset::R2),
            Self::Mb => Source::Drawn(&preset::MB),
            Self::R1Mini => Source::Drawn(&preset::R1_MINI),
            Self::R2Mini => Source::Drawn(&preset::R2_MINI),
            Self::MbMini => Source::Drawn(&preset::MB_MINI),
            Self::Nb201 => Source::Listed(listing::NB201),
            Self::Nb201Mini => Source::Listed(listing::NB201_MINI),
            Self::NasBenchMacro => Source::Listed(listing::NAS_BENCH_MACRO),
            Self::ChannelBenchResnet => Source::Listed(listing::CHANNEL_BENCH_RESNET),
            Self::ChannelBenchMobilenet => Source::Listed(listing::CHANNEL_BENCH_MOBILENET),
            Self::NatsSss => Source::Listed(listing::NATS_SSS),
        }
    }

    /// The space's name at the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::R1 => "r1",
            Self::R2 => "r2",
            Self::Mb => "mb",
            Self::R1Mini => "r1-mini",
            Self::R2Mini => "r2-mini",
            Self::MbMini => "mb-mini",
            Self::Nb201 => "nb201",
            Self::Nb201Mini => "nb201-mini",
            Self::NasBenchMacro => "nas-bench-macro",
            Self::ChannelBenchResnet => "channel-bench-resnet",
            Self::ChannelBenchMobilenet => "channel-bench-mobilenet",
            Self::NatsSss => "nats-sss",
        }
    }

    /// The family of its architectures, as their strings begin.
    pub fn family(self) -> &'static str {
        match self.source() {
            Source::Drawn(preset) => preset.family.name(),
            Source::Listed(listing) => listing.family,
        }
    }

    /// Image resolution at which the space's costs are given.
    pub fn resolution(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.resolution,
            Source::Listed(listing) => listing.resolution,
        }
    }

    /// Number of classes at which the space's costs are given.
    pub fn classes(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.classes,
            Source::Listed(listing) => listing.classes,
        }
    }

    /// Number of architectures in the space's population: the paper's for the full chains, 2,000
    /// for the small ones, all of a space that can be listed.
    pub fn population_size(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.population,
            Source::Listed(listing) => listing.count,
        }
    }

    /// The most architectures that a sample can have.
    pub fn largest_sample(self) -> usize {
        match self.source() {
            Source::Drawn(_) => DRAWN,
            Source::Listed(listing) => listing.count,
        }
    }

    /// The space's population: [`population_size`](Self::population_size) distinct
    /// architectures, the same on every machine.
    pub fn population(self) -> Vec<Architecture> {
        self.sample(self.population_size(), 0)
    }

    /// `count` distinct architectures. Chains are spread over FLOPs and, at equal FLOPs, over
    /// parameters; of a space that can be listed each architecture is as likely as any other.
    ///
    /// The same `count` and `seed` give the same list on every machine, in random order.
    ///
    /// # Panics
    ///
    /// If `count` is more than [`largest_sample`](Self::largest_sample).
    pub fn sample(self, count: usize, seed: u64) -> Vec<Architecture> {
        let most = self.largest_sample();
        assert!(count <= most, "a sample of {self} has at most {most}");
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        match self.source() {
            Source::Drawn(preset) => population::spread(preset, count, &mut rng),
            Source::Listed(listing) => {
                population::listed(listing.count, listing.nth, count, &mut rng)
            }
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no search space has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no search space: there are {}", Space::ALL.map(|s| format!("`{s}`")).join(", "))]
pub struct UnknownSpace {
    name: String,
}

impl FromStr for Space {
    type Err = UnknownSpace;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|space| space.name() == name);
        found.ok_or_else(|| UnknownSpace {
            name: name.to_owned(),
        })
    }
}
