//! `--proxies zen+flops`: hybrids by rank voting among the networks that are scored together.

use std::collections::BTreeSet;

use anyhow::anyhow;
use nbzero_metrics::{Direction, Scores, rank_vote};
use nbzero_proxy::Suite;

use super::print::Scored;
use crate::cli::failure::Failure;

/// A hybrid of proxies.
#[derive(Debug, Clone)]
pub(crate) struct Hybrid {
    /// Its members' names, joined by `+`.
    pub(super) name: String,
    members: Vec<String>,
}

/// What was asked for: the proxies to score, hybrids' members among them, and the hybrids.
pub(crate) fn split(names: &[String]) -> Result<(Vec<String>, Vec<Hybrid>), Failure> {
    let mut proxies = Vec::new();
    let mut hybrids = Vec::new();
    for name in names {
        if name == "all" {
            proxies.extend(Suite::all().definitions().map(|d| d.name.to_owned()));
            continue;
        }
        let members: Vec<String> = name.split('+').map(str::to_owned).collect();
        let twice = |(i, member): (usize, &String)| members[..i].contains(member);
        if let Some((_, member)) = members.iter().enumerate().find(|pair| twice(*pair)) {
            return Err(Failure::Input(anyhow!(
                "`{name}` has {member} twice: name each member of a hybrid once"
            )));
        }
        proxies.extend(members.iter().cloned());
        let known = |hybrid: &Hybrid| hybrid.name == *name;
        if members.len() > 1 && !hybrids.iter().any(known) {
            hybrids.push(Hybrid {
                name: name.clone(),
                members,
            });
        }
    }
    Ok((proxies, hybrids))
}

impl Hybrid {
    /// The mean rank over the members of each network, from 1, the worst; `None` where no member is
    /// defined.
    pub(super) fn vote(&self, networks: &[Scored]) -> Result<Vec<Option<f64>>, Failure> {
        let members: Vec<Scores> = self
            .members
            .iter()
            .map(|member| column(networks, member))
            .collect();
        let members: Vec<&Scores> = members.iter().collect();
        let ranks = rank_vote(&members).map_err(Failure::run)?;
        Ok((0..networks.len()).map(|row| ranks.oriented(row)).collect())
    }
}

/// The reason of a hybrid's undefined rank.
pub(super) const NO_MEMBER: &str = "no member is defined";

impl Hybrid {
    /// What is to be said of each member that is undefined for all networks, and so has no vote.
    pub(super) fn warnings(&self, networks: &[Scored]) -> Vec<String> {
        let silent: Vec<&String> = self
            .members
            .iter()
            .filter(|member| column(networks, member).defined() == 0)
            .collect();
        let others = self.members.iter().filter(|m| !silent.contains(m));
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
