//! `nbzero query`: what a table knows.

mod print;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;
use nbzero_space::Architecture;
use nbzero_table::{Cost, Row, Split, Table};
use serde_json::Value;

use crate::cli::amount::amount;
use crate::cli::command::{name_in, refused};
use crate::cli::failure::Failure;

/// How many of the best networks are shown where nothing else is said.
const TOP: usize = 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Query {
    /// The table (.nbz).
    table: PathBuf,
    /// Everything about this architecture. One of NAS-Bench-201 may be its cell alone.
    #[arg(conflicts_with_all = ["row", "flops_at_most", "params_at_most", "depth_at_most", "top"])]
    arch: Option<String>,
    /// Everything about the architecture of this row, counted from 0.
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["flops_at_most", "params_at_most", "depth_at_most", "top"]
    )]
    row: Option<usize>,
    /// The best architectures of at most so many FLOPs, such as 500k or 2M.
    #[arg(long, value_name = "FLOPS", value_parser = amount)]
    flops_at_most: Option<u64>,
    /// The best architectures of at most so many parameters.
    #[arg(long, value_name = "PARAMS", value_parser = amount)]
    params_at_most: Option<u64>,
    /// The best architectures of at most so many layers.
    #[arg(long, value_name = "LAYERS", value_parser = amount)]
    depth_at_most: Option<u64>,
    /// How many of the best, most accurate first [default: 10].
    #[arg(long, value_name = "K", value_parser = super::count)]
    top: Option<NonZeroUsize>,
    /// The best by the accuracy on these images: test or nas-validation [default: test].
    #[arg(long, conflicts_with_all = ["arch", "row"])]
    split: Option<Split>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object a network, or one for the whole table.
    Json,
}

/// Whether networks are called by what they are made of; those of other benchmarks have names of theirs.
fn has_architecture_strings(table: &Table) -> bool {
    let first = table.architectures().first();
    first.is_some_and(|name| name.parse::<Architecture>().is_ok())
}

impl Query {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let table = Table::open(&self.table).map_err(Failure::input)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.format == Format::Json {
            for answer in self.answers(&table)? {
                writeln!(out, "{answer}")?;
            }
            return Ok(out.flush()?);
        }
        if let Some(row) = self.one(&table)? {
            print::network(&mut out, row)?;
        } else if self.asks_for_the_best() {
            let split = self.split.unwrap_or(Split::Test);
            let rows = self.best(&table, split)?;
            if table.predicted().is_some() {
                print::predictions(&mut out, &rows)?;
            } else {
                print::list(&mut out, &rows, split)?;
            }
        } else {
            print::summary(&mut out, &table)?;
        }
        out.flush()?;
        Ok(())
    }

    /// The answer of a table that is open: an object a network, or one of the whole table.
    pub(crate) fn answers(&self, table: &Table) -> Result<Vec<Value>, Failure> {
        if let Some(row) = self.one(table)? {
            return Ok(vec![print::json(row)]);
        }
        if !self.asks_for_the_best() {
            return Ok(vec![print::summary_json(table)]);
        }
        let rows = self.best(table, self.split.unwrap_or(Split::Test))?;
        Ok(rows.into_iter().map(print::json).collect())
    }

    /// The network that is asked for by name or number.
    fn one<'a>(&self, table: &'a Table) -> Result<Option<Row<'a>>, Failure> {
        let name = self.table.display();
        if let Some(arch) = &self.arch {
            let named = name_in(table, arch);
            let row = table.find(&named).ok_or_else(|| {
                if let Err(error) = named.parse::<Architecture>()
                    && has_architecture_strings(table)
                {
                    return Failure::Input(refused(arch, &error));
                }
                Failure::Input(anyhow!(
                    "`{arch}` is not among the {} architectures of {name} ({}): `nbzero query \
                     {name} --top 5` shows some of them",
                    table.len(),
                    table.metadata().space,
                ))
            });
            return row.map(Some);
        }
        let Some(number) = self.row else {
            return Ok(None);
        };
        let row = table.row(number).ok_or_else(|| {
            Failure::Input(anyhow!(
                "{name} has no row {number}: its rows are 0 to {}",
                table.len() - 1
            ))
        });
        row.map(Some)
    }

    /// The budgets that are given, each with its option.
    fn budgets(&self) -> impl Iterator<Item = (Cost, u64)> {
        let all = [
            (Cost::Flops, self.flops_at_most),
            (Cost::Params, self.params_at_most),
            (Cost::Depth, self.depth_at_most),
        ];
        let given = all.into_iter();
        given.filter_map(|(cost, budget)| Some((cost, budget?)))
    }

    fn asks_for_the_best(&self) -> bool {
        self.top.is_some() || self.split.is_some() || self.budgets().next().is_some()
    }

    fn best<'a>(&self, table: &'a Table, split: Split) -> Result<Vec<Row<'a>>, Failure> {
        let all = ranking(table, split).top(self.top.map_or(TOP, NonZeroUsize::get));
        let query = self
            .budgets()
            .fold(all, |query, (cost, budget)| query.at_most(cost, budget));
        let rows = table.query(&query);
        if rows.is_empty() {
            return Err(self.none(table, split));
        }
        Ok(rows)
    }

    /// Why there is no network to show.
    fn none(&self, table: &Table, split: Split) -> Failure {
        let name = self.table.display();
        let accurate = table.query(&ranking(table, split));
        let least = |cost| accurate.iter().filter_map(|row| row.cost(cost)).min();
        let least: Option<Vec<String>> = self
            .budgets()
            .map(|(cost, _)| Some(format!("{cost} from {}", least(cost)?)))
            .collect();
        Failure::Input(match least.as_deref() {
            None if !accurate.is_empty() => anyhow!(
                "no network of {name} with a {split} accuracy is within the budget, for nobody knows what \
                 they cost: leave it out"
            ),
            None | Some([]) => anyhow!(
                "{name} has no {split} accuracy of any network: `nbzero query {name}` shows what it has"
            ),
            Some([least]) => anyhow!(
                "no network of {name} with a {split} accuracy is within the budget: give a larger one \
                 (they have {least})"
            ),
            Some(least) => anyhow!(
                "no network of {name} with a {split} accuracy is within all budgets: give larger ones \
                 (they have {})",
                least.join(", ")
            ),
        })
    }
}

/// All networks by their accuracy on a split: by the predicted one, if that is what the table has.
fn ranking(table: &Table, split: Split) -> nbzero_table::Query {
    match (table.predicted(), split) {
        (Some(_), Split::Test) => nbzero_table::Query::of_predictions(),
        _ => nbzero_table::Query::new(split),
    }
}
