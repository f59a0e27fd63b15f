//! Table 1 of the paper: proxies under correlation indices, mBR, and the accuracies they lead to.

use nbzero_metrics::{
    Bootstrap, BudgetPick, Correlation, Costs, Interval, RankScale, Scores, kendall,
    mean_best_rank, pearson, spearman,
};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use super::NoiseCeiling;
use crate::entrant::{entrants, label};
use crate::exhibit::{Exhibit, document};
use crate::judge::BUDGETS;
use crate::number::{counted, metric};
use crate::paper::{self, PaperTable1Row};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Format, Result};

const TITLE: &str = "Table 1: zero-shot proxies under different assessment criteria";

const PAPER: &str = "In parentheses: the paper's own values, measured on R1 with CIFAR-100 after \
    360 epochs. Only the orders of the proxies can be compared, not the numbers.";

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
    /// What the noise of training leaves to be ranked; `None` where fewer than two networks have two
    /// seeds.
    pub noise_ceiling: Option<NoiseCeiling>,
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
    let costs = pool.costs(Cost::Flops)?;
    let rows = entrants(&pool)?
        .into_iter()
        .map(|entrant| measure(&entrant.name, &pool, &costs, &entrant.scores, bootstrap))
        .collect::<Result<_>>()?;
    Ok(Table1 {
        about: About::new(&pool, bootstrap)?,
        noise_ceiling: NoiseCeiling::of(&pool, &costs, bootstrap)?,
        rows,
    })
}

fn measure(
    name: &str,
    pool: &Pool<'_>,
    costs: &Costs,
    scores: &Scores,
    bootstrap: Bootstrap,
) -> Result<Table1Row> {
    let scale = RankScale::default();
    let mbr = mean_best_rank(scores, &pool.accuracies, costs, BUDGETS, scale)?;
    let interval = bootstrap.interval(scores.len(), |rows| {
        let (accuracies, flops) = (pool.accuracies.select(rows), costs.select(rows));
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

impl Exhibit for Table1 {
    fn name(&self) -> &'static str {
        "table1"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("proxy", "Proxy"),
            Column::plain("networks", "N"),
            Column::hidden("coverage"),
        ];
        let indices = [("lc", "LC"), ("kd", "KD"), ("sr", "SR"), ("mbr", "mBR")];
        columns.extend(indices.map(|(key, heading)| Column::paper(key, heading)));
        columns.push(Column::range("mbr", "mBR 95%"));
        columns.extend((1..=BUDGETS).map(|i| {
            let percent = 100 * i / BUDGETS;
            Column::paper(format!("accuracy_{percent}"), format!("{percent}%"))
        }));
        let mut rows: Vec<Vec<Field>> = self.rows.iter().map(|row| self.fields(row)).collect();
        if let Some(ceiling) = &self.noise_ceiling {
            // Below the oracle, the first row.
            rows.insert(rows.len().min(1), ceiling.fields());
        }
        Sheet {
            title: TITLE.to_owned(),
            columns,
            rows,
            notes: self.all_notes(),
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }
}

impl Table1 {
    /// The table in a format; ends with a newline.
    ///
    /// # Errors
    ///
    /// If JSON cannot be written, which no table is known to cause.
    pub fn render(&self, format: Format) -> Result<String> {
        Exhibit::render(self, format)
    }

    fn all_notes(&self) -> Vec<String> {
        let ceiling = NoiseCeiling::note(self.noise_ceiling.as_ref());
        let mut notes = vec![self.about.measured(), self.reading(), ceiling];
        notes.extend(self.undefined());
        notes.push(PAPER.to_owned());
        notes
    }

    /// How to read the columns.
    fn reading(&self) -> String {
        let about = &self.about;
        let budgets = self.rows.first().map_or(&[][..], |row| &row.mbr.budgets);
        let list: Vec<String> = budgets.iter().map(|pick| metric(pick.budget)).collect();
        let scale = about.rank_divisor();
        format!(
            "N is the number of networks; LC is Pearson's, KD Kendall's (tau-b), SR Spearman's \
             correlation; mBR is the mean best rank over {scale} (0 is the oracle's, lower is better) \
             with its 95% bootstrap interval ({}); the last columns are the accuracy of the pick \
             under 20% to 100% of the FLOPs range ({}).",
            counted(about.resamples, "resample"),
            list.join(", "),
        )
    }

    /// Which proxies are not defined everywhere, and what became of those networks.
    fn undefined(&self) -> Option<String> {
        let networks = self.about.networks;
        let partial: Vec<String> = self
            .rows
            .iter()
            .filter(|row| row.coverage < 1.0)
            .map(|row| {
                let defined = (row.coverage * networks as f64).round();
                format!("{} {defined} of {networks} networks", row.label)
            })
            .collect();
        (!partial.is_empty()).then(|| {
        format!(
            "Not defined everywhere: {}. Undefined scores rank last, tied with each other; LC leaves \
             them out.",
            partial.join(", ")
        )
    })
    }

    /// The row, indices first.
    fn fields(&self, row: &Table1Row) -> Vec<Field> {
        let paper = |number: fn(&PaperTable1Row) -> f64| row.paper.map(number);
        let mut fields = vec![
            Field::proxy(&row.name),
            Field::Count(self.about.networks),
            Field::Number(Some(row.coverage), 2),
            Field::Paper(row.lc.value, paper(|p| p.lc), 3),
            Field::Paper(row.kd.value, paper(|p| p.kd), 3),
            Field::Paper(row.sr.value, paper(|p| p.sr), 3),
            Field::Paper(Some(row.mbr.value), paper(|p| p.mbr), 3),
            Field::Range(row.mbr.interval, 3),
        ];
        let budgets = row.mbr.budgets.iter().enumerate();
        fields.extend(budgets.map(|(i, pick)| {
            Field::Paper(Some(pick.accuracy), row.paper.map(|p| p.accuracy[i]), 1)
        }));
        fields
    }
}
