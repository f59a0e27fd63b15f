//! Chains of blocks: a family, a stem width and stages. How many stages and strides there may be
//! beyond the grammar's limits is a rule of a search space, not of a chain.

mod family;
mod mb;
pub(crate) mod parse;
mod r1;
mod r2;

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Graph, GraphError, Shape};
use serde::{Deserialize, Serialize};

use crate::ArchitectureError;
pub use family::Family;
use parse::{MAX_DEPTH, MAX_EXPANSION, MAX_STAGES, MAX_WIDTH};

/// A chain of equal blocks in stages, complete but for classes and resolution.
///
/// Written as `FAMILY:STEM:WIDTHxDEPTHsSTRIDE,...`, in `mb` with `eEXPANSION` behind a stage whose
/// expansion is not 6, with `s2` behind a stem of stride 2 and `:WIDTH` at the end for a last convolution; parsing and printing are inverse to each other, but for an expansion of 6
/// that is spelt out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain {
    family: Family,
    stem: usize,
    stem_stride: usize,
    stages: Vec<Stage>,
    last: Option<usize>,
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
    /// How many times its input an inverted residual is wide inside, where that is not the 6 of
    /// MobileNetV2; 1 means that there is no expanding convolution. Other families have none.
    pub expansion: Option<usize>,
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
    /// A chain from its parts, with a stem of stride 1 and nothing between the stages and the pooling.
    ///
    /// # Errors
    ///
    /// If a number is out of its range, a width is none of the family's, or a stage has an
    /// expansion whose family has none.
    pub fn new(
        family: Family,
        stem: usize,
        mut stages: Vec<Stage>,
    ) -> Result<Self, ArchitectureError> {
        check_range("stem width", stem, MAX_WIDTH)?;
        if !(1..=MAX_STAGES).contains(&stages.len()) {
            return Err(ArchitectureError::StageCount {
                stages: stages.len(),
                most: MAX_STAGES,
            });
        }
        for (i, stage) in stages.iter_mut().enumerate() {
            stage.check(family, i + 1)?;
            // One network has one string.
            stage.expansion = stage.expansion.filter(|&own| own != mb::EXPANSION);
        }
        Ok(Self {
            family,
            stem,
            stem_stride: 1,
            stages,
            last: None,
        })
    }

    /// The same behind a stem of another stride, 1 or 2.
    ///
    /// # Errors
    ///
    /// If it is another number.
    pub fn with_stem_stride(self, stride: usize) -> Result<Self, ArchitectureError> {
        check_range("stride", stride, 2)?;
        Ok(Self {
            stem_stride: stride,
            ..self
        })
    }

    /// The same with a 1x1 convolution to so many channels behind the stages, with batch norm and the stem's
    /// activation, as `MobileNetV2` has one to 1280.
    ///
    /// # Errors
    ///
    /// If they are none or too many.
    pub fn with_last(self, width: usize) -> Result<Self, ArchitectureError> {
        check_range("width", width, MAX_WIDTH)?;
        Ok(Self {
            last: Some(width),
            ..self
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

    /// Stride of the stem, 1 or 2.
    pub fn stem_stride(&self) -> usize {
        self.stem_stride
    }

    /// Channels of the convolution behind the stages, where there is one.
    pub fn last(&self) -> Option<usize> {
        self.last
    }

    /// The stages, 1 to 12.
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

    pub(crate) fn lower(&self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        self.family.lower(self, classes, image)
    }
}

impl Stage {
    /// Refuses what no stage of the family can be; `number` counts stages from 1.
    fn check(&self, family: Family, number: usize) -> Result<(), ArchitectureError> {
        check_range("width", self.width, MAX_WIDTH)?;
        check_range("depth", self.depth, MAX_DEPTH)?;
        check_range("stride", self.stride, 2)?;
        let divisor = family.width_divisor();
        if !self.width.is_multiple_of(divisor) {
            return Err(ArchitectureError::Width {
                family,
                stage: number,
                width: self.width,
                divisor,
            });
        }
        match self.expansion {
            None => Ok(()),
            Some(expansion) if family == Family::Mb => {
                check_range("expansion", expansion, MAX_EXPANSION)
            }
            Some(_) => Err(ArchitectureError::Expansion {
                family,
                stage: number,
            }),
        }
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
        if self.stem_stride != 1 {
            write!(f, "s{}", self.stem_stride)?;
        }
        for (i, stage) in self.stages.iter().enumerate() {
            let Stage {
                width,
                depth,
                stride,
                expansion,
            } = stage;
            let separator = if i == 0 { ':' } else { ',' };
            write!(f, "{separator}{width}x{depth}s{stride}")?;
            if let Some(expansion) = expansion {
                write!(f, "e{expansion}")?;
            }
        }
        match self.last {
            Some(width) => write!(f, ":{width}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Chain {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::chain(text)
    }
}
