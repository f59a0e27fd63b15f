//! `nbzero import`, as a user runs it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{refusal, stdout};
use tempfile::TempDir;

/// Two networks of NAS-Bench-Macro as its file has them.
const MACRO: &str = r#"{
    "00000000": {"test_acc": [80.0, 81.0, 82.0], "mean_acc": 81.0, "std": 0.8, "params": 387882, "flops": 7713280},
    "22222222": {"test_acc": [93.0, 93.5, 94.0], "mean_acc": 93.5, "std": 0.4, "params": 2932586, "flops": 105660928}
}"#;

#[test]
fn a_published_table_becomes_one_of_ours() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, table) = (path("macro.json"), path("macro.nbz"));
    fs::write(&file, MACRO).unwrap();
    let said = stdout(&["import", "nas-bench-macro", &file, "--out", &table]);
    assert!(said.contains("2 architectures"), "{said}");
    let found = stdout(&["query", &table, "nas-bench-macro:22222222"]);
    assert!(found.contains("105660928"), "{found}");
}

#[test]
fn a_dataset_that_the_file_lacks_is_refused_with_those_that_it_has() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.nbz");
    let arguments = ["import", "nb201", "cells.csv", "--dataset", "svhn", "--out"];
    let said = refusal(&[&arguments[..], &[out.to_str().unwrap()]].concat());
    assert!(said.contains("cifar100"), "{said}");
    assert!(!out.exists());
}
