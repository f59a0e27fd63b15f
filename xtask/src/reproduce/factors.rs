//! The factor analysis, by a program of its own: xtask must build where XGBoost cannot.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, anyhow};
use nbzero_metrics::Interval;
use nbzero_report::{Estimate, FactorAnalysis, Factors, LeftOut};
use serde::Deserialize;

use crate::checks::cargo_command;
use crate::failure::Failure;
use crate::native;

use super::tables::Tables;

/// Its exit code for a table that it cannot analyse.
const REFUSED: i32 = 2;

const PROGRAM: &str = "run --quiet --package nbzero-factor --example importances --";

/// One line of what the program prints.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Found {
        name: String,
        networks: usize,
        r2: f64,
        r2_interval: Option<Interval>,
        gain: Vec<f64>,
        permutation: Vec<f64>,
    },
    LeftOut {
        name: String,
        left_out: String,
    },
}

/// Importances of the stage attributes for each score of a table and for the accuracy, measured once
/// for all targets.
pub(super) fn once(tables: &Tables, table: &Path, root: &Path) -> Result<FactorAnalysis, Failure> {
    if let Some(known) = tables.factors.borrow().get(table) {
        return Ok(known.clone());
    }
    let found = of(table, root)?;
    let mut known = tables.factors.borrow_mut();
    known.insert(table.to_owned(), found.clone());
    Ok(found)
}

fn of(table: &Path, root: &Path) -> Result<FactorAnalysis, Failure> {
    native::require_xgboost().map_err(Failure::Input)?;
    let table = table
        .canonicalize()
        .with_context(|| format!("cannot find {}", table.display()))?;
    let output = cargo_command(root, PROGRAM)
        .arg(table)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    // What it does not like about the table it has said itself.
    if output.status.code() == Some(REFUSED) {
        return Err(Failure::Input(anyhow!(
            "the factor analysis refuses the table, as said above"
        )));
    }
    if !output.status.success() {
        return Err(Failure::Run(anyhow!(
            "the factor analysis ended with {}",
            output.status
        )));
    }
    let lines = String::from_utf8(output.stdout).context("the factor analysis is not UTF-8")?;
    let mut found = FactorAnalysis::default();
    for line in lines.lines() {
        let line = serde_json::from_str(line).context("the factor analysis is no JSON")?;
        add(&mut found, line)?;
    }
    Ok(found)
}

fn add(found: &mut FactorAnalysis, line: Line) -> Result<(), anyhow::Error> {
    match line {
        Line::Found {
            name,
            networks,
            r2,
            r2_interval,
            gain,
            permutation,
        } => {
            let r2 = Estimate {
                value: r2,
                interval: r2_interval,
            };
            let factors = Factors::new(name, networks, r2, &gain, permutation);
            let importances = gain.len();
            let factors = factors.ok_or_else(|| anyhow!("{importances} importances, not 17"))?;
            found.factors.push(factors);
        }
        Line::LeftOut { name, left_out } => found.left_out.push(LeftOut {
            name,
            reason: left_out,
        }),
    }
    Ok(())
}
