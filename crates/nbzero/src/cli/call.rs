//! The commands called from a program: options as at the command line, networks and images in memory,
//! results as values.
//!
//! A call reads the options, does the work and fails with the sentences of its command, and prints
//! nothing: [`remarks`] has what the command would say beside its results.

use std::ops::ControlFlow;

use anyhow::anyhow;
use nbzero_space::Space;
use nbzero_table::Table;
use serde_json::Value;

use super::command::info::Info;
use super::command::query::Query;
use super::command::score::Score;
use super::command::search::Search;
use super::command::train::Train;
use super::space::SpaceArgument;
use super::{remark, with_negative_numbers};

pub use super::command::info::{Description, LayerCosts, Stage};
pub use super::command::score::held::Images;
pub use super::command::score::values::{Number, Values};
pub use super::command::search::Found;
pub use super::command::train::Done;
pub use super::failure::Failure;
pub use super::network::Given;

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Steps that are done.
    pub done: u64,
    /// All steps.
    pub total: u64,
    /// What is known now, in words.
    pub message: String,
}

/// Who is told of each step, and can end the call: it then fails as [`Failure::Interrupted`].
pub type Watch<'a> = &'a mut (dyn FnMut(Step) -> ControlFlow<()> + Send);

/// The result of calls, and what their commands would say beside it, one sentence each.
pub fn remarks<R>(calls: impl FnOnce() -> R) -> (R, Vec<String>) {
    remark::kept(calls)
}

/// A search space by its name, or from a file that ends in `.toml`.
///
/// # Errors
///
/// If there is none of that name, or the file describes none: one sentence that names the place in it.
pub fn space(text: &str) -> Result<Space, Failure> {
    let Ok(argument) = text.parse::<SpaceArgument>();
    argument.read()
}

/// A network by its architecture string, or that of an ONNX file.
///
/// # Errors
///
/// If the text is no architecture, or the file no network of ours.
pub fn network(text: &str) -> Result<Given, Failure> {
    super::command::network(text)
}

/// `nbzero info` with these options.
///
/// # Errors
///
/// As the command.
pub fn info(options: &[String], network: &Given) -> Result<Description, Failure> {
    parse::<Info>("info", options, Some("network"))?.description(network)
}

/// `nbzero query --format json` with these options of a table that is open, which sentences call `name`.
/// An object a network, or one of the whole table.
///
/// # Errors
///
/// As the command.
pub fn query(options: &[String], table: &Table, name: &str) -> Result<Vec<Value>, Failure> {
    let options = std::iter::once(name.to_owned()).chain(options.iter().cloned());
    let options: Vec<String> = options.collect();
    parse::<Query>("query", &options, None)?.answers(table)
}

/// `nbzero score` with these options, of networks and, where they are given, images in memory. One
/// result a network, in their order.
///
/// # Errors
///
/// As the command, and where `watch` ends it.
pub fn score(
    options: &[String],
    networks: &[Given],
    images: Option<Images>,
    watch: Watch<'_>,
) -> Result<Vec<Values>, Failure> {
    let mut command: Score = parse("score", options, Some("networks"))?;
    command.setup.held = images;
    command.values(networks, watch)
}

/// `nbzero search` with these options.
///
/// # Errors
///
/// As the command, and where `watch` ends it.
pub fn search(options: &[String], watch: Watch<'_>) -> Result<Found, Failure> {
    parse::<Search>("search", options, None)?.found(watch)
}

/// `nbzero train` with these options, of a network in memory.
///
/// # Errors
///
/// As the command, and where `watch` ends it.
pub fn train(options: &[String], network: &Given, watch: Watch<'_>) -> Result<Done, Failure> {
    parse::<Train>("train", options, Some("network"))?.done(network, watch)
}

/// Tells of a step, and fails where the call shall end.
pub(crate) fn tell(watch: Watch<'_>, step: Step) -> Result<(), Failure> {
    let Step { done, total, .. } = step;
    match watch(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(interrupted(done, total)),
    }
}

/// The failure of a call that was ended.
pub(crate) fn interrupted(done: u64, total: u64) -> Failure {
    Failure::Interrupted(format!("stopped after {done} of {total}"))
}

/// The arguments of a command; `placeholder` stands where it takes what is in memory.
fn parse<T: clap::Args>(
    name: &'static str,
    options: &[String],
    placeholder: Option<&str>,
) -> Result<T, Failure> {
    let command = T::augment_args(clap::Command::new(name).no_binary_name(true));
    let words = options.iter().map(String::as_str).chain(placeholder);
    let matches = with_negative_numbers(command).try_get_matches_from(words);
    let parsed = matches.and_then(|matches| T::from_arg_matches(&matches));
    parsed.map_err(|error| {
        // Behind the first paragraph is how to use the command line.
        let told = error.to_string();
        let told = told.strip_prefix("error: ").unwrap_or(&told);
        let sentence = told.split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = sentence.split_whitespace().collect();
        Failure::Input(anyhow!(words.join(" ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_call_is_told_of_each_network_and_can_be_ended() {
        let given = ["r1:8:8x1s2", "r1:8:16x1s2"].map(|text| network(text).unwrap());
        let costs = options(&["--proxies", "flops,depth"]);
        let mut steps = Vec::new();
        let all = score(&costs, &given, None, &mut |step| {
            steps.push((step.done, step.total, step.message));
            ControlFlow::Continue(())
        });
        let all = all.unwrap();
        assert_eq!(all[1].network, "r1:8:16x1s2");
        assert_eq!(all[1].scores[0].1, Some(Number::Whole(all[1].flops)));
        assert_eq!(steps[1], (2, 2, "r1:8:16x1s2".to_owned()));
        let ended = score(&costs, &given, None, &mut |_| ControlFlow::Break(()));
        let ended = ended.unwrap_err();
        assert!(matches!(ended, Failure::Interrupted(_)), "{ended}");
        assert_eq!(ended.to_string(), "stopped after 1 of 2");
    }

    #[test]
    fn a_refused_option_is_one_sentence() {
        let given = [network("r1:8:8x1s2").unwrap()];
        let refused = |words: &[&str]| {
            let told = score(&options(words), &given, None, &mut |_| {
                ControlFlow::Continue(())
            });
            told.unwrap_err().to_string()
        };
        let told = refused(&["--batch", "0"]);
        assert!(
            told.ends_with("expected a whole number of at least 1"),
            "{told}"
        );
        assert!(!refused(&["--fast"]).contains('\n'));
    }

    #[test]
    fn labels_are_needed_by_those_that_look_at_them() {
        let given = [network("r1:8:8x1s2").unwrap()];
        let images = |targets| Images::new(vec![0.5; 2 * 3 * 16], [2, 3, 4, 4], targets, None);
        let scored = |proxies: &str, targets| {
            let options = options(&["--proxies", proxies, "--classes", "2"]);
            let images = images(targets).unwrap();
            score(&options, &given, Some(images), &mut |_| {
                ControlFlow::Continue(())
            })
        };
        let told = scored("snip,naswot", None).unwrap_err().to_string();
        assert!(told.contains("no targets, at which snip look"), "{told}");
        assert!(scored("naswot", None).is_ok());
        assert!(scored("snip", Some(vec![0, 1])).is_ok());
        let told = scored("snip", Some(vec![0, 2])).unwrap_err().to_string();
        assert!(told.contains("targets from 0 to 2"), "{told}");
        assert!(images(Some(vec![0])).is_err());
    }

    #[test]
    fn remarks_are_kept() {
        let ((), said) = remarks(|| remark::say(format_args!("note: {}", "said")));
        assert_eq!(said, ["note: said"]);
    }
}
