//! The commands as functions give what the command writes, and what the libraries give, bit by bit.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::ops::ControlFlow;

use assert_cmd::Command;
use burn::tensor::Device;
use nbzero::cli::call::{self, Number};
use nbzero::model::Network;
use nbzero::proxy::{Batch, Group, Suite};
use nbzero::space::Architecture;
use serde_json::Value;

const NETWORK: &str = "r1:8:8x1s2,16x1s2";

#[test]
fn scores_are_the_same_bits_from_the_command_from_a_call_and_from_the_libraries() {
    let words = ["--proxies", "default", "--batch", "8", "--seed", "3"];
    let options = words.map(str::to_owned);
    let given = [call::network(NETWORK).unwrap()];
    let go_on = &mut |_| ControlFlow::Continue(());
    let called = call::score(&options, &given, None, go_on)
        .unwrap()
        .remove(0);

    let mut command = Command::cargo_bin("nbzero").unwrap();
    command.arg("score").arg(NETWORK).args(words);
    let written = command.args(["--format", "json"]).output().unwrap().stdout;
    let written: Value = serde_json::from_slice(&written).unwrap();

    let device = Device::flex();
    let graph = NETWORK.parse::<Architecture>().unwrap().graph(100, 32);
    let settings = nbzero::proxy::Settings {
        seed: 3,
        ..Default::default()
    };
    let suite = Suite::of(Group::Default).with_settings(settings).unwrap();
    let network = Network::init(&graph, 3, &device);
    let batch = Batch::random(8, 100, 32, 3, &device);
    let found = suite.score(&network, &batch).scores;

    assert_eq!(called.scores.len(), found.len());
    for ((name, number), named) in called.scores.iter().zip(found) {
        assert_eq!(name, named.definition.name);
        let value = named.score.unwrap();
        let called = match number.unwrap() {
            Number::Whole(whole) => whole as f64,
            Number::Float(value) => value,
        };
        let written = written["scores"][name].as_f64().unwrap();
        assert_eq!(called.to_bits(), value.to_bits(), "{name}");
        assert_eq!(written.to_bits(), value.to_bits(), "{name}");
    }
}

#[test]
fn a_table_that_is_open_is_asked_as_the_command_is() {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/r1-mini-cifar100.nbz"
    );
    let table = nbzero::table::Table::open(root).unwrap();
    let options = ["--flops-at-most", "2M", "--top", "2"].map(str::to_owned);
    let answers = call::query(&options, &table, root).unwrap();
    let mut command = Command::cargo_bin("nbzero").unwrap();
    let command = command.args(["query", root]).args(options);
    let written = command.args(["--format", "json"]).output().unwrap().stdout;
    let written = String::from_utf8(written).unwrap();
    let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
    assert_eq!(written.lines().collect::<Vec<_>>(), answers);
}
