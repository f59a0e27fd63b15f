//! `nbzero judge`: how well the scores of a table, and scores of one's own, predict its accuracies.

mod file;
mod own;
#[cfg(feature = "parquet")]
mod parquet;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use nbzero_report::{Format, Judging, table1_with};
use nbzero_table::{Cost, Table};

use crate::cli::failure::Failure;
use crate::cli::remark::say;

/// Most budgets: more are hardly ever apart from each other.
const MOST_BUDGETS: u64 = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Judge {
    /// The table (.nbz) whose accuracies are the truth.
    table: PathBuf,
    /// Scores of your own, CSV or Parquet: a column `arch` and one column for each proxy, of any name;
    /// `NAME:lower` in the header says that lower scores are better. Can be given several times.
    #[arg(long, value_name = "FILE")]
    scores: Vec<PathBuf>,
    /// Which columns of your own are better when lower; others are better when higher, but that
    /// those named like a proxy of nbzero have its direction.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "scores")]
    lower: Vec<String>,
    /// What the budgets limit.
    #[arg(long, value_name = "COST", default_value = "flops")]
    budgets_on: CostArgument,
    /// Number of budgets, from 1 to 20, at even steps over the range of the costs.
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=MOST_BUDGETS))]
    budgets: u64,
    /// Number of random candidates that the search of expected mBR (the column mBR10) sees under each
    /// budget.
    #[arg(long, value_name = "M", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..))]
    draws: u64,
    /// How to write the result.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: FormatArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CostArgument {
    Flops,
    Params,
    Depth,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArgument {
    Text,
    Markdown,
    Csv,
    Json,
}

impl Judge {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let table = Table::open(&self.table).map_err(Failure::input)?;
        let own = own::read(&self.scores, &self.lower, &table).map_err(Failure::Input)?;
        let judged = table1_with(&table, &own.columns, &self.judging())?;
        // Standard output holds the numbers.
        for line in &own.remarks {
            say(format_args!("{line}"));
        }
        let text = judged.render(self.format.into())?;
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    fn judging(&self) -> Judging {
        // Larger numbers than a pointer has are larger than any table.
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Judging {
            budgets_on: match self.budgets_on {
                CostArgument::Flops => Cost::Flops,
                CostArgument::Params => Cost::Params,
                CostArgument::Depth => Cost::Depth,
            },
            budgets: count(self.budgets),
            draws: count(self.draws),
            ..Judging::default()
        }
    }
}

impl From<FormatArgument> for Format {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Text => Self::Text,
            FormatArgument::Markdown => Self::Markdown,
            FormatArgument::Csv => Self::Csv,
            FormatArgument::Json => Self::Json,
        }
    }
}
