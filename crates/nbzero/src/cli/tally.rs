//! How many scores are undefined, by reason: the last line on standard error.

use std::collections::BTreeMap;
use std::fmt;

/// Counts of undefined scores.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Scores and networks of each reason.
    reasons: BTreeMap<String, (u64, u64)>,
}

impl Tally {
    /// Adds the reasons of a network's undefined scores, without sizes.
    pub(crate) fn add(&mut self, reasons: impl Iterator<Item = String>) {
        let mut of_this = BTreeMap::new();
        for reason in reasons {
            *of_this.entry(reason).or_insert(0) += 1;
        }
        for (reason, count) in of_this {
            let (scores, networks) = self.reasons.entry(reason).or_default();
            *scores += count;
            *networks += 1;
        }
    }

    /// Whether every score is defined.
    pub(crate) fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("undefined: ")?;
        for (i, (reason, (scores, networks))) in self.reasons.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            let (of_scores, of_networks) = (plural(*scores), plural(*networks));
            write!(
                f,
                "{separator}{scores} score{of_scores} of {networks} network{of_networks} ({reason})"
            )?;
        }
        Ok(())
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
