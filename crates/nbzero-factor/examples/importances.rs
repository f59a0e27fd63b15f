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

use nbzero_factor::{Kind, Parameters, analyse_table};
use nbzero_table::Table;

fn main() -> ExitCode {
    match print_importances() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn print_importances() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a table")?;
    let table = Table::open(path)?;
    for analysis in analyse_table(&table, &Parameters::default())? {
        let name = analysis.name;
        let line = match analysis.found {
            Ok(found) => serde_json::json!({
                "name": name,
                "networks": found.rows,
                "r2": found.r2,
                "r2_interval": found.r2_interval,
                "fold_r2": found.fold_r2,
                "gain": found.shares(Kind::Gain),
                "weight": found.shares(Kind::Weight),
                "cover": found.shares(Kind::Cover),
                "permutation": found.permutation,
            }),
            // A score that hardly any network has, or that all share, has nothing to explain.
            Err(reason) => serde_json::json!({ "name": name, "left_out": reason.to_string() }),
        };
        println!("{line}");
    }
    Ok(())
}
