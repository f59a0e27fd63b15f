//! Who is judged on a pool, in the order of the paper.

use nbzero_metrics::Scores;
use nbzero_table::{Cost, Table};

use crate::networks::Networks;
use crate::pool::Pool;
use crate::{OwnScores, Result, paper};

/// A proxy, a cost or the oracle, with its scores on a pool.
#[derive(Debug, Clone)]
pub(crate) struct Entrant {
    /// Name as tables and commands write it.
    pub(crate) name: String,
    pub(crate) scores: Scores,
}

/// Oracle, FLOPs, params and depth as far as they are known, then the table's columns that have a score of some
/// network, proxies and short trainings: those of the paper in its order, then the others by name; then scores of
/// one's own in their order.
pub(crate) fn entrants_and(pool: &Pool<'_>, own: &[OwnScores]) -> Result<Vec<Entrant>> {
    let mut all = entrants(pool)?;
    let own = own.iter().map(|own| Entrant {
        name: own.name.clone(),
        scores: pool.own(own),
    });
    all.extend(own.filter(|entrant| entrant.scores.defined() > 0));
    Ok(all)
}

/// The same without scores of one's own.
pub(crate) fn entrants(pool: &Pool<'_>) -> Result<Vec<Entrant>> {
    let oracle = Entrant {
        name: "oracle".to_owned(),
        scores: pool.oracle(),
    };
    let others = costs_and_proxies(pool)?;
    Ok(std::iter::once(oracle).chain(others).collect())
}

/// Those of them that do without any accuracy.
pub(crate) fn costs_and_proxies(networks: &Networks<'_>) -> Result<Vec<Entrant>> {
    let entrant = |name: &str, scores| Entrant {
        name: name.to_owned(),
        scores,
    };
    let mut all = Vec::new();
    for cost in networks.known_costs() {
        all.push(entrant(cost.name(), networks.cost_scores(cost)?));
    }
    for name in columns_in_order(networks.table()) {
        let scores = networks.proxy(name)?;
        if scores.defined() > 0 {
            all.push(entrant(name, scores));
        }
    }
    Ok(all)
}

/// The columns of the table, and those of one's own, that have no score of any network: nothing can be said
/// of them.
pub(crate) fn without_scores(pool: &Pool<'_>, own: &[OwnScores]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for name in columns_in_order(pool.table()) {
        if pool.proxy(name)?.defined() == 0 {
            names.push(name.to_owned());
        }
    }
    let own = own.iter().filter(|own| pool.own(own).defined() == 0);
    names.extend(own.map(|own| own.name.clone()));
    Ok(names)
}

/// The columns of scores. Costs have rows of their own, whether or not the table also stores them as scores.
fn columns_in_order(table: &Table) -> Vec<&str> {
    let mut names: Vec<&str> = table
        .proxies()
        .filter(|name| Cost::named(name).is_none())
        .collect();
    names.sort_by_key(|name| place(name));
    names
}

/// The zero-shot proxies among them. What a short training reached is judged beside them, but no statement on
/// proxies, and no hybrid of them, is about it.
pub(crate) fn proxies_in_order(table: &Table) -> Vec<&str> {
    let mut names = columns_in_order(table);
    names.retain(|name| is_proxy(name));
    names
}

/// Whether an entrant of this name is a zero-shot proxy: not a cost, the oracle, or the accuracy or losses of a
/// short training.
pub(crate) fn is_proxy(name: &str) -> bool {
    name != "oracle" && Cost::named(name).is_none() && !is_short_training(name)
}

/// Whether a column is the accuracy or losses of a short training.
pub(crate) fn is_short_training(name: &str) -> bool {
    TRAINED.iter().any(|start| name.starts_with(start))
}

/// How the columns of short trainings begin: accuracies, and sums of the losses so far.
const TRAINED: [&str; 2] = ["accuracy_", "loss_sum_"];

/// Names that occur in any of the lists, in the order of the paper.
pub(crate) fn union<'a>(lists: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = lists.into_iter().collect();
    names.sort_by_key(|name| place(name));
    names.dedup();
    names
}

/// Most proxies of which all combinations are searched, once for each of many resamples.
pub(crate) const COMBINED: usize = 12;

/// Where a name stands: in the paper's Table 1, then the two that were there as long, then by name.
fn place(name: &str) -> (usize, &str) {
    let mut all = paper::TABLE1
        .iter()
        .map(|row| row.name)
        .chain(["log_synflow", "naswot"]);
    (all.position(|row| row == name).unwrap_or(usize::MAX), name)
}

/// How the paper prints the name; accuracies after a few epochs of training, which it does not have, by
/// their number.
pub(crate) fn label(name: &str) -> &str {
    match name {
        "oracle" => "Oracle",
        "noise_ceiling" => "Noise ceiling",
        "flops" => "FLOPs",
        "params" => "Params",
        "accuracy_01" => "1 epoch",
        "accuracy_02" => "2 epochs",
        "accuracy_04" => "4 epochs",
        "accuracy_08" => "8 epochs",
        "accuracy_12" => "12 epochs",
        "accuracy_16" => "16 epochs",
        "accuracy_24" => "24 epochs",
        "accuracy_32" => "32 epochs",
        "accuracy_48" => "48 epochs",
        "accuracy_64" => "64 epochs",
        other => other,
    }
}
