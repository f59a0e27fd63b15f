//! What can be wrong with an architecture.

use crate::Family;

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
    #[error("`{name}` is no network family: there are {}", Family::list())]
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
    /// Neither three nor four stages.
    #[error("an architecture has 3 or 4 stages, this one has {0}")]
    StageCount(usize),
    /// Not exactly three strides of 2.
    #[error("an architecture has exactly three stages of stride 2, this one has {0}")]
    Strides(usize),
}
