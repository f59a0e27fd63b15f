//! The presets of chains. The paper's rules are theirs: three or four stages, three of stride 2.

use crate::Family;

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

pub(super) const R1: Preset = FULL;

pub(super) const R2: Preset = Preset {
    family: Family::R2,
    widths: &[
        32, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536, 2048,
    ],
    max_depth: 10,
    population: 10_187,
    ..FULL
};

pub(super) const MB: Preset = Preset {
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

pub(super) const R1_MINI: Preset = MINI;

pub(super) const R2_MINI: Preset = Preset {
    family: Family::R2,
    widths: &[
        8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    max_depth: 6,
    ..MINI
};

pub(super) const MB_MINI: Preset = Preset {
    family: Family::Mb,
    ..MINI
};
