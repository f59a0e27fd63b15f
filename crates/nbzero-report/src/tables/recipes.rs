//! How short trainings rank networks beside a long one: what a recipe is chosen by.

use std::collections::BTreeMap;

use nbzero_metrics::{
    Accuracies, Bootstrap, Correlation, Costs, Direction, Scores, kendall, median,
    partial_spearman, spearman,
};
use nbzero_table::{Cost, Row, Split, Table};
use serde::Serialize;

use super::some_tables;
use crate::exhibit::{Exhibit, document};
use crate::number::cost_name;
use crate::sheet::{Column, Field, Sheet};
use crate::{Error, Estimate, Result};

/// Recipes judged by a reference training of the same networks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recipes {
    /// The search space.
    pub space: String,
    /// The dataset.
    pub dataset: String,
    /// The reference's recipe, with all settings.
    pub reference: String,
    /// Number of resamples behind each interval.
    pub resamples: usize,
    /// The reference, then each recipe in the order given.
    pub rows: Vec<RecipeRow>,
}

/// One recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecipeRow {
    /// Name and number of epochs, then what else is not as in the reference.
    pub recipe: String,
    /// Number of networks that both it and the reference have trained.
    pub networks: usize,
    /// Median over the networks of the test accuracy in percent.
    pub median_accuracy: f64,
    /// Spearman's correlation with the reference's accuracies, each the mean over its seeds; `None`
    /// for the reference itself.
    pub sr: Option<Estimate>,
    /// Kendall's tau-b likewise.
    pub kd: Option<Estimate>,
    /// Spearman's correlation of FLOPs with its accuracies.
    pub flops: Option<Estimate>,
    /// Spearman's correlation of params with its accuracies.
    pub params: Option<Estimate>,
    /// Spearman's correlation of depth with its accuracies.
    pub depth: Option<Estimate>,
    /// The partial rank correlation of params with its accuracies given FLOPs and depth.
    pub params_given_costs: Option<Estimate>,
    /// That of depth given FLOPs and params.
    pub depth_given_costs: Option<Estimate>,
    /// That of depth given FLOPs, params and the width of the narrowest stage; `None` where networks have no
    /// stages.
    pub depth_given_width: Option<Estimate>,
    /// Number of networks with two seeds.
    pub twice: usize,
    /// Spearman's correlation between the first two seeds of those.
    pub seeds: Option<Estimate>,
}

/// Measures how the recipes of `tables` rank networks; the first is the reference. Networks that the
/// reference has not trained are left out.
///
/// # Errors
///
/// If there is no table, or one shares no trained network with the reference, or is of another space
/// or dataset.
pub fn recipes(tables: &[&Table], bootstrap: Bootstrap) -> Result<Recipes> {
    some_tables(tables, "recipes")?;
    let reference = tables[0];
    let truth: BTreeMap<&str, f64> = reference
        .rows()
        .filter_map(|row| Some((row.arch(), mean(&row)?)))
        .collect();
    let rows = tables.iter().map(|table| {
        let is_reference = std::ptr::eq(*table, reference);
        let about = |table: &Table| {
            let metadata = table.metadata();
            format!("{} on {}", metadata.space, metadata.dataset)
        };
        if about(table) != about(reference) {
            return Err(Error::OtherNetworks {
                reference: about(reference),
                other: about(table),
            });
        }
        let label = difference(
            &table.metadata().recipe_details,
            &reference.metadata().recipe_details,
        );
        row(table, label, (!is_reference).then_some(&truth), bootstrap)
    });
    Ok(Recipes {
        space: reference.metadata().space.clone(),
        dataset: reference.metadata().dataset.to_string(),
        reference: reference.metadata().recipe_details.clone(),
        resamples: bootstrap.resamples,
        rows: rows.collect::<Result<_>>()?,
    })
}

fn mean(row: &Row<'_>) -> Option<f64> {
    row.runs(Split::Test).map(|runs| runs.mean)
}

/// A recipe's name and epochs, and the settings in which it is not the reference.
fn difference(details: &str, reference: &str) -> String {
    let known: Vec<&str> = reference.split(", ").collect();
    let own: Vec<&str> = details.split(", ").collect();
    let first = own.first().map_or(details, |first| {
        first
            .split_once(" of batch")
            .map_or(*first, |(name, _)| name)
    });
    let other = own.iter().skip(1).filter(|clause| !known.contains(clause));
    let lacks = known.iter().skip(1).filter(|clause| !own.contains(clause));
    // A setting with another value is named once, by the new one.
    let subject = |clause: &str| clause.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut parts = vec![first.to_owned()];
    parts.extend(other.clone().map(|clause| (*clause).to_owned()));
    let replaced: Vec<String> = other.map(|clause| subject(clause)).collect();
    parts.extend(
        lacks
            .filter(|clause| !replaced.contains(&subject(clause)))
            .map(|clause| format!("not: {clause}")),
    );
    parts.join("; ")
}

/// The columns of the networks that count.
struct Columns {
    accuracies: Vec<f64>,
    truth: Vec<f64>,
    costs: [Vec<f64>; 3],
    /// Channels of the narrowest stage; fewer values than networks where some have no stages.
    narrowest: Vec<f64>,
    /// Rows with two seeds, and both accuracies.
    seeds: (Vec<f64>, Vec<f64>),
}

fn row(
    table: &Table,
    recipe: String,
    truth: Option<&BTreeMap<&str, f64>>,
    bootstrap: Bootstrap,
) -> Result<RecipeRow> {
    let mut columns = Columns {
        accuracies: Vec::new(),
        truth: Vec::new(),
        costs: Default::default(),
        narrowest: Vec::new(),
        seeds: Default::default(),
    };
    for row in table.rows() {
        let Some(accuracy) = mean(&row) else { continue };
        let Some(true_accuracy) = truth.map_or(Some(accuracy), |t| t.get(row.arch()).copied())
        else {
            continue;
        };
        columns.accuracies.push(accuracy);
        columns.truth.push(true_accuracy);
        for (column, cost) in columns.costs.iter_mut().zip(Cost::ALL) {
            let known = row.cost(cost).ok_or_else(|| Error::UnknownCosts {
                cost: cost_name(cost),
                unknown: table
                    .costs(cost)
                    .iter()
                    .filter(|cost| cost.is_none())
                    .count(),
                networks: table.len(),
            })?;
            column.push(known as f64);
        }
        let widths = row.stages().iter().map(|stage| stage.output);
        columns.narrowest.extend(widths.min().map(f64::from));
        let mut runs = row.accuracies(Split::Test);
        if let (Some((_, first)), Some((_, second))) = (runs.next(), runs.next()) {
            columns.seeds.0.push(first);
            columns.seeds.1.push(second);
        }
    }
    let Some(median_accuracy) = median(&columns.accuracies) else {
        return Err(Error::NoCommonNetwork { recipe });
    };
    let own = Accuracies::new(&columns.accuracies)?;
    let [flops, params, depth] = &columns.costs;
    let (flops, params) = (Costs::new(flops)?, Costs::new(params)?);
    let depth = Costs::new(depth)?;
    let scores = |values: &[f64]| Scores::new(values, Direction::Higher);
    let (own_scores, reference) = (scores(own.values()), Accuracies::new(&columns.truth)?);
    let of_cost = |costs: &Costs| {
        let costs = scores(costs.values());
        estimate(bootstrap, own.len(), |rows| {
            spearman(&costs.select(rows), &own.select(rows))
        })
    };
    let partial = |of: &Costs, given: &[&Costs]| {
        let of = scores(of.values());
        estimate(bootstrap, own.len(), |rows| {
            let given: Vec<Costs> = given.iter().map(|costs| costs.select(rows)).collect();
            let given: Vec<&Costs> = given.iter().collect();
            partial_spearman(&of.select(rows), &own.select(rows), &given)
        })
    };
    let narrowest = if columns.narrowest.len() == own.len() {
        Some(Costs::new(&columns.narrowest)?)
    } else {
        None
    };
    let both = (scores(&columns.seeds.0), Accuracies::new(&columns.seeds.1)?);
    let with_truth = |found| truth.is_some().then_some(found).flatten();
    Ok(RecipeRow {
        recipe,
        networks: own.len(),
        median_accuracy,
        sr: with_truth(estimate(bootstrap, own.len(), |rows| {
            spearman(&own_scores.select(rows), &reference.select(rows))
        })),
        kd: with_truth(estimate(bootstrap, own.len(), |rows| {
            kendall(&own_scores.select(rows), &reference.select(rows))
        })),
        flops: of_cost(&flops),
        params: of_cost(&params),
        depth: of_cost(&depth),
        params_given_costs: partial(&params, &[&flops, &depth]),
        depth_given_costs: partial(&depth, &[&flops, &params]),
        depth_given_width: narrowest.and_then(|width| partial(&depth, &[&flops, &params, &width])),
        twice: both.1.len(),
        seeds: estimate(bootstrap, both.1.len(), |rows| {
            spearman(&both.0.select(rows), &both.1.select(rows))
        }),
    })
}

/// A correlation with its interval; `None` where it is undefined.
fn estimate(
    bootstrap: Bootstrap,
    rows: usize,
    correlate: impl Fn(&[usize]) -> Result<Correlation, nbzero_metrics::Error>,
) -> Option<Estimate> {
    let all: Vec<usize> = (0..rows).collect();
    let value = |rows: &[usize]| correlate(rows).ok()?.value;
    Some(Estimate {
        value: value(&all)?,
        interval: bootstrap.interval(rows, |resample| value(resample.rows)),
    })
}

impl Exhibit for Recipes {
    fn name(&self) -> &'static str {
        "recipes"
    }

    fn sheet(&self) -> Sheet {
        let optional = |found: &Option<Estimate>| {
            found.map_or(Field::Absent, |found| Field::estimate(found, 3))
        };
        let rows = self.rows.iter().map(|row| {
            vec![
                Field::text(&row.recipe),
                Field::Count(row.networks),
                Field::Number(Some(row.median_accuracy), 1),
                optional(&row.sr),
                optional(&row.kd),
                optional(&row.flops),
                optional(&row.params),
                optional(&row.depth),
                optional(&row.params_given_costs),
                optional(&row.depth_given_costs),
                optional(&row.depth_given_width),
                Field::Count(row.twice),
                optional(&row.seeds),
            ]
        });
        Sheet {
            title: "How short trainings rank networks beside a long one".to_owned(),
            columns: vec![
                Column::plain("recipe", "Recipe"),
                Column::plain("networks", "N"),
                Column::plain("median_accuracy", "Median\nacc"),
                Column::estimate("sr", "SR with\nreference"),
                Column::estimate("kd", "KD with\nreference"),
                Column::estimate("flops_sr", "SR of\nFLOPs"),
                Column::estimate("params_sr", "SR of\nparams"),
                Column::estimate("depth_sr", "SR of\ndepth"),
                Column::estimate("params_given_costs", "params given\nFLOPs, depth"),
                Column::estimate("depth_given_costs", "depth given\nFLOPs, params"),
                Column::estimate("depth_given_width", "and the least\nwidth"),
                Column::plain("twice", "N with\n2 seeds"),
                Column::estimate("seeds_sr", "SR between\nseeds"),
            ],
            rows: rows.collect(),
            notes: vec![
                format!(
                    "The first row is the reference, on {} networks of {} on {}: {}. A recipe's row is \
                     of the networks that both have trained; it names the settings that are not the \
                     reference's.",
                    self.rows[0].networks, self.space, self.dataset, self.reference
                ),
                format!(
                    "SR is Spearman's, KD Kendall's correlation (tau-b), each with its 95% bootstrap \
                     interval ({} resamples of the networks). Params and depth given others are partial \
                     rank correlations with the recipe's accuracies; the least width is that of \
                     the narrowest stage.",
                    self.resamples
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_named_by_what_is_not_the_reference_s() {
        let long = "long: 150 epochs of batch 128, SGD with momentum 0.9, learning rate 0.1, decay \
                    0.5 on weights, branches start at 0";
        let name = |details: &str| difference(details, long);
        assert_eq!(name(long), "long: 150 epochs");
        assert_eq!(
            name(&long.replace("long: 150", "short: 8")),
            "short: 8 epochs"
        );
        let other = "mini: 4 epochs of batch 128, SGD with momentum 0.9, learning rate 0.2, decay 0.5 \
                     on all";
        assert_eq!(
            name(other),
            "mini: 4 epochs; learning rate 0.2; decay 0.5 on all; not: branches start at 0"
        );
    }
}
