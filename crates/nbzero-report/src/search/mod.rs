//! The page of a search: what it found, how it went, where its candidates lie, and what more of each
//! budget would give.

mod costs;
mod course;
mod found;

use nbzero_search::{Outcome, Plan, Resource};

use crate::number::metric;
use crate::sheet::{Column, Field, Sheet};
use crate::{Result, Section, html_report, significant};

/// One HTML page of a search, with everything inside it; the best `top` networks first. It loads nothing
/// from anywhere.
///
/// # Errors
///
/// If a figure cannot be drawn, which none is known to cause.
pub fn search_page(plan: &Plan, outcome: &Outcome, top: usize) -> Result<String> {
    let search = Search { plan, outcome };
    let sections = [
        search.best(top),
        search.course()?,
        search.costs()?,
        search.more(),
    ];
    let title = format!("A search of {}", plan.space);
    Ok(html_report(&title, &search.answer(), &sections))
}

/// A search that has ended.
#[derive(Debug, Clone, Copy)]
struct Search<'a> {
    plan: &'a Plan,
    outcome: &'a Outcome,
}

impl Search<'_> {
    /// The best network and how it was looked for, in sentences.
    fn answer(self) -> Vec<String> {
        let Self { plan, outcome } = self;
        let within = outcome.within();
        let limits = plan.budgets.iter().map(|(of, limit)| in_words(of, limit));
        let limits: Vec<String> = limits.collect();
        let limits = if limits.is_empty() {
            "without budgets".to_owned()
        } else {
            format!("with at most {}", limits.join(" and "))
        };
        let mut answer = Vec::new();
        if let Some(&best) = outcome.best(1).first() {
            answer.push(format!("The best network found is {}.", self.told(best)));
        }
        answer.push(format!(
            "{within} networks of {} {limits} were scored, found by {}{}.",
            plan.space,
            plan.strategy,
            match plan.candidates - within {
                0 => String::new(),
                missing => format!("; {missing} more were asked for and none were left"),
            }
        ));
        answer.push(self.meaning());
        answer
    }

    /// What decides.
    fn meaning(self) -> String {
        let objective = &self.plan.objective;
        let scored = self.outcome.candidates.len();
        match objective.members() {
            [one] => format!(
                "{} decides, by its score on untrained networks{}. No network was trained, and no \
                 accuracy is promised.",
                one.name,
                match one.direction {
                    nbzero_metrics::Direction::Higher => "",
                    nbzero_metrics::Direction::Lower => ", turned round so that higher is better",
                }
            ),
            _ => format!(
                "{objective} decides: the {} of each network among all {scored} that were scored, by the \
                 scores of these proxies on untrained networks; higher is better. No network was \
                 trained, and no accuracy is promised.",
                objective.name_of_value()
            ),
        }
    }

    /// A candidate in words: its name, how good it is, what it costs.
    fn told(self, candidate: usize) -> String {
        let costs = self.resources().filter_map(|resource| {
            let cost = self.outcome.candidates[candidate].cost(resource)?;
            Some(in_words(resource, cost))
        });
        let costs: Vec<String> = costs.collect();
        format!(
            "{}: {} {}, {}",
            self.outcome.candidates[candidate].arch,
            self.plan.objective.name_of_value(),
            self.value(candidate)
                .map_or("undefined".to_owned(), significant),
            costs.join(", ")
        )
    }

    /// How good a candidate is; higher is better.
    fn value(self, candidate: usize) -> Option<f64> {
        self.outcome.judged[candidate]
    }

    /// What every candidate costs: latency where it was measured.
    fn resources(self) -> impl Iterator<Item = Resource> {
        let latency = self.plan.budgets.limit(Resource::Latency).is_some();
        let all = Resource::ALL.into_iter();
        all.filter(move |&resource| latency || resource != Resource::Latency)
    }
}

/// An amount with its unit.
fn in_words(resource: Resource, amount: f64) -> String {
    let number = match resource {
        Resource::Latency | Resource::Depth => significant(amount),
        _ => metric(amount),
    };
    format!("{number} {}", resource.unit())
}

/// A part of the page: what it says, and a table of it, which says the same when it is saved alone.
fn section(
    title: &str,
    columns: Vec<Column>,
    rows: Vec<Vec<Field>>,
    caption: Vec<String>,
) -> Section {
    Section {
        title: title.to_owned(),
        picture: None,
        table: Some(Sheet {
            title: title.to_owned(),
            columns,
            rows,
            notes: caption.clone(),
        }),
        caption,
        findings: Vec::new(),
        opens: false,
    }
}
