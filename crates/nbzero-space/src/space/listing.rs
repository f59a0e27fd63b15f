//! The spaces whose architectures can be listed: published benchmarks.

use super::preset;
use crate::{
    Architecture, Cell, CellNetwork, ChannelBlock, ChannelNetwork, MacroNetwork, SizeNetwork,
    Skeleton,
};

/// The architectures of a space that can be listed.
pub(super) struct Listing {
    pub(super) family: &'static str,
    pub(super) count: usize,
    pub(super) nth: fn(usize) -> Architecture,
    /// Classes and resolution at which the space's costs are given.
    pub(super) classes: usize,
    pub(super) resolution: usize,
}

pub(super) const NAS_BENCH_MACRO: Listing = Listing {
    family: MacroNetwork::FAMILY,
    count: MacroNetwork::COUNT,
    nth: |i| Architecture::Macro(MacroNetwork::nth(i)),
    classes: 10,
    resolution: 32,
};

pub(super) const NB201: Listing = Listing {
    family: CellNetwork::FAMILY,
    count: Cell::COUNT,
    nth: |i| Architecture::Cell(CellNetwork::new(Skeleton::NAS_BENCH_201, Cell::nth(i))),
    classes: preset::R1.classes,
    resolution: preset::R1.resolution,
};

pub(super) const NB201_MINI: Listing = Listing {
    nth: |i| Architecture::Cell(CellNetwork::new(Skeleton::MINI, Cell::nth(i))),
    resolution: preset::R1_MINI.resolution,
    ..NB201
};

pub(super) const CHANNEL_BENCH_RESNET: Listing = Listing {
    family: ChannelBlock::Resnet.family(),
    count: ChannelNetwork::COUNT,
    nth: |i| Architecture::Channel(ChannelNetwork::nth(ChannelBlock::Resnet, i)),
    ..NAS_BENCH_MACRO
};

pub(super) const CHANNEL_BENCH_MOBILENET: Listing = Listing {
    family: ChannelBlock::Mobilenet.family(),
    nth: |i| Architecture::Channel(ChannelNetwork::nth(ChannelBlock::Mobilenet, i)),
    ..CHANNEL_BENCH_RESNET
};

pub(super) const NATS_SSS: Listing = Listing {
    family: SizeNetwork::FAMILY,
    count: SizeNetwork::COUNT,
    nth: |i| Architecture::Size(SizeNetwork::nth(i)),
    ..NAS_BENCH_MACRO
};
