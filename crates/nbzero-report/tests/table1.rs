//! Table 1 of a small made-up table, in every format.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{bootstrap, record, table, ten_networks};
use nbzero_report::{Error, Format, Judging, Table1, fig2, paper, table1_with};
use nbzero_table::{Metadata, Outcome, Record, Table};

fn measured() -> Table1 {
    table1_with(&ten_networks(), &[], &bootstrap().into()).unwrap()
}

/// Every number to 9 decimals, for the last bits differ between machines; keys in order.
fn rounded(json: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match json {
        Value::Number(n) if n.is_f64() => ((n.as_f64().unwrap() * 1e9).round() / 1e9).into(),
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().map(|(k, v)| (k, rounded(v))).collect();
            sorted.into_iter().map(|(k, v)| (k.clone(), v)).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn text() {
    let text = measured().render(Format::Text).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 120));
    insta::assert_snapshot!(text);
}

#[test]
fn markdown() {
    insta::assert_snapshot!(measured().render(Format::Markdown).unwrap());
}

#[test]
fn csv() {
    let csv = measured().render(Format::Csv).unwrap();
    let fields = |line: &str| line.split(',').count();
    assert!(csv.lines().all(|line| fields(line) == 26));
    let round = |field: &str| match field.parse::<f64>() {
        Ok(value) => ((value * 1e9).round() / 1e9).to_string(),
        Err(_) => field.to_owned(),
    };
    let lines = csv
        .lines()
        .map(|line| line.split(',').map(round).collect::<Vec<_>>().join(","));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn seconds_are_a_column_where_some_are_known() {
    let header = |table: &Table1| {
        let csv = table.render(Format::Csv).unwrap();
        csv.lines().next().unwrap().to_owned()
    };
    let seconds = |name: &str, seconds: f64| BTreeMap::from([(name.to_owned(), seconds)]);
    let timed = measured().with_seconds(&seconds("naswot", 0.0194));
    assert!(header(&timed).starts_with("proxy,networks,coverage,seconds,lc,"));
    let csv = timed.render(Format::Csv).unwrap();
    let cell = |name: &str| {
        let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let row = lines.find(|row| row[0] == name).unwrap();
        // All rows are as long, whether they have seconds or not.
        assert_eq!(row.len(), header(&timed).split(',').count(), "{name}");
        row[3].to_owned()
    };
    assert_eq!(cell("naswot"), "0.0194");
    for other in ["oracle", "noise_ceiling", "flops", "synflow"] {
        assert_eq!(cell(other), "", "{other}");
    }
    let text = timed.render(Format::Text).unwrap();
    assert!(
        text.contains(" 0.019 ") && text.contains("Seconds are those of one network on one core")
    );

    let none = measured().with_seconds(&seconds("no_such_row", 1.0));
    assert_eq!(header(&none), header(&measured()));
    assert_eq!(
        none.render(Format::Text).unwrap(),
        measured().render(Format::Text).unwrap()
    );
}

#[test]
fn json_carries_everything() {
    let json = measured().render(Format::Json).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["about"]["networks"], 9);
    assert_eq!(json["about"]["left_out"], 1);
    assert_eq!(json["about"]["runs"], 11);
    let rows = json["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|r| r["name"].as_str().unwrap()).collect();
    let proxies = ["plain", "synflow", "ntk", "log_synflow", "naswot"];
    assert_eq!(names[..4], ["oracle", "flops", "params", "depth"]);
    assert_eq!(names[4..], proxies);
    assert_eq!(rows[0]["mbr"]["value"], 0.0);
    assert_eq!(rows[1]["paper"]["mbr"], 0.157);
    assert_eq!(rows[4]["kd"]["value"], serde_json::Value::Null);
    assert_eq!(rows[8]["paper"], serde_json::Value::Null);
    assert_eq!(rows[8]["mbr"]["budgets"].as_array().unwrap().len(), 5);
    let row = rounded(&rows[6]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&row).unwrap());
}

#[test]
fn a_table_without_accuracies_is_refused() {
    let error = table1_with(&table(&[(9, 0)]), &[], &Judging::default()).unwrap_err();
    assert!(matches!(error, Error::NoAccuracy { networks: 1 }));
    assert_eq!(
        error.to_string(),
        "none of the table's 1 networks has a test accuracy, so no proxy can be judged: \
         collect training runs first"
    );
}

/// Ten networks with two seeds each but for the last two: one has one seed, one diverged.
fn two_seeds() -> Table1 {
    let jobs: Vec<(u32, u64)> = (0..10).flat_map(|i| [(i, 0), (i, 1)]).collect();
    let mut records: Vec<Record> = jobs.iter().map(|&(i, seed)| record(i, seed)).collect();
    records.retain(|record| record.seed == 0 || record.flops != 4_200_000);
    // The second seed exchanges the accuracies of neighbours.
    let accuracies: Vec<Outcome> = records.iter().map(|r| r.outcome.clone()).collect();
    let second: Vec<usize> = (0..records.len())
        .filter(|&i| records[i].seed == 1)
        .collect();
    for pair in second.as_chunks::<2>().0 {
        records[pair[0]].outcome = accuracies[pair[1]].clone();
        records[pair[1]].outcome = accuracies[pair[0]].clone();
    }
    let metadata = Metadata::from_records(&records).unwrap();
    table1_with(
        &Table::from_records(metadata, &records).unwrap(),
        &[],
        &bootstrap().into(),
    )
    .unwrap()
}

#[test]
fn one_seed_is_judged_as_a_proxy_for_another() {
    let measured = two_seeds();
    let ceiling = measured.noise_ceiling.unwrap();
    assert_eq!((measured.about.networks, ceiling.networks), (9, 8));
    assert!(ceiling.kd.value.unwrap() < 1.0);
    assert!(ceiling.mbr.value > 0.0);
    let interval = ceiling.mbr.interval.unwrap();
    assert!(interval.low <= ceiling.mbr.value && ceiling.mbr.value <= interval.high);
    let text = measured.render(Format::Text).unwrap();
    insta::assert_snapshot!(text);
    let csv = measured.render(Format::Csv).unwrap();
    let row = csv.lines().nth(2).unwrap();
    assert!(row.starts_with("noise_ceiling,8,1,"), "{row}");
    assert_eq!(row.split(',').count(), 26);
    let json: serde_json::Value =
        serde_json::from_str(&measured.render(Format::Json).unwrap()).unwrap();
    assert_eq!(json["noise_ceiling"]["networks"], 8);
}

#[test]
fn without_noise_the_ceiling_is_perfect() {
    // The made-up second seed is better by one percent for every network.
    let jobs: Vec<(u32, u64)> = (0..9).flat_map(|i| [(i, 0), (i, 1)]).collect();
    let measured = table1_with(&table(&jobs), &[], &bootstrap().into()).unwrap();
    let ceiling = measured.noise_ceiling.unwrap();
    assert_eq!(ceiling.networks, 9);
    assert_eq!(ceiling.kd.value, Some(1.0));
    assert!(ceiling.mbr.value.abs() < 1e-12);
}

#[test]
fn without_a_second_seed_the_ceiling_is_not_known() {
    for jobs in [vec![(0, 0), (1, 0), (2, 0)], vec![(0, 0), (0, 1), (1, 0)]] {
        let measured = table1_with(&table(&jobs), &[], &bootstrap().into()).unwrap();
        assert_eq!(measured.noise_ceiling, None);
        let text = measured.render(Format::Text).unwrap();
        assert!(text.contains("The noise ceiling is not known"), "{text}");
        assert_eq!(text.matches("Noise ceiling").count(), 0, "{text}");
    }
}

#[test]
fn synflow_and_its_logarithm_rank_alike() {
    let measured = measured();
    let row = |name: &str| measured.rows.iter().find(|r| r.name == name).unwrap();
    assert_eq!(row("synflow").kd, row("log_synflow").kd);
    assert_eq!(row("synflow").mbr, row("log_synflow").mbr);
}

#[test]
fn the_papers_rows_are_in_its_order_and_lead_nowhere_below_the_oracle() {
    let names: Vec<&str> = paper::TABLE1.iter().map(|row| row.name).collect();
    assert_eq!(names[..4], ["oracle", "flops", "params", "depth"]);
    assert_eq!(names[4..8], ["fisher", "grad_norm", "snip", "grasp"]);
    assert_eq!(names[8..], ["jacob_cov", "plain", "synflow", "ntk", "zen"]);
    let oracle = paper::TABLE1[0].accuracy;
    for row in paper::TABLE1 {
        let pairs = row.accuracy.iter().zip(oracle);
        assert!(pairs.into_iter().all(|(a, best)| *a <= best));
    }
}

#[test]
fn networks_that_nobody_scored_are_left_out() {
    let records = (0..9).map(|i| {
        let mut record = record(i, 0);
        if i == 4 {
            record.scores.remove("naswot");
        }
        record
    });
    let records: Vec<_> = records.collect();
    let metadata = Metadata::from_records(&records).unwrap();
    let table = Table::from_records(metadata, &records).unwrap();
    let found = table1_with(&table, &[], &bootstrap().into()).unwrap();
    assert_eq!((found.about.networks, found.about.unscored), (8, 1));
    assert_eq!(found.about.runs, 8);
    let text = found.render(Format::Text).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("1 network that some proxy has not scored is left out"),
        "{text}"
    );
    // Undefined scores that somebody computed stay: ntk has two.
    assert_eq!(fig2(&[&table]).unwrap().parts[0].about.networks, 9);
}
