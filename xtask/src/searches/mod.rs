//! `cargo xtask searches`: what searches find on accuracies that others have published.
//!
//! Accuracies are where the user has them. Scores of NAS-Bench-Macro are ours and committed
//! (`data/scores/search`), those of NAS-Bench-201 come with the accuracies. A candidate's scores and costs
//! are looked up, so hundreds of searches take seconds.

mod published;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use nbzero_metrics::{Direction, RankRule, median};
use nbzero_report::{Exhibit, Format, Found, SearchBudget, Searches, SearchesPart, write_part};
use nbzero_search::{Budgets, Member, Objective, Plan, Resource, Strategy, search};
use nbzero_space::Space;
use nbzero_table::import::PublishedTable;

use crate::failure::Failure;
use crate::output::print;
use published::{Published, Whose};

/// Budgets of FLOPs, spread evenly over what the networks have.
const BUDGETS: usize = 5;
const SEEDS: u64 = 10;
/// Networks that a search scores.
const CANDIDATES: usize = 300;

/// The hybrid that decides, with the direction of each member. Fixed before any score was compared
/// with an accuracy of these benchmarks: of all votes of up to three of naswot, `jacob_cov`, snip,
/// `grad_norm`, fisher, `log_synflow`, FLOPs and parameters it has the lowest mBR under five FLOPs budgets
/// on three classification tasks of TransNAS-Bench-101 (macro).
const HYBRID: [&str; 3] = ["naswot", "jacob_cov", "log_synflow"];

/// The proxy with the highest Spearman correlation there.
const SINGLE: [&str; 1] = ["naswot"];

/// Arguments of `searches`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// NAS-Bench-Macro as published (`nas-bench-macro_cifar10.json`).
    #[arg(long, value_name = "FILE")]
    nas_bench_macro: PathBuf,
    /// NAS-Bench-201 as a CSV; see the book's page of published tables.
    #[arg(long, value_name = "FILE")]
    nb201: PathBuf,
    /// Write the table and the figure into this folder instead of printing the table as Markdown.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let macro_scores = root.join("data/scores/search/nas-bench-macro.csv.gz");
    let benchmarks = [
        Published::open(
            Space::NasBenchMacro,
            PublishedTable::NasBenchMacro,
            &arguments.nas_bench_macro,
            Whose::Ours(&macro_scores),
        )?,
        Published::open(
            Space::Nb201,
            PublishedTable::Nb201,
            &arguments.nb201,
            Whose::Published,
        )?,
    ];
    let parts: Result<Vec<_>, Failure> = benchmarks.iter().map(part).collect();
    let found = Searches {
        parts: parts?,
        notes: notes(&benchmarks),
    };
    match &arguments.out {
        Some(folder) => {
            for line in write_part(&found, found.name(), Format::Markdown, folder)? {
                print(&format!("{line}\n"))?;
            }
        }
        None => print(&found.render(Format::Markdown)?)?,
    }
    Ok(())
}

fn notes(benchmarks: &[Published]) -> Vec<String> {
    let scored = benchmarks.iter().map(Published::coverage);
    vec![
        format!(
            "{SEEDS} searches of {CANDIDATES} scored candidates under each of {BUDGETS} FLOPs budgets, at \
             20% to 100% of the range from the cheapest to the dearest network. Accuracy is the mean of \
             the picks' published test accuracies, with its standard deviation over the seeds; better \
             ones are the networks of the whole benchmark within the budget that have a higher published \
             accuracy, in percent, median over the seeds. Seconds are those of the search alone, scores \
             looked up."
        ),
        format!(
            "The hybrid is {}, chosen on TransNAS-Bench-101 (macro) and not on these networks. {}.",
            HYBRID.join("+"),
            scored.collect::<Vec<_>>().join("; ")
        ),
    ]
}

fn part(benchmark: &Published) -> Result<SearchesPart, Failure> {
    let (least, most) = benchmark.flops_range();
    let budgets = (1..=BUDGETS).map(|i| least + (most - least) * i as f64 / BUDGETS as f64);
    let budgets: Result<Vec<_>, Failure> = budgets.map(|flops| budget(benchmark, flops)).collect();
    Ok(SearchesPart {
        name: benchmark.space.name().to_owned(),
        budgets: budgets?,
    })
}

fn budget(benchmark: &Published, flops: f64) -> Result<SearchBudget, Failure> {
    let accuracies = benchmark.accuracies_within(flops);
    let searchers = [
        ("evolution, hybrid", Strategy::Evolution, &HYBRID[..]),
        ("random, hybrid", Strategy::Random, &HYBRID[..]),
        ("evolution, naswot", Strategy::Evolution, &SINGLE[..]),
        ("evolution, FLOPs", Strategy::Evolution, &["flops"][..]),
    ];
    let found = searchers.into_iter().map(|(name, strategy, proxies)| {
        let found = over_seeds(benchmark, flops, strategy, proxies, &accuracies)?;
        Ok(Found {
            searcher: name.to_owned(),
            ..found
        })
    });
    let found: Result<Vec<Found>, Failure> = found.collect();
    Ok(SearchBudget {
        flops,
        networks: accuracies.len(),
        chance: mean(&accuracies),
        best: accuracies.iter().copied().fold(f64::MIN, f64::max),
        found: found?,
    })
}

fn over_seeds(
    benchmark: &Published,
    flops: f64,
    strategy: Strategy,
    proxies: &[&str],
    accuracies: &[f64],
) -> Result<Found, Failure> {
    let members = proxies.iter().map(|&name| Member {
        name: name.to_owned(),
        direction: Direction::Higher,
    });
    let objective = Objective::new(RankRule::Vote, members.collect());
    let mut picks = Vec::new();
    let mut seconds = Vec::new();
    for seed in 0..SEEDS {
        let plan = Plan {
            space: benchmark.space.clone(),
            strategy,
            budgets: Budgets::default().with(Resource::Flops, flops),
            objective: objective.clone(),
            candidates: CANDIDATES,
            relaxed: 0,
            seed,
        };
        let start = Instant::now();
        let outcome = search(&plan, &mut benchmark.lookup(proxies), None, |_| ())?;
        seconds.push(start.elapsed().as_secs_f64());
        let best = &outcome.candidates[outcome.best(1)[0]];
        picks.push(benchmark.accuracy(&best.arch)?);
    }
    let better = |pick: &f64| {
        let better = accuracies
            .iter()
            .filter(|accuracy| *accuracy > pick)
            .count();
        100.0 * better as f64 / accuracies.len() as f64
    };
    let ranks: Vec<f64> = picks.iter().map(better).collect();
    let accuracy = mean(&picks);
    let squares: Vec<f64> = picks.iter().map(|pick| (pick - accuracy).powi(2)).collect();
    Ok(Found {
        searcher: String::new(),
        accuracy,
        deviation: (squares.iter().sum::<f64>() / (squares.len() as f64 - 1.0)).sqrt(),
        rank: median(&ranks).unwrap_or(f64::NAN),
        seconds: median(&seconds).unwrap_or(f64::NAN),
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
