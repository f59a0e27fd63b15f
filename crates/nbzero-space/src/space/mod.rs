//! The search spaces: rules over the families of chains, each a file of choices with caps on cost, and
//! published benchmarks, whose architectures can be listed.

mod built_in;
mod caps;
mod choices;
mod file;
mod listing;
mod reach;
mod row;
mod rules;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use nbzero_graph::Graph;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{Architecture, population};
pub use file::{SpaceFileError, SpaceProblem};
use listing::Listing;
pub(crate) use row::change;
pub use rules::ChainRules;
pub(crate) use rules::Choices;

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
/// the same families at a size that two CPU cores can train. Each of these six is a
/// [space file](Self::parse) that comes with the program. The others are published benchmarks:
/// NAS-Bench-201, NAS-Bench-Macro, Channel-Bench-Macro, the size space of NATS-Bench, the macro level of
/// TransNAS-Bench-101 and NAAP-440.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The 3,256 macro networks of TransNAS-Bench-101.
    TransnasMacro,
    /// The 440 networks of NAAP-440.
    Naap440,
    /// Chains of rules of one's own.
    Own(Arc<ChainRules>),
}

/// Where a space's architectures come from.
enum Source<'a> {
    /// Drawn by rules.
    Drawn(&'a ChainRules),
    /// All architectures of a space that can be listed.
    Listed(Listing),
}

/// The most chains in a sample.
const DRAWN: usize = 100_000;

/// Chains in the population of a space that does not say how many.
const POPULATION: usize = 2_000;

impl Space {
    /// Every space that comes with the program.
    pub const ALL: [Self; 14] = [
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
        Self::TransnasMacro,
        Self::Naap440,
    ];

    /// The space that a file states: a family of chains, sets to choose from, and caps on what its
    /// networks cost. A file of a built-in space is that space.
    ///
    /// ```
    /// use nbzero_space::Space;
    ///
    /// let space = Space::parse(
    ///     r#"
    ///     name = "two-stages"
    ///     family = "r1"
    ///     classes = 10
    ///     resolution = 32
    ///     stems = [16, 32]
    ///     widths = [16, 32, 64, 128]
    ///     depths = [1, 2, 3]
    ///     strides = [[1, 2], [2, 2]]
    ///
    ///     [at_most]
    ///     flops = 50_000_000
    ///     "#,
    /// )?;
    /// assert_eq!(space.sample(3, 0)?.len(), 3);
    /// assert!(space.contains(&"r1:16:32x1s1,64x2s2".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no TOML, has a key that no space has or lacks one, a value that no chain can
    /// have, caps that no network keeps to, or the name of another space. The error says in which line.
    pub fn parse(text: &str) -> Result<Self, SpaceFileError> {
        let built_in = |rules: &ChainRules| rules.name.parse::<Self>().ok();
        let other = |rules: &ChainRules| built_in(rules).is_some_and(|own| !own.has_rules(rules));
        let rules = ChainRules::read(text, other)?;
        Ok(built_in(&rules).unwrap_or_else(|| Self::Own(Arc::new(rules))))
    }

    /// Whether these are its rules; how large its population is, is none.
    fn has_rules(&self, rules: &ChainRules) -> bool {
        match self.source() {
            Source::Drawn(own) => own.text(false) == rules.text(false),
            Source::Listed(_) => false,
        }
    }

    /// The space as a [file](Self::parse), that of a built-in one with its comments; `None` of a space
    /// that no file describes, because its architectures are listed.
    pub fn file(&self) -> Option<String> {
        match self {
            Self::Own(rules) => Some(rules.text(true)),
            built_in => built_in::text(built_in).map(str::to_owned),
        }
    }

    /// What the space is, where its name does not say it: the file of a space of one's own, without
    /// comments and population, always written alike.
    pub fn definition(&self) -> Option<String> {
        match self {
            Self::Own(rules) => Some(rules.text(false)),
            _ => None,
        }
    }

    fn source(&self) -> Source<'_> {
        match self {
            Self::Own(rules) => Source::Drawn(rules),
            Self::Nb201 => Source::Listed(listing::NB201),
            Self::Nb201Mini => Source::Listed(listing::NB201_MINI),
            Self::NasBenchMacro => Source::Listed(listing::NAS_BENCH_MACRO),
            Self::ChannelBenchResnet => Source::Listed(listing::CHANNEL_BENCH_RESNET),
            Self::ChannelBenchMobilenet => Source::Listed(listing::CHANNEL_BENCH_MOBILENET),
            Self::NatsSss => Source::Listed(listing::NATS_SSS),
            Self::TransnasMacro => Source::Listed(listing::TRANSNAS_MACRO),
            Self::Naap440 => Source::Listed(listing::NAAP_440),
            chains => Source::Drawn(built_in::rules(chains)),
        }
    }

    /// The space's name at the command line and in tables.
    pub fn name(&self) -> &str {
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
            Self::TransnasMacro => "transnas-macro",
            Self::Naap440 => "naap-440",
            Self::Own(rules) => &rules.name,
        }
    }

    /// The family of its architectures, as their strings begin.
    pub fn family(&self) -> &'static str {
        match self.source() {
            Source::Drawn(rules) => rules.family.name(),
            Source::Listed(listing) => listing.family,
        }
    }

    /// Image resolution at which the space's costs are given.
    pub fn resolution(&self) -> usize {
        match self.source() {
            Source::Drawn(rules) => rules.resolution,
            Source::Listed(listing) => listing.resolution,
        }
    }

    /// Number of classes at which the space's costs are given.
    pub fn classes(&self) -> usize {
        match self.source() {
            Source::Drawn(rules) => rules.classes,
            Source::Listed(listing) => listing.classes,
        }
    }

    /// Number of architectures in the space's population: the paper's for the chains, full and small,
    /// all of a space that can be listed. A space of one's own says it, or has 2,000, and all where it
    /// is so small that they can be counted.
    pub fn population_size(&self) -> usize {
        match self.source() {
            Source::Drawn(rules) => rules.population.unwrap_or_else(|| {
                let all = rules.all(population::FEW);
                all.map_or(POPULATION, |all| all.len().min(POPULATION))
            }),
            Source::Listed(listing) => listing.count,
        }
    }

    /// The most architectures that a sample can have; tight caps may leave fewer.
    pub fn largest_sample(&self) -> usize {
        match self.source() {
            Source::Drawn(_) => DRAWN,
            Source::Listed(listing) => listing.count,
        }
    }

    /// The space's population: [`population_size`](Self::population_size) distinct
    /// architectures, the same on every machine.
    ///
    /// # Errors
    ///
    /// If a space of one's own has fewer.
    pub fn population(&self) -> Result<Vec<Architecture>, TooFew> {
        self.sample(self.population_size(), 0)
    }

    /// `count` distinct architectures. Chains are spread over FLOPs and, at equal FLOPs, over
    /// parameters; of a space that can be listed each architecture is as likely as any other.
    ///
    /// The same `count` and `seed` give the same list on every machine, in an order in which every
    /// beginning is spread in the same way.
    ///
    /// # Errors
    ///
    /// If there are fewer, or `count` is more than [`largest_sample`](Self::largest_sample).
    pub fn sample(&self, count: usize, seed: u64) -> Result<Vec<Architecture>, TooFew> {
        let most = self.largest_sample();
        let too_few = |most| TooFew {
            space: self.to_string(),
            most,
            count,
        };
        if count > most {
            return Err(too_few(most));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        match self.source() {
            Source::Drawn(rules) => population::spread(rules, count, &mut rng).map_err(too_few),
            Source::Listed(listing) => Ok(population::listed(
                listing.count,
                listing.nth,
                count,
                &mut rng,
            )),
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// More architectures than a space has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a sample of {space} has at most {most} architectures, not {count}")]
pub struct TooFew {
    space: String,
    most: usize,
    count: usize,
}

impl TooFew {
    /// How many there are, as far as was looked.
    pub fn most(&self) -> usize {
        self.most
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
