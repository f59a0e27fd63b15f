//! `cargo xtask`: the project's own commands.
//!
//! What belongs here: reproducing the paper's tables from the project's data, the checks that decide
//! whether a change may go in, and starting the benchmarks. It builds without a tensor library, so
//! that the first two start fast.

mod bench;
mod book;
mod chains;
mod checks;
mod cluster;
mod environment;
mod epochs;
mod failure;
mod leaderboard;
mod native;
mod output;
mod page;
mod png;
mod proxies_page;
mod python;
mod reproduce;
mod root;
mod scores;
mod searches;
mod setup;
mod tidy;
mod torch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print a table or figure of the paper, measured on the project's data.
    Reproduce(reproduce::Arguments),
    /// Install what the factor analysis needs, or PyTorch for `--device tch`.
    Setup(setup::Arguments),
    /// Run every check of a change, cheapest first; installs what a fresh machine lacks.
    Test,
    /// Build the wheel of the Python package into target/wheels.
    Wheel,
    /// Measure beside PyTorch, or what the machine can do.
    #[command(subcommand)]
    Bench(bench::Target),
    /// How soon a training knows its last ranks: on the published curves of NAAP-440.
    Epochs(epochs::Arguments),
    /// What searches find on published accuracies, from committed scores.
    Searches(searches::Arguments),
    /// Every proxy on every benchmark: measured with published tables, or as it is committed.
    Leaderboard(leaderboard::Arguments),
    /// The paper's tables and figures on chains that others have trained: measured with published tables.
    Chains(chains::Arguments),
    /// Collect on a Slurm of this machine with the files of deploy/slurm, disturb it, and compare.
    TestCluster(cluster::Arguments),
    /// Check the crates' layering and that the documents are complete and up to date.
    Tidy,
    /// Write the book's page of proxies from the doc blocks of their files.
    ProxiesPage(proxies_page::Arguments),
}

fn main() -> ExitCode {
    run(&Cli::parse().command).unwrap_or_else(|failure| failure.report())
}

fn run(command: &Command) -> Result<ExitCode, Failure> {
    let root = root::workspace()?;
    if command.draws_png() && !nbzero_report::DRAWS_PNG {
        return png::again(&root);
    }
    let done = match command {
        Command::Reproduce(arguments) => reproduce::run(arguments, &root),
        Command::Setup(arguments) => setup::run(arguments, &root),
        Command::Test => checks::run(&root),
        Command::Wheel => python::wheel(&root),
        Command::Bench(target) => bench::run(target, &root),
        Command::Epochs(arguments) => epochs::run(arguments),
        Command::Searches(arguments) => searches::run(arguments, &root),
        Command::Leaderboard(arguments) => leaderboard::run(arguments, &root),
        Command::Chains(arguments) => chains::run(arguments, &root),
        Command::TestCluster(arguments) => cluster::run(arguments, &root),
        Command::Tidy => tidy::run(&root),
        Command::ProxiesPage(arguments) => proxies_page::run(arguments, &root),
    };
    done.map(|()| ExitCode::SUCCESS)
}

impl Command {
    fn draws_png(&self) -> bool {
        match self {
            Self::Reproduce(arguments) => arguments.draws_png(),
            Self::Chains(_) => true,
            _ => false,
        }
    }
}
