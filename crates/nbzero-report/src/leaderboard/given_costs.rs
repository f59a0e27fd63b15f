//! How much each proxy follows FLOPs, params and depth, and what it knows beyond them.

use std::collections::BTreeMap;

use nbzero_metrics::{Accuracies, Costs, Scores, partial_spearman, spearman};
use nbzero_table::Cost;
use rayon::prelude::*;
use serde::Serialize;

use super::contest::Columns;
use super::elsewhere::mean;
use super::{Contest, Kind};
use crate::entrant::{label, union};
use crate::exhibit::{Exhibit, document};
use crate::plot::{HeatBlock, HeatMap, HeatRow};
use crate::sheet::{Column, Field, Sheet};
use crate::{Error, Picture, Result};

/// What proxies know beyond costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GivenCosts {
    /// The benchmarks with published accuracies.
    pub benchmarks: Vec<String>,
    /// Costs and proxies.
    pub rows: Vec<GivenCostsRow>,
}

/// One cost or proxy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GivenCostsRow {
    /// Its name.
    pub name: String,
    /// Its correlations on each benchmark; none where it is not scored.
    pub on: Vec<Option<Correlations>>,
    /// The means over the benchmarks, those of one family counting once; none where it does not tell apart the networks of
    /// each. Those with a cost are over the benchmarks on which it differs.
    pub mean: Correlations,
}

/// Spearman's correlations of a column of scores; none of constant ones, or where costs determine the scores.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Correlations {
    /// With the accuracies.
    pub raw: Option<f64>,
    /// With the accuracies given FLOPs, params and depth.
    pub partial: Option<f64>,
    /// With FLOPs, params and depth.
    pub costs: [Option<f64>; 3],
}

/// Measures the correlations on the contests with published accuracies.
///
/// # Errors
///
/// If there is none, or no network of one has an accuracy.
pub fn given_costs(contests: &[Contest<'_>]) -> Result<GivenCosts> {
    let published = contests
        .iter()
        .filter(|contest| contest.kind == Kind::Benchmark);
    let all: Vec<Columns<'_>> = published.map(Columns::new).collect::<Result<_>>()?;
    if all.is_empty() {
        return Err(Error::TooFewScores {
            report: "the figure of correlations given costs",
            needs: "a benchmark with published accuracies and scores",
        });
    }
    let found: Vec<BTreeMap<&str, Correlations>> =
        all.iter().map(correlations).collect::<Result<_>>()?;
    let names = union(all.iter().flat_map(Columns::names));
    let row = |name: &&str| {
        let on: Vec<Option<Correlations>> = found.iter().map(|f| f.get(name).copied()).collect();
        let on_all = |of: &dyn Fn(&Correlations) -> Option<f64>| {
            let mut families: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
            for (columns, on) in all.iter().zip(&on) {
                let family = families.entry(&columns.contest.family).or_default();
                family.push(of(on.as_ref()?));
            }
            Some(families.into_values().map(|all| mean(all.into_iter())))
        };
        let over = |of: &dyn Fn(&Correlations) -> Option<f64>| mean(on_all(of)?);
        // Where a cost is the same for all networks nothing correlates with it.
        let raw = over(&|c| c.raw);
        let with_cost = |i: usize| {
            raw?;
            mean(on_all(&|c| c.costs[i])?.flatten().map(Some))
        };
        GivenCostsRow {
            name: (*name).to_owned(),
            mean: Correlations {
                raw,
                partial: over(&|c| c.partial),
                costs: [0, 1, 2].map(with_cost),
            },
            on,
        }
    };
    Ok(GivenCosts {
        benchmarks: all
            .iter()
            .map(|columns| columns.contest.name.clone())
            .collect(),
        rows: names.iter().map(row).collect(),
    })
}

fn correlations<'a>(columns: &'a Columns<'_>) -> Result<BTreeMap<&'a str, Correlations>> {
    let costs = Cost::ALL.map(|cost| columns.pool.costs(cost));
    let costs: Vec<Costs> = costs.into_iter().collect::<Result<_>>()?;
    let with_costs: Vec<Accuracies> = costs
        .iter()
        .map(|costs| Ok(Accuracies::new(costs.values())?))
        .collect::<Result<_>>()?;
    let accuracies = &columns.pool.accuracies;
    let given: Vec<&Costs> = costs.iter().collect();
    let of = |scores: &Scores| -> Result<Correlations> {
        let with = |other: &Accuracies| Ok::<_, Error>(spearman(scores, other)?.value);
        Ok(Correlations {
            raw: with(accuracies)?,
            partial: partial_spearman(scores, accuracies, &given)?.value,
            costs: [
                with(&with_costs[0])?,
                with(&with_costs[1])?,
                with(&with_costs[2])?,
            ],
        })
    };
    let each = columns.single.par_iter();
    each.map(|entrant| Ok((entrant.name.as_str(), of(&entrant.scores)?)))
        .collect()
}

impl Exhibit for GivenCosts {
    fn name(&self) -> &'static str {
        "given-costs"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("proxy", "Proxy"),
            Column::plain("raw", "Accuracy"),
            Column::plain("partial", "given costs"),
            Column::plain("flops", "FLOPs"),
            Column::plain("params", "Params"),
            Column::plain("depth", "depth"),
        ];
        for name in &self.benchmarks {
            columns.push(Column::plain(
                format!("{name}_raw"),
                format!("{name}: accuracy"),
            ));
            columns.push(Column::plain(format!("{name}_partial"), "given costs"));
        }
        let row = |row: &GivenCostsRow| {
            let mean = &row.mean;
            let [flops, params, depth] = mean.costs;
            let mut values = vec![mean.raw, mean.partial, flops, params, depth];
            for on in &row.on {
                let on = on.unwrap_or_default();
                values.extend([on.raw, on.partial]);
            }
            let cells = values.into_iter().map(|value| Field::Number(value, 2));
            std::iter::once(Field::proxy(&row.name))
                .chain(cells)
                .collect()
        };
        Sheet {
            title: "What proxies know beyond FLOPs, params and depth".to_owned(),
            columns,
            rows: self.rows.iter().map(row).collect(),
            notes: vec![
                "What to see: a proxy whose correlation with the accuracy is gone once FLOPs, params and depth are \
                 given has counted them in a dear way; one that keeps it knows something else. The columns on the \
                 right say which cost it follows."
                    .to_owned(),
                format!(
                    "Spearman's correlation with the accuracies, its partial form given the ranks of all three \
                     costs, and the correlation with each cost, undefined scores ranking last; means over {}, \
                     those of one space counting once (with depth, over those on which it differs). Where costs \
                     determine a score, or a score is the same for all networks, there is none.",
                    self.benchmarks.join(", ")
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        let row = |row: &GivenCostsRow| {
            let on = |of: fn(&Correlations) -> Option<f64>| {
                row.on.iter().map(move |on| of(on.as_ref()?))
            };
            let mut values = vec![row.mean.raw, row.mean.partial];
            values.extend(on(|c| c.raw));
            values.extend(on(|c| c.partial));
            values.extend(row.mean.costs);
            HeatRow {
                name: label(&row.name).to_owned(),
                values,
            }
        };
        let block = |title: &str, columns: Vec<String>| HeatBlock {
            title: title.to_owned(),
            columns,
        };
        let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let map = HeatMap {
            rows: self.rows.iter().map(row).collect(),
            blocks: vec![
                block("mean", named(&["accuracy", "given costs"])),
                block("accuracy", self.benchmarks.clone()),
                block("accuracy given costs", self.benchmarks.clone()),
                block("mean, with", named(&["FLOPs", "Params", "depth"])),
            ],
            branches: Vec::new(),
            scale: "Spearman's correlation".to_owned(),
        };
        map.draw().map(Some)
    }
}
