//! A score is a value, or undefined with a reason; never a number that stands for a failure.

/// What a proxy gives for a network.
pub type Score = Result<f64, Undefined>;

/// Why a score has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undefined {
    /// A sum overflowed or was never a number.
    #[error("not finite")]
    NotFinite,
    /// A matrix that the proxy needs has no such decomposition.
    #[error("singular: {0}")]
    Singular(&'static str),
    /// The batch or the network lacks something that the proxy needs.
    #[error("not applicable: {0}")]
    NotApplicable(&'static str),
}

/// The value, if it is finite.
pub(crate) fn finite(value: f64) -> Score {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Undefined::NotFinite)
    }
}
