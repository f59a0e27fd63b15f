//! What can be wrong with an architecture.

use crate::{Architecture, Family};

/// An architecture string that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// The text does not follow the grammar.
    #[error(
        "`{}` is no architecture: expected {expected} at position {position}, found {found} \
         (an architecture looks like r1:64:64x2s1,128x2s2,256x2s2,512x2s2)",
        short(text)
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
        "`{}` is no network family: there are {}",
        short(name),
        Architecture::families()
    )]
    UnknownFamily {
        /// The name given.
        name: String,
    },
    /// A number outside its range.
    #[error(
        "{what} {} is out of range: it must be between 1 and {max}",
        short(value)
    )]
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
    /// An expansion where the family's block has none.
    #[error(
        "stage {stage} has an expansion, which a stage of `{family}` does not have: only `mb` does"
    )]
    Expansion {
        /// The family.
        family: Family,
        /// Stage, counted from 1.
        stage: usize,
    },
    /// No stages, or more than an architecture can have.
    #[error("an architecture has 1 to {most} stages, this one has {stages}")]
    StageCount {
        /// The number of stages.
        stages: usize,
        /// The most that there can be.
        most: usize,
    },
    /// No cell of NAS-Bench-201.
    #[error(
        "`{}` is no cell of NAS-Bench-201: {problem} (a cell looks like \
         |nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|)",
        short(text)
    )]
    Cell {
        /// The cell's text.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A cell of NAS-Bench-201 without a skeleton before it.
    #[error(
        "`{}` is a cell without its network: for the one of NAS-Bench-201 write `{network}`",
        short(text)
    )]
    BareCell {
        /// The cell's text.
        text: String,
        /// The benchmark's network of that cell.
        network: String,
    },
    /// No skeleton before a cell.
    #[error(
        "`{}` is no network of cells: expected nb201:CHANNELSxCELLS:CELL with numbers from 1 to \
         {most}, such as nb201:16x5: and a cell for the benchmark's own networks",
        short(text)
    )]
    Skeleton {
        /// The whole text.
        text: String,
        /// The largest number.
        most: usize,
    },
    /// No network of a benchmark whose networks can be listed.
    #[error("`{}` is no network of {benchmark}: expected {expected}", short(text))]
    Listed {
        /// The whole text.
        text: String,
        /// The benchmark.
        benchmark: &'static str,
        /// How its networks are written.
        expected: &'static str,
    },
}

/// As much of a text as a person would read on.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
