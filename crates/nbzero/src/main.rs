//! The `nbzero` command.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    nbzero_ops::keep_freed_memory();
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
