//! Proxies made of others by their ranks: `zen+flops`, `log(zen+flops)`, and published aggregates by name.

use nbzero_metrics::{RankRule, Scores, Voters};

use crate::{Error, Result};

/// Aggregates by the names of their papers, with the formulas that they stand for: TE-NAS's rank sum, which
/// ranks as the mean does; AZ-NAS (`search` of its programs); `VKDNW_agg` (`NB201/tss_utils.py` of its
/// program).
pub const AGGREGATES: [(&str, &str); 3] = [
    ("te_nas", "linear_regions+ntk"),
    (
        "az_nas",
        "log(az_expressivity+az_progressivity+az_trainability+flops)",
    ),
    (
        "vkdnw_agg",
        "log(vkdnw+jacob_cov+az_expressivity+az_trainability+flops)",
    ),
];

/// A proxy made of others.
///
/// ```
/// use nbzero_metrics::RankRule;
/// use nbzero_report::Formula;
///
/// let formula = Formula::parse("log(jacob_cov+params)")?;
/// assert_eq!(formula.members(), ["jacob_cov", "params"]);
/// assert_eq!(formula.rule(), RankRule::LogRanks);
/// assert_eq!(Formula::parse("te_nas")?.to_string(), "linear_regions+ntk");
/// # Ok::<(), nbzero_report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    rule: RankRule,
    members: Vec<String>,
}

impl Formula {
    /// Reads names joined by `+`, alone or in `log(...)`, or the name of one of the [`AGGREGATES`].
    ///
    /// # Errors
    ///
    /// If a member is there twice or has no name, or brackets are not those of `log(...)`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let published = AGGREGATES.iter().find(|(name, _)| *name == text);
        let formula = published.map_or(text, |(_, formula)| formula);
        let inside = formula.strip_prefix("log(");
        let inside = inside.and_then(|rest| rest.strip_suffix(')'));
        if formula.matches(['(', ')']).count() != 2 * usize::from(inside.is_some()) {
            return Err(Error::NoFormula {
                formula: text.to_owned(),
            });
        }
        let rule = match inside {
            Some(_) => RankRule::LogRanks,
            None => RankRule::Vote,
        };
        let members = inside.unwrap_or(formula).split('+');
        let members: Vec<String> = members.map(|one| one.trim().to_owned()).collect();
        if members.iter().any(String::is_empty) {
            return Err(Error::NoMember {
                formula: text.to_owned(),
            });
        }
        let twice = |(i, member): &(usize, &String)| members[..*i].contains(member);
        if let Some((_, member)) = members.iter().enumerate().find(twice) {
            return Err(Error::MemberTwice {
                formula: text.to_owned(),
                member: member.clone(),
            });
        }
        Ok(Self { rule, members })
    }

    /// Whether there is anything to combine.
    pub fn is_of_several(&self) -> bool {
        self.members.len() > 1 || self.rule == RankRule::LogRanks
    }

    /// Of members that differ.
    pub(crate) fn of(rule: RankRule, members: Vec<String>) -> Self {
        Self { rule, members }
    }

    /// The names of what is combined, in the order of the formula.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    /// What becomes of their ranks.
    pub fn rule(&self) -> RankRule {
        self.rule
    }

    /// Its scores, where `names` are those of the voters, in their order; `None` where a member is not among
    /// them.
    ///
    /// # Errors
    ///
    /// If there is no voter at a name's position.
    pub fn scores(&self, names: &[&str], voters: &Voters) -> Result<Option<Scores>> {
        let place = |member: &String| names.iter().position(|name| name == member);
        let Some(places) = self.members.iter().map(place).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        Ok(Some(match self.rule {
            RankRule::Vote => voters.vote(&places)?,
            RankRule::LogRanks => voters.log_rank_sum(&places)?,
        }))
    }
}

impl std::fmt::Display for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = self.members.join("+");
        match self.rule {
            RankRule::Vote => f.write_str(&members),
            RankRule::LogRanks => write!(f, "log({members})"),
        }
    }
}
