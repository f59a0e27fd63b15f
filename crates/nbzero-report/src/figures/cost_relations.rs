//! Which costs a proxy follows: its rank correlation with FLOPs, parameters and depth.

use nbzero_metrics::{Accuracies, Bootstrap, RankedPair};
use nbzero_table::{Cost, Table};
use rayon::prelude::*;
use serde::Serialize;

use crate::entrant::label;
use crate::exhibit::{Exhibit, document};
use crate::lineup::Lineup;
use crate::number::cost_name;
use crate::plot::{HeatBlock, HeatMap, HeatRow};
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Estimate, Picture, Result};

/// How far each proxy ranks networks as their costs do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostRelations {
    /// What it was measured on.
    pub about: About,
    /// The costs that are known of all networks.
    pub costs: Vec<Cost>,
    /// The accuracy, where there is one (`oracle`), the costs themselves, then the table's proxies.
    pub rows: Vec<CostRelation>,
}

/// The correlations of one proxy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostRelation {
    /// Name as tables and commands write it.
    pub name: String,
    /// Fraction of the networks for which the proxy is defined, from 0 to 1.
    pub coverage: f64,
    /// Spearman's correlation with each cost, over the networks with a defined score; scores are oriented so that
    /// higher promises a higher accuracy. None with the cost itself, and where a column is constant.
    pub spearman: Vec<Option<Estimate>>,
}

/// Measures Spearman's correlation of every proxy, and of the accuracy, with each cost. The table may be one of
/// [scores alone](Table::is_of_scores_alone).
///
/// # Errors
///
/// If there are accuracies and no network has one, or no cost is known of all networks.
pub fn cost_relations(table: &Table, bootstrap: Bootstrap) -> Result<CostRelations> {
    let Lineup {
        about,
        networks,
        entrants,
        ..
    } = Lineup::of(table, bootstrap)?;
    let costs: Vec<Cost> = networks.known_costs().collect();
    if costs.is_empty() {
        // Says of how many networks.
        networks.costs(Cost::Flops)?;
    }
    let columns = costs.iter().map(|&cost| networks.cost_column(cost));
    let columns = columns.collect::<Result<Vec<Vec<f64>>>>()?;
    let rows = entrants.par_iter().map(|entrant| {
        let scores = &entrant.scores;
        let defined: Vec<usize> = (0..scores.len())
            .filter(|&place| scores.oriented(place).is_some())
            .collect();
        let own = scores.select(&defined);
        let resamples = bootstrap.counts(own.len());
        let with = |(cost, column): (&Cost, &Vec<f64>)| {
            if cost.name() == entrant.name {
                return Ok(None);
            }
            let column: Vec<f64> = defined.iter().map(|&place| column[place]).collect();
            let pair = RankedPair::new(&own, &Accuracies::new(&column)?)?;
            let spearman = |counts: &[u32]| pair.spearman(counts);
            Ok(Estimate::of_counts(own.len(), &resamples, spearman))
        };
        Ok(CostRelation {
            name: entrant.name.clone(),
            coverage: scores.coverage(),
            spearman: costs
                .iter()
                .zip(&columns)
                .map(with)
                .collect::<Result<_>>()?,
        })
    });
    Ok(CostRelations {
        about,
        rows: rows.collect::<Result<_>>()?,
        costs,
    })
}

impl Exhibit for CostRelations {
    fn name(&self) -> &'static str {
        "costs"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("proxy", "Proxy"),
            Column::plain("coverage", "Cov."),
        ];
        let named = |cost: &Cost| Column::measured(cost.name(), cost_name(*cost));
        columns.extend(self.costs.iter().map(named));
        let row = |row: &CostRelation| {
            let with = row.spearman.iter().zip(&self.costs).map(|(found, cost)| {
                if cost.name() == row.name {
                    Field::Absent
                } else {
                    Field::Measured(*found, 2)
                }
            });
            let first = [
                Field::proxy(&row.name),
                Field::Number(Some(row.coverage), 2),
            ];
            first.into_iter().chain(with).collect()
        };
        Sheet {
            title: "Which costs each proxy follows".to_owned(),
            columns,
            rows: self.rows.iter().map(row).collect(),
            notes: vec![
                "What to see: a proxy whose correlation with a cost is near 1 says of a network what its cost says, \
                 and takes longer for it; one near 0 with all of them says something else, right or wrong."
                    .to_owned(),
                self.about.measured(),
                format!(
                    "Spearman's correlation of the score with each cost, over the networks with a defined score \
                     (their share is Cov.), with its 95% bootstrap interval over networks ({} resamples); scores \
                     are oriented so that higher promises a higher accuracy.",
                    self.about.resamples
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        let row = |row: &CostRelation| HeatRow {
            name: label(&row.name).to_owned(),
            values: row
                .spearman
                .iter()
                .map(|found| found.map(|e| e.value))
                .collect(),
        };
        let block = HeatBlock {
            title: self.about.name(),
            columns: self
                .costs
                .iter()
                .map(|cost| cost_name(*cost).to_owned())
                .collect(),
        };
        let map = HeatMap {
            rows: self.rows.iter().map(row).collect(),
            blocks: vec![block],
            branches: Vec::new(),
            scale: "Spearman's correlation".to_owned(),
        };
        map.draw().map(Some)
    }
}
