//! Reports on predicted accuracies: named as such, with intervals that hold what is not known of them.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::float_cmp, reason = "the same numbers in the same order")]

mod common;

use std::collections::BTreeMap;

use common::{bootstrap, renamed};
use nbzero_report::{Contest, Format, Kind, Table1, claims, fig1, fig3, leaderboard, table1};
use nbzero_table::{
    Dataset, Metadata, PredictedNetwork, Prediction, Row, ScoreDefinition, Split, Table,
};

fn measured() -> Table {
    renamed("r1-mini", Dataset::Cifar100)
}

/// The networks of the measured table, predicted as they were measured, with so many joint draws.
fn predicted(draws: usize, deviation: f64) -> Table {
    let measured = measured();
    let network = |row: Row<'_>| {
        let mean = row.mean_accuracy(Split::Test).unwrap();
        let wave = |draw: usize| ((row.index() * 37 + draw * 101) as f64).sin();
        PredictedNetwork {
            arch: row.arch().to_owned(),
            flops: row.flops().unwrap(),
            params: row.params().unwrap(),
            depth: row.depth().unwrap(),
            stages: row.stages().to_vec(),
            prediction: Prediction { mean, deviation },
            draws: (0..draws)
                .map(|draw| mean + 1.4 * deviation * wave(draw))
                .collect(),
        }
    };
    let metadata = Metadata {
        seeds: Vec::new(),
        scores: Vec::new(),
        ..measured.metadata().clone()
    };
    let networks = measured.rows().map(network).collect();
    let table = Table::from_predictions(metadata, networks, "made up".into()).unwrap();
    let definitions: Vec<ScoreDefinition> = measured.metadata().scores.clone();
    let of = |row: Row<'_>| {
        let scores = definitions.iter().map(|definition| {
            let column = measured.scores(&definition.name).unwrap();
            column[row.index()].clone()
        });
        (row.arch().to_owned(), scores.collect())
    };
    let scores: BTreeMap<_, _> = measured.rows().map(of).collect();
    table.rescored(definitions, &scores).unwrap()
}

/// A proxy with its tau, its mBR and the ends of that one's interval.
type Numbers = (String, Option<f64>, f64, Option<[f64; 2]>);

fn numbers(table: &Table1) -> Vec<Numbers> {
    let rows = table.rows.iter().map(|row| {
        let interval = row.mbr.interval.map(|found| [found.low, found.high]);
        (row.name.clone(), row.kd.value, row.mbr.value, interval)
    });
    rows.collect()
}

#[test]
fn what_is_known_to_the_last_digit_is_judged_as_if_it_was_measured() {
    let (certain, measured) = (table1(&predicted(7, 0.0)), table1(&measured()));
    assert_eq!(numbers(&certain.unwrap()), numbers(&measured.unwrap()));
}

#[test]
fn draws_move_intervals_and_not_values() {
    let (certain, doubtful) = (predicted(50, 0.0), predicted(50, 4.0));
    let (certain, doubtful) = (table1(&certain).unwrap(), table1(&doubtful).unwrap());
    let widths = |table: &Table1| -> f64 {
        let widths = table.rows.iter().skip(1).filter_map(|row| row.mbr.interval);
        widths.map(|interval| interval.high - interval.low).sum()
    };
    assert!(widths(&doubtful) > 1.2 * widths(&certain));
    let values = |table: &Table1| -> Vec<_> {
        let values = numbers(table).into_iter();
        values.map(|(name, kd, mbr, _)| (name, kd, mbr)).collect()
    };
    assert_eq!(values(&doubtful), values(&certain));
}

#[test]
fn draws_move_intervals_of_what_is_chosen_on_other_networks() {
    let width = |table: &Table| {
        let found = claims(&[table], None, bootstrap()).unwrap();
        let numbers = found.claims.iter().flat_map(|claim| &claim.readings);
        let numbers = numbers.flat_map(|reading| &reading.numbers);
        let split = numbers.filter(|n| n.what.contains("chosen and judged on different"));
        let intervals = split.filter_map(|number| number.estimate.interval);
        intervals.map(|i| i.high - i.low).sum::<f64>()
    };
    let measured = width(&measured());
    assert!(measured > 0.0);
    assert_eq!(width(&predicted(7, 0.0)), measured);
    let doubtful = width(&predicted(50, 4.0));
    assert!(doubtful > 1.05 * measured, "{doubtful} {measured}");
}

#[test]
fn every_part_says_that_they_are_predicted() {
    let table = predicted(20, 1.0);
    let text = table1(&table).unwrap().render(Format::Text).unwrap();
    let wanted = "Predicted, not measured: 9 networks of r1-mini on cifar100";
    // Lines of a terminal are broken anywhere.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("the next of 20 joint draws"), "{text}");
    let json = table1(&table).unwrap().render(Format::Json).unwrap();
    assert!(json.contains("\"details\": \"made up\""), "{json}");
    let measured = measured();
    let both = [&measured, &table];
    let parts: [Box<dyn nbzero_report::Exhibit>; 2] = [
        Box::new(fig1(&both, bootstrap()).unwrap()),
        Box::new(fig3(&both, bootstrap()).unwrap()),
    ];
    for part in parts {
        let text = part.render(Format::Markdown).unwrap();
        assert!(text.contains("cifar100, predicted"), "{text}");
        let csv = part.render(Format::Csv).unwrap();
        assert!(csv.contains(",r1-mini_cifar100_predicted_"), "{csv}");
    }
}

#[test]
fn without_draws_nothing_is_judged() {
    let refused = table1(&predicted(0, 1.0)).unwrap_err().to_string();
    assert!(
        refused.contains("9 networks are predicted, not measured") && refused.contains("--draws"),
        "{refused}"
    );
}

#[test]
fn the_leaderboard_takes_measured_accuracies_alone() {
    let table = predicted(5, 1.0);
    let contest = Contest {
        name: "r1-mini, cifar100".into(),
        family: "r1".into(),
        kind: Kind::Benchmark,
        scored: "made up".into(),
        table: &table,
        seconds: BTreeMap::new(),
    };
    let refused = leaderboard(&[contest], bootstrap())
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("only measured ones are compared"),
        "{refused}"
    );
}
