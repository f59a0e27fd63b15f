//! The factor analysis, by a program of its own: xtask must build where XGBoost cannot.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, anyhow};
use nbzero_metrics::Interval;
use nbzero_report::{Estimate, Factors};
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
struct Line {
    name: String,
    networks: usize,
    r2: f64,
    r2_interval: Option<Interval>,
    gain: Vec<f64>,
}

/// Importances of the stage attributes for each score of a table and for the accuracy, measured once
/// for all targets.
pub(super) fn once(tables: &Tables, table: &Path, root: &Path) -> Result<Vec<Factors>, Failure> {
    if let Some(known) = tables.factors.borrow().get(table) {
        return Ok(known.clone());
    }
    let found = of(table, root)?;
    let mut known = tables.factors.borrow_mut();
    known.insert(table.to_owned(), found.clone());
    Ok(found)
}

/// The same, or none with a line that says why: a target that can do without.
pub(super) fn if_possible(tables: &Tables, table: &Path, root: &Path) -> Option<Vec<Factors>> {
    match once(tables, table, root) {
        Ok(factors) => Some(factors),
        Err(Failure::Input(reason) | Failure::Run(reason)) => {
            // Standard output holds the numbers. Nothing is left to do if this cannot be written.
            let _ = writeln!(std::io::stderr(), "without the factor analysis: {reason:#}");
            None
        }
    }
}

fn of(table: &Path, root: &Path) -> Result<Vec<Factors>, Failure> {
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
    let factors = lines.lines().map(|line| {
        let line: Line = serde_json::from_str(line).context("the factor analysis is no JSON")?;
        Ok(Factors {
            shares: shares(&line.gain)?,
            name: line.name,
            r2: Estimate {
                value: line.r2,
                interval: line.r2_interval,
            },
            networks: line.networks,
        })
    });
    factors
        .collect::<Result<_, anyhow::Error>>()
        .map_err(Failure::Run)
}

/// Stage by stage.
fn shares(all: &[f64]) -> Result<[[f64; 4]; 4], anyhow::Error> {
    let stages: Vec<[f64; 4]> = all.as_chunks().0.to_vec();
    stages
        .try_into()
        .map_err(|_| anyhow!("{} importances, not 16", all.len()))
}
