//! Spaces of one's own, as a user works on them: printed, changed, sampled, collected, merged, searched.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{data, images, refusal, stdout};
use nbzero::space::{Architecture, Space};
use nbzero::table::{Metadata, Record, StageAttributes, Table};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A space of small chains.
const MINE: &str = "name = \"mine\"
family = \"mb\"
classes = 10
resolution = 8
stems = [4]
widths = [4, 8]
depths = [1]
expansions = [1, 2, 6]
strides = [[2, 2], [1, 2, 2]]

[at_most]
params = 3000
";

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_printed_space_is_the_space() {
    let folder = TempDir::new().unwrap();
    for space in ["r1", "r2", "mb", "r1-mini", "r2-mini", "mb-mini"] {
        let printed = stdout(&["sample", "--space", space, "--print"]);
        let own = file(folder.path(), "own.toml", &printed);
        let sample = |space: &str| stdout(&["sample", "--space", space, "--count", "20"]);
        assert_eq!(sample(&own), sample(space));
        // Under another name it is a space of its own, with the same networks.
        let renamed = printed.replace(&format!("\"{space}\"\nfamily"), "\"other\"\nfamily");
        let renamed = file(folder.path(), "renamed.toml", &renamed);
        assert_eq!(sample(&renamed), sample(space));
        let canonical = stdout(&["sample", "--space", &renamed, "--print"]);
        let again = file(folder.path(), "again.toml", &canonical);
        assert_eq!(stdout(&["sample", "--space", &again, "--print"]), canonical);
    }
    for space in [
        "nb201",
        "nas-bench-macro",
        "channel-bench-resnet",
        "nats-sss",
    ] {
        let said = refusal(&["sample", "--space", space, "--print"]);
        assert!(
            said.contains(&format!("{space} is no space of chains")),
            "{said}"
        );
    }
}

#[test]
fn a_wrong_file_is_refused_in_one_sentence_with_its_line() {
    let folder = TempDir::new().unwrap();
    for (text, wrong) in [
        (
            MINE.replace("widths", "width"),
            "own.toml, line 6: `width` is no key of a space: did you mean `widths`?",
        ),
        (
            MINE.replace("[4, 8]", "[0, 8]"),
            "own.toml, line 6: `widths` has 0",
        ),
        (
            MINE.replace("3000", "10"),
            "own.toml, line 12: the caps admit nothing: no network of at most 10 params",
        ),
        (
            MINE.replace("\"mine\"", "\"r1\""),
            "own.toml, line 1: `r1` is the name of a built-in space",
        ),
        (MINE.replace(']', ""), "own.toml, line 6: this is no TOML"),
    ] {
        let own = file(folder.path(), "own.toml", &text);
        let out = path(&folder, "out");
        let sample = refusal(&["sample", "--space", &own]);
        assert!(sample.contains(wrong), "{sample}");
        assert_eq!(refusal(&["search", "--space", &own]), sample);
        let images = images();
        let data = data(&images);
        let collect = [
            "collect", "--space", &own, "--count", "2", "--data", &data, "--out", &out,
        ];
        assert_eq!(refusal(&collect), sample);
        assert!(!fs::exists(&out).unwrap());
    }
    let missing = refusal(&["sample", "--space", &path(&folder, "none.toml")]);
    assert!(missing.contains("none.toml does not exist"), "{missing}");
    let unknown = refusal(&["sample", "--space", "r1-mega"]);
    assert!(
        unknown.contains("`r1-mega` is no search space: there are `r1`"),
        "{unknown}"
    );
    let own = file(folder.path(), "own.toml", MINE);
    let many = refusal(&["sample", "--space", &own, "--count", "5000"]);
    assert!(many.contains("a sample of mine has at most"), "{many}");
}

fn texts(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

#[test]
fn a_collection_carries_its_space() {
    let folder = images();
    let own = file(folder.path(), "mine.toml", MINE);
    let (data, shards, table) = (
        data(&folder),
        path(&folder, "shards"),
        path(&folder, "mine.nbz"),
    );
    let collect = |space: &str, out: &str, count: &'static str| {
        let all = [
            "collect", "--space", space, "--data", &data, "--batch", "8", "--out", out,
        ];
        let all = [&all[..], &["--count", count, "--epochs", "1"]].concat();
        all.iter()
            .map(|&argument| argument.to_owned())
            .collect::<Vec<String>>()
    };
    stdout(&texts(&collect(&own, &shards, "4")));
    // The same rules with a comment and another population go on.
    let same = format!(
        "# Small.\n{}",
        MINE.replace("classes", "population = 20\nclasses")
    );
    let same = file(folder.path(), "same.toml", &same);
    let said = stdout(&texts(&collect(&same, &shards, "5")));
    assert!(said.contains("5 records, 1 of them new"), "{said}");
    // Other rules under the same name do not.
    let other = file(
        folder.path(),
        "other.toml",
        &MINE.replace("[4, 8]", "[4, 8, 12]"),
    );
    let said = refusal(&texts(&collect(&other, &shards, "6")));
    assert!(
        said.contains("the definition of the space (widths = [4, 8, 12] against widths = [4, 8])"),
        "{said}"
    );
    let others = path(&folder, "others");
    stdout(&texts(&collect(&other, &others, "2")));
    let said = refusal(&["merge", &shards, &others, "--out", &table]);
    assert!(
        said.contains("disagree in the definition of the space"),
        "{said}"
    );
    stdout(&["merge", &shards, "--out", &table]);
    let known: Value =
        serde_json::from_str(&stdout(&["query", &table, "--format", "json"])).unwrap();
    assert_eq!(known["metadata"]["space_definition"], MINE);
    let out = path(&folder, "out.nbz");
    let said = refusal(&["predict", &table, "--space", &other, "--out", &out]);
    assert!(
        said.contains("`widths = [4, 8]` where --space has `widths = [4, 8, 12]`"),
        "{said}"
    );
    let said = refusal(&["predict", &table, "--space", "mb-mini", "--out", &out]);
    assert!(said.contains("has networks of mine"), "{said}");
}

/// A table of networks of the space, with accuracies that follow from their costs.
fn trained(folder: &TempDir) -> String {
    let space = Space::parse(MINE).unwrap();
    let record = |network: &Architecture| -> Record {
        let costs = network.costs(10, 8);
        let stages = StageAttributes::all_of(network);
        let accuracy = 10.0 * (costs.flops as f64).log10() - f64::from(costs.depth).sqrt();
        serde_json::from_value(json!({
            "version": 3, "arch": network.to_string(), "space": "mine",
            "space_definition": space.definition(), "dataset": "cifar10", "classes": 10,
            "resolution": 8, "images": "made up", "recipe": "mini", "recipe_details": "SGD",
            "seed": 0, "flops": costs.flops, "params": costs.params, "depth": costs.depth,
            "stages": stages, "outcome": {"trained": {"test_accuracy": accuracy, "train_loss": 1.0}},
            "scores": {}, "definitions": [], "seconds": {"train": 1.0, "score": 0.5},
            "software": "0.1.0", "device": "flex",
        }))
        .unwrap()
    };
    let records: Vec<Record> = space.sample(40, 0).unwrap().iter().map(record).collect();
    let metadata = Metadata::from_records(&records).unwrap();
    let table = path(folder, "trained.nbz");
    Table::from_records(metadata, &records)
        .unwrap()
        .write(&table)
        .unwrap();
    table
}

#[test]
fn accuracies_of_its_networks_are_predicted() {
    let folder = TempDir::new().unwrap();
    let own = file(folder.path(), "mine.toml", MINE);
    let (table, out) = (trained(&folder), path(&folder, "predicted.nbz"));
    let said = stdout(&[
        "predict", &table, "--space", &own, "--count", "60", "--out", &out,
    ]);
    assert!(
        said.contains("predicted accuracies of 60 architectures of mine"),
        "{said}"
    );
    let predicted = Table::open(&out).unwrap();
    assert_eq!(predicted.metadata().space_definition.as_deref(), Some(MINE));
    assert!(predicted.predicted().is_some());
    let check = stdout(&["predict", &table, "--check", "--format", "json"]);
    let check: Value = serde_json::from_str(&check).unwrap();
    assert!(check["spearman"].as_f64().unwrap() > 0.9, "{check}");
    let judged = stdout(&["judge", &table]);
    assert!(judged.contains("40 networks of mine"), "{judged}");
    let report = path(&folder, "report");
    let said = stdout(&["report", &table, "--out", &report]);
    assert!(
        said.contains("fig4.svg") && said.contains("index.html"),
        "{said}"
    );
}

#[test]
fn a_search_stays_within_the_file() {
    let folder = TempDir::new().unwrap();
    let own = file(folder.path(), "mine.toml", MINE);
    let journal = path(&folder, "journal.jsonl");
    let search = [
        "--proxies",
        "params",
        "--batch",
        "2",
        "--candidates",
        "30",
        "--format",
        "json",
    ];
    let search = |space: &str| {
        let all = [
            &["search", "--space", space, "--journal", &journal][..],
            &search,
        ]
        .concat();
        all.iter()
            .map(|&argument| argument.to_owned())
            .collect::<Vec<String>>()
    };
    let ours = search(&own);
    let ours: Vec<&str> = ours.iter().map(String::as_str).collect();
    let found: Value =
        serde_json::from_str(&stdout(&[&ours[..], &["--top", "30"]].concat())).unwrap();
    let best = found["best"].as_array().unwrap();
    assert_eq!(best.len(), 30);
    let all = stdout(&["sample", "--space", &own]);
    let all: Vec<&str> = all.lines().collect();
    for network in best {
        assert!(
            all.contains(&network["arch"].as_str().unwrap()),
            "{network}"
        );
        assert!(network["costs"]["params"].as_f64().unwrap() <= 3000.0);
    }
    let header = fs::read_to_string(&journal).unwrap();
    assert!(
        header.lines().next().unwrap().contains("widths = [4, 8]"),
        "{header}"
    );
    let other = file(
        folder.path(),
        "other.toml",
        &MINE.replace("[4, 8]", "[4, 8, 12]"),
    );
    let theirs = search(&other);
    let said = refusal(&theirs.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        said.contains(
            "the journal of another search (the definition of the space: `widths = [4, 8]` there"
        ),
        "{said}"
    );
    let budget = refusal(&["search", "--space", &own, "--params-at-most", "5"]);
    assert!(
        budget.contains("no network of mine was found with at most 5 parameters"),
        "{budget}"
    );
}
