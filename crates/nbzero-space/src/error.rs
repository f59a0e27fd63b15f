//! What can be wrong with an architecture.

use crate::{Architecture, Family};

/// An architecture string that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// The text does not follow the grammar.
    #[error(
        "`{text}` is no architecture: expected {expected} at position {position}, found {found} \
         (an architecture looks like r1:64:64x2s1,128x2s2,256x2s2,512x2s2)"
    )]
    Grammar {
        /// The whole text.
        text: String,
        /// Character position, counted from 1.
        position: usize,
        /// What the grammar wants there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The family before the first colon does not exist.
    #[error(
        "`{name}` is no network family: there are {}",
        Architecture::families()
    )]
    UnknownFamily {
        /// The name given.
        name: String,
    },
    /// A number outside its range.
    #[error("{what} {value} is out of range: it must be between 1 and {max}")]
    Range {
        /// Which number.
        what: &'static str,
        /// The number given.
        value: String,
        /// The largest that is allowed.
        max: usize,
    },
    /// A width that the family's block cannot have.
    #[error("width {width} of stage {stage} is no multiple of {divisor}, which `{family}` needs")]
    Width {
        /// The family.
        family: Family,
        /// Stage, counted from 1.
        stage: usize,
        /// The width given.
        width: usize,
        /// What must divide it.
        divisor: usize,
    },
    /// No cell of NAS-Bench-201.
    #[error(
        "`{text}` is no cell of NAS-Bench-201: {problem} (a cell looks like \
         |nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|)"
    )]
    Cell {
        /// The cell's text.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No skeleton before a cell.
    #[error(
        "`{text}` is no network of cells: expected nb201:CHANNELSxCELLS:CELL with numbers from 1 to \
         {most}, such as nb201:16x5: and a cell for the benchmark's own networks"
    )]
    Skeleton {
        /// The whole text.
        text: String,
        /// The largest number.
        most: usize,
    },
    /// No digits of NAS-Bench-Macro.
    #[error(
        "`{text}` is no network of NAS-Bench-Macro: expected nas-bench-macro: and eight digits from 0 to 2"
    )]
    Digits {
        /// The whole text.
        text: String,
    },
    /// Neither three nor four stages.
    #[error("an architecture has 3 or 4 stages, this one has {0}")]
    StageCount(usize),
    /// Not exactly three strides of 2.
    #[error("an architecture has exactly three stages of stride 2, this one has {0}")]
    Strides(usize),
}
