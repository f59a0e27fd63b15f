//! The command line: arguments, then one file a command.
//!
//! [`run`] is the whole of the `nbzero` command. [`call`] are its commands for programs.

mod amount;
pub mod call;
mod command;
mod data;
mod device;
mod failure;
mod interrupt;
mod list;
mod memory;
mod network;
mod output;
mod parallel;
mod part;
mod progress;
mod recipe;
mod remark;
mod score_csv;
mod score_file;
mod scored;
mod space;
mod stored;
mod tally;
mod worker;
mod zoo;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use failure::Failure;

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
    /// Search a space for the best untrained network under budgets; resumable.
    Search(command::search::Search),
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
    /// Write a network for other programs: as an ONNX file, as a PyTorch module.
    ExportNetwork(command::export_network::ExportNetwork),
    /// Judge the scores of a table, and scores of your own, by its accuracies.
    Judge(command::judge::Judge),
    /// Make every table and figure of the paper from tables, and one HTML page with all of them.
    Report(command::report::Report),
    /// Make a table from a published benchmark, a CSV of your own or a folder of ONNX files.
    Import(command::import::Import),
    /// Predict accuracies from those of a table, or check how well that goes.
    Predict(command::predict::Predict),
}

impl Arguments {
    /// The command line, in which a negative number is a value and not an option nobody knows: its
    /// option says what is wrong with it.
    fn clap() -> clap::Command {
        Self::command().mut_subcommands(with_negative_numbers)
    }
}

/// A command in which a negative number is a value.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let with_value = |arg: &clap::Arg| arg.get_action().takes_values() && !arg.is_positional();
    command.mut_args(|arg| {
        let takes = with_value(&arg);
        arg.allow_negative_numbers(takes)
    })
}

/// Runs the `nbzero` command with these words, of which the first is the program's name. What it finds is
/// on standard output, what goes wrong on standard error.
///
/// Returns the exit code: 0, 1 for a failed run, 2 for wrong input, 130 where a signal stopped it.
pub fn run(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> u8 {
    let parsed = Arguments::clap().try_get_matches_from(words);
    let parsed = parsed.and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => arguments
            .run()
            .map_or_else(|failure| failure.report(), |()| 0),
        Err(told) => {
            // Nothing is left to do if even that cannot be written.
            let _ = told.print();
            u8::try_from(told.exit_code()).unwrap_or(u8::MAX)
        }
    }
}

impl Arguments {
    fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Info(info) => info.run(),
            Command::Sample(sample) => sample.run(),
            Command::Score(score) => score.run(),
            Command::Search(search) => search.run(),
            Command::Train(train) => train.run(),
            Command::Collect(collect) => collect.run(),
            Command::Merge(merge) => merge.run(),
            Command::Query(query) => query.run(),
            Command::Export(export) => export.run(),
            Command::ExportNetwork(export) => export.run(),
            Command::Judge(judge) => judge.run(),
            Command::Report(report) => report.run(),
            Command::Import(import) => import.run(),
            Command::Predict(predict) => predict.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of command lines, sensible and not.
    fn word() -> impl Strategy<Value = String> {
        let commands = Arguments::clap();
        let commands: Vec<_> = commands.get_subcommands().collect();
        let options = commands.iter().flat_map(|command| command.get_arguments());
        let options = options.filter_map(|option| Some(format!("--{}", option.get_long()?)));
        let names = commands.iter().map(|command| command.get_name().to_owned());
        let words: Vec<String> = names.chain(options).collect();
        prop_oneof![
            prop::sample::select(words),
            "-?[0-9]{0,25}(\\.[0-9]+)?[kMG]?",
            "[a-z0-9:,=+/-]{0,12}",
            any::<String>(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn every_command_line_is_read_or_refused(words in prop::collection::vec(word(), 0..8)) {
            let words = std::iter::once("nbzero".to_owned()).chain(words);
            if let Ok(matches) = Arguments::clap().try_get_matches_from(words) {
                let _ = Arguments::from_arg_matches(&matches);
            }
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::clap().debug_assert();
    }
}
