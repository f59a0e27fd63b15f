//! `--proxies zen+flops` and `--proxies 'log(zen+flops)'`: hybrids among the networks that are scored
//! together.

use std::collections::BTreeSet;

use anyhow::anyhow;
use nbzero_metrics::{Direction, RankRule, Scores};
use nbzero_proxy::Group;
use nbzero_report::Formula;

use super::print::Scored;
use crate::cli::failure::Failure;

/// A hybrid of proxies.
#[derive(Debug, Clone)]
pub(crate) struct Hybrid {
    /// As it was asked for: its formula, or the name of a published one.
    pub(super) name: String,
    formula: Formula,
}

/// What was asked for: the proxies to score, hybrids' members among them, and the hybrids.
pub(crate) fn split(names: &[String]) -> Result<(Vec<String>, Vec<Hybrid>), Failure> {
    let mut proxies = Vec::new();
    let mut hybrids: Vec<Hybrid> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        if let Ok(group) = name.parse::<Group>() {
            let before = proxies.len();
            proxies.extend(group.definitions().map(|d| d.name.to_owned()));
            if proxies.len() == before {
                return Err(Failure::Input(anyhow!(
                    "no proxy is of the group `{name}`: give a year from 2019 to 2025"
                )));
            }
            continue;
        }
        let formula = Formula::parse(name).map_err(Failure::input)?;
        let group = formula
            .members()
            .iter()
            .find(|one| one.parse::<Group>().is_ok());
        if let Some(group) = group {
            return Err(Failure::Input(anyhow!(
                "`{name}` has the group {group} as a member: a hybrid is of single proxies"
            )));
        }
        proxies.extend(formula.members().iter().cloned());
        let is_known = hybrids.iter().any(|known| known.name == name);
        if formula.is_of_several() && !is_known {
            let name = name.to_owned();
            hybrids.push(Hybrid { name, formula });
        }
    }
    Ok((proxies, hybrids))
}

impl Hybrid {
    /// What becomes of its members' ranks.
    pub(crate) fn rule(&self) -> RankRule {
        self.formula.rule()
    }

    /// What the members' ranks, from 1, the worst, make of each network; `None` where no member is
    /// defined.
    fn combine(&self, networks: &[Scored]) -> Result<Vec<Option<f64>>, Failure> {
        let members: Vec<Scores> = self
            .formula
            .members()
            .iter()
            .map(|member| column(networks, member))
            .collect();
        let members: Vec<&Scores> = members.iter().collect();
        let scores = self.rule().combine(&members).map_err(Failure::run)?;
        Ok((0..networks.len())
            .map(|row| scores.oriented(row))
            .collect())
    }
}

/// Ranks networks by each hybrid, and says of members that have no vote, one line each.
pub(super) fn rank(hybrids: &[Hybrid], networks: &mut [Scored]) -> Result<Vec<String>, Failure> {
    let mut warnings = Vec::new();
    for hybrid in hybrids {
        let ranks = hybrid.combine(networks)?;
        warnings.extend(hybrid.warnings(networks));
        for (scored, rank) in networks.iter_mut().zip(ranks) {
            scored.hybrids.push(rank);
        }
    }
    Ok(warnings)
}

/// The reason of a hybrid's undefined rank.
pub(super) const NO_MEMBER: &str = "no member is defined";

impl Hybrid {
    /// What is to be said of each member that is undefined for all networks, and so has no vote.
    fn warnings(&self, networks: &[Scored]) -> Vec<String> {
        let silent: Vec<&String> = self
            .formula
            .members()
            .iter()
            .filter(|member| column(networks, member).defined() == 0)
            .collect();
        let others = self
            .formula
            .members()
            .iter()
            .filter(|m| !silent.contains(m));
        let others: Vec<&str> = others.map(String::as_str).collect();
        let rest = if others.is_empty() {
            "so it has no ranks".to_owned()
        } else {
            format!("which then ranks by {}", others.join(" and "))
        };
        let warning = |member: &&String| {
            let scores = networks.iter().flat_map(|network| &network.scores.scores);
            let of_member = scores.filter(|named| named.definition.name == **member);
            let reasons: BTreeSet<String> = of_member
                .filter_map(|named| Some(named.score.as_ref().err()?.kind()))
                .collect();
            let reasons: Vec<String> = reasons.into_iter().collect();
            format!(
                "warning: {member} is undefined for all {} networks ({}) and has no vote in {}, {rest}",
                networks.len(),
                reasons.join("; "),
                self.name,
            )
        };
        silent.iter().map(warning).collect()
    }
}

/// A proxy's scores of all networks.
fn column(networks: &[Scored], proxy: &str) -> Scores {
    let mut direction = Direction::Higher;
    let values: Vec<f64> = networks
        .iter()
        .flat_map(|network| &network.scores.scores)
        .filter(|named| named.definition.name == proxy)
        .map(|named| {
            direction = self::direction(named.definition.direction);
            named.score.clone().unwrap_or(f64::NAN)
        })
        .collect();
    Scores::new(&values, direction)
}

/// A proxy's direction as the indices have it.
pub(crate) fn direction(direction: nbzero_proxy::Direction) -> Direction {
    match direction {
        nbzero_proxy::Direction::Higher => Direction::Higher,
        nbzero_proxy::Direction::Lower => Direction::Lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_aggregates_have_the_members_of_their_papers() {
        let names = ["te_nas", "az_nas", "vkdnw_agg", "log(zen)", "zen"].map(str::to_owned);
        let (proxies, hybrids) = split(&names).unwrap();
        assert_eq!(hybrids.len(), 4);
        assert_eq!(hybrids[0].rule(), RankRule::Vote);
        assert_eq!(hybrids[1].formula.members().len(), 4);
        assert_eq!(hybrids[2].rule(), RankRule::LogRanks);
        assert_eq!(hybrids[3].formula.members(), ["zen"]);
        assert!(proxies.iter().any(|name| name == "jacob_cov"));
        for bad in [
            "log(zen+zen)",
            "zen+",
            "",
            "log(zen",
            "log(zen+(flops))",
            "all+zen",
        ] {
            assert!(split(&[bad.to_owned()]).is_err(), "{bad}");
        }
        let (spaced, _) = split(&[" zen ".to_owned(), "snip + zen".to_owned()]).unwrap();
        assert_eq!(spaced, ["zen", "snip", "zen"]);
        assert!(split(&["1950".to_owned()]).is_err());
        let (all, _) = split(&["all".to_owned()]).unwrap();
        let (default, _) = split(&["default".to_owned()]).unwrap();
        assert!(all.len() > default.len() && default.len() == 6);
    }
}
