//! The spaces whose architectures can be listed: published benchmarks.

use crate::{
    Architecture, Cell, CellNetwork, CellOperation, ChannelBlock, ChannelNetwork, MacroLayer,
    MacroNetwork, SizeNetwork, Skeleton,
};

/// The architectures of a space that can be listed.
pub(super) struct Listing {
    pub(super) family: &'static str,
    pub(super) count: usize,
    pub(super) nth: fn(usize) -> Architecture,
    /// The inverse of `nth`; `None` of what is no network of the space.
    pub(super) index: fn(&Architecture) -> Option<usize>,
    /// The alternatives that each choice has: an index has its choices as digits in this base.
    pub(super) base: usize,
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
    base: MacroLayer::COUNT,
    classes: 10,
    resolution: 32,
};

pub(super) const NB201: Listing = Listing {
    family: CellNetwork::FAMILY,
    count: Cell::COUNT,
    nth: |i| Architecture::Cell(CellNetwork::new(Skeleton::NAS_BENCH_201, Cell::nth(i))),
    index: |network| cell_index(network, Skeleton::NAS_BENCH_201),
    base: CellOperation::ALL.len(),
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
    base: ChannelNetwork::CHOICES,
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
    base: SizeNetwork::CHOICES,
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
    /// The choices of the `index`-th network.
    pub(super) fn digits(&self, index: usize) -> Vec<usize> {
        let (mut digits, mut rest, mut count) = (Vec::new(), index, self.count);
        while count > 1 {
            digits.push(rest % self.base);
            rest /= self.base;
            count /= self.base;
        }
        digits
    }

    /// The network with these choices.
    pub(super) fn network(&self, digits: &[usize]) -> Architecture {
        let digits = digits.iter().rev();
        (self.nth)(digits.fold(0, |index, digit| index * self.base + digit))
    }
}
