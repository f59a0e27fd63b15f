//! What `nbzero query` answers, for people and as JSON.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{ARCHS, nbzero, refusal, stdout, table};
use serde_json::Value;
use tempfile::TempDir;

/// A table and questions to it.
struct Place {
    _folder: TempDir,
    table: String,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            table: table(&folder),
            _folder: folder,
        }
    }

    fn text(&self, question: &[&str]) -> String {
        stdout(&[&["query", &self.table][..], question].concat())
    }

    fn json(&self, question: &[&str]) -> Vec<Value> {
        let text = self.text(&[question, &["--format", "json"]].concat());
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn archs(&self, question: &[&str]) -> Vec<String> {
        let found = self.json(question);
        let archs = found.iter().map(|row| row["arch"].as_str().unwrap());
        archs.map(str::to_owned).collect()
    }

    fn refusal(&self, question: &[&str]) -> String {
        refusal(&[&["query", &self.table][..], question].concat())
    }
}

#[test]
fn people_get_text() {
    let place = Place::new();
    insta::assert_snapshot!("summary", place.text(&[]));
    insta::assert_snapshot!("network", place.text(&[ARCHS[0]]));
    insta::assert_snapshot!("undefined", place.text(&["--row", "0"]));
    insta::assert_snapshot!("best", place.text(&["--top", "5"]));
}

#[test]
fn a_network_is_found_by_name_and_by_row() {
    let place = Place::new();
    let by_name = &place.json(&[ARCHS[0]])[0];
    assert_eq!(by_name["row"], 1);
    assert_eq!(*by_name, place.json(&["--row", "1"])[0]);
    assert_eq!(by_name["flops"], 414_000);
    assert_eq!(by_name["scores"]["grasp"], 0.1);
    let test = &by_name["accuracies"]["test"];
    assert_eq!(test["mean"], 62.125);
    assert_eq!(test["count"], 2);
    assert_eq!(test["seeds"]["1"], 62.75);
    assert!((test["deviation"].as_f64().unwrap() - 1.25 / 2_f64.sqrt()).abs() < 1e-12);
    let other = &place.json(&[ARCHS[1]])[0];
    assert_eq!(other["scores"]["grasp"], Value::Null);
    assert_eq!(other["undefined"]["grasp"], "singular");
    assert_eq!(other["accuracies"]["test"]["deviation"], Value::Null);
}

#[test]
fn a_training_that_diverged_is_not_one_that_was_not_made() {
    let place = Place::new();
    let network = &place.json(&[ARCHS[2]])[0];
    assert_eq!(network["diverged"], serde_json::json!({"0": 2}));
    assert!(place.json(&[ARCHS[0]])[0].get("diverged").is_none());
    let text = stdout(&["query", &place.table, ARCHS[2]]);
    assert!(text.contains("seed 0 diverged in epoch 2"), "{text}");
    assert_eq!(place.json(&[])[0]["summary"]["diverged"], 1);
}

#[test]
fn the_best_within_budgets() {
    let place = Place::new();
    assert_eq!(place.archs(&["--top", "9"]), [ARCHS[1], ARCHS[0]]);
    assert_eq!(place.archs(&["--top", "1"]), [ARCHS[1]]);
    assert_eq!(place.archs(&["--flops-at-most", "2M"]), [ARCHS[0]]);
    let all = ["--flops-at-most", "2.1M", "--depth-at-most", "8"];
    assert_eq!(place.archs(&all), [ARCHS[1], ARCHS[0]]);
    assert_eq!(place.archs(&["--params-at-most", "50k"]), [ARCHS[0]]);
    assert_eq!(place.archs(&["--split", "nas-validation"])[0], ARCHS[1]);
    let split = ["--top", "1", "--split", "nas-validation"];
    assert_eq!(place.archs(&split), [ARCHS[1]]);
}

#[test]
fn the_summary_is_one_object() {
    let summary = &Place::new().json(&[])[0];
    assert_eq!(summary["metadata"]["space"], "r1-mini");
    assert_eq!(summary["summary"]["architectures"], 3);
    assert_eq!(summary["summary"]["costs"]["flops"]["most"], 2_100_000);
    assert_eq!(summary["summary"]["accuracies"]["test"]["runs"]["0"], 2);
    assert_eq!(
        summary["summary"]["accuracies"]["test"]["noise"]["networks"],
        1
    );
}

#[test]
fn what_is_not_there_gets_one_clear_sentence() {
    let place = Place::new();
    let unknown = place.refusal(&["r1:4:4x1s2,8x1s2,8x1s2"]);
    assert!(
        unknown.contains("is not among the 3 architectures of"),
        "{unknown}"
    );
    let malformed = place.refusal(&["r1:4:4x1"]);
    assert!(malformed.contains("at position 9"), "{malformed}");
    let row = place.refusal(&["--row", "3"]);
    assert!(row.contains("has no row 3: its rows are 0 to 2"), "{row}");
    let budget = place.refusal(&["--flops-at-most", "100k", "--depth-at-most", "9"]);
    assert!(
        budget.contains(
            "is within all budgets: give larger ones (they have flops from 414000, depth from 8)"
        ),
        "{budget}"
    );
    // A network that diverged is no answer to a budget.
    let budget = place.refusal(&["--params-at-most", "40k"]);
    assert!(
        budget.contains("is within the budget: give a larger one (they have params from 41400)"),
        "{budget}"
    );
    let missing = refusal(&["query", "/no/such.nbz"]);
    assert!(missing.contains("/no/such.nbz does not exist"), "{missing}");
    let query = |question: &[&str]| {
        let output = nbzero(&[&["query", &place.table][..], question].concat())
            .assert()
            .code(2);
        String::from_utf8(output.get_output().stderr.clone()).unwrap()
    };
    assert!(query(&["--flops-at-most", "many"]).contains("`many` is no amount"));
    assert!(query(&["--split", "valid"]).contains("test and nas-validation"));
    assert!(query(&["--row", "0", "--split", "test"]).contains("cannot be used with"));
    assert!(query(&[ARCHS[0], "--top", "3"]).contains("cannot be used with"));
}
