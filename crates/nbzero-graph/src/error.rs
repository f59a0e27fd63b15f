//! What can be wrong with a graph while it is being built.

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
    /// A size that must not be zero (or, for a kernel, even).
    #[error("layer `{layer}`: {what} must be {rule}")]
    Size {
        /// Name of the layer.
        layer: String,
        /// Which size.
        what: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The two values of an addition differ in shape.
    #[error("cannot add a map of {left} and a map of {right}")]
    Shapes {
        /// Shape of the first value, as `CxRxR`.
        left: String,
        /// Shape of the second value.
        right: String,
    },
    /// The last node has no value that a loss could use.
    #[error("a graph ends with its linear layer, this one ends with {0}")]
    NoHead(&'static str),
    /// Two layers of the same name.
    #[error("two layers are named `{0}`")]
    DuplicateName(String),
}
