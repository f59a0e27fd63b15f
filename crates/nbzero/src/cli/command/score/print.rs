//! Scores as a table, as JSON lines, as CSV.

use std::io::Write;

use comfy_table::CellAlignment;
use nbzero_proxy::{NamedScore, PlannedSweep, Scores, Suite, Sweep, SweepCost};
use nbzero_space::{Architecture, Costs};
use serde_json::{Map, Value, json};

use super::Format;
use super::hybrid::Hybrid;
use crate::cli::failure::Failure;
use crate::cli::output;

/// An architecture with what was measured.
#[derive(Debug)]
pub(super) struct Scored {
    pub(super) architecture: Architecture,
    pub(super) costs: Costs,
    pub(super) scores: Scores,
    /// Mean ranks, one for each hybrid, once all networks are scored.
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
        }
    }

    pub(super) fn add(&mut self, out: &mut impl Write, scored: Scored) -> Result<(), Failure> {
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
                let mut object = scored.json(&self.hybrids);
                if self.explain {
                    object["plan"] = self.explained(scored);
                }
                writeln!(out, "{object}")?;
            }
            Format::Csv => {
                if std::mem::take(&mut self.header_is_due) {
                    writeln!(out, "arch,{}", self.columns().join(","))?;
                }
                // Architecture strings have commas, so they are quoted.
                let cells = scored.cells("", |value| value.to_string()).join(",");
                writeln!(out, "\"{}\",{cells}", scored.architecture)?;
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

    /// Lets the hybrids vote, and prints what waits. In a table, one network: a line a proxy;
    /// several: a line a network.
    pub(super) fn finish(&mut self, out: &mut impl Write) -> Result<(), Failure> {
        for hybrid in &self.hybrids {
            let ranks = hybrid.vote(&self.waiting)?;
            for (scored, rank) in self.waiting.iter_mut().zip(ranks) {
                scored.hybrids.push(rank);
            }
        }
        if self.format != Format::Table {
            for scored in std::mem::take(&mut self.waiting) {
                self.write(out, &scored)?;
            }
        }
        match self.waiting.as_slice() {
            [] => {}
            [one] => {
                writeln!(out, "{}", one.architecture)?;
                let header = ["proxy", "score"].map(str::to_owned);
                let rows = one
                    .scores
                    .scores
                    .iter()
                    .map(|named| vec![named.definition.name.to_owned(), in_words(named)]);
                writeln!(out, "{}", output::table(header.to_vec(), rows))?;
            }
            several => {
                let mut header = vec!["arch".to_owned()];
                header.extend(self.columns().into_iter().map(str::to_owned));
                let rows = several.iter().map(|one| {
                    let mut row = vec![one.architecture.to_string()];
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
        writeln!(out, "\nsweeps of {}", scored.architecture)?;
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
        Ok(())
    }

    fn explained(&self, scored: &Scored) -> Value {
        let sweeps = self.plan.iter().map(|planned| {
            let cost = scored.cost(planned.sweep);
            json!({
                "sweep": planned.sweep.name(),
                "proxies": planned.proxies,
                "seconds": cost.map(|cost| cost.duration.as_secs_f64()),
                "peak_bytes": cost.map(|cost| cost.peak_bytes),
            })
        });
        sweeps.collect()
    }
}

impl Scored {
    /// What a sweep took, where it ran.
    fn cost(&self, sweep: Sweep) -> Option<&SweepCost> {
        self.scores.sweeps.iter().find(|cost| cost.sweep == sweep)
    }

    fn json(&self, hybrids: &[Hybrid]) -> Value {
        let mut scores = Map::new();
        let mut undefined = Map::new();
        let mut intervals = Map::new();
        for named in &self.scores.scores {
            let name = named.definition.name;
            if let Err(reason) = &named.score {
                undefined.insert(name.to_owned(), reason.to_string().into());
            }
            if let Some(interval) = named.interval {
                intervals.insert(name.to_owned(), json!([interval.low, interval.high]));
            }
            scores.insert(name.to_owned(), named.score.clone().ok().into());
        }
        for (hybrid, rank) in hybrids.iter().zip(&self.hybrids) {
            scores.insert(hybrid.name.clone(), (*rank).into());
        }
        let sweeps = self.scores.sweeps.iter();
        let seconds: Map<_, _> = sweeps
            .map(|cost| {
                (
                    cost.sweep.name().to_owned(),
                    cost.duration.as_secs_f64().into(),
                )
            })
            .collect();
        let mut object = json!({
            "arch": self.architecture.to_string(),
            "flops": self.costs.flops,
            "params": self.costs.params,
            "depth": self.costs.depth,
            "scores": scores,
            "seconds": seconds,
        });
        for (key, map) in [("undefined", undefined), ("intervals", intervals)] {
            if !map.is_empty() {
                object[key] = map.into();
            }
        }
        object
    }

    fn cells(&self, undefined: &str, number: impl Fn(f64) -> String) -> Vec<String> {
        let cell = |named: &NamedScore| match &named.score {
            Ok(value) => number(*value),
            Err(_) => undefined.to_owned(),
        };
        let hybrids = self.hybrids.iter().map(|rank| match rank {
            Some(rank) => number(*rank),
            None => undefined.to_owned(),
        });
        self.scores.scores.iter().map(cell).chain(hybrids).collect()
    }
}

fn in_words(named: &NamedScore) -> String {
    match (&named.score, named.interval) {
        (Ok(value), Some(interval)) => {
            format!(
                "{} +- {}",
                output::number(*value),
                output::number(interval.half_width())
            )
        }
        (Ok(value), None) => output::number(*value),
        (Err(reason), _) => format!("undefined: {reason}"),
    }
}
