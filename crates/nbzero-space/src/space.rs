//! The search spaces: presets over the families, each a set of choices with caps on cost.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::Graph;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{Architecture, Cell, CellNetwork, Family, MacroNetwork, Skeleton, population};

/// What a network costs.
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
            flops: graph.flops(),
            params: graph.params(),
            depth: graph.depth(),
        }
    }
}

/// A search space.
///
/// `r1`, `r2` and `mb` are SS-R1, SS-R2 and SS-MB of NAS-Bench-Zero (section 3.1). The paper
/// leaves their sets of widths and depths to a source code that was never released; ours cover
/// the ranges of its figure 2, 0 to 700M FLOPs and 0 to 14M parameters. The `-mini` spaces are
/// the same families at a size that two CPU cores can train. `nb201` and `nas-bench-macro` are the
/// published benchmarks of those names.
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
}

/// Where a space's architectures come from.
enum Source {
    /// Drawn from a preset.
    Drawn(&'static Preset),
    /// All cells in a skeleton, at a resolution.
    Cells(Skeleton, usize),
    /// All networks of NAS-Bench-Macro.
    Macro,
}

/// What a space's architectures are drawn from, and the costs that they must keep to.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) family: Family,
    pub(crate) stems: &'static [usize],
    /// Stage widths; an architecture's widths never decrease from stage to stage.
    pub(crate) widths: &'static [usize],
    /// Blocks a stage: 1 to this many.
    pub(crate) max_depth: usize,
    /// Classes and resolution at which the caps hold.
    pub(crate) classes: usize,
    pub(crate) resolution: usize,
    pub(crate) min_flops: u64,
    pub(crate) max_flops: u64,
    pub(crate) max_params: u64,
    /// Architectures in the space's population.
    pub(crate) population: usize,
}

/// More distinct chains than this are not promised by every preset.
const DRAWN: usize = 100_000;

const FULL: Preset = Preset {
    family: Family::R1,
    stems: &[16, 24, 32, 48, 64],
    widths: &[
        8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
    ],
    max_depth: 8,
    classes: 100,
    resolution: 32,
    min_flops: 0,
    max_flops: 700_000_000,
    max_params: 14_000_000,
    population: 14_964,
};

const R1: Preset = FULL;

const R2: Preset = Preset {
    family: Family::R2,
    widths: &[
        32, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536, 2048,
    ],
    max_depth: 10,
    population: 10_187,
    ..FULL
};

const MB: Preset = Preset {
    family: Family::Mb,
    stems: &[8, 16, 24, 32, 40],
    widths: &[
        8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320, 384, 448,
    ],
    max_depth: 8,
    population: 9_743,
    ..FULL
};

const MINI: Preset = Preset {
    family: Family::R1,
    stems: &[4, 8, 12, 16],
    widths: &[4, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64, 80, 96],
    max_depth: 4,
    resolution: 16,
    min_flops: 100_000,
    max_flops: 6_000_000,
    max_params: 1_000_000,
    population: 2_000,
    ..FULL
};

const R1_MINI: Preset = MINI;

const R2_MINI: Preset = Preset {
    family: Family::R2,
    widths: &[
        8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    max_depth: 6,
    ..MINI
};

const MB_MINI: Preset = Preset {
    family: Family::Mb,
    ..MINI
};

impl Space {
    /// Every space.
    pub const ALL: [Self; 9] = [
        Self::R1,
        Self::R2,
        Self::Mb,
        Self::R1Mini,
        Self::R2Mini,
        Self::MbMini,
        Self::Nb201,
        Self::Nb201Mini,
        Self::NasBenchMacro,
    ];

    fn source(self) -> Source {
        match self {
            Self::R1 => Source::Drawn(&R1),
            Self::R2 => Source::Drawn(&R2),
            Self::Mb => Source::Drawn(&MB),
            Self::R1Mini => Source::Drawn(&R1_MINI),
            Self::R2Mini => Source::Drawn(&R2_MINI),
            Self::MbMini => Source::Drawn(&MB_MINI),
            Self::Nb201 => Source::Cells(Skeleton::NAS_BENCH_201, FULL.resolution),
            Self::Nb201Mini => Source::Cells(Skeleton::MINI, MINI.resolution),
            Self::NasBenchMacro => Source::Macro,
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
        }
    }

    /// The family of its architectures, as their strings begin.
    pub fn family(self) -> &'static str {
        match self.source() {
            Source::Drawn(preset) => preset.family.name(),
            Source::Cells(..) => CellNetwork::FAMILY,
            Source::Macro => MacroNetwork::FAMILY,
        }
    }

    /// Image resolution at which the space's costs are given.
    pub fn resolution(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.resolution,
            Source::Cells(_, resolution) => resolution,
            Source::Macro => FULL.resolution,
        }
    }

    /// Number of classes at which the space's costs are given.
    pub fn classes(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.classes,
            Source::Cells(..) => FULL.classes,
            Source::Macro => 10,
        }
    }

    /// Number of architectures in the space's population: the paper's for the full chains, 2,000
    /// for the small ones, all of a space that can be listed.
    pub fn population_size(self) -> usize {
        match self.source() {
            Source::Drawn(preset) => preset.population,
            Source::Cells(..) => Cell::COUNT,
            Source::Macro => MacroNetwork::COUNT,
        }
    }

    /// The most architectures that a sample can have.
    pub fn largest_sample(self) -> usize {
        match self.source() {
            Source::Drawn(_) => DRAWN,
            Source::Cells(..) | Source::Macro => self.population_size(),
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
            Source::Cells(skeleton, _) => {
                let nth = |i| Architecture::Cell(CellNetwork::new(skeleton, Cell::nth(i)));
                population::listed(Cell::COUNT, nth, count, &mut rng)
            }
            Source::Macro => {
                let nth = |i| Architecture::Macro(MacroNetwork::nth(i));
                population::listed(MacroNetwork::COUNT, nth, count, &mut rng)
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
