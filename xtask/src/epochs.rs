//! `cargo xtask epochs`: how soon a training knows how networks will rank at its end, on NAAP-440.
//!
//! Evidence for the length of our own recipe, from trainings that others ran and published.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Scores, kendall, partial_spearman, spearman,
};
use nbzero_table::import::{ImportOptions, PublishedTable, import};
use nbzero_table::{Cost, Split, Table};

use crate::failure::Failure;

/// The columns that the importer makes, followed by the number of epochs.
const ACCURACY: &str = "accuracy_";
const LOSSES: &str = "loss_sum_";

/// Arguments of `epochs`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The CSV file of NAAP-440, plain or compressed with gzip.
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let options = ImportOptions::default();
    let table = import(PublishedTable::Naap440, &arguments.file, &options);
    let table = table.map_err(|error| Failure::Input(error.into()))?;
    let curves = Curves::new(table)?;
    let mut out = io::stdout().lock();
    let lines = curves.lines()?;
    writeln!(out, "{}", lines.join("\n")).context("cannot write to standard output")?;
    Ok(())
}

/// The trainings of all networks, with what they ended in.
struct Curves {
    table: Table,
    last: Vec<f64>,
    /// FLOPs, parameters and depth.
    costs: [Vec<f64>; 3],
}

impl Curves {
    fn new(table: Table) -> Result<Self, Failure> {
        let last = table.rows().map(|row| row.mean_accuracy(Split::Test));
        let last: Option<Vec<f64>> = last.collect();
        let last = last.context("a network of NAAP-440 has no accuracy")?;
        let column = |cost| {
            let known: Option<Vec<u64>> = table.costs(cost).into_iter().collect();
            let known = known.context("a network of NAAP-440 has no costs")?;
            Ok::<_, Failure>(known.into_iter().map(|c| c as f64).collect::<Vec<f64>>())
        };
        let costs = [
            column(Cost::Flops)?,
            column(Cost::Params)?,
            column(Cost::Depth)?,
        ];
        Ok(Self { table, last, costs })
    }

    /// A Markdown table.
    fn lines(&self) -> Result<Vec<String>, Failure> {
        let mut lines = vec![
            "| epochs | accuracy: Spearman | tau | minus the losses so far: Spearman | tau | depth |"
                .to_owned(),
            "|---|---|---|---|---|---|".to_owned(),
        ];
        for losses in self.table.proxies().filter(|name| name.starts_with(LOSSES)) {
            let epochs = &losses[LOSSES.len()..];
            let losses = self.column(losses)?;
            // The accuracy after the last epoch is no score: it is what scores are compared with.
            let accuracy = self.column(&format!("{ACCURACY}{epochs}"));
            let accuracy = accuracy.unwrap_or_else(|_| self.last.clone());
            let cells = [
                self.agreement(Index::Spearman, &accuracy, Direction::Higher)?,
                self.agreement(Index::Kendall, &accuracy, Direction::Higher)?,
                self.agreement(Index::Spearman, &losses, Direction::Lower)?,
                self.agreement(Index::Kendall, &losses, Direction::Lower)?,
                self.depth(&accuracy)?,
            ];
            let epochs = epochs.trim_start_matches('0');
            lines.push(format!("| {epochs} | {} |", cells.join(" | ")));
        }
        Ok(lines)
    }

    fn column(&self, name: &str) -> Result<Vec<f64>, Failure> {
        let values = self.table.score_values(name);
        values.map_err(|error| Failure::Run(error.into()))
    }

    /// The agreement of a column with the last accuracy.
    fn agreement(
        &self,
        index: Index,
        column: &[f64],
        direction: Direction,
    ) -> Result<String, Failure> {
        self.with_interval(|rows| index.of(rows, column, direction, &self.last))
    }

    /// The rank correlation of depth with an accuracy, FLOPs and parameters held constant.
    fn depth(&self, accuracy: &[f64]) -> Result<String, Failure> {
        let [flops, params, depth] = &self.costs;
        let of = || {
            let accuracies = Accuracies::new(accuracy)?;
            let given = (Costs::new(flops)?, Costs::new(params)?);
            Ok::<_, nbzero_metrics::Error>((accuracies, given))
        };
        let (accuracies, (flops, params)) = of().map_err(|error| Failure::Input(error.into()))?;
        let depth = Scores::new(depth, Direction::Higher);
        self.with_interval(|rows| {
            let given = [&flops.select(rows), &params.select(rows)];
            let found = partial_spearman(&depth.select(rows), &accuracies.select(rows), &given);
            found.ok()?.value
        })
    }

    /// `0.912 (0.894 to 0.927)`: the index and its bootstrap interval.
    fn with_interval(&self, index: impl Fn(&[usize]) -> Option<f64>) -> Result<String, Failure> {
        let all: Vec<usize> = (0..self.last.len()).collect();
        let value = index(&all);
        let interval = Bootstrap::default().interval(all.len(), |drawn| index(drawn.rows));
        let (Some(value), Some(interval)) = (value, interval) else {
            return Err(Failure::Input(anyhow!("the file has too few networks")));
        };
        Ok(format!(
            "{value:.3} ({:.3} to {:.3})",
            interval.low, interval.high
        ))
    }
}

#[derive(Clone, Copy)]
enum Index {
    Spearman,
    Kendall,
}

impl Index {
    /// Its value on some rows of two columns.
    fn of(self, rows: &[usize], x: &[f64], direction: Direction, y: &[f64]) -> Option<f64> {
        let scores = Scores::new(x, direction).select(rows);
        let accuracies = Accuracies::new(y).ok()?.select(rows);
        let correlation = match self {
            Self::Spearman => spearman(&scores, &accuracies),
            Self::Kendall => kendall(&scores, &accuracies),
        };
        correlation.ok()?.value
    }
}
