//! The one error type of the crate.

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why accuracies cannot be learned or predicted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A family without features.
    #[error(
        "`{arch}` is of a family that the surrogate has no features of: it knows r1, r2, mb, nb201, \
         nas-bench-macro, channel-bench-resnet, channel-bench-mobilenet, nats-sss, transnas-macro and \
         accel-nasbench"
    )]
    UnknownFamily {
        /// The architecture string.
        arch: String,
    },
    /// A network whose costs nobody knows.
    #[error("what `{arch}` costs is not known, and it is part of what accuracies are learned from")]
    UnknownCosts {
        /// The architecture string.
        arch: String,
    },
    /// A string that its family does not know.
    #[error("`{arch}` is no network of the family that it begins with: check the string")]
    Unreadable {
        /// The architecture string.
        arch: String,
    },
    /// A network of another family than those that the surrogate learned from.
    #[error(
        "`{arch}` is a network of {family}, and what was learned from {learned} says nothing about \
         it: learn from networks of its family"
    )]
    OtherFamily {
        /// The architecture string.
        arch: String,
        /// Its family.
        family: String,
        /// The family of the networks learned from.
        learned: String,
    },
    /// A network with another number of features, such as one of more layers.
    #[error(
        "`{arch}` has {found} features where those learned from have {learned}: give networks of the \
         same numbers of layers"
    )]
    OtherLength {
        /// The architecture string.
        arch: String,
        /// Its number of features.
        found: usize,
        /// That of the networks learned from.
        learned: usize,
    },
    /// No network has an accuracy to learn from.
    #[error("none of the {networks} networks has a test accuracy: there is nothing to learn from")]
    NoAccuracy {
        /// Number of networks.
        networks: usize,
    },
    /// Too few networks to learn from.
    #[error("{found} networks with an accuracy are too few to learn from: give at least {needed}")]
    TooFew {
        /// Number of networks with an accuracy.
        found: usize,
        /// The least number.
        needed: usize,
    },
    /// Too many networks to learn from.
    #[error(
        "{found} networks are more than can be learned from, which takes the cube of their number: \
         learn from at most {most} of them"
    )]
    TooMany {
        /// Number of networks with an accuracy.
        found: usize,
        /// The most.
        most: usize,
    },
    /// Nothing is left to test on, or hardly anything.
    #[error(
        "{train} networks to learn from leave {left} of {networks} to test on: learn from at most \
         {most}"
    )]
    NothingToTest {
        /// Number of networks to learn from.
        train: usize,
        /// Number of the others.
        left: usize,
        /// Number of networks with an accuracy.
        networks: usize,
        /// The most that can be learned from.
        most: usize,
    },
    /// All accuracies are equal.
    #[error("all {networks} networks have an accuracy of {accuracy}: there is nothing to learn")]
    Constant {
        /// Number of networks.
        networks: usize,
        /// The one accuracy.
        accuracy: f64,
    },
    /// An accuracy is not a number.
    #[error("the accuracy of `{arch}` is {accuracy}, not a finite number")]
    NotFinite {
        /// The architecture string.
        arch: String,
        /// The accuracy.
        accuracy: f64,
    },
    /// A covariance that is not positive definite to the precision of numbers.
    #[error("the covariance of {networks} networks cannot be factored: {matrix}")]
    Covariance {
        /// Number of networks.
        networks: usize,
        /// Which covariance.
        matrix: &'static str,
    },
    /// The optimiser refused to start.
    #[error("the hyperparameters cannot be optimised: {reason}")]
    Optimiser {
        /// What it said.
        reason: String,
    },
    /// An index could not be computed.
    #[error(transparent)]
    Metrics(#[from] nbzero_metrics::Error),
    /// A table could not be read or made.
    #[error(transparent)]
    Table(#[from] nbzero_table::Error),
}
