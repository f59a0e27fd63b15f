//! The one error type of the crate.

/// What can be wrong with the columns or parameters given to an index.
///
/// An index that merely has no value (a constant column, say) is no error: it is `None` in the
/// result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An accuracy or cost is NaN or infinite.
    #[error("{what} at row {row} is {value}; every {what} must be a finite number")]
    NotFinite {
        /// Which column: `accuracy` or `cost`.
        what: &'static str,
        /// Row of the first such value, from 0.
        row: usize,
        /// The value found there.
        value: f64,
    },
    /// Two columns that describe the same networks differ in length.
    #[error(
        "there are {scores} scores but {found} {what}; the columns must have one row a network"
    )]
    Length {
        /// Which column disagrees with the scores: `accuracies` or `costs`.
        what: &'static str,
        /// Number of scores.
        scores: usize,
        /// Number of rows of the other column.
        found: usize,
    },
    /// The pool has no networks.
    #[error("the pool has no networks; this index needs at least one")]
    Empty,
    /// Mean best rank was asked for zero budgets.
    #[error("mean best rank needs at least one budget")]
    NoBudgets,
    /// A search was asked to see none of the candidates.
    #[error("a search must see at least one candidate under each budget, not 0")]
    NoDraws,
    /// The K of BR@K or P@topK lies outside (0, 1].
    #[error("the proportion {proportion} is outside (0, 1]; give the top 5% as 0.05")]
    Proportion {
        /// The proportion given.
        proportion: f64,
    },
    /// A hybrid without members was asked for.
    #[error("a hybrid proxy needs at least one member")]
    NoMembers,
    /// A subset names a proxy that the pool does not have.
    #[error("there is no proxy at position {member}; positions are below {members}")]
    Member {
        /// The position asked for.
        member: usize,
        /// Number of proxies of the pool.
        members: usize,
    },
    /// More proxies than subsets can tell apart.
    #[error("{members} proxies are too many to combine; give at most {most}")]
    TooManyMembers {
        /// Number of proxies given.
        members: usize,
        /// Most proxies that a pool can have.
        most: usize,
    },
    /// More networks than sums of ranks can hold.
    #[error("{rows} networks are too many to vote on; give at most 50 million")]
    PoolSize {
        /// Number of networks given.
        rows: usize,
    },
}
