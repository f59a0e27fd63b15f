//! What the end-to-end tests share: the command, and made-up images.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "tests, each of which uses a part; made-up pixels"
)]

use std::fs;

use assert_cmd::Command;
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
