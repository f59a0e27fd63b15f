//! `nbzero search`: the best untrained network of a space under budgets.

mod lab;
mod latency;
mod print;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::anyhow;
use clap::ValueEnum;
use nbzero_metrics::RankRule;
use nbzero_report::{search_page, write_whole};
use nbzero_search::{
    Budgets, Candidate, Journal, Member, Objective, Outcome, Plan, Resource, Strategy, search,
};
use nbzero_space::Space;
use serde::Serialize;

use crate::cli::amount::amount;
use crate::cli::call::{Step, Watch};
use crate::cli::command::score::hybrid::{self, Hybrid};
use crate::cli::command::score::setup::{Bench, Setup};
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::remark::say;
use crate::cli::space::SpaceArgument;
use lab::Lab;
use latency::{Latencies, milliseconds};

/// Part of the candidates that are scored once more for each budget that is relaxed.
const RELAXED: usize = 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// The search space: r1, r2, mb, nb201, any of these with -mini, nas-bench-macro,
    /// channel-bench-resnet, channel-bench-mobilenet, nats-sss, transnas-macro or naap-440; or
    /// FILE.toml, a space of your own.
    #[arg(long)]
    space: SpaceArgument,
    /// How candidates are come by: random or evolution (mutations and crossovers of the best).
    #[arg(long, default_value = "evolution")]
    strategy: Strategy,
    /// How many networks are scored.
    #[arg(long, default_value = "500", value_parser = super::count)]
    candidates: NonZeroUsize,
    /// The proxy that decides, or several joined by +, the mean rank among all that were scored; log(a+b)
    /// the sum of logarithms of ranks; published aggregates have the names in the book.
    #[arg(long, default_value = "naswot+jacob_cov+log_synflow")]
    proxies: String,
    /// At most so many FLOPs, such as 300M.
    #[arg(long, value_name = "FLOPS", value_parser = amount)]
    flops_at_most: Option<u64>,
    /// At most so many parameters, such as 5M.
    #[arg(long, value_name = "PARAMS", value_parser = amount)]
    params_at_most: Option<u64>,
    /// At most so many layers.
    #[arg(long, value_name = "LAYERS", value_parser = amount)]
    depth_at_most: Option<u64>,
    /// At most so many bytes of activations at a time, for one image in evaluation, such as 2M.
    #[arg(long, value_name = "BYTES", value_parser = amount)]
    memory_at_most: Option<u64>,
    /// At most so long for one image in evaluation, such as 8ms: measured here.
    #[arg(long, value_name = "TIME", value_parser = milliseconds)]
    latency_at_most: Option<f64>,
    /// Take latencies from a CSV with the columns `arch` and `ms` instead of measuring them.
    #[arg(long, value_name = "CSV", requires = "latency_at_most")]
    latencies: Option<PathBuf>,
    /// Another seed looks at other candidates.
    #[arg(long = "search-seed", value_name = "SEARCH_SEED", default_value = "0",
          value_parser = super::seed)]
    choices_seed: u64,
    /// Keep what is measured in this file: the same command goes on from there.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Write one HTML page of the search: the best, how it went, where the candidates lie.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How many of the best are shown.
    #[arg(long, default_value = "5", value_parser = super::count)]
    top: NonZeroUsize,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    setup: Setup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

/// What a search found, with its plan.
#[derive(Debug)]
pub struct Found {
    plan: Plan,
    outcome: Outcome,
    top: usize,
}

impl Found {
    /// What `nbzero search --format json` writes.
    pub fn document(&self) -> impl Serialize {
        print::document(&self.plan, &self.outcome, self.top)
    }
}

impl Search {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut bar: Option<Progress> = None;
        let found = self.found(&mut |step| {
            let bar = bar.get_or_insert_with(|| Progress::new(step.total, "networks"));
            bar.step(|| step.message);
            ControlFlow::Continue(())
        })?;
        if let Some(bar) = bar {
            bar.finish();
        }
        let undefined = print::undefined(&found.outcome);
        if !undefined.is_empty() {
            say(format_args!("{undefined}"));
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Text => print::text(&mut out, &found.plan, &found.outcome, found.top)?,
            Format::Json => {
                let text = serde_json::to_string_pretty(&found.document());
                writeln!(out, "{}", text.map_err(Failure::run)?)?;
            }
        }
        out.flush()?;
        Ok(())
    }

    /// Searches, writes the page that is asked for, and prints nothing.
    pub(crate) fn found(&self, watch: Watch<'_>) -> Result<Found, Failure> {
        let (proxies, hybrids) = hybrid::split(std::slice::from_ref(&self.proxies))?;
        let rule = hybrids.first().map_or(RankRule::Vote, Hybrid::rule);
        if self.proxies.contains(',') {
            return Err(Failure::Input(anyhow!(
                "--proxies is {}, but one score decides: join several by +, and their ranks decide",
                self.proxies
            )));
        }
        if let Some(report) = &self.report {
            let lists = [&self.journal, &self.latencies];
            let inputs = lists.into_iter().flatten().map(PathBuf::as_path);
            let inputs = inputs.chain(self.space.file()).chain(self.setup.files());
            super::check_out(report, inputs)?;
        }
        let space = self.space.read()?;
        let latencies = self.latencies.as_deref().map(latency::read).transpose()?;
        let latencies = latencies.map_or(Latencies::Measured, Latencies::Listed);
        let bench = self.setup.of_space(&space).prepare(&proxies, None, &[])?;
        let plan = self.plan(space, &bench, rule);
        let settings = match self.latency_at_most {
            None => bench.settings.clone(),
            Some(_) => format!("{}, {}", bench.settings, latencies.describe()),
        };
        let journal = self.journal.as_ref();
        let journal = journal
            .map(|path| Journal::open(path, &plan, &settings))
            .transpose()?;
        let budgets = plan.budgets.iter().count();
        let total = (plan.candidates + budgets * plan.relaxed) as u64;
        let ended = AtomicBool::new(false);
        let mut lab = Lab {
            bench: &bench,
            jobs: self.setup.jobs,
            latencies: &latencies,
            ended: &ended,
        };
        let outcome = search(&plan, &mut lab, journal, |candidates| {
            let done = candidates.len() as u64;
            let message = best_so_far(&plan.objective, candidates);
            if watch(Step {
                done,
                total,
                message,
            })
            .is_break()
            {
                ended.store(true, Ordering::Relaxed);
            }
        })?;
        // The last candidate is scored, but whoever ended the search waits for no answer.
        lab.go_on()?;
        let top = self.top.get();
        if let Some(report) = &self.report {
            write_whole(report, search_page(&plan, &outcome, top)?.as_bytes())?;
        }
        Ok(Found { plan, outcome, top })
    }

    fn plan(&self, space: Space, bench: &Bench, rule: RankRule) -> Plan {
        let whole = |limit: Option<u64>| limit.map(|limit| limit as f64);
        let budgets = [
            (Resource::Flops, whole(self.flops_at_most)),
            (Resource::Params, whole(self.params_at_most)),
            (Resource::Depth, whole(self.depth_at_most)),
            (Resource::Memory, whole(self.memory_at_most)),
            (Resource::Latency, self.latency_at_most),
        ];
        let given = budgets
            .into_iter()
            .filter_map(|(of, limit)| Some((of, limit?)));
        let members = bench.suite().definitions().map(|definition| Member {
            name: definition.name.to_owned(),
            direction: hybrid::direction(definition.direction),
        });
        let candidates = self.candidates.get();
        Plan {
            space,
            strategy: self.strategy,
            budgets: given.fold(Budgets::default(), |all, (of, limit)| all.with(of, limit)),
            objective: Objective::new(rule, members.collect()),
            candidates,
            relaxed: candidates.div_ceil(RELAXED),
            seed: self.choices_seed,
        }
    }
}

/// The best of the candidates so far, for the progress.
fn best_so_far(objective: &Objective, candidates: &[Candidate]) -> String {
    let judged = objective.judge(candidates);
    let value = |i: &usize| judged[*i].unwrap_or(f64::NEG_INFINITY);
    let best = (0..candidates.len()).max_by(|a, b| value(a).total_cmp(&value(b)).then(b.cmp(a)));
    best.map_or(String::new(), |best| {
        format!("best {}", candidates[best].arch)
    })
}
