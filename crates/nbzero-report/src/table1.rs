//! Table 1 of the paper: proxies under correlation indices, mBR, and the accuracies they lead to.

use nbzero_metrics::{
    Bootstrap, BudgetPick, Correlation, Interval, RankScale, Scores, kendall, mean_best_rank,
    pearson, spearman,
};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::Result;
use crate::paper::{self, PaperTable1Row};
use crate::pool::Pool;

/// Number of FLOPs budgets, as in the paper: 20%, 40%, 60%, 80% and 100% of the range.
pub(crate) const BUDGETS: usize = 5;

/// What a report was measured on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct About {
    /// The search space.
    pub space: String,
    /// The dataset.
    pub dataset: String,
    /// Which of its images, in words.
    pub images: String,
    /// Height and width of the images.
    pub resolution: u32,
    /// Number of classes.
    pub classes: u32,
    /// The training recipe.
    pub recipe: String,
    /// Number of networks judged: those with a test accuracy.
    pub networks: usize,
    /// Number of networks left out because none of their runs has a test accuracy.
    pub left_out: usize,
    /// The seeds of the training runs.
    pub seeds: Vec<u64>,
    /// Number of training runs whose accuracies were averaged.
    pub runs: usize,
    /// What ranks are divided by in mBR.
    pub rank_scale: RankScale,
    /// Number of bootstrap resamples behind each interval.
    pub resamples: usize,
    /// The versions of nbzero that collected the table.
    pub software: String,
}

/// Mean best rank under FLOPs budgets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasuredMbr {
    /// The index, from 0 (the oracle) to 1.
    pub value: f64,
    /// Its 95% bootstrap interval.
    pub interval: Option<Interval>,
    /// What was picked under each budget, accuracies in percent.
    pub budgets: Vec<BudgetPick>,
}

/// One proxy in Table 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table1Row {
    /// Name as tables and commands write it: `oracle`, `flops`, `grad_norm`.
    pub name: String,
    /// Name as the paper prints it: `Oracle`, `FLOPs`, `grad_norm`.
    pub label: String,
    /// Fraction of the networks for which the proxy is defined, from 0 to 1.
    pub coverage: f64,
    /// Pearson's correlation, over the networks with a defined score.
    pub lc: Correlation,
    /// Kendall's tau-b, undefined scores last.
    pub kd: Correlation,
    /// Spearman's correlation, undefined scores last.
    pub sr: Correlation,
    /// Mean best rank, undefined scores last.
    pub mbr: MeasuredMbr,
    /// The paper's row, where it has one.
    pub paper: Option<&'static PaperTable1Row>,
}

/// The paper's Table 1, measured on a table of our own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table1 {
    /// What it was measured on.
    pub about: About,
    /// Oracle, FLOPs, params, depth, then the table's proxies: those of the paper in its order, then
    /// the others by name.
    pub rows: Vec<Table1Row>,
}

/// Measures Table 1 on a table, with 1000 bootstrap resamples.
///
/// The ground truth is the mean test accuracy over the seeds that a network has; networks without
/// any are left out and counted in [`About::left_out`].
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn table1(table: &Table) -> Result<Table1> {
    table1_with(table, Bootstrap::default())
}

/// Measures Table 1 on a table with a bootstrap of your own.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn table1_with(table: &Table, bootstrap: Bootstrap) -> Result<Table1> {
    let pool = Pool::new(table)?;
    let mut rows = vec![
        measure("oracle", &pool, &pool.oracle(), bootstrap)?,
        measure("flops", &pool, &pool.cost(Cost::Flops), bootstrap)?,
        measure("params", &pool, &pool.cost(Cost::Params), bootstrap)?,
        measure("depth", &pool, &pool.cost(Cost::Depth), bootstrap)?,
    ];
    for name in proxies_in_order(table) {
        rows.push(measure(name, &pool, &pool.proxy(name)?, bootstrap)?);
    }
    let metadata = table.metadata();
    let about = About {
        space: metadata.space.clone(),
        dataset: metadata.dataset.to_string(),
        images: metadata.images.clone(),
        resolution: metadata.resolution,
        classes: metadata.classes,
        recipe: metadata.recipe.clone(),
        networks: pool.len(),
        left_out: table.len() - pool.len(),
        seeds: metadata.seeds.clone(),
        runs: pool.runs()?,
        rank_scale: RankScale::default(),
        resamples: bootstrap.resamples,
        software: metadata.software.clone(),
    };
    Ok(Table1 { about, rows })
}

/// The proxies of the table: the paper's in its order, then the others by name. Costs have rows
/// of their own, whether or not the table also stores them as scores.
fn proxies_in_order(table: &Table) -> Vec<&str> {
    const COSTS: [&str; 3] = ["flops", "params", "depth"];
    let place = |name: &str| paper::TABLE1.iter().position(|row| row.name == name);
    let mut names: Vec<&str> = table
        .proxies()
        .filter(|name| !COSTS.contains(name))
        .collect();
    names.sort_by_key(|name| (place(name).unwrap_or(usize::MAX), *name));
    names
}

fn measure(
    name: &str,
    pool: &Pool<'_>,
    scores: &Scores,
    bootstrap: Bootstrap,
) -> Result<Table1Row> {
    let scale = RankScale::default();
    let mbr = mean_best_rank(scores, &pool.accuracies, &pool.flops, BUDGETS, scale)?;
    let interval = bootstrap.interval(scores.len(), |rows| {
        let (accuracies, flops) = (pool.accuracies.select(rows), pool.flops.select(rows));
        let mbr = mean_best_rank(&scores.select(rows), &accuracies, &flops, BUDGETS, scale);
        mbr.ok().map(|mbr| mbr.value)
    });
    Ok(Table1Row {
        name: name.to_owned(),
        label: label(name).to_owned(),
        coverage: scores.coverage(),
        lc: pearson(scores, &pool.accuracies)?,
        kd: kendall(scores, &pool.accuracies)?,
        sr: spearman(scores, &pool.accuracies)?,
        mbr: MeasuredMbr {
            value: mbr.value,
            interval,
            budgets: mbr.budgets,
        },
        paper: paper::table1_row(name),
    })
}

/// How the paper prints the name.
fn label(name: &str) -> &str {
    match name {
        "oracle" => "Oracle",
        "flops" => "FLOPs",
        "params" => "Params",
        other => other,
    }
}
