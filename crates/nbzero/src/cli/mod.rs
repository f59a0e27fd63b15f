//! The command line: arguments, then one file a command.

mod command;
mod data;
mod device;
mod failure;
mod interrupt;
mod output;
mod parallel;
mod progress;
mod recipe;
mod stored;
mod worker;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Zero-shot neural architecture search on ResNet and MobileNet chains.
#[derive(Debug, Parser)]
#[command(name = "nbzero", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a network's stages, shapes and costs.
    Info(command::info::Info),
    /// Draw architectures from a search space, spread over FLOPs.
    Sample(command::sample::Sample),
    /// Score untrained networks with zero-shot proxies.
    Score(command::score::Score),
    /// Train one network and measure its accuracy.
    Train(command::train::Train),
    /// Train and score the networks of a sample; one JSON line each, resumable.
    Collect(command::collect::Collect),
    /// Build a benchmark table from the shards of a collection.
    Merge(command::merge::Merge),
    /// Look up networks of a table: one of them, the best within budgets, or the table at a glance.
    Query(command::query::Query),
    /// Write a table as CSV or Parquet.
    Export(command::export::Export),
    /// Judge the scores of a table, and scores of your own, by its accuracies.
    Judge(command::judge::Judge),
    /// Make every table and figure of the paper from tables, and one HTML page with all of them.
    Report(command::report::Report),
    /// Make a table from a published benchmark.
    Import(command::import::Import),
    /// Predict accuracies from those of a table, or check how well that goes.
    Predict(command::predict::Predict),
}

/// Runs the command that the process was started with.
pub(crate) fn run() -> Result<(), Failure> {
    match Arguments::parse().command {
        Command::Info(info) => info.run(),
        Command::Sample(sample) => sample.run(),
        Command::Score(score) => score.run(),
        Command::Train(train) => train.run(),
        Command::Collect(collect) => collect.run(),
        Command::Merge(merge) => merge.run(),
        Command::Query(query) => query.run(),
        Command::Export(export) => export.run(),
        Command::Judge(judge) => judge.run(),
        Command::Report(report) => report.run(),
        Command::Import(import) => import.run(),
        Command::Predict(predict) => predict.run(),
    }
}
