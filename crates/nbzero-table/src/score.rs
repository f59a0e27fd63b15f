//! A score: a finite number, or undefined with a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reason where no record of a network has a score.
pub(crate) const NOT_SCORED: &str = "not scored";

/// The reason where a published table leaves a cell empty.
pub(crate) const NOT_PUBLISHED: &str = "not published";

/// A proxy's answer for one network.
///
/// A score cannot hold NaN or an infinity: [`Score::new`] turns them into an undefined score. In
/// JSON it is a number or `{"undefined": "reason"}`.
///
/// ```
/// use nbzero_table::Score;
///
/// assert_eq!(Score::new(1.5).value(), Some(1.5));
/// assert_eq!(Score::new(f64::INFINITY).reason(), Some("not finite"));
/// assert_eq!(Score::undefined("singular").value(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Json", from = "Json")]
pub struct Score(Inner);

/// Private, so that a non-finite value cannot be made.
#[derive(Debug, Clone, PartialEq)]
enum Inner {
    Value(f64),
    Undefined(String),
}

/// The form in JSON.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a score is a number or {\"undefined\": \"reason\"}"
)]
enum Json {
    Value(f64),
    Undefined { undefined: String },
}

impl Score {
    /// The score of that value; undefined ("not finite") where it is NaN or infinite.
    ///
    /// A negative zero becomes zero, so that equal scores are equal to the last bit.
    pub fn new(value: f64) -> Self {
        if value.is_finite() {
            Self(Inner::Value(value + 0.0))
        } else {
            Self::undefined("not finite")
        }
    }

    /// A score that does not exist, and why.
    pub fn undefined(reason: impl Into<String>) -> Self {
        Self(Inner::Undefined(reason.into()))
    }

    /// The score of a network that nobody scored.
    pub fn missing() -> Self {
        Self::undefined(NOT_SCORED)
    }

    /// The value, always finite; `None` where undefined.
    pub fn value(&self) -> Option<f64> {
        match &self.0 {
            Inner::Value(value) => Some(*value),
            Inner::Undefined(_) => None,
        }
    }

    /// Why the score is undefined; `None` where it has a value.
    pub fn reason(&self) -> Option<&str> {
        match &self.0 {
            Inner::Value(_) => None,
            Inner::Undefined(reason) => Some(reason),
        }
    }

    /// Whether nobody computed the score, as opposed to one that turned out to be undefined: a
    /// network without it is unknown, not bad.
    pub fn is_missing(&self) -> bool {
        matches!(self.reason(), Some(NOT_SCORED | NOT_PUBLISHED))
    }
}

/// The value, or `undefined (reason)`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Value(value) => write!(f, "{value}"),
            Inner::Undefined(reason) => write!(f, "undefined ({reason})"),
        }
    }
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Self::new(value)
    }
}

impl From<Score> for Json {
    fn from(score: Score) -> Self {
        match score.0 {
            Inner::Value(value) => Self::Value(value),
            Inner::Undefined(undefined) => Self::Undefined { undefined },
        }
    }
}

impl From<Json> for Score {
    fn from(json: Json) -> Self {
        match json {
            Json::Value(value) => Self::new(value),
            Json::Undefined { undefined } => Self::undefined(undefined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_a_number_or_a_reason() -> serde_json::Result<()> {
        for (score, json) in [
            (Score::new(2.9e61), "2.9e+61"),
            (Score::new(-0.0), "0.0"),
            (Score::new(f64::NAN), r#"{"undefined":"not finite"}"#),
        ] {
            assert_eq!(serde_json::to_string(&score)?, json);
            assert_eq!(serde_json::from_str::<Score>(json)?, score);
        }
        assert_eq!(serde_json::from_str::<Score>("3")?, Score::new(3.0));
        Ok(())
    }

    #[test]
    fn a_score_that_nobody_computed_is_missing() {
        assert!(Score::undefined(NOT_SCORED).is_missing());
        assert!(Score::undefined(NOT_PUBLISHED).is_missing());
        assert!(!Score::undefined("singular").is_missing());
        assert!(!Score::new(0.0).is_missing());
    }

    #[test]
    fn other_json_is_refused() {
        for json in ["null", "\"1\"", "{}", "1e999", "[1]"] {
            assert!(serde_json::from_str::<Score>(json).is_err(), "{json}");
        }
    }
}
