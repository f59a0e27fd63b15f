//! The chains of NAS-Bench-Zero: a family, a stem width and three or four stages.

mod family;
mod mb;
pub(crate) mod parse;
mod r1;
mod r2;

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Graph, GraphError};
use serde::{Deserialize, Serialize};

use crate::ArchitectureError;
pub use family::Family;
use parse::{MAX_DEPTH, MAX_WIDTH};

/// A chain of equal blocks in stages, complete but for classes and resolution.
///
/// Written as `FAMILY:STEM:WIDTHxDEPTHsSTRIDE,...`; parsing and printing are inverse to each
/// other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain {
    family: Family,
    stem: usize,
    stages: Vec<Stage>,
}

/// A run of equal blocks; the stride belongs to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stage {
    /// Output channels of every block.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    /// Stride of the first block, 1 or 2.
    pub stride: usize,
}

/// A stage as the paper's factor analysis sees it (section 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageAttributes {
    /// Input channels.
    pub input: usize,
    /// Output channels.
    pub output: usize,
    /// Stride of the first block.
    pub stride: usize,
    /// Number of blocks.
    pub depth: usize,
}

impl Chain {
    /// A chain from its parts.
    pub fn new(family: Family, stem: usize, stages: Vec<Stage>) -> Result<Self, ArchitectureError> {
        check_range("stem width", stem, MAX_WIDTH)?;
        for (i, stage) in stages.iter().enumerate() {
            check_range("width", stage.width, MAX_WIDTH)?;
            check_range("depth", stage.depth, MAX_DEPTH)?;
            check_range("stride", stage.stride, 2)?;
            let divisor = family.width_divisor();
            if !stage.width.is_multiple_of(divisor) {
                return Err(ArchitectureError::Width {
                    family,
                    stage: i + 1,
                    width: stage.width,
                    divisor,
                });
            }
        }
        if !(3..=4).contains(&stages.len()) {
            return Err(ArchitectureError::StageCount(stages.len()));
        }
        let halvings = stages.iter().filter(|stage| stage.stride == 2).count();
        if halvings != 3 {
            return Err(ArchitectureError::Strides(halvings));
        }
        Ok(Self {
            family,
            stem,
            stages,
        })
    }

    /// The family.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Channels of the stem.
    pub fn stem(&self) -> usize {
        self.stem
    }

    /// The three or four stages.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Input channels, output channels, stride and depth of each stage.
    pub fn attributes(&self) -> Vec<StageAttributes> {
        let inputs = std::iter::once(self.stem).chain(self.stages.iter().map(|s| s.width));
        let attributes = inputs.zip(&self.stages).map(|(input, s)| StageAttributes {
            input,
            output: s.width,
            stride: s.stride,
            depth: s.depth,
        });
        attributes.collect()
    }

    pub(crate) fn lower(&self, classes: usize, resolution: usize) -> Result<Graph, GraphError> {
        self.family.lower(self, classes, resolution)
    }
}

fn check_range(what: &'static str, value: usize, max: usize) -> Result<(), ArchitectureError> {
    if (1..=max).contains(&value) {
        return Ok(());
    }
    Err(ArchitectureError::Range {
        what,
        value: value.to_string(),
        max,
    })
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.family, self.stem)?;
        for (i, stage) in self.stages.iter().enumerate() {
            let Stage {
                width,
                depth,
                stride,
            } = stage;
            let separator = if i == 0 { ':' } else { ',' };
            write!(f, "{separator}{width}x{depth}s{stride}")?;
        }
        Ok(())
    }
}

impl FromStr for Chain {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::chain(text)
    }
}
