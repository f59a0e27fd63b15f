//! The `nbzero` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    nbzero::ops::keep_freed_memory();
    nbzero::cli::run(std::env::args_os()).into()
}
