//! Recipes beside a reference training, on small made-up tables.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{bootstrap, record, renamed};
use nbzero_report::{Error, Exhibit, Format, Recipes, recipes};
use nbzero_table::{Dataset, Metadata, Outcome, Record, Table};

/// The reference: nine networks, the first two with two seeds.
fn long() -> Table {
    made_by(
        "long: 150 epochs of batch 128, learning rate 0.1",
        9,
        |accuracy| accuracy,
    )
}

fn made_by(details: &str, networks: u32, change: impl Fn(f64) -> f64) -> Table {
    let jobs = (0..networks).map(|i| (i, 0)).chain([(0, 1), (1, 1)]);
    let change = |mut record: Record| {
        if let Outcome::Trained { test_accuracy, .. } = &mut record.outcome {
            *test_accuracy = change(*test_accuracy);
        }
        record.recipe_details = details.into();
        record
    };
    let records: Vec<Record> = jobs.map(|(i, seed)| change(record(i, seed))).collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}

fn three() -> Recipes {
    let halved = made_by(
        "short: 8 epochs of batch 128, learning rate 0.1",
        6,
        |accuracy| accuracy / 2.0,
    );
    let reversed = made_by(
        "short: 4 epochs of batch 128, learning rate 0.2",
        9,
        |accuracy| 100.0 - accuracy,
    );
    recipes(&[&long(), &halved, &reversed], bootstrap()).unwrap()
}

#[test]
fn a_recipe_is_judged_by_the_reference_on_the_networks_of_both() {
    let found = three();
    let [reference, halved, reversed] = &found.rows[..] else {
        panic!("{found:?}")
    };
    assert_eq!(reference.recipe, "long: 150 epochs");
    assert_eq!(
        (reference.networks, reference.sr, reference.kd),
        (9, None, None)
    );
    assert_eq!(halved.recipe, "short: 8 epochs");
    assert_eq!((halved.networks, halved.twice), (6, 2));
    assert!((halved.sr.unwrap().value - 1.0).abs() < 1e-12);
    assert_eq!(reversed.recipe, "short: 4 epochs; learning rate 0.2");
    assert!((reversed.sr.unwrap().value + 1.0).abs() < 1e-12);
    assert!((reversed.kd.unwrap().value + 1.0).abs() < 1e-12);
    let sign = |row: &nbzero_report::RecipeRow| row.flops.unwrap().value.signum();
    assert!((sign(reference) + sign(reversed)).abs() < 1e-12);
    // Made up with params in the order of FLOPs: nothing is left to correlate.
    assert!(reference.params_given_costs.is_none());
    // All are of one width: holding it constant changes nothing.
    let value = |found: Option<nbzero_report::Estimate>| found.unwrap().value;
    let (costs, width) = (reference.depth_given_costs, reference.depth_given_width);
    assert!((value(costs) - value(width)).abs() < 1e-9);
}

#[test]
fn every_format_has_every_recipe() {
    let found = three();
    for format in [Format::Text, Format::Markdown, Format::Csv, Format::Json] {
        let text = found.render(format).unwrap();
        for recipe in ["long: 150 epochs", "short: 8 epochs", "short: 4 epochs"] {
            assert!(text.contains(recipe), "{text}");
        }
    }
}

#[test]
fn recipes_of_other_networks_are_refused() {
    let other = renamed("r2-mini", Dataset::ImageNet16Tiny);
    let error = recipes(&[&long(), &other], bootstrap()).unwrap_err();
    assert!(matches!(error, Error::OtherNetworks { .. }), "{error}");
    assert!(
        error.to_string().contains("r2-mini on imagenet16-tiny"),
        "{error}"
    );
    let error = recipes(&[], bootstrap()).unwrap_err();
    assert!(matches!(error, Error::NoTables { .. }), "{error}");
}
