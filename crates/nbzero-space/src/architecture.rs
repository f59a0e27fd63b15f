//! An architecture of any family.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Graph, Resolution, Shape};
use serde::{Deserialize, Serialize};

use crate::{
    ArchitectureError, CellNetwork, Chain, ChannelBlock, ChannelNetwork, ConvolutionNetwork, Costs,
    MacroNetwork, ModuleNetwork, SizeNetwork, StageAttributes, nb201,
};

/// A network, complete but for classes and resolution.
///
/// Its string begins with the family; parsing and printing are inverse to each other, and serde
/// uses the string.
///
/// ```
/// use nbzero_space::Architecture;
///
/// let resnet18: Architecture = "r1:64:64x2s1,128x2s2,256x2s2,512x2s2".parse()?;
/// assert_eq!(resnet18.to_string(), "r1:64:64x2s1,128x2s2,256x2s2,512x2s2");
/// assert_eq!(resnet18.graph(10, 32).depth(), 18);
///
/// // A cell of NAS-Bench-201 in the benchmark's skeleton of 16 channels and 5 cells a stage.
/// let cell = "nb201:16x5:|skip_connect~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|skip_connect~2|";
/// let cell: Architecture = cell.parse()?;
/// assert_eq!(cell.costs(10, 32).params, 73_306 + 243_040);
/// # Ok::<(), nbzero_space::ArchitectureError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Architecture {
    /// A chain of ResNet or MobileNetV2 blocks: `r1`, `r2`, `mb`.
    Chain(Chain),
    /// A cell of NAS-Bench-201 in its skeleton: `nb201`.
    Cell(CellNetwork),
    /// A network of NAS-Bench-Macro: `nas-bench-macro`.
    Macro(MacroNetwork),
    /// A network of Channel-Bench-Macro: `channel-bench-resnet`, `channel-bench-mobilenet`.
    Channel(ChannelNetwork),
    /// A network of NATS-Bench's size space: `nats-sss`.
    Size(SizeNetwork),
    /// A macro network of TransNAS-Bench-101: `transnas-macro`.
    Modules(ModuleNetwork),
    /// A network of NAAP-440: `naap-440`.
    Convolutions(ConvolutionNetwork),
}

impl Architecture {
    /// The family that the string begins with.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Chain(chain) => chain.family().name(),
            Self::Cell(_) => CellNetwork::FAMILY,
            Self::Macro(_) => MacroNetwork::FAMILY,
            Self::Channel(network) => network.block().family(),
            Self::Size(_) => SizeNetwork::FAMILY,
            Self::Modules(_) => ModuleNetwork::FAMILY,
            Self::Convolutions(_) => ConvolutionNetwork::FAMILY,
        }
    }

    /// Input channels, output channels, stride and depth of each stage of a chain, or of each layer
    /// that has a width of its own in `channel-bench-*`, `nats-sss` and `naap-440`, or of each module of
    /// `transnas-macro`; cells and `nas-bench-macro`
    /// have none, since their stages do not differ.
    pub fn attributes(&self) -> Vec<StageAttributes> {
        match self {
            Self::Chain(chain) => chain.attributes(),
            Self::Channel(network) => network.attributes(),
            Self::Size(network) => network.attributes(),
            Self::Modules(network) => network.attributes(),
            Self::Convolutions(network) => network.attributes(),
            Self::Cell(_) | Self::Macro(_) => Vec::new(),
        }
    }

    /// The network that stands for all of its family that compute the same, itself where there are no
    /// others: the cheapest of the cells that differ in edges of which nothing comes out or in the
    /// order of their sums, and the network of NAS-Bench-Macro whose identities come last.
    ///
    /// ```
    /// use nbzero_space::Architecture;
    ///
    /// let disguised: Architecture = "nas-bench-macro:20102001".parse()?;
    /// assert_eq!(disguised.plain().to_string(), "nas-bench-macro:20120010");
    /// # Ok::<(), nbzero_space::ArchitectureError>(())
    /// ```
    #[must_use]
    pub fn plain(&self) -> Self {
        match self {
            Self::Cell(network) => Self::Cell(network.plain()),
            Self::Macro(network) => Self::Macro(network.plain()),
            Self::Chain(_)
            | Self::Channel(_)
            | Self::Size(_)
            | Self::Modules(_)
            | Self::Convolutions(_) => self.clone(),
        }
    }

    /// The layer graph for colour images of a resolution; a number is that of a square.
    ///
    /// # Panics
    ///
    /// If `classes` or the resolution is zero.
    pub fn graph(&self, classes: usize, resolution: impl Into<Resolution>) -> Graph {
        self.graph_on(classes, resolution.into().image(3))
    }

    /// The layer graph for images of a shape: the stem has their channels.
    ///
    /// ```
    /// use nbzero_graph::Shape;
    /// use nbzero_space::Architecture;
    ///
    /// let chain: Architecture = "r1:8:8x1s2,16x1s2,24x1s2".parse()?;
    /// let image = Shape::new(13, 64, 96);
    /// assert_eq!(chain.graph_on(10, image).input_shape(), image);
    /// let more = chain.graph_on(10, image).params() - chain.graph(10, 64).params();
    /// assert_eq!(more, 8 * (13 - 3) * 3 * 3);
    /// # Ok::<(), nbzero_space::ArchitectureError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `classes` or a size of the image is zero.
    pub fn graph_on(&self, classes: usize, image: Shape) -> Graph {
        assert!(classes > 0, "a network has at least one class");
        assert!(image.numbers() > 0, "an image has at least one number");
        let graph = match self {
            Self::Chain(chain) => chain.lower(classes, image),
            Self::Cell(network) => network.lower(classes, image),
            Self::Macro(network) => network.lower(classes, image),
            Self::Channel(network) => network.lower(classes, image),
            Self::Size(network) => network.lower(classes, image),
            Self::Modules(network) => network.lower(classes, image),
            Self::Convolutions(network) => network.lower(classes, image),
        };
        graph.expect("a checked architecture lowers to a valid graph")
    }

    /// FLOPs, parameters and depth at the given number of classes and resolution.
    pub fn costs(&self, classes: usize, resolution: impl Into<Resolution>) -> Costs {
        Costs::of(&self.graph(classes, resolution))
    }

    /// The families, in words.
    pub(crate) fn families() -> String {
        let chains = crate::Family::ALL.map(crate::Family::name);
        let listed = [
            CellNetwork::FAMILY,
            MacroNetwork::FAMILY,
            ChannelBlock::Resnet.family(),
            ChannelBlock::Mobilenet.family(),
            SizeNetwork::FAMILY,
            ModuleNetwork::FAMILY,
            ConvolutionNetwork::FAMILY,
        ];
        let all = chains.into_iter().chain(listed);
        all.map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(chain) => chain.fmt(f),
            Self::Cell(network) => network.fmt(f),
            Self::Macro(network) => network.fmt(f),
            Self::Channel(network) => network.fmt(f),
            Self::Size(network) => network.fmt(f),
            Self::Modules(network) => network.fmt(f),
            Self::Convolutions(network) => network.fmt(f),
        }
    }
}

impl FromStr for Architecture {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RESNET: &str = ChannelBlock::Resnet.family();
        const MOBILENET: &str = ChannelBlock::Mobilenet.family();
        if let Some(error) = nb201::refusal(text) {
            return Err(error);
        }
        let (family, _) = text.split_once(':').unwrap_or((text, ""));
        match family {
            CellNetwork::FAMILY => text.parse().map(Self::Cell),
            MacroNetwork::FAMILY => text.parse().map(Self::Macro),
            RESNET | MOBILENET => text.parse().map(Self::Channel),
            SizeNetwork::FAMILY => text.parse().map(Self::Size),
            ModuleNetwork::FAMILY => text.parse().map(Self::Modules),
            ConvolutionNetwork::FAMILY => text.parse().map(Self::Convolutions),
            _ => text.parse().map(Self::Chain),
        }
    }
}

impl TryFrom<String> for Architecture {
    type Error = ArchitectureError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Architecture> for String {
    fn from(architecture: Architecture) -> Self {
        architecture.to_string()
    }
}

impl From<Chain> for Architecture {
    fn from(chain: Chain) -> Self {
        Self::Chain(chain)
    }
}
