//! What the end-to-end tests share: the command, and made-up images.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests, each of which uses a part; made-up pixels"
)]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use nbzero::table::{Metadata, Record, Table};
use tempfile::TempDir;

pub(crate) fn nbzero(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("nbzero").unwrap();
    command.args(arguments);
    command
}

pub(crate) fn stdout(arguments: &[&str]) -> String {
    let output = nbzero(arguments)
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    String::from_utf8(output).unwrap()
}

/// The one sentence that bad input gets.
pub(crate) fn refusal(arguments: &[&str]) -> String {
    let assert = nbzero(arguments).assert().code(2);
    let output = assert.get_output();
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("error: "), "{text}");
    text
}

/// A file of `../shared`, or nothing (and why) where it is not at hand.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(file);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// A made-up CIFAR-10 folder: 20 images a class for training, 5 for testing.
pub(crate) fn images() -> TempDir {
    let folder = TempDir::new().unwrap();
    let record = |label: usize, i: usize| -> Vec<u8> {
        let pixel = |p: usize| (label * 25 + (p * 31 + i * 17) % 23) as u8;
        std::iter::once(label as u8)
            .chain((0..3072).map(pixel))
            .collect()
    };
    let file = |count: usize| -> Vec<u8> { (0..count).flat_map(|i| record(i % 10, i)).collect() };
    fs::write(folder.path().join("data_batch_1.bin"), file(200)).unwrap();
    fs::write(folder.path().join("test_batch.bin"), file(50)).unwrap();
    folder
}

pub(crate) fn data(folder: &TempDir) -> String {
    format!("cifar10:{}", folder.path().display())
}

/// A made-up table of three networks, the first with two seeds, the last without an accuracy.
pub(crate) fn table(folder: &TempDir) -> String {
    let record = |arch: &str, seed: u64, flops: u64, outcome: &str, score: &str| {
        let line = format!(
            r#"{{"version":1,"arch":"{arch}","space":"r1-mini","dataset":"cifar100","classes":100,
            "resolution":16,"images":"cifar100 at 16x16","recipe":"mini","recipe_details":"SGD",
            "seed":{seed},"flops":{flops},"params":{},"depth":8,
            "stages":[{{"input":8,"output":8,"stride":2,"depth":1}}],"outcome":{outcome},
            "scores":{{"grasp":{score},"snip":2.9e61}},"definitions":[
            {{"name":"grasp","version":1,"direction":"lower","settings":"batch 64"}},
            {{"name":"snip","version":2,"direction":"higher","settings":"batch 64"}}],
            "seconds":{{"train":1.0,"score":0.5}},"software":"0.1.0","device":"flex"}}"#,
            flops / 10,
        );
        serde_json::from_str::<Record>(&line).unwrap()
    };
    let trained = |accuracy: f64| {
        format!(
            r#"{{"trained":{{"test_accuracy":{accuracy},"nas_validation_accuracy":{},"train_loss":1.5}}}}"#,
            accuracy + 0.1
        )
    };
    let diverged = r#"{"diverged":{"epoch":2,"reason":"the loss was no longer a finite number"}}"#;
    let singular = r#"{"undefined":"singular"}"#;
    let records = [
        record(ARCHS[0], 0, 414_000, &trained(61.5), "0.1"),
        record(ARCHS[0], 1, 414_000, &trained(62.75), "0.1"),
        record(ARCHS[1], 0, 2_100_000, &trained(70.25), singular),
        record(ARCHS[2], 0, 900_000, diverged, "-3.25"),
    ];
    let metadata = Metadata::from_records(&records).unwrap();
    let path = folder.path().join("table.nbz");
    Table::from_records(metadata, &records)
        .unwrap()
        .write(&path)
        .unwrap();
    path.to_str().unwrap().to_owned()
}

/// The architectures of [`table`].
pub(crate) const ARCHS: [&str; 3] = [
    "r1:8:8x1s2,16x1s2,32x1s2",
    "r1:8:16x2s2,32x2s2,48x2s2",
    "r1:8:8x1s2,16x1s2,48x1s2",
];
