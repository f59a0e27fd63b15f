//! Why there is no search.

use std::path::PathBuf;

use nbzero_space::Space;

use crate::Resource;

/// Why a search cannot begin, or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No network of the space keeps to a budget.
    #[error(
        "no network of {space} was found with at most {limit} {}: {}",
        resource.unit(),
        least.map_or(
            "no latency is known of those that were looked at".to_owned(),
            |least| format!("the least found is {least}; raise this budget")
        )
    )]
    Impossible {
        /// The space.
        space: Space,
        /// What is too dear.
        resource: Resource,
        /// The budget.
        limit: f64,
        /// The least that was found; none where nobody knows of any.
        least: Option<f64>,
    },
    /// Every budget can be kept to, but not all of them together.
    #[error(
        "no network of {space} was found that keeps to all budgets together, though some keep to each: raise one of them"
    )]
    ImpossibleTogether {
        /// The space.
        space: Space,
    },
    /// A journal belongs to another search.
    #[error(
        "{} is the journal of another search ({what}): give this one another --journal, or go on with the same options",
        path.display()
    )]
    OtherSearch {
        /// The journal.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// A journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] nbzero_table::Error),
}
