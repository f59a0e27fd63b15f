//! Table 1 of the paper: proxies under correlation indices, mBR, and the accuracies they lead to.

use std::collections::BTreeMap;

use nbzero_metrics::{
    BudgetPick, Correlation, Costs, Interval, RankScale, Scores, kendall, mean_best_rank, pearson,
    spearman,
};
use nbzero_table::{Cost, ScoreDefinition, Table};
use rayon::prelude::*;
use serde::Serialize;

use super::NoiseCeiling;
use crate::entrant::{entrants_and, is_short_training, label, without_scores};
use crate::exhibit::{Exhibit, document};
use crate::indices::{ExpectedMbr, Indices, Judging};
use crate::number::{cost_name, counted, fixed, metric};
use crate::paper::{self, PaperTable1Row};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Error, Estimate, Format, OwnScores, Result};

const TITLE: &str = "Table 1: zero-shot proxies under different assessment criteria";

const PAPER: &str = "In parentheses: the paper's own values, measured on R1 with CIFAR-100 after \
    360 epochs. Only the orders of the proxies can be compared, not the numbers.";

/// Most budgets that people are shown the picks of; CSV and JSON have all.
const MOST_PICKS: usize = 5;

/// Mean best rank under budgets.
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
    /// Expected mBR, the same for a search that sees some of the candidates.
    #[serde(flatten)]
    pub expected: ExpectedMbr,
    /// Seconds a network that it takes on one core by itself; none for costs, which are counted, and where
    /// nobody has measured it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
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
    /// What the budgets limit; `None` where that is not known of all networks, so that the only budget
    /// is one that all of them keep to.
    pub budgets_on: Option<Cost>,
    /// Oracle, FLOPs, params, depth, then the table's proxies: those of the paper in its order, then
    /// the others by name; then scores of one's own.
    pub rows: Vec<Table1Row>,
    /// Proxies of the table, and columns of one's own, that have a score of no network, and so no row.
    pub without_scores: Vec<String>,
    /// What the columns mean that are no zero-shot proxies: the accuracies or losses of short trainings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub short_trainings: Vec<ScoreDefinition>,
    #[serde(skip)]
    judging: Judging,
}

/// Measures Table 1 on a table, as the paper does.
///
/// The ground truth is the mean test accuracy over the seeds that a network has; networks without
/// any are left out and counted in [`About::left_out`].
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn table1(table: &Table) -> Result<Table1> {
    table1_with(table, &[], &Judging::default())
}

/// Measures Table 1 on a table with rows for scores of your own, and budgets, searches and bootstrap
/// of your own. Networks that a column of yours does not have are left out and counted in
/// [`About::unscored`].
///
/// # Errors
///
/// If no network has a test accuracy, or none a score of every column; there are no budgets or draws; or
/// scores of one's own have another length than the table or a name that another row has.
pub fn table1_with(table: &Table, own: &[OwnScores], judging: &Judging) -> Result<Table1> {
    OwnScores::check(own, table)?;
    let pool = Pool::with_own(table, own)?;
    let (costs, judging) = match pool.costs(judging.budgets_on) {
        Ok(costs) => (costs, *judging),
        Err(Error::UnknownCosts { .. }) => {
            let budgets = 1;
            (
                Costs::unknown(pool.len()),
                Judging {
                    budgets,
                    ..*judging
                },
            )
        }
        Err(error) => return Err(error),
    };
    let budgets_on = pool.known_costs().find(|&cost| cost == judging.budgets_on);
    let rows = entrants_and(&pool, own)?
        .par_iter()
        .map(|entrant| measure(&entrant.name, &pool, &costs, &entrant.scores, &judging))
        .collect::<Result<_>>()?;
    Ok(Table1 {
        about: About::new(&pool, judging.bootstrap)?,
        noise_ceiling: NoiseCeiling::of(&pool, &costs, &judging)?,
        budgets_on,
        rows,
        without_scores: without_scores(&pool, own)?,
        short_trainings: short_trainings(table),
        judging,
    })
}

fn short_trainings(table: &Table) -> Vec<ScoreDefinition> {
    let all = table.metadata().scores.iter();
    all.filter(|definition| is_short_training(&definition.name))
        .cloned()
        .collect()
}

fn measure(
    name: &str,
    pool: &Pool<'_>,
    costs: &Costs,
    scores: &Scores,
    judging: &Judging,
) -> Result<Table1Row> {
    let scale = RankScale::default();
    let mbr = mean_best_rank(scores, &pool.accuracies, costs, judging.budgets, scale)?;
    let indices = Indices::of(scores, &pool.accuracies, costs, judging)?;
    Ok(Table1Row {
        name: name.to_owned(),
        label: label(name).to_owned(),
        coverage: scores.coverage(),
        lc: pearson(scores, &pool.accuracies)?,
        kd: kendall(scores, &pool.accuracies)?,
        sr: spearman(scores, &pool.accuracies)?,
        mbr: MeasuredMbr {
            value: mbr.value,
            interval: indices.mbr.estimate().interval,
            budgets: mbr.budgets,
        },
        expected: indices.expected_mbr(judging),
        seconds: None,
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
        if self.is_timed() {
            columns.push(Column::plain("seconds", "Seconds"));
        }
        let indices = [("lc", "LC"), ("kd", "KD"), ("sr", "SR")];
        columns.extend(indices.map(|(key, heading)| Column::paper(key, heading)));
        columns.push(Column::estimate("mbr", "mBR 95%"));
        let expected = self.rows.first().map(|row| row.expected);
        columns.extend(
            expected.map(|expected| {
                Column::measured(expected.key(), format!("{} 95%", expected.name()))
            }),
        );
        columns.extend(self.judging.percents().enumerate().map(|(i, percent)| {
            let column = Column::paper(format!("accuracy_{percent}"), format!("{percent}%"));
            if self.shows(i) {
                column
            } else {
                column.only_in_csv()
            }
        }));
        let mut rows: Vec<Vec<Field>> = self.rows.iter().map(|row| self.fields(row)).collect();
        if let Some(ceiling) = &self.noise_ceiling {
            // Below the oracle, the first row.
            let row = ceiling.fields(self.seconds(None), self.judging.budgets);
            rows.insert(rows.len().min(1), row);
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

    /// The table with a column of what each row costs: seconds a network on one core, by the names of commands.
    /// Names without a row are passed over.
    #[must_use]
    pub fn with_seconds(mut self, seconds: &BTreeMap<String, f64>) -> Self {
        for row in &mut self.rows {
            row.seconds = seconds.get(&row.name).copied();
        }
        self
    }

    /// Whether the seconds of some row are known.
    fn is_timed(&self) -> bool {
        self.rows.iter().any(|row| row.seconds.is_some())
    }

    /// A row's field in that column, where there is one.
    fn seconds(&self, value: Option<f64>) -> Option<Field> {
        // A short training takes many seconds, a proxy thousandths of one.
        let field = |value| Field::Number(Some(value), if value < 1.0 { 3 } else { 1 });
        self.is_timed().then(|| value.map_or(Field::Absent, field))
    }

    fn all_notes(&self) -> Vec<String> {
        let ceiling = NoiseCeiling::note(self.noise_ceiling.as_ref());
        let mut notes = vec![self.about.measured(), self.reading(), ceiling];
        if self.is_timed() {
            notes.push(
                "Seconds are those of one network on one core, of each proxy by itself; together they share \
                 sweeps and take less."
                    .to_owned(),
            );
        }
        notes.extend(self.undefined());
        if !self.without_scores.is_empty() {
            let names = self.without_scores.join(", ");
            notes.push(format!(
                "Defined for no network, and so without a row: {names}."
            ));
        }
        notes.extend(self.short_trainings.iter().map(|short| {
            format!(
                "{} is no proxy but a training: {}.",
                label(&short.name),
                short.settings
            )
        }));
        notes.push(PAPER.to_owned());
        notes
    }

    /// Whether people see what is picked under a budget: some of many, the last one always.
    fn shows(&self, place: usize) -> bool {
        let budgets = self.judging.budgets;
        let shown = budgets.min(MOST_PICKS);
        (1..=shown).any(|i| (i * budgets).div_ceil(shown) == place + 1)
    }

    /// How to read the columns.
    fn reading(&self) -> String {
        let about = &self.about;
        let budgets = self.rows.first().map_or(&[][..], |row| &row.mbr.budgets);
        let list: Vec<String> = budgets.iter().map(|pick| metric(pick.budget)).collect();
        let scale = about.rank_divisor();
        let Judging { draws, budgets, .. } = self.judging;
        let (least, most) = (
            self.judging.percents().next().unwrap_or_default(),
            self.judging.percents().last().unwrap_or_default(),
        );
        let some = if budgets > MOST_PICKS {
            " (CSV and JSON have all)"
        } else {
            ""
        };
        let cost = cost_name(self.judging.budgets_on);
        let (of, picks) = if self.budgets_on.is_some() {
            let picks = format!(
                "the last columns are the accuracy of the pick under {least}% to {most}% of the range of \
                 {cost} ({}){some}",
                list.join(", ")
            );
            (format!("of {cost}"), picks)
        } else {
            let of =
                format!("that all networks keep to, for the table does not say the {cost} of each");
            (of, "the last column is the accuracy of the pick".to_owned())
        };
        format!(
            "N is the number of networks; LC is Pearson's, KD Kendall's (tau-b), SR Spearman's \
             correlation; mBR is the mean best rank over {scale} under {} {of} (0 is the oracle's, \
             lower is better), mBR{draws} what is expected of it in searches that see {} under each \
             budget (chance is {}; it rests on more than a few picks, and compares where there are \
             more networks or fewer), both with their 95% bootstrap intervals ({}); {picks}.",
            counted(budgets, "budget"),
            counted(draws, "random candidate"),
            fixed((draws as f64 - 1.0) / (2.0 * draws as f64), 2),
            counted(about.resamples, "resample"),
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
        // Under other budgets the paper has no numbers.
        let under_budgets = row.paper.filter(|_| self.judging.is_the_papers());
        let mbr = Estimate {
            value: row.mbr.value,
            interval: row.mbr.interval,
        };
        let mut fields = vec![
            Field::proxy(&row.name),
            Field::Count(self.about.networks),
            Field::Number(Some(row.coverage), 2),
        ];
        fields.extend(self.seconds(row.seconds));
        fields.extend([
            Field::Paper(row.lc.value, paper(|p| p.lc), 3),
            Field::Paper(row.kd.value, paper(|p| p.kd), 3),
            Field::Paper(row.sr.value, paper(|p| p.sr), 3),
            Field::Estimate(Some(mbr), under_budgets.map(|p| p.mbr), 3),
            Field::Measured(Some(row.expected.estimate), 3),
        ]);
        let budgets = row.mbr.budgets.iter().enumerate();
        fields.extend(budgets.map(|(i, pick)| {
            let paper = under_budgets.map(|p| p.accuracy[i]);
            Field::Paper(Some(pick.accuracy), paper, 1)
        }));
        fields
    }
}
