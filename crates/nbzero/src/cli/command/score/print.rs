//! Scores as a table, as JSON lines, as CSV.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use comfy_table::CellAlignment;
use nbzero_proxy::{NamedScore, PlannedSweep, Scores, Suite, Sweep, SweepCost, Undefined};

use super::Format;
use super::hybrid::{self, Hybrid, NO_MEMBER};
use super::json;
use crate::cli::failure::Failure;
use crate::cli::network::Given;
use crate::cli::output;
use crate::cli::tally::Tally;

/// A network with what was measured.
#[derive(Debug)]
pub(crate) struct Scored {
    pub(crate) network: Given,
    pub(super) flops: u128,
    pub(super) params: u128,
    pub(super) depth: u32,
    pub(crate) scores: Scores,
    /// What ranks make, one for each hybrid, once all networks are scored.
    pub(super) hybrids: Vec<Option<f64>>,
}

/// Prints each network as its scores come in, or all at the end where columns must align.
#[derive(Debug)]
pub(super) struct Printer {
    format: Format,
    explain: bool,
    proxies: Vec<&'static str>,
    hybrids: Vec<Hybrid>,
    plan: Vec<PlannedSweep>,
    /// For the table, and for hybrids.
    waiting: Vec<Scored>,
    header_is_due: bool,
    tally: Tally,
    warnings: Vec<String>,
}

impl Printer {
    pub(super) fn new(format: Format, explain: bool, suite: &Suite, hybrids: Vec<Hybrid>) -> Self {
        Self {
            format,
            explain,
            proxies: suite.definitions().map(|d| d.name).collect(),
            hybrids,
            plan: suite.plan(),
            waiting: Vec::new(),
            header_is_due: format == Format::Csv,
            tally: Tally::default(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, out: &mut impl Write, scored: Scored) -> Result<(), Failure> {
        let scores = scored.scores.scores.iter();
        let reasons = scores.filter_map(|named| named.score.as_ref().err());
        self.tally.add(reasons.map(Undefined::kind));
        if self.format == Format::Table || !self.hybrids.is_empty() {
            self.waiting.push(scored);
            return Ok(());
        }
        self.write(out, &scored)
    }

    /// Writes one network where each has a line.
    fn write(&mut self, out: &mut impl Write, scored: &Scored) -> Result<(), Failure> {
        match self.format {
            Format::Table => {}
            Format::Json => {
                let plan = self.explain.then_some(self.plan.as_slice());
                let line = json::line(scored, &self.hybrids, plan);
                writeln!(out, "{}", line.map_err(Failure::run)?)?;
            }
            Format::Csv => {
                let mut rows = csv::Writer::from_writer(Vec::new());
                if std::mem::take(&mut self.header_is_due) {
                    let mut header = vec!["arch"];
                    header.extend(self.columns());
                    header.push("undefined");
                    rows.write_record(header).map_err(Failure::run)?;
                }
                let mut row = vec![scored.network.to_string()];
                row.extend(scored.cells("", |value| value.to_string()));
                row.push(reasons(&scored.undefined(&self.hybrids)));
                rows.write_record(row).map_err(Failure::run)?;
                let rows = rows.into_inner().context("cannot write a row of CSV");
                out.write_all(&rows.map_err(Failure::Run)?)?;
            }
        }
        // Whoever reads a pipe sees each network as soon as it is scored.
        out.flush()?;
        Ok(())
    }

    /// Names of the columns behind the architecture.
    fn columns(&self) -> Vec<&str> {
        let hybrids = self.hybrids.iter().map(|hybrid| hybrid.name.as_str());
        self.proxies.iter().copied().chain(hybrids).collect()
    }

    /// Combines the ranks of hybrids, and prints what waits. In a table, one network: a line a proxy;
    /// several: a line a network.
    pub(super) fn finish(&mut self, out: &mut impl Write) -> Result<(), Failure> {
        self.warnings
            .extend(hybrid::rank(&self.hybrids, &mut self.waiting)?);
        if self.format != Format::Table {
            for scored in std::mem::take(&mut self.waiting) {
                self.write(out, &scored)?;
            }
        }
        match self.waiting.as_slice() {
            [] => {}
            [one] => {
                writeln!(out, "{}", one.network)?;
                let header = ["proxy", "score"].map(str::to_owned);
                let rows = one
                    .scores
                    .scores
                    .iter()
                    .map(|named| vec![named.definition.name.to_owned(), one.in_words(named)]);
                writeln!(out, "{}", output::table(header.to_vec(), rows))?;
            }
            several => {
                let mut header = vec!["arch".to_owned()];
                header.extend(self.columns().into_iter().map(str::to_owned));
                let rows = several.iter().map(|one| {
                    let mut row = vec![one.network.to_string()];
                    row.extend(one.cells("undefined", output::number));
                    row
                });
                writeln!(out, "{}", output::table(header, rows))?;
            }
        }
        if self.explain {
            for one in &self.waiting {
                self.write_plan(out, one)?;
            }
        }
        Ok(())
    }

    fn write_plan(&self, out: &mut impl Write, scored: &Scored) -> Result<(), Failure> {
        writeln!(out, "\nsweeps of {}", scored.network)?;
        let header = ["sweep", "seconds", "peak MiB", "proxies"].map(str::to_owned);
        let rows = self.plan.iter().map(|planned| {
            let cost = scored.cost(planned.sweep);
            let (seconds, peak) = cost.map_or(("left out".to_owned(), String::new()), |cost| {
                let mebibytes = cost.peak_bytes as f64 / f64::from(1 << 20);
                (
                    format!("{:.3}", cost.duration.as_secs_f64()),
                    format!("{mebibytes:.1}"),
                )
            });
            let mut on_it = vec![planned.proxies.join(", ")];
            if !planned.feeds.is_empty() {
                let feeds: Vec<_> = planned.feeds.iter().map(|sweep| sweep.name()).collect();
                on_it.push(format!("(serves {})", feeds.join(", ")));
            }
            vec![
                planned.sweep.name().to_owned(),
                seconds,
                peak,
                on_it.join(" ").trim_start().to_owned(),
            ]
        });
        let mut table = output::table(header.to_vec(), rows);
        if let Some(proxies) = table.column_mut(3) {
            proxies.set_cell_alignment(CellAlignment::Left);
        }
        writeln!(out, "{table}")?;
        let header = ["proxy", "own seconds", "beyond the others"].map(str::to_owned);
        let rows = scored.scores.proxies.iter().map(|cost| {
            let seconds = |duration: Duration| format!("{:.3}", duration.as_secs_f64());
            let name = cost.name.to_owned();
            vec![name, seconds(cost.own), seconds(cost.beyond_others)]
        });
        writeln!(out, "\n{}", output::table(header.to_vec(), rows))?;
        Ok(())
    }

    /// What is to be said on standard error once all is printed: members of hybrids that have no
    /// vote, and how many scores are undefined for which reason.
    pub(super) fn remarks(&self) -> Vec<String> {
        let tally = (!self.tally.is_empty()).then(|| self.tally.to_string());
        self.warnings.iter().cloned().chain(tally).collect()
    }
}

impl Scored {
    /// What a sweep took, where it ran.
    pub(super) fn cost(&self, sweep: Sweep) -> Option<&SweepCost> {
        self.scores.sweeps.iter().find(|cost| cost.sweep == sweep)
    }

    /// Of a cost, all its digits, of which a float64 does not hold more than 15.
    pub(super) fn whole(&self, proxy: &str) -> Option<u128> {
        match proxy {
            "flops" => Some(self.flops),
            "params" => Some(self.params),
            "depth" => Some(self.depth.into()),
            _ => None,
        }
    }

    /// Proxies and hybrids without a value, each with the reason.
    pub(super) fn undefined<'a>(&'a self, hybrids: &'a [Hybrid]) -> Vec<(&'a str, String)> {
        let scores = self.scores.scores.iter().filter_map(|named| {
            let reason = named.score.as_ref().err()?;
            Some((named.definition.name, reason.to_string()))
        });
        let ranks = hybrids.iter().zip(&self.hybrids);
        let ranks = ranks.filter(|(_, rank)| rank.is_none());
        let ranks = ranks.map(|(hybrid, _)| (hybrid.name.as_str(), NO_MEMBER.to_owned()));
        scores.chain(ranks).collect()
    }

    fn cells(&self, undefined: &str, number: impl Fn(f64) -> String) -> Vec<String> {
        let cell = |named: &NamedScore| match (&named.score, self.whole(named.definition.name)) {
            (Ok(_), Some(whole)) => whole.to_string(),
            (Ok(value), None) => number(*value),
            (Err(_), _) => undefined.to_owned(),
        };
        let hybrids = self.hybrids.iter().map(|rank| match rank {
            Some(rank) => number(*rank),
            None => undefined.to_owned(),
        });
        self.scores.scores.iter().map(cell).chain(hybrids).collect()
    }

    fn in_words(&self, named: &NamedScore) -> String {
        match (
            &named.score,
            named.interval,
            self.whole(named.definition.name),
        ) {
            (Ok(_), _, Some(whole)) => whole.to_string(),
            (Ok(value), Some(interval), None) => {
                format!(
                    "{} +- {}",
                    output::number(*value),
                    output::number(interval.half_width())
                )
            }
            (Ok(value), None, None) => output::number(*value),
            (Err(reason), ..) => format!("undefined: {reason}"),
        }
    }
}

/// Reasons in one cell: `ntk: singular; zen: not finite`.
fn reasons(undefined: &[(&str, String)]) -> String {
    let each = undefined
        .iter()
        .map(|(name, reason)| format!("{name}: {reason}"));
    each.collect::<Vec<_>>().join("; ")
}
