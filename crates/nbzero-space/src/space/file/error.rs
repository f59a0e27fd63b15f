//! What can be wrong with a space file.

use crate::Family;

/// A text that states no space: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct SpaceFileError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: SpaceProblem,
}

/// What is wrong in a space file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpaceProblem {
    /// It is longer than any space needs.
    #[error("a space file has at most {most} bytes, and this one has {found}")]
    TooLong {
        /// The bytes that there are.
        found: usize,
        /// The most that there may be.
        most: usize,
    },
    /// It does not follow the grammar of TOML.
    #[error("this is no TOML: {reason}")]
    Toml {
        /// What the parser says.
        reason: String,
    },
    /// A key that no space has.
    #[error(
        "`{key}` is no key {place}: {}",
        nearest.as_ref().map_or(format!("there are {known}"), |near| format!("did you mean `{near}`?"))
    )]
    UnknownKey {
        /// The key.
        key: String,
        /// Where it stands: `of a space`, or the name of its table.
        place: String,
        /// The key that is spelt almost so, if there is one.
        nearest: Option<String>,
        /// The keys that there are.
        known: String,
    },
    /// A key that every space has.
    #[error("the space has no `{key}`: {remedy}")]
    Missing {
        /// The key.
        key: &'static str,
        /// What to write.
        remedy: &'static str,
    },
    /// A value of another kind.
    #[error("`{key}` must be {expected}, and is {}", article(found))]
    Kind {
        /// The key.
        key: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A number out of its range.
    #[error("`{key}` has {value}: it must be a whole number from {least} to {most}")]
    Range {
        /// The key.
        key: String,
        /// The number.
        value: String,
        /// The smallest that is allowed.
        least: u64,
        /// The largest that is allowed.
        most: u64,
    },
    /// Too few or too many values.
    #[error("`{key}` has {found} values: it must have 1 to {most}")]
    Length {
        /// The key.
        key: String,
        /// How many there are.
        found: usize,
        /// The most that there may be.
        most: usize,
    },
    /// Values that do not ascend, or one that is there twice.
    #[error("`{key}` must ascend, but {value} comes after {before}")]
    Order {
        /// The key.
        key: String,
        /// The value that is not larger.
        value: usize,
        /// The value before it.
        before: usize,
    },
    /// A list of strides that is there twice.
    #[error("`strides` has these strides twice: leave one of them out")]
    Twice,
    /// No name of a space.
    #[error(
        "`{name}` is no name of a space: it has 1 to 40 characters of a-z, 0-9, `-`, `_` and `.`"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The name of a space that comes with the program.
    #[error("`{name}` is the name of a built-in space, whose rules are others: take another name")]
    Taken {
        /// The name.
        name: String,
    },
    /// A family that does not exist, or has no chains.
    #[error("`{name}` is no family of chains: there are {}", Family::ALL.map(|f| format!("`{f}`")).join(", "))]
    Family {
        /// The name.
        name: String,
    },
    /// A width that the family's block cannot have.
    #[error("width {width} is no multiple of {divisor}, which `{family}` needs")]
    Width {
        /// The width.
        width: usize,
        /// The family.
        family: Family,
        /// What must divide it.
        divisor: usize,
    },
    /// Expansions of a family that has none.
    #[error(
        "stages of `{family}` have no expansions, only those of `mb` do: leave `expansions` out"
    )]
    Expansions {
        /// The family.
        family: Family,
    },
    /// A least that is above the most.
    #[error("the caps admit nothing: {cost} of at least {least} and at most {most}")]
    Contradiction {
        /// The cost.
        cost: &'static str,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A cap that no network keeps to.
    #[error(
        "the caps admit nothing: no network of {side} {cap} {cost} was found, the nearest has {nearest}"
    )]
    Unreachable {
        /// `at most` or `at least`.
        side: &'static str,
        /// The cap.
        cap: u64,
        /// The cost.
        cost: &'static str,
        /// The nearest value that was found.
        nearest: u64,
    },
    /// Caps that can be kept to one by one.
    #[error(
        "the caps admit nothing: no network was found that keeps to all of them, though some keep to each"
    )]
    UnreachableTogether,
}

/// A kind of value in words.
fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'i']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
