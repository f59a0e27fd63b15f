//! The spaces whose architectures can be listed: published benchmarks.

use crate::{
    Architecture, Cell, CellNetwork, CellOperation, ChannelBlock, ChannelNetwork,
    ConvolutionNetwork, MacroLayer, MacroNetwork, ModuleNetwork, SizeNetwork, Skeleton,
};

/// How the networks of a listing are rows of choices.
pub(super) enum Choices {
    /// An index has its choices as digits in this base; every row is a network.
    Digits(usize),
    /// The family's own rows, of which not every one is a network.
    Rows {
        alternatives: fn() -> Vec<usize>,
        network: fn(&[usize]) -> Option<Architecture>,
        /// The inverse of `network`; `None` of what is of another family.
        row: fn(&Architecture) -> Option<Vec<usize>>,
    },
}

/// The architectures of a space that can be listed.
pub(super) struct Listing {
    pub(super) family: &'static str,
    pub(super) count: usize,
    pub(super) nth: fn(usize) -> Architecture,
    /// The inverse of `nth`; `None` of what is no network of the space.
    pub(super) index: fn(&Architecture) -> Option<usize>,
    pub(super) choices: Choices,
    /// Classes and resolution at which the space's costs are given.
    pub(super) classes: usize,
    pub(super) resolution: usize,
}

pub(super) const NAS_BENCH_MACRO: Listing = Listing {
    family: MacroNetwork::FAMILY,
    count: MacroNetwork::COUNT,
    nth: |i| Architecture::Macro(MacroNetwork::nth(i)),
    index: |network| match network {
        Architecture::Macro(network) => Some(network.index()),
        _ => None,
    },
    choices: Choices::Digits(MacroLayer::COUNT),
    classes: 10,
    resolution: 32,
};

pub(super) const NB201: Listing = Listing {
    family: CellNetwork::FAMILY,
    count: Cell::COUNT,
    nth: |i| Architecture::Cell(CellNetwork::new(Skeleton::NAS_BENCH_201, Cell::nth(i))),
    index: |network| cell_index(network, Skeleton::NAS_BENCH_201),
    choices: Choices::Digits(CellOperation::ALL.len()),
    classes: 100,
    resolution: 32,
};

pub(super) const NB201_MINI: Listing = Listing {
    nth: |i| Architecture::Cell(CellNetwork::new(Skeleton::MINI, Cell::nth(i))),
    index: |network| cell_index(network, Skeleton::MINI),
    resolution: 16,
    ..NB201
};

pub(super) const CHANNEL_BENCH_RESNET: Listing = Listing {
    family: ChannelBlock::Resnet.family(),
    count: ChannelNetwork::COUNT,
    nth: |i| Architecture::Channel(ChannelNetwork::nth(ChannelBlock::Resnet, i)),
    index: |network| channel_index(network, ChannelBlock::Resnet),
    choices: Choices::Digits(ChannelNetwork::CHOICES),
    ..NAS_BENCH_MACRO
};

pub(super) const CHANNEL_BENCH_MOBILENET: Listing = Listing {
    family: ChannelBlock::Mobilenet.family(),
    nth: |i| Architecture::Channel(ChannelNetwork::nth(ChannelBlock::Mobilenet, i)),
    index: |network| channel_index(network, ChannelBlock::Mobilenet),
    ..CHANNEL_BENCH_RESNET
};

pub(super) const NATS_SSS: Listing = Listing {
    family: SizeNetwork::FAMILY,
    count: SizeNetwork::COUNT,
    nth: |i| Architecture::Size(SizeNetwork::nth(i)),
    index: |network| match network {
        Architecture::Size(network) => Some(network.index()),
        _ => None,
    },
    choices: Choices::Digits(SizeNetwork::CHOICES),
    ..NAS_BENCH_MACRO
};

pub(super) const TRANSNAS_MACRO: Listing = Listing {
    family: ModuleNetwork::FAMILY,
    count: ModuleNetwork::COUNT,
    nth: |i| Architecture::Modules(ModuleNetwork::nth(i)),
    index: |network| match network {
        Architecture::Modules(network) => Some(network.index()),
        _ => None,
    },
    choices: Choices::Rows {
        alternatives: ModuleNetwork::alternatives,
        network: |row| ModuleNetwork::of_row(row).map(Architecture::Modules),
        row: |network| match network {
            Architecture::Modules(network) => Some(network.row()),
            _ => None,
        },
    },
    classes: 75,
    resolution: 256,
};

pub(super) const NAAP_440: Listing = Listing {
    family: ConvolutionNetwork::FAMILY,
    count: ConvolutionNetwork::COUNT,
    nth: |i| Architecture::Convolutions(ConvolutionNetwork::nth(i)),
    index: |network| match network {
        Architecture::Convolutions(network) => Some(network.index()),
        _ => None,
    },
    choices: Choices::Rows {
        alternatives: ConvolutionNetwork::alternatives,
        network: |row| ConvolutionNetwork::of_row(row).map(Architecture::Convolutions),
        row: |network| match network {
            Architecture::Convolutions(network) => Some(network.row()),
            _ => None,
        },
    },
    ..NAS_BENCH_MACRO
};

fn cell_index(network: &Architecture, skeleton: Skeleton) -> Option<usize> {
    match network {
        Architecture::Cell(network) if network.skeleton() == skeleton => {
            Some(network.cell().index())
        }
        _ => None,
    }
}

fn channel_index(network: &Architecture, block: ChannelBlock) -> Option<usize> {
    match network {
        Architecture::Channel(network) if network.block() == block => Some(network.index()),
        _ => None,
    }
}

impl Listing {
    /// How many alternatives each choice has.
    pub(super) fn alternatives(&self) -> Vec<usize> {
        match self.choices {
            Choices::Digits(base) => {
                let lengths = 0..;
                let length = lengths.take_while(|&length| base.pow(length) < self.count);
                vec![base; length.count()]
            }
            Choices::Rows { alternatives, .. } => alternatives(),
        }
    }

    /// The network with these choices; `None` where the space has none such.
    pub(super) fn network(&self, row: &[usize]) -> Option<Architecture> {
        match self.choices {
            Choices::Digits(base) => {
                let digits = row.iter().rev();
                let index = digits.fold(0, |index, digit| index * base + digit);
                Some((self.nth)(index))
            }
            Choices::Rows { network, .. } => network(row),
        }
    }

    /// The choices of a network; `None` of what is none of the space's.
    pub(super) fn row(&self, network: &Architecture) -> Option<Vec<usize>> {
        match self.choices {
            Choices::Digits(base) => {
                let mut rest = (self.index)(network)?;
                let digits = self.alternatives().into_iter().map(|_| {
                    let digit = rest % base;
                    rest /= base;
                    digit
                });
                Some(digits.collect())
            }
            Choices::Rows { row, .. } => row(network),
        }
    }
}
