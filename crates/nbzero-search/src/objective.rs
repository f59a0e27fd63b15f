//! What is better.

use std::fmt;

use nbzero_metrics::{Direction, Scores, rank_vote};
use serde::{Deserialize, Serialize};

use crate::Candidate;

/// A proxy that has a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The proxy's name.
    pub name: String,
    /// Which of its scores are better.
    pub direction: Direction,
}

/// A proxy, or several whose ranks vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Objective(Vec<Member>);

impl Objective {
    /// The objective of these proxies.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn new(members: Vec<Member>) -> Self {
        assert!(!members.is_empty(), "an objective has a member");
        Self(members)
    }

    /// The proxies.
    pub fn members(&self) -> &[Member] {
        &self.0
    }

    /// How good each candidate is, higher is better; `None`, below all others, where no member is
    /// defined. Of one proxy it is the score, turned round where lower is better; of several the
    /// mean rank among these candidates.
    pub fn judge(&self, candidates: &[Candidate]) -> Vec<Option<f64>> {
        let column = |(at, member): (usize, &Member)| {
            let values = candidates
                .iter()
                .map(|candidate| candidate.scores[at].value());
            let values: Vec<f64> = values.map(|value| value.unwrap_or(f64::NAN)).collect();
            Scores::new(&values, member.direction)
        };
        let columns: Vec<Scores> = self.0.iter().enumerate().map(column).collect();
        let judged = match columns.as_slice() {
            [one] => one.clone(),
            several => {
                let several: Vec<&Scores> = several.iter().collect();
                rank_vote(&several).expect("columns of one length, of far fewer than all networks")
            }
        };
        (0..candidates.len())
            .map(|row| judged.oriented(row))
            .collect()
    }
}

/// The names, joined by `+`.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|member| member.name.as_str()).collect();
        f.write_str(&names.join("+"))
    }
}
