//! What is better.

use std::fmt;

use nbzero_metrics::{Direction, RankRule, Scores};
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

/// A proxy, or several by their ranks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    rule: RankRule,
    members: Vec<Member>,
}

impl Objective {
    /// The objective of these proxies; one alone is judged by its scores, whatever the rule.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn new(rule: RankRule, members: Vec<Member>) -> Self {
        assert!(!members.is_empty(), "an objective has a member");
        Self { rule, members }
    }

    /// The proxies.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What becomes of the ranks of several.
    pub fn rule(&self) -> RankRule {
        self.rule
    }

    /// What its values are called: the proxy, or what becomes of the ranks of several.
    pub fn name_of_value(&self) -> String {
        match (self.members.as_slice(), self.rule) {
            ([one], _) => one.name.clone(),
            (_, RankRule::LogRanks) => "log ranks".to_owned(),
            (_, RankRule::Vote) => "mean rank".to_owned(),
        }
    }

    /// How good each candidate is, higher is better; `None`, below all others, where no member is
    /// defined. Of one proxy it is the score, turned round where lower is better; of several what
    /// the rule makes of their ranks among these candidates.
    pub fn judge(&self, candidates: &[Candidate]) -> Vec<Option<f64>> {
        let column = |(at, member): (usize, &Member)| {
            let values = candidates
                .iter()
                .map(|candidate| candidate.scores[at].value());
            let values: Vec<f64> = values.map(|value| value.unwrap_or(f64::NAN)).collect();
            Scores::new(&values, member.direction)
        };
        let columns: Vec<Scores> = self.members.iter().enumerate().map(column).collect();
        let judged = match columns.as_slice() {
            [one] => one.clone(),
            several => {
                let several: Vec<&Scores> = several.iter().collect();
                let combined = self.rule.combine(&several);
                combined.expect("columns of one length, of far fewer than all networks")
            }
        };
        (0..candidates.len())
            .map(|row| judged.oriented(row))
            .collect()
    }
}

/// The names, joined by `+`, in `log(...)` where the logarithms of ranks are summed.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let names = names.join("+");
        match (self.rule, self.members.len()) {
            (RankRule::LogRanks, 2..) => write!(f, "log({names})"),
            _ => f.write_str(&names),
        }
    }
}
