//! `cargo xtask chains`: the paper's tables and figures on chains that others have trained to their end.
//!
//! Scores are ours and committed (`data/scores/leaderboard`); accuracies are others' and lie where the user
//! has them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use nbzero_metrics::Bootstrap;
use nbzero_report::{Exhibit, Format, Part, Table1, table1};
use nbzero_table::{Cost, Dataset, Table};

use crate::failure::Failure;
use crate::leaderboard::{self, AllSeconds};
use crate::output::{print, say};
use crate::page::Page;

/// Families of ResNet and MobileNet chains and of widths, the one that stands for the paper's R1 first; then
/// chains whose depth differs.
const CHAINS: [&str; 5] = [
    "channel-bench-resnet",
    "channel-bench-mobilenet",
    "nats-sss",
    "nas-bench-macro",
    "transnas-macro",
];

/// Chains of which the accuracy after each epoch of training is published.
const WITH_EPOCHS: &str = "naap-440";

const INTRODUCTION: &str = "# Chains trained to their end: tables and figures

The paper's tables and figures on networks that others have trained to their end; what they say is on [the page
before](chains.md). `cargo xtask chains --tables DIR --out .` has written this page, from the scores under
`data/scores/leaderboard` (whose README says how they were made) and a folder with the [published
accuracies](published-tables.md), which are not part of this project. The networks are those of a random sample
that was drawn before anything was scored.
";

/// Arguments of `chains`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder with the published tables. What it lacks is said, with where to get it.
    #[arg(long, value_name = "DIR")]
    tables: PathBuf,
    /// Write docs/src/chains-tables.md and its figures under this folder instead of printing; `.` in the
    /// workspace's root makes its own again.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let (tables, lacks) =
        leaderboard::published(root, &arguments.tables).map_err(Failure::Input)?;
    for lack in lacks {
        say(&lack);
    }
    let (seconds, lack) = leaderboard::seconds(root).map_err(Failure::Input)?;
    if let Some(lack) = lack {
        say(&lack);
    }
    let page = page(&tables, &seconds)?;
    match &arguments.out {
        Some(out) => page.write(out),
        None => Ok(print(&page.text)?),
    }
}

fn page(tables: &[Table], seconds: &AllSeconds) -> Result<Page, Failure> {
    let of = |space: &'static str| tables.iter().filter(move |t| t.metadata().space == space);
    let chains: Vec<&Table> = CHAINS.iter().flat_map(|space| of(space)).collect();
    let on_cifar10 = |table: &&Table| table.metadata().dataset == Dataset::Cifar10;
    let families: Vec<&Table> = chains.iter().copied().filter(on_cifar10).collect();
    let Some(main) = families.first().copied() else {
        return Err(Failure::Input(anyhow!(
            "there are no chains trained on CIFAR-10 to measure on: give a folder of published tables, see \
             docs/src/published-tables.md"
        )));
    };
    let cells = of("nb201").find(on_cifar10);
    let beside: Vec<&Table> = cells.into_iter().chain([main]).collect();
    let all: Vec<&Table> = chains.iter().copied().chain(of("nb201")).collect();

    let mut page = Page::new("chains-tables.md", "chains", INTRODUCTION);
    page.text
        .push_str("\n## Table 1: proxies under correlation indices and mBR\n");
    for table in &chains {
        let (name, networks) = (leaderboard::name(table), table.len());
        page.add(format_args!("\n### {name}: {networks} networks\n"));
        let rendered = timed(table, seconds)?.render(Format::Markdown)?;
        page.text.push_str(below_heading(&rendered));
    }
    if let Some(table) = of(WITH_EPOCHS).next() {
        add_epochs(&mut page, &timed(table, seconds)?);
    }
    if families.len() > 1 {
        page.add_table(measure(Part::Table3, &families)?.as_ref())?;
    }
    for part in [Part::Fig1, Part::Fig2, Part::Fig3] {
        page.add_figure(measure(part, &beside)?.as_ref())?;
    }
    page.add_figure(measure(Part::Budgets(Cost::Flops), &[main])?.as_ref())?;
    page.add_figure(measure(Part::Budgets(Cost::Params), &[main])?.as_ref())?;
    // Under budgets of the depth, where there is more than one.
    let differ = |table: &Table| {
        let depths: BTreeSet<_> = table.costs(Cost::Depth).into_iter().flatten().collect();
        depths.len() > 1
    };
    if let Some(table) = families.iter().find(|table| differ(table)) {
        page.add_figure(measure(Part::Budgets(Cost::Depth), &[table])?.as_ref())?;
    }
    page.add_figure(measure(Part::Fig9, &families)?.as_ref())?;
    page.add_figure(measure(Part::Fig10, &[main])?.as_ref())?;
    page.add_table(measure(Part::Claims, &all)?.as_ref())?;
    Ok(page)
}

/// What a few epochs of training are worth beside proxies, the best first.
fn add_epochs(page: &mut Page, judged: &Table1) {
    let others = judged.rows.iter().filter(|row| row.name != "oracle");
    // Where all networks have one score there is nothing to compare.
    let mut rows: Vec<_> = others
        .filter_map(|row| Some((row.kd.value?, row)))
        .collect();
    rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    page.add(format_args!(
        "\n## A few epochs of training beside the proxies: {} chains of NAAP-440\n\nThe accuracy after k of 90 \
         epochs as a proxy for that after the last. It is one training, stopped early: what is chance in it, both \
         know. Its learning rate falls and rises again every three epochs. Seconds are of one core, of a network: \
         a proxy alone with its sweeps and the reading of the images, or k epochs on 50,000 images.\n\n\
         | proxy | tau | mBR10 | 95% | seconds |\n|---|---:|---:|---:|---:|\n",
        judged.about.networks
    ));
    for (tau, row) in rows {
        let expected = row.expected.estimate;
        let interval = expected.interval.map_or_else(String::new, |interval| {
            format!("{:.2} to {:.2}", interval.low, interval.high)
        });
        let seconds = row.seconds.map_or_else(
            || "-".to_owned(),
            |seconds| format!("{seconds:.0$}", if seconds < 1.0 { 3 } else { 1 }),
        );
        page.add(format_args!(
            "| {} | {tau:.3} | {:.3} | {interval} | {seconds} |\n",
            row.label, expected.value
        ));
    }
}

/// Table 1 of a table, with the seconds of its space.
fn timed(table: &Table, seconds: &AllSeconds) -> Result<Table1, Failure> {
    let judged = table1(table)?;
    Ok(match seconds.get(&table.metadata().space) {
        Some(seconds) => judged.with_seconds(seconds),
        None => judged,
    })
}

fn measure(part: Part, tables: &[&Table]) -> Result<Box<dyn Exhibit>, Failure> {
    let factors = Err("the factor analysis is on pages of its own");
    Ok(part.measure(tables, factors, Bootstrap::default())?)
}

/// A rendered table without the heading that it begins with.
fn below_heading(rendered: &str) -> &str {
    match rendered.strip_prefix('#') {
        Some(rest) => rest.split_once('\n').map_or("", |(_, below)| below),
        None => rendered,
    }
}
