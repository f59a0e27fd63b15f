//! What can be wrong with a graph while it is being built.

use crate::Shape;

/// A node that does not fit the graph it is added to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The input of a layer has another number of channels than the layer takes.
    #[error("layer `{layer}` takes {expected} channels, but its input has {found}")]
    Channels {
        /// Name of the layer.
        layer: String,
        /// Channels that the layer takes.
        expected: usize,
        /// Channels that its input has.
        found: usize,
    },
    /// Channels that cannot be split into the given number of groups.
    #[error("layer `{layer}`: {channels} channels do not divide into {groups} groups")]
    Groups {
        /// Name of the layer.
        layer: String,
        /// Channels of the side that does not divide.
        channels: usize,
        /// Number of groups.
        groups: usize,
    },
    /// A size that must not be zero.
    #[error("layer `{layer}`: {what} must be {rule}")]
    Size {
        /// Name of the layer.
        layer: String,
        /// Which size.
        what: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// A window that has no result on its map.
    #[error("{layer}: its window gives nothing on a map of {input}")]
    Window {
        /// The layer's name in backquotes, or the kind of operation.
        layer: String,
        /// Shape of the map.
        input: Shape,
    },
    /// The two values of a sum or product differ in shape.
    #[error("cannot {verb} a map of {left} and a map of {right}")]
    Shapes {
        /// What was to be done with them.
        verb: &'static str,
        /// Shape of the first value.
        left: Shape,
        /// Shape of the second value.
        right: Shape,
    },
    /// An operation without parameters that does not fit its input.
    #[error("{operation} does not fit a map of {input}: {rule}")]
    Misfit {
        /// Kind of the operation.
        operation: &'static str,
        /// Shape of its first input.
        input: Shape,
        /// What it needs.
        rule: &'static str,
    },
    /// A map or layer so large that its costs are beyond what is counted.
    #[error(
        "{kind} makes a map of {shape}: that is more than can be counted, and than any memory holds"
    )]
    TooLarge {
        /// Kind of the operation.
        kind: &'static str,
        /// Shape of its result.
        shape: Shape,
    },
    /// An operation on several values that was given none.
    #[error("{0} of nothing")]
    NoInputs(&'static str),
    /// Constants that make no function of numbers.
    #[error("the constants of {0} must be numbers, and a lower bound not above the upper")]
    Constants(&'static str),
    /// The last node has no value that a loss could use.
    #[error(
        "a graph ends with one number a class, behind at least one convolution or linear layer; \
         this one ends with {kind} of {shape}"
    )]
    NoHead {
        /// Kind of the last node.
        kind: &'static str,
        /// Its shape.
        shape: Shape,
    },
    /// Two layers of the same name.
    #[error("two layers are named `{0}`")]
    DuplicateName(String),
}
