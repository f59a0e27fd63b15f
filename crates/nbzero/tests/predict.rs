//! `nbzero predict`, as a user runs it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{nbzero, refusal, stdout, table};
use nbzero::space::{Architecture, Space};
use nbzero::table::{Metadata, Record, StageAttributes, Table};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A table of made-up accuracies that follow from costs.
fn trained(folder: &TempDir, count: usize, accuracy: fn(u64, u32) -> f64) -> String {
    let record = |architecture: &Architecture| -> Record {
        let costs = architecture.costs(100, 16);
        let stages = StageAttributes::all_of(architecture);
        let accuracy = accuracy(costs.flops, costs.depth);
        serde_json::from_value(json!({
            "version": 2, "arch": architecture.to_string(), "space": "r1-mini",
            "dataset": "cifar100", "classes": 100, "resolution": 16,
            "images": "cifar100 at 16x16", "recipe": "mini", "recipe_details": "SGD", "seed": 0,
            "flops": costs.flops, "params": costs.params, "depth": costs.depth, "stages": stages,
            "outcome": {"trained": {"test_accuracy": accuracy, "train_loss": 1.0}},
            "scores": {}, "definitions": [], "seconds": {"train": 1.0, "score": 0.5},
            "software": "0.1.0", "device": "flex",
        }))
        .unwrap()
    };
    let records: Vec<Record> = Space::R1Mini
        .sample(count, 5)
        .unwrap()
        .iter()
        .map(record)
        .collect();
    let metadata = Metadata::from_records(&records).unwrap();
    let path = folder.path().join("trained.nbz");
    Table::from_records(metadata, &records)
        .unwrap()
        .write(&path)
        .unwrap();
    path.to_str().unwrap().to_owned()
}

fn by_costs(flops: u64, depth: u32) -> f64 {
    10.0 * (flops as f64).log10() - 2.0 * f64::from(depth).sqrt()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(arguments)).unwrap()
}

#[test]
fn a_check_says_how_well_held_out_networks_are_predicted() {
    let folder = TempDir::new().unwrap();
    let table = trained(&folder, 60, by_costs);
    let check = ["predict", &table, "--check", "--format", "json"];
    let crossed = json(&check);
    let keys: Vec<&String> = crossed.as_object().unwrap().keys().collect();
    let expected = [
        "coverage95",
        "intervals",
        "kendall",
        "rmse",
        "spearman",
        "test",
        "train",
    ];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    assert_eq!(
        (&crossed["train"], &crossed["test"]),
        (&json!(54), &json!(60))
    );
    assert!(crossed["spearman"].as_f64().unwrap() > 0.95, "{crossed}");
    assert!(crossed["intervals"]["kendall"]["low"].is_number());

    let held = json(&[&check[..], &["--train", "40", "--seed", "1"]].concat());
    assert_eq!((&held["train"], &held["test"]), (&json!(40), &json!(20)));
    let other = json(&[&check[..], &["--train", "40", "--seed", "2"]].concat());
    assert_ne!(held, other);
    assert_eq!(
        other,
        json(&[&check[..], &["--train", "40", "--seed", "2"]].concat())
    );

    let text = stdout(&["predict", &table, "--check", "--train", "40"]);
    assert!(
        text.starts_with("20 networks, predicted from 40 others\n"),
        "{text}"
    );
    assert!(text.contains("within the 95% interval"), "{text}");
}

#[test]
fn predictions_are_named_as_such_everywhere() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (from, out) = (trained(&folder, 40, by_costs), path("predicted.nbz"));
    let predict = ["predict", &from, "--space", "r1-mini", "--count", "30"];
    let predict = [&predict[..], &["--seed", "7", "--out", &out]].concat();
    let said = stdout(&predict);
    assert!(
        said.contains("predicted accuracies of 30 architectures of r1-mini"),
        "{said}"
    );
    let bytes = fs::read(&out).unwrap();
    stdout(&predict);
    assert_eq!(
        fs::read(&out).unwrap(),
        bytes,
        "the same predictions give the same file"
    );

    let sample = stdout(&[
        "sample", "--space", "r1-mini", "--count", "30", "--seed", "7",
    ]);
    let mut sample: Vec<&str> = sample.lines().collect();
    sample.sort_unstable();
    let table = Table::open(&out).unwrap();
    assert_eq!(table.architectures(), sample);

    let row = json(&["query", &out, sample[0], "--format", "json"]);
    assert_eq!(row["accuracies"]["test"]["count"], 0);
    assert_eq!(row["accuracies"]["test"]["mean"], Value::Null);
    let mean = row["predicted"]["mean"].as_f64().unwrap();
    let expected = by_costs(
        row["flops"].as_u64().unwrap(),
        u32::try_from(row["depth"].as_u64().unwrap()).unwrap(),
    );
    let deviation = row["predicted"]["deviation"].as_f64().unwrap();
    assert!(
        deviation > 0.0 && (mean - expected).abs() < 1.0,
        "{row}, {expected}"
    );

    let text = stdout(&["query", &out, sample[0]]);
    assert!(
        text.contains("predicted test accuracy: ") && text.contains("(not measured)"),
        "{text}"
    );
    let summary = stdout(&["query", &out]);
    assert!(
        summary.contains(
            "accuracies are predicted, not measured: Gaussian process on structure and costs, learned \
             from the measured test accuracies of 40 networks of r1-mini on cifar100, recipe mini"
        ),
        "{summary}"
    );
    let best = stdout(&["query", &out, "--top", "3"]);
    assert!(best.contains("predicted test accuracy"), "{best}");
    assert!(refusal(&["query", &out, "--split", "nas-validation"]).contains("no nas-validation"));
    let csv = path("predicted.csv");
    stdout(&["export", &out, &csv]);
    let csv = fs::read_to_string(&csv).unwrap();
    let header = csv.lines().next().unwrap();
    assert!(
        header.ends_with("predicted_accuracy,predicted_deviation"),
        "{header}"
    );
    assert_eq!(csv.lines().count(), 31);

    // Nothing is learned from predictions.
    for arguments in [&["--check"][..], &["--space", "r1-mini", "--out", "x.nbz"]] {
        let said = refusal(&[&["predict", &out][..], arguments].concat());
        assert!(said.contains("are predicted, not measured"), "{said}");
    }
}

#[test]
fn what_cannot_be_predicted_gets_one_clear_sentence() {
    let folder = TempDir::new().unwrap();
    let from = trained(&folder, 30, by_costs);
    let out = folder.path().join("out.nbz").to_str().unwrap().to_owned();
    let other = refusal(&["predict", &from, "--space", "mb-mini", "--out", &out]);
    assert!(
        other.contains("has networks of r1-mini") && other.contains("--space r1-mini"),
        "{other}"
    );
    let same = refusal(&["predict", &from, "--space", "r1-mini", "--out", &from]);
    assert!(same.contains("which is read"), "{same}");
    let most = refusal(&["predict", &from, "--check", "--train", "29"]);
    assert!(most.contains("learn from at most 28"), "{most}");
    let few = refusal(&["predict", &from, "--check", "--train", "2"]);
    assert!(
        few.contains("2 networks with an accuracy are too few"),
        "{few}"
    );
    let missing = refusal(&["predict", "/no/such.nbz", "--check"]);
    assert!(missing.contains("/no/such.nbz does not exist"), "{missing}");

    let three = refusal(&["predict", &table(&folder), "--check"]);
    assert!(
        three.contains("table.nbz: 2 networks with an accuracy are too few"),
        "{three}"
    );
    let from = trained(&folder, 30, |_, _| 61.5);
    let equal = refusal(&["predict", &from, "--space", "r1-mini", "--out", &out]);
    assert!(
        equal.contains("all 30 networks have an accuracy of 61.5"),
        "{equal}"
    );
    assert!(!fs::exists(&out).unwrap());

    for arguments in [
        &[][..],
        &["--space", "r1-mini"],
        &["--out", &out],
        &["--check", "--space", "r1-mini", "--out", &out],
        &["--space", "r1-mini", "--out", &out, "--train", "9"],
    ] {
        nbzero(&[&["predict", &from][..], arguments].concat())
            .assert()
            .code(2);
    }
}

#[test]
fn proxies_are_judged_on_networks_that_nobody_trained() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (from, out, scores) = (
        trained(&folder, 40, by_costs),
        path("p.nbz"),
        path("scores.csv"),
    );
    let sample = Space::R1Mini.sample(30, 8).unwrap();
    let mut csv = "arch,flops,l2_norm,ntk,undefined\n".to_owned();
    for (i, network) in sample.iter().enumerate() {
        let last = if i == 3 {
            ",ntk: singular".to_owned()
        } else {
            format!("{i},")
        };
        let line = format!(
            "\"{network}\",1,{}.5,{last}\n",
            network.costs(100, 16).flops / 1000
        );
        csv.push_str(&line);
    }
    fs::write(&scores, &csv).unwrap();
    let words = |more: [&'static str; 2]| {
        let predict = ["predict", &from, "--space", "r1-mini", "--scores", &scores];
        [&predict[..], &more, &["--out", &out]].concat()
    };
    stdout(&words(["--draws", "20"]));
    let text = stdout(&["judge", &out, "--format", "markdown"]);
    let wanted = [
        "Predicted, not measured: 30 networks of r1-mini on cifar100",
        "learned from the measured test accuracies of 40 networks",
        "the next of 20 joint draws",
        "| l2_norm |",
    ];
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let judged = json(&["judge", &out, "--format", "json"]);
    let rows = judged["rows"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert!(row("l2_norm")["kd"]["value"].as_f64().unwrap() > 0.5);
    assert!(row("ntk")["coverage"].as_f64().unwrap() < 1.0);
    assert_eq!(judged["about"]["predicted"]["draws"], 20);
    let summary = json(&["query", &out, "--format", "json"]);
    assert_eq!(summary["summary"]["predicted"]["draws"], 20, "{summary}");

    stdout(&words(["--draws", "0"]));
    let said = refusal(&["judge", &out]);
    assert!(said.contains("--draws"), "{said}");

    // The file of the last table stays where networks are not of the space, or there twice.
    let before = fs::read(&out).unwrap();
    for (line, wanted) in [
        (
            "\"mb:16:16x1s1,24x1s2\",1,0,1,\n",
            "is no network of r1-mini",
        ),
        ("resnet50,1,0,1,\n", "is no network of r1-mini"),
        (&*format!("\"{}\",1,1,1,\n", sample[0]), "is there twice"),
    ] {
        fs::write(&scores, format!("{csv}{line}")).unwrap();
        let said = refusal(&words(["--seed", "1"]));
        assert!(
            said.contains("scores.csv") && said.contains(wanted),
            "{said}"
        );
        assert_eq!(fs::read(&out).unwrap(), before);
    }
}
