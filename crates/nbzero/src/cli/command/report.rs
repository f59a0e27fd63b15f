//! `nbzero report`: every table and figure of benchmark tables, and one page with all of them.

use std::io::{self, Write};
use std::path::PathBuf;

use nbzero_metrics::Bootstrap;
use nbzero_report::{FactorAnalysis, write_report};
use nbzero_table::Table;

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// The tables (.nbz); which one plays which part follows from their spaces and datasets.
    #[arg(required = true, value_name = "TABLE")]
    tables: Vec<PathBuf>,
    /// The folder to write into: index.html, the numbers of each part as text, figures as SVG and PNG.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Report {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let tables = self.tables.iter().map(Table::open);
        let tables = tables.collect::<Result<Vec<_>, _>>();
        let tables = tables.map_err(Failure::input)?;
        let tables: Vec<&Table> = tables.iter().collect();
        let factors = factors(&tables);
        let factors = factors.as_ref().map_err(String::as_str);
        let mut broken = None;
        write_report(
            &tables,
            factors,
            Bootstrap::default(),
            &self.out,
            &mut |line| {
                // The files are what matters: a closed pipe does not end the work.
                let said = writeln!(io::stdout().lock(), "{line}");
                broken = broken.take().or(said.err());
            },
        )?;
        match broken {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}

/// The factor analysis of the main table, or why there is none.
#[cfg(feature = "factor")]
fn factors(tables: &[&Table]) -> Result<FactorAnalysis, String> {
    use nbzero_factor::{Kind, Parameters, analyse_table};
    use nbzero_report::{Estimate, Factors, LeftOut, main_table};

    let main = main_table(tables).ok_or("there is no table")?;
    let found = analyse_table(tables[main], &Parameters::default());
    let mut all = FactorAnalysis::default();
    for analysis in found.map_err(|error| error.to_string())? {
        let name = analysis.name;
        match analysis.found {
            Ok(found) => {
                let r2 = Estimate {
                    value: found.r2,
                    interval: found.r2_interval,
                };
                let gain = found.shares(Kind::Gain);
                all.factors
                    .extend(Factors::new(name, found.rows, r2, &gain, found.permutation));
            }
            Err(error) => all.left_out.push(LeftOut {
                name,
                reason: error.to_string(),
            }),
        }
    }
    Ok(all)
}

#[cfg(not(feature = "factor"))]
fn factors(_tables: &[&Table]) -> Result<FactorAnalysis, String> {
    Err(
        "this nbzero was built without XGBoost, which figure 7 needs: install it with `--features \
         factor` (which needs cmake, a C++ compiler and libclang)"
            .to_owned(),
    )
}
