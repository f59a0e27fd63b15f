//! A statement of the paper beside what was measured.

use serde::Serialize;

use super::rule::{Rule, Ruling};
use super::series::Series;
use crate::Estimate;

/// A statement of the paper, the evidence and a verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// From 1, in reading order of the paper.
    pub number: usize,
    /// What it is about, in a few words.
    pub subject: &'static str,
    /// The statement, in our words.
    pub statement: &'static str,
    /// Where the paper makes it.
    pub place: &'static str,
    /// What the paper found.
    pub paper: &'static str,
    /// How the verdict follows from the numbers.
    pub rule: &'static str,
    /// The verdict: that of the first reading.
    pub verdict: Ruling,
    /// What is missing where the statement cannot be measured.
    pub missing: Option<String>,
    /// What was measured: first what the verdict is about, then the same on the other tables.
    pub readings: Vec<Reading>,
    /// What other tables lack, where the statement cannot be measured on them.
    pub lacking: Vec<String>,
    /// The same by expected mBR of searches that see 10 candidates in place of mBR; `None` where the
    /// statement does not speak of mBR.
    pub by_mbr10: Option<Judgement>,
}

/// A verdict with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The verdict: that of the first reading.
    pub verdict: Ruling,
    /// What is missing where the statement cannot be measured.
    pub missing: Option<String>,
    /// What was measured, in the same order.
    pub readings: Vec<Reading>,
    /// What other tables lack.
    pub lacking: Vec<String>,
}

/// The evidence of one table, or of several that are compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The table, or the tables.
    pub on: String,
    /// What these numbers say.
    pub verdict: Ruling,
    /// The numbers.
    pub numbers: Vec<Number>,
    /// What has no number, in sentences.
    pub remarks: Vec<String>,
}

/// A measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Number {
    /// What it is; differences and indices have no unit, accuracies are in percent.
    pub what: String,
    /// The table it comes from, or the tables.
    pub on: String,
    /// The number and its 95% interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The paper's number.
    pub paper: Option<f64>,
    /// What it must meet, if it decides.
    pub rule: Option<Rule>,
    /// Whether it is one of a list, a number for each proxy.
    pub listed: bool,
}

impl Number {
    pub(super) fn new(what: impl Into<String>, on: &str, series: &Series) -> Self {
        Self {
            what: what.into(),
            on: on.to_owned(),
            estimate: series.estimate(),
            paper: None,
            rule: None,
            listed: false,
        }
    }

    pub(super) fn paper(mut self, value: Option<f64>) -> Self {
        self.paper = value;
        self
    }

    /// One that decides.
    pub(super) fn must(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    pub(super) fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    pub(super) fn ruling(&self) -> Option<Ruling> {
        Some(self.rule?.ruling(self.estimate.interval))
    }
}

impl Reading {
    /// The verdict is that all deciding numbers meet their rules.
    pub(super) fn new(on: impl Into<String>, numbers: Vec<Number>) -> Self {
        Self {
            on: on.into(),
            verdict: Ruling::all(numbers.iter().filter_map(Number::ruling)),
            numbers,
            remarks: Vec::new(),
        }
    }

    /// The number that the verdict rests on: the first whose interval says the same, or else the
    /// first that has a rule.
    pub fn deciding(&self) -> Option<&Number> {
        let mut ruled = self.numbers.iter().filter(|number| number.rule.is_some());
        let first = ruled.clone().next();
        ruled
            .find(|number| number.ruling() == Some(self.verdict))
            .or(first)
    }
}
