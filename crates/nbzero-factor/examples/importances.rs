//! The factor analysis of every score of a table and of its accuracies, as one line of JSON each.
//!
//! ```console
//! cargo run -p nbzero-factor --example importances -- data/r1-mini-cifar100.nbz
//! ```
//!
//! Exit code 2: the table is not there, or not one that can be analysed.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints"
)]

use std::error::Error;
use std::process::ExitCode;

use nbzero_factor::{Attributes, Kind, Parameters, analyse};
use nbzero_table::{Split, Table};

fn main() -> ExitCode {
    match analyse_table() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn analyse_table() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a table")?;
    let table = Table::open(path)?;
    let attributes = Attributes::new(table.stages())?;
    let accuracies = table.mean_accuracy(Split::Test);
    let accuracies = accuracies.iter().map(|a| a.unwrap_or(f64::NAN)).collect();
    let mut targets: Vec<(&str, Vec<f64>)> = vec![("oracle", accuracies)];
    for proxy in table.proxies() {
        targets.push((proxy, table.score_values(proxy)?));
    }
    for (name, target) in targets {
        // A score that hardly any network has, or that all share, has nothing to explain.
        let Ok(found) = analyse(&attributes, &target, &Parameters::default()) else {
            continue;
        };
        let line = serde_json::json!({
            "name": name,
            "networks": found.rows,
            "r2": found.r2,
            "r2_interval": found.r2_interval,
            "fold_r2": found.fold_r2,
            "gain": found.shares(Kind::Gain),
            "weight": found.shares(Kind::Weight),
            "cover": found.shares(Kind::Cover),
        });
        println!("{line}");
    }
    Ok(())
}
