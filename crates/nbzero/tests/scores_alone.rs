//! `nbzero import scores`: networks that nobody trained, and what can be asked of them.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fmt::Write as _;
use std::fs;

use common::{refusal, stdout};
use nbzero::table::Table;
use tempfile::TempDir;

/// A file of scores of so many networks, one of which has no zen.
fn scores(folder: &TempDir, count: usize) -> String {
    let sample = ["sample", "--space", "r1-mini", "--count"];
    let sample = stdout(&[&sample[..], &[&count.to_string()]].concat());
    let mut text = "arch,naswot,zen,undefined\n".to_owned();
    for (place, arch) in sample.lines().enumerate() {
        let naswot = (place * 7 % count) as f64 / 3.0;
        match place {
            0 => writeln!(text, "\"{arch}\",{naswot},,zen: a constant input").unwrap(),
            _ => writeln!(text, "\"{arch}\",{naswot},{},", place * place).unwrap(),
        }
    }
    let path = folder.path().join("scores.csv");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_needs_no_training_can_be_told_of_them() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (scores, table) = (scores(&folder, 60), path("scores.nbz"));
    let import = ["import", "scores", &scores, "--space", "r1-mini"];
    let import = [&import[..], &["--dataset", "cifar100", "--out", &table]].concat();
    let said = stdout(&import);
    assert!(said.contains("60 architectures, 2 proxies"), "{said}");

    let opened = Table::open(&table).unwrap();
    assert!(opened.is_of_scores_alone());
    let about = opened.metadata();
    assert_eq!(
        (about.classes, about.resolution),
        (Some(100), Some(16.into()))
    );
    let reasons = opened.scores("zen").unwrap().iter();
    let reasons: Vec<&str> = reasons.filter_map(|score| score.reason()).collect();
    assert_eq!(reasons, ["a constant input"]);

    let summary = stdout(&["query", &table]);
    assert!(summary.contains("no accuracies: scores alone"), "{summary}");
    assert!(
        summary.contains("zen") && summary.contains("98.3%"),
        "{summary}"
    );
    assert!(refusal(&["query", &table, "--top", "3"]).contains("has no test accuracy"));
    let judged = refusal(&["judge", &table]);
    assert!(judged.contains("has a test accuracy"), "{judged}");
    let learned = refusal(&["predict", &table, "--check"]);
    assert!(learned.contains("accuracy"), "{learned}");
    let csv = path("out.csv");
    stdout(&["export", &table, &csv]);
    assert_eq!(fs::read_to_string(csv).unwrap().lines().count(), 61);

    let report = path("report");
    let said = stdout(&["report", &table, "--out", &report]);
    assert!(said.contains("Left out table1"), "{said}");
    for file in ["fig8.svg", "costs.txt", "index.html"] {
        assert!(folder.path().join("report").join(file).exists(), "{said}");
    }
    let costs = fs::read_to_string(folder.path().join("report/costs.txt")).unwrap();
    assert!(
        costs.contains("Scores alone") && costs.contains("naswot"),
        "{costs}"
    );
}

#[test]
fn what_does_not_fit_gets_one_clear_sentence() {
    let folder = TempDir::new().unwrap();
    let scores = scores(&folder, 5);
    let out = folder.path().join("t.nbz").to_str().unwrap().to_owned();
    let refused = |file: &str, space: &str, dataset: &str, out: &str| {
        let import = ["import", "scores", file, "--space", space, "--dataset"];
        refusal(&[&import[..], &[dataset, "--out", out]].concat())
    };
    let other = refused(&scores, "mb-mini", "cifar100", &out);
    assert!(other.contains("is no network of mb-mini"), "{other}");
    let nameless = refused(&scores, "r1-mini", "...", &out);
    assert!(nameless.contains("no letter or digit"), "{nameless}");
    let same = refused(&scores, "r1-mini", "cifar100", &scores);
    assert!(same.contains("which is read"), "{same}");
    assert!(!folder.path().join("t.nbz").exists());
}
