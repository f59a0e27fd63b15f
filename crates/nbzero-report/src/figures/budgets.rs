//! Figures 4, 5 and 6 of the paper: what proxies pick under budgets of FLOPs, parameters and depth.

use nbzero_metrics::Bootstrap;
use nbzero_table::{Cost, Table};
use serde::Serialize;

use super::lines::{Band, Bands};
use crate::entrant::entrants;
use crate::exhibit::{Exhibit, document};
use crate::indices::BUDGETS;
use crate::judge::{Ground, against_flops};
use crate::number::{cost_name, metric};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Judged, Picture, Result};

/// Rank (BR) and accuracy of every proxy's pick under budgets of one cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetFigure {
    /// What the budgets limit.
    pub cost: Cost,
    /// What it was measured on.
    pub about: About,
    /// Oracle, costs, then the table's proxies; their `mbr` is the mean over these budgets.
    pub rows: Vec<Judged>,
}

/// Measures Figure 4: budgets of FLOPs.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn fig4(table: &Table, bootstrap: Bootstrap) -> Result<BudgetFigure> {
    measure(table, Cost::Flops, bootstrap)
}

/// Measures Figure 5: budgets of parameters.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn fig5(table: &Table, bootstrap: Bootstrap) -> Result<BudgetFigure> {
    measure(table, Cost::Params, bootstrap)
}

/// Measures Figure 6: budgets of depth.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn fig6(table: &Table, bootstrap: Bootstrap) -> Result<BudgetFigure> {
    measure(table, Cost::Depth, bootstrap)
}

fn measure(table: &Table, cost: Cost, bootstrap: Bootstrap) -> Result<BudgetFigure> {
    let pool = Pool::new(table)?;
    let ground = Ground {
        accuracies: &pool.accuracies,
        costs: &pool.costs(cost)?,
        judging: bootstrap.into(),
    };
    Ok(BudgetFigure {
        cost,
        about: About::new(&pool, bootstrap)?,
        rows: ground.judge(&entrants(&pool)?)?,
    })
}

impl BudgetFigure {
    fn number(&self) -> usize {
        match self.cost {
            Cost::Flops => 4,
            Cost::Params => 5,
            Cost::Depth => 6,
        }
    }

    /// The budgets of each row as a line with its interval, twice: BR and accuracy.
    fn bands(&self) -> Bands<'_> {
        let oracle = self.rows.first().map(|row| Band::new(row, "oracle"));
        let flops = self.rows.iter().find(|row| row.name == "flops");
        Bands {
            x_name: format!("budget (% of the range of {})", cost_name(self.cost)),
            title: format!("{}: {} networks", self.about.name(), self.about.networks),
            background: oracle
                .into_iter()
                .chain(flops.map(|row| Band::new(row, "flops")))
                .collect(),
            beside: Vec::new(),
            panels: self
                .rows
                .iter()
                .skip(1)
                .map(|row| (row.label.clone(), vec![Band::new(row, &row.name)]))
                .collect(),
        }
    }

    fn paper_says(&self) -> &'static str {
        match self.cost {
            Cost::Flops => {
                "The paper says: zen and synflow do better than FLOPs, params and depth, most of all \
                 under 20% of the FLOPs."
            }
            Cost::Params => {
                "The paper says: zen and synflow do about as well as FLOPs, params and depth, and \
                 accuracies differ little from budget to budget."
            }
            Cost::Depth => {
                "The paper says: zen and synflow do a little worse than FLOPs, but better than \
                 params and depth."
            }
        }
    }
}

impl Exhibit for BudgetFigure {
    fn name(&self) -> &'static str {
        match self.cost {
            Cost::Flops => "fig4",
            Cost::Params => "fig5",
            Cost::Depth => "fig6",
        }
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("proxy", "Proxy"),
            Column::plain("budget_percent", "Budget %"),
            Column::plain("budget", cost_name(self.cost)),
            Column::plain("candidates", "Candidates"),
        ];
        columns.push(Column::estimate("br", "BR 95%"));
        columns.push(Column::estimate("accuracy", "Accuracy 95%"));
        let rows = self.rows.iter().flat_map(|row| {
            row.budgets.iter().enumerate().map(|(i, budget)| {
                vec![
                    Field::proxy(&row.name),
                    Field::Count(100 * (i + 1) / BUDGETS),
                    Field::Metric(budget.budget),
                    Field::Count(budget.candidates),
                    Field::estimate(budget.rank, 3),
                    Field::estimate(budget.accuracy, 1),
                ]
            })
        });
        let budgets = self.rows.first().map_or(&[][..], |row| &row.budgets);
        let list: Vec<String> = budgets.iter().map(|b| metric(b.budget)).collect();
        Sheet {
            title: format!(
                "Figure {}: rank and accuracy of the pick under budgets of {}",
                self.number(),
                cost_name(self.cost)
            ),
            columns,
            rows: rows.collect(),
            notes: vec![
                "What to see: below the grey line a proxy's pick ranks better than that of FLOPs \
                 (upper half; above it in the lower half), and the wider its band, the more that \
                 depends on which networks happen to be in the pool."
                    .to_owned(),
                self.about.measured(),
                format!(
                    "BR is the rank of the pick over {} under the budget (0 is the oracle's, lower \
                     is better), accuracy that of the pick in percent, both with their 95% bootstrap \
                     intervals ({} resamples). The budgets are 20% to 100% of the range: {}.",
                    self.about.rank_divisor(),
                    self.about.resamples,
                    list.join(", ")
                ),
                against_flops(&self.rows, &format!("budgets of {}", cost_name(self.cost))),
                self.paper_says().to_owned(),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.bands().draw().map(Some)
    }
}
