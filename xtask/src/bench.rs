//! `cargo xtask bench`: the benchmarks beside `PyTorch`, and what the machine can do.
//!
//! They are programs of other packages, which need a tensor library; this prepares a Python with
//! `PyTorch` and starts them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::checks::{cargo_command, succeed};
use crate::failure::Failure;
use crate::torch;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Target {
    /// Convolutions: milliseconds beside PyTorch's, and the ratios.
    Conv(Arguments),
    /// Batch norm: milliseconds beside PyTorch's, and the ratios.
    Norm(Arguments),
    /// Eigenvalues of symmetric matrices: milliseconds beside nalgebra's and PyTorch's, and the ratios.
    Eigenvalues(Arguments),
    /// Proxies: seconds beside PyTorch's, and how many times faster.
    Proxies(Arguments),
    /// Training: images a second beside PyTorch's.
    Training(Arguments),
    /// What this machine can do: a large matrix product, and memory bandwidth.
    Machine,
}

/// Arguments of the benchmarks beside `PyTorch`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Threads of each side.
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// A Python that has torch and numpy [default: one of the project's own, made on first use].
    #[arg(long, value_name = "PYTHON")]
    torch: Option<PathBuf>,
    /// Options of the benchmark itself, as docs/src/benchmarks.md lists them.
    #[arg(last = true)]
    rest: Vec<OsString>,
}

/// Runs one benchmark.
pub(crate) fn run(target: &Target, root: &Path) -> Result<(), Failure> {
    const EIGENVALUES: &str = "bench --package nbzero-ops --bench eigenvalues --";
    const PROXIES: &str = "run --release --package nbzero-benches --bin against_pytorch --";
    const TRAINING: &str = "run --release --package nbzero-benches --bin training --";
    match target {
        Target::Conv(a) => beside(a, root, "bench --package nbzero-ops --bench conv --"),
        Target::Norm(a) => beside(a, root, "bench --package nbzero-ops --bench batch_norm --"),
        Target::Eigenvalues(a) => beside(a, root, EIGENVALUES),
        Target::Proxies(a) => beside(a, root, PROXIES),
        Target::Training(a) => beside(a, root, TRAINING),
        Target::Machine => {
            let start = "run --release --package nbzero-benches --bin machine";
            Ok(succeed(&mut cargo_command(root, start), "bench machine")?)
        }
    }
}

/// Starts a benchmark that asks `PyTorch`.
fn beside(arguments: &Arguments, root: &Path, start: &str) -> Result<(), Failure> {
    let python = match &arguments.torch {
        Some(given) => torch::given(given)?,
        None => torch::python(root)?,
    };
    let mut command = cargo_command(root, start);
    command
        .args(["--threads", &arguments.threads.to_string(), "--torch"])
        .arg(python)
        .args(&arguments.rest);
    Ok(succeed(&mut command, &format!("cargo {start}"))?)
}
