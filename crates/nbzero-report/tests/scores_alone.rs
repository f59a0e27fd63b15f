//! Tables without any accuracy: what can be told of them, and what cannot.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{bootstrap, ten_networks};
use nbzero_report::{CostRelation, Exhibit};
use nbzero_report::{Error, Format, cost_relations, fig8, table1, write_report};
use nbzero_table::{Cost, Metadata, Row, ScoredNetwork, Table};

/// The ten networks, and their scores alone.
fn scores_alone() -> Table {
    let trained = ten_networks();
    let network = |row: Row<'_>| ScoredNetwork {
        arch: row.arch().to_owned(),
        flops: row.flops().unwrap(),
        params: row.params().unwrap(),
        depth: row.depth().unwrap(),
        stages: row.stages().to_vec(),
        scores: row.scores().map(|(_, score)| score.clone()).collect(),
    };
    let metadata = Metadata {
        seeds: Vec::new(),
        ..trained.metadata().clone()
    };
    Table::from_scores(metadata, trained.rows().map(network).collect()).unwrap()
}

#[test]
fn proxies_pick_the_same_networks_without_accuracies() {
    let (trained, alone) = (
        fig8(&ten_networks()).unwrap(),
        fig8(&scores_alone()).unwrap(),
    );
    assert_eq!(trained.picks[0].name, "oracle");
    // One network of the ten has no accuracy, so that only its cost can be picked by.
    for pick in &alone.picks {
        assert_eq!((pick.accuracy, pick.rank), (None, None));
        let other = trained.picks.iter().find(|other| other.name == pick.name);
        if pick.name == "naswot" {
            assert_eq!(other.unwrap().arch, pick.arch);
        }
    }
    let text = alone.render(Format::Text).unwrap();
    assert!(text.contains("Scores alone"), "{text}");
    assert!(!text.contains("oracle's"), "{text}");
    assert!(!alone.picture().unwrap().unwrap().svg().contains('%'));
}

#[test]
fn a_proxy_that_is_a_cost_follows_it() {
    let relations = cost_relations(&scores_alone(), bootstrap()).unwrap();
    assert_eq!(relations.costs, Cost::ALL);
    let row = |name: &str| -> &CostRelation {
        relations.rows.iter().find(|row| row.name == name).unwrap()
    };
    // FLOPs and parameters of the made-up networks grow together.
    let value = |name: &str, cost: usize| row(name).spearman[cost].map(|found| found.value);
    assert_eq!(value("flops", 0), None);
    assert!((value("flops", 1).unwrap() - 1.0).abs() < 1e-12);
    assert!((value("flops", 2).unwrap() - value("params", 2).unwrap()).abs() < 1e-12);
    // A constant score goes with nothing.
    assert_eq!(value("plain", 0), None);
    assert!(row("ntk").coverage < 1.0);
    let interval = row("synflow").spearman[0].unwrap();
    let ends = interval.interval.unwrap();
    assert!(ends.low <= interval.value && interval.value <= ends.high);
    // With accuracies there is a row of theirs, too.
    let trained = cost_relations(&ten_networks(), bootstrap()).unwrap();
    assert_eq!(trained.rows[0].name, "oracle");
    assert!(relations.rows.iter().all(|row| row.name != "oracle"));
}

#[test]
fn nothing_is_judged_and_the_rest_is_reported() {
    let table = scores_alone();
    assert!(matches!(
        table1(&table),
        Err(Error::NoAccuracy { networks: 10 })
    ));
    let folder = tempfile::TempDir::new().unwrap();
    let mut said = Vec::new();
    let without = Err("none here");
    write_report(
        &[&table],
        without,
        bootstrap(),
        folder.path(),
        &mut |line| {
            said.push(line.to_owned());
        },
    )
    .unwrap();
    for (name, there) in [
        ("fig8.svg", true),
        ("costs.txt", true),
        ("table1.txt", false),
    ] {
        assert_eq!(folder.path().join(name).exists(), there, "{name}: {said:?}");
    }
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("without accuracies"), "{page}");
    assert!(page.contains("Left out table1"), "{page}");
}
