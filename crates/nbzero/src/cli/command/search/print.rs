//! What a search found, for people and as JSON.

use std::collections::BTreeMap;
use std::io::Write;

use nbzero_search::{Outcome, Plan, Relaxed, Resource};
use nbzero_table::Score;
use serde::Serialize;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::stored::kind;
use crate::cli::tally::Tally;

pub(super) fn text(
    out: &mut impl Write,
    plan: &Plan,
    found: &Outcome,
    top: usize,
) -> Result<(), Failure> {
    let limits: Vec<String> = plan.budgets.iter().map(in_words).collect();
    let limits = if limits.is_empty() {
        "without budgets".to_owned()
    } else {
        format!("with at most {}", limits.join(" and "))
    };
    let within = found.within();
    writeln!(
        out,
        "{within} networks of {} {limits}, by {}\n",
        plan.space, plan.objective
    )?;
    if within < plan.candidates {
        writeln!(
            out,
            "no more than these were found; {} were asked for\n",
            plan.candidates
        )?;
    }
    writeln!(out, "{}", listed(plan, found, &found.best(top)))?;
    for (resource, _) in plan.budgets.iter() {
        writeln!(
            out,
            "\nthe front of score against {resource}, cheapest first"
        )?;
        writeln!(out, "{}", listed(plan, found, &found.front(resource)))?;
    }
    for relaxed in &found.relaxed {
        let more = in_words((relaxed.resource, relaxed.limit));
        let count = relaxed.candidates.len();
        match found.gain(relaxed) {
            None => writeln!(
                out,
                "\n10% more, {more}: nothing better among {count} networks"
            )?,
            Some(better) => {
                writeln!(out, "\n10% more, {more}: better among {count} networks")?;
                writeln!(out, "{}", listed(plan, found, &[better]))?;
            }
        }
    }
    Ok(())
}

/// How many scores are undefined, by reason.
pub(super) fn undefined(found: &Outcome) -> Tally {
    let mut tally = Tally::default();
    for candidate in &found.candidates {
        let reasons = candidate.scores.iter().filter_map(Score::reason);
        tally.add(reasons.map(|reason| kind(reason).to_owned()));
    }
    tally
}

fn in_words((resource, limit): (Resource, f64)) -> String {
    format!("{limit} {}", resource.unit())
}

/// The resources that results have: latency where it was measured.
fn resources(plan: &Plan) -> impl Iterator<Item = Resource> {
    let latency = plan.budgets.limit(Resource::Latency).is_some();
    let all = Resource::ALL.into_iter();
    all.filter(move |&resource| latency || resource != Resource::Latency)
}

fn listed(plan: &Plan, found: &Outcome, rows: &[usize]) -> comfy_table::Table {
    let mut header = vec!["arch".to_owned(), plan.objective.name_of_value()];
    header.extend(resources(plan).map(|resource| match resource {
        Resource::Latency => "ms".to_owned(),
        other => other.to_string(),
    }));
    let rows = rows.iter().map(|&row| {
        let candidate = &found.candidates[row];
        let score = found.judged[row].map_or("undefined".to_owned(), output::number);
        let mut cells = vec![candidate.arch.to_string(), score];
        cells.extend(resources(plan).map(|resource| {
            let cost = candidate.cost(resource);
            cost.map(output::number).unwrap_or_default()
        }));
        cells
    });
    output::table(header, rows)
}

#[derive(Serialize)]
pub(super) struct Document<'a> {
    space: &'a str,
    strategy: String,
    proxies: String,
    budgets: BTreeMap<&'a str, f64>,
    candidates: usize,
    best: Vec<Entry<'a>>,
    fronts: BTreeMap<&'a str, Vec<Entry<'a>>>,
    relaxed: Vec<More<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    arch: String,
    /// Higher is better; none where no proxy is defined.
    score: Option<f64>,
    scores: BTreeMap<&'a str, &'a nbzero_table::Score>,
    costs: BTreeMap<&'a str, f64>,
}

#[derive(Serialize)]
struct More<'a> {
    resource: &'a str,
    limit: f64,
    candidates: usize,
    better: Option<Entry<'a>>,
}

/// The object.
pub(super) fn document<'a>(plan: &'a Plan, found: &'a Outcome, top: usize) -> Document<'a> {
    let entries = |rows: Vec<usize>| {
        let each = rows.into_iter().map(|row| entry(plan, found, row));
        each.collect::<Vec<_>>()
    };
    let more = |relaxed: &Relaxed| More {
        resource: relaxed.resource.name(),
        limit: relaxed.limit,
        candidates: relaxed.candidates.len(),
        better: found.gain(relaxed).map(|row| entry(plan, found, row)),
    };
    let budgets = plan.budgets.iter();
    let fronts = plan.budgets.iter();
    Document {
        space: plan.space.name(),
        strategy: plan.strategy.to_string(),
        proxies: plan.objective.to_string(),
        budgets: budgets
            .map(|(resource, limit)| (resource.name(), limit))
            .collect(),
        candidates: found.within(),
        best: entries(found.best(top)),
        fronts: fronts
            .map(|(resource, _)| (resource.name(), entries(found.front(resource))))
            .collect(),
        relaxed: found.relaxed.iter().map(more).collect(),
    }
}

fn entry<'a>(plan: &'a Plan, found: &'a Outcome, row: usize) -> Entry<'a> {
    let candidate = &found.candidates[row];
    let names = plan
        .objective
        .members()
        .iter()
        .map(|member| member.name.as_str());
    let costs = Resource::ALL.into_iter();
    Entry {
        arch: candidate.arch.to_string(),
        score: found.judged[row],
        scores: names.zip(&candidate.scores).collect(),
        costs: costs
            .filter_map(|resource| Some((resource.name(), candidate.cost(resource)?)))
            .collect(),
    }
}
