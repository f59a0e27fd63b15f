//! How a verdict follows from the interval of a number.

use nbzero_metrics::Interval;
use serde::Serialize;

/// What the tables say of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Ruling {
    /// The rule of the statement is met.
    #[serde(rename = "holds")]
    Holds,
    /// Its opposite is met.
    #[serde(rename = "does not hold")]
    DoesNotHold,
    /// Neither: too few networks, or a table that is not there.
    #[serde(rename = "cannot be said")]
    CannotBeSaid,
}

impl Ruling {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::CannotBeSaid => "cannot be said",
        }
    }

    /// That all of several hold: one that does not is enough against it.
    pub(super) fn all(rulings: impl IntoIterator<Item = Self>) -> Self {
        let rulings: Vec<Self> = rulings.into_iter().collect();
        if rulings.contains(&Self::DoesNotHold) {
            Self::DoesNotHold
        } else if rulings.is_empty() || rulings.contains(&Self::CannotBeSaid) {
            Self::CannotBeSaid
        } else {
            Self::Holds
        }
    }
}

/// A condition on the 95% interval of one number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Met if the whole interval is above the threshold, violated if nothing of it is.
    Above(f64),
    /// Met if the whole interval is below the threshold, violated if nothing of it is.
    Below(f64),
    /// Met if nothing of the interval is below the threshold, violated if the whole of it is.
    NotBelow(f64),
    /// Met if the whole interval is at most this far from 0, violated if nothing of it is.
    Within(f64),
}

impl Rule {
    /// What an interval says; an interval that few resamples define says nothing.
    pub fn ruling(self, interval: Option<Interval>) -> Ruling {
        let Some(interval) = interval.filter(|i| 2 * i.defined > i.resamples) else {
            return Ruling::CannotBeSaid;
        };
        let Interval { low, high, .. } = interval;
        let (met, violated) = match self {
            Self::Above(threshold) => (low > threshold, high <= threshold),
            Self::Below(threshold) => (high < threshold, low >= threshold),
            Self::NotBelow(threshold) => (low >= threshold, high < threshold),
            Self::Within(margin) => (-margin <= low && high <= margin, {
                high < -margin || low > margin
            }),
        };
        match (met, violated) {
            (true, _) => Ruling::Holds,
            (_, true) => Ruling::DoesNotHold,
            _ => Ruling::CannotBeSaid,
        }
    }

    /// The condition, as in "above 0".
    pub fn words(self) -> String {
        match self {
            Self::Above(threshold) => format!("above {threshold}"),
            Self::Below(threshold) => format!("below {threshold}"),
            Self::NotBelow(threshold) => format!("not below {threshold}"),
            Self::Within(margin) => format!("within {margin} of 0"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruling(rule: Rule, low: f64, high: f64) -> Ruling {
        rule.ruling(Some(Interval {
            low,
            high,
            resamples: 10,
            defined: 10,
        }))
    }

    #[test]
    fn each_rule_is_met_violated_and_left_open() {
        let cases = [
            (Rule::Above(0.5), (0.6, 0.9), (0.1, 0.5), (0.4, 0.6)),
            (Rule::Below(0.0), (-0.2, -0.1), (0.0, 0.1), (-0.1, 0.1)),
            (Rule::NotBelow(0.0), (0.0, 0.1), (-0.2, -0.1), (-0.1, 0.1)),
            (Rule::Within(0.05), (-0.05, 0.0), (0.06, 0.1), (0.0, 0.1)),
        ];
        for (rule, met, violated, open) in cases {
            assert_eq!(ruling(rule, met.0, met.1), Ruling::Holds, "{rule:?}");
            let violated = ruling(rule, violated.0, violated.1);
            assert_eq!(violated, Ruling::DoesNotHold, "{rule:?}");
            let open = ruling(rule, open.0, open.1);
            assert_eq!(open, Ruling::CannotBeSaid, "{rule:?}");
        }
    }

    #[test]
    fn few_defined_resamples_say_nothing() {
        let interval = Interval {
            low: 1.0,
            high: 2.0,
            resamples: 10,
            defined: 5,
        };
        let ruling = Rule::Above(0.0).ruling(Some(interval));
        assert_eq!(ruling, Ruling::CannotBeSaid);
        assert_eq!(Rule::Above(0.0).ruling(None), Ruling::CannotBeSaid);
    }

    #[test]
    fn one_that_does_not_hold_decides() {
        use Ruling::{CannotBeSaid, DoesNotHold, Holds};
        assert_eq!(Ruling::all([Holds, Holds]), Holds);
        assert_eq!(Ruling::all([Holds, CannotBeSaid]), CannotBeSaid);
        assert_eq!(Ruling::all([CannotBeSaid, DoesNotHold]), DoesNotHold);
        assert_eq!(Ruling::all([]), CannotBeSaid);
    }
}
