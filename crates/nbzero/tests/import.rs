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

#[test]
fn own_scores_take_the_place_of_published_ones() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, scores, table) = (path("macro.json"), path("scores.csv"), path("macro.nbz"));
    fs::write(&file, MACRO).unwrap();
    let import = ["import", "nas-bench-macro", &file, "--scores", &scores];
    let import = [&import[..], &["--out", &table]].concat();

    let proxies = ["score", "nas-bench-macro:22222222", "--batch", "2"];
    let proxies = [&proxies[..], &["--proxies", "flops,naswot,ntk"]].concat();
    let printed = stdout(&[&proxies[..], &["--format", "csv", "--classes", "10"]].concat());
    fs::write(&scores, &printed).unwrap();
    let said = stdout(&import);
    assert!(said.contains("1 architectures, 2 proxies"), "{said}");
    let found = stdout(&[
        "query",
        &table,
        "nas-bench-macro:22222222",
        "--format",
        "json",
    ]);
    let naswot = printed.lines().nth(1).unwrap().split(',').nth(2).unwrap();
    assert!(found.contains(naswot), "{naswot} in {found}");

    fs::remove_file(&table).unwrap();
    for (text, wrong) in [
        ("naswot\n1\n", "no column `arch`"),
        ("arch,zen+flops\nnas-bench-macro:22222222,1\n", "hybrid"),
        (
            "arch,latency\nnas-bench-macro:22222222,1\n",
            "`latency` is no proxy",
        ),
        (
            "arch,zen\nnas-bench-macro:22222222,inf\n",
            "line 2, column zen: expected a finite number",
        ),
        ("arch,zen\nnas-bench-macro:12222222,1\n", "not in the table"),
        ("arch,zen\na,1\na,2\n", "line 3: a is there twice"),
        ("arch,zen\n", "no scores"),
        (
            "arch,flops\nnas-bench-macro:22222222,1\n",
            "no column of a proxy",
        ),
        (
            "arch,zen,zen\nnas-bench-macro:22222222,1,1\n",
            "two columns \"zen\"",
        ),
    ] {
        fs::write(&scores, text).unwrap();
        let said = refusal(&import);
        assert!(said.contains(wrong), "{said}");
        assert!(!fs::exists(&table).unwrap());
    }
    let same = ["import", "nas-bench-macro", &file, "--out", &file];
    assert!(refusal(&same).contains("which is read"));
    assert_eq!(fs::read_to_string(&file).unwrap(), MACRO);
}
