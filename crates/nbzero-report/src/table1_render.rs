//! Table 1 as text, Markdown, CSV and JSON.

use nbzero_metrics::RankScale;
use serde::Serialize;

use crate::grid::{Cell, Grid, csv_line};
use crate::number::{counted, fixed, metric};
use crate::paper::PaperTable1Row;
use crate::table1::{About, BUDGETS, MeasuredMbr, Table1, Table1Row};
use crate::{Format, Result};

const TITLE: &str = "Table 1: zero-shot proxies under different assessment criteria";

/// Notes are broken so that they fit this terminal.
const WIDTH: usize = 100;

const PAPER: &str = "In parentheses: the paper's own values, measured on R1 with CIFAR-100 after \
    360 epochs. Only the orders of the proxies can be compared, not the numbers.";

/// The JSON document.
#[derive(Serialize)]
struct Document<'a> {
    title: &'static str,
    #[serde(flatten)]
    table: &'a Table1,
    notes: Vec<String>,
}

impl Table1 {
    /// The table in a format; ends with a newline.
    ///
    /// # Errors
    ///
    /// If JSON cannot be written, which no table is known to cause.
    pub fn render(&self, format: Format) -> Result<String> {
        Ok(match format {
            Format::Text => self.grid().text(WIDTH),
            Format::Markdown => self.grid().markdown(),
            Format::Csv => self.csv(),
            Format::Json => {
                let document = Document {
                    title: TITLE,
                    table: self,
                    notes: self.notes(),
                };
                serde_json::to_string_pretty(&document)? + "\n"
            }
        })
    }

    fn grid(&self) -> Grid {
        let indices = ["Proxy", "LC", "KD", "SR", "mBR", "mBR 95%"].map(str::to_owned);
        let budgets = percents().map(|percent| format!("{percent}%"));
        Grid {
            title: TITLE.to_owned(),
            header: indices.into_iter().chain(budgets).collect(),
            rows: self.rows.iter().map(cells).collect(),
            notes: self.notes(),
        }
    }

    fn csv(&self) -> String {
        let mut header: Vec<String> = vec!["proxy".into(), "coverage".into()];
        for index in ["lc", "kd", "sr", "mbr"] {
            header.extend([index.to_owned(), format!("{index}_paper")]);
        }
        header.extend(["mbr_low".to_owned(), "mbr_high".to_owned()]);
        for percent in percents() {
            let name = format!("accuracy_{percent}");
            header.extend([name.clone(), format!("{name}_paper")]);
        }
        let mut text = csv_line(header.into_iter().map(Some));
        for row in &self.rows {
            text.push_str(&csv_line(csv_fields(row)));
        }
        text
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = vec![measured(&self.about), reading(&self.about, &self.rows)];
        notes.extend(undefined(&self.rows, self.about.networks));
        notes.push(PAPER.to_owned());
        notes
    }
}

/// 20, 40, 60, 80, 100.
fn percents() -> impl Iterator<Item = usize> {
    (1..=BUDGETS).map(|i| 100 * i / BUDGETS)
}

/// Measured and printed values of the four indices.
fn indices(row: &Table1Row) -> [(Option<f64>, Option<f64>); 4] {
    let paper = |field: fn(&PaperTable1Row) -> f64| row.paper.map(field);
    [
        (row.lc.value, paper(|p| p.lc)),
        (row.kd.value, paper(|p| p.kd)),
        (row.sr.value, paper(|p| p.sr)),
        (Some(row.mbr.value), paper(|p| p.mbr)),
    ]
}

/// Measured and printed accuracies under the budgets.
fn accuracies(row: &Table1Row) -> impl Iterator<Item = (f64, Option<f64>)> {
    let paper = |i: usize| row.paper.map(|p| p.accuracy[i]);
    let budgets = row.mbr.budgets.iter().enumerate();
    budgets.map(move |(i, pick)| (pick.accuracy, paper(i)))
}

/// The row for people: the paper's values with the digits that it prints.
fn cells(row: &Table1Row) -> Vec<Cell> {
    let index = |(measured, paper): (Option<f64>, Option<f64>)| Cell {
        main: measured.map_or_else(|| "undefined".to_owned(), |v| fixed(v, 3)),
        paper: paper.map(|v| format!("{v:?}")),
    };
    let accuracy = |(measured, paper): (f64, Option<f64>)| Cell {
        main: fixed(measured, 1),
        paper: paper.map(|v| fixed(v, 1)),
    };
    let mut cells = vec![Cell::new(&row.label)];
    cells.extend(indices(row).map(index));
    cells.push(Cell::new(interval(&row.mbr)));
    cells.extend(accuracies(row).map(accuracy));
    cells
}

fn interval(mbr: &MeasuredMbr) -> String {
    let text = |i: &nbzero_metrics::Interval| format!("{}-{}", fixed(i.low, 3), fixed(i.high, 3));
    mbr.interval
        .as_ref()
        .map_or_else(|| "undefined".into(), text)
}

fn csv_fields(row: &Table1Row) -> Vec<Option<String>> {
    let text = |value: f64| value.to_string();
    let mut fields = vec![Some(row.name.clone()), Some(text(row.coverage))];
    for (measured, paper) in indices(row) {
        fields.extend([measured.map(text), paper.map(text)]);
    }
    let interval = row.mbr.interval;
    fields.extend([
        interval.map(|i| text(i.low)),
        interval.map(|i| text(i.high)),
    ]);
    for (measured, paper) in accuracies(row) {
        fields.extend([Some(text(measured)), paper.map(text)]);
    }
    fields
}

/// What was measured.
fn measured(about: &About) -> String {
    let About {
        space,
        dataset,
        images,
        resolution,
        recipe,
        ..
    } = about;
    let images = if images.is_empty() {
        String::new()
    } else {
        format!(" ({images})")
    };
    let left_out = match about.left_out {
        0 => String::new(),
        n => format!(" ({} without one left out)", counted(n, "network")),
    };
    format!(
        "Measured: {} of {space} on {dataset}{images} at {resolution}x{resolution}, recipe {recipe}, \
         {} ({}); accuracy is the test accuracy in percent, the mean over the seeds that a network \
         has{left_out}.",
        counted(about.networks, "network"),
        counted(about.seeds.len(), "seed"),
        counted(about.runs, "training run"),
    )
}

/// How to read the columns.
fn reading(about: &About, rows: &[Table1Row]) -> String {
    let budgets = rows.first().map_or(&[][..], |row| &row.mbr.budgets);
    let list: Vec<String> = budgets.iter().map(|pick| metric(pick.budget)).collect();
    let scale = match about.rank_scale {
        RankScale::Candidates => "the number of candidates",
        RankScale::Pool => "the size of the pool",
    };
    format!(
        "LC is Pearson's, KD Kendall's (tau-b), SR Spearman's correlation; mBR is the mean best rank \
         over {scale} (0 is the oracle's, lower is better) with its 95% bootstrap interval ({}); the \
         last columns are the accuracy of the pick under 20% to 100% of the FLOPs range ({}).",
        counted(about.resamples, "resample"),
        list.join(", "),
    )
}

/// Which proxies are not defined everywhere, and what became of those networks.
fn undefined(rows: &[Table1Row], networks: usize) -> Option<String> {
    let partial: Vec<String> = rows
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
