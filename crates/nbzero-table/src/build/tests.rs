//! Which records make a table, and which do not.

use crate::sample::{build, definition, record, records, records_of_own_space};
use crate::{Dataset, Direction, Error, Metadata, Outcome, Record, Score, Split, Table};

const ARCH: &str = "r1:8:16x1s2";

fn refused(records: &[Record]) -> String {
    build(records)
        .expect_err("these records must be refused")
        .to_string()
}

#[test]
fn order_and_repetition_do_not_matter() {
    let origin = std::path::Path::new("t.nbz");
    let bytes = |records: &[Record]| build(records).and_then(|table| table.to_bytes(origin));
    let expected = bytes(&records()).expect("valid");
    let mut permuted = records();
    for shift in 0..permuted.len() {
        permuted.rotate_left(1);
        permuted.swap(0, shift);
        assert_eq!(bytes(&permuted).expect("valid"), expected);
    }
    // The same job done twice took another time, nothing else.
    let mut again = records()[0].clone();
    again.seconds.train += 1.0;
    permuted.push(again);
    assert_eq!(bytes(&permuted).expect("valid"), expected);
}

#[test]
fn conflicting_duplicates_name_both() {
    assert_eq!(
        refused(&[record(ARCH, 4, 60.0), record(ARCH, 4, 61.0)]),
        "two records of r1:8:16x1s2 with seed 4 conflict in outcome (trained, test accuracy 60, \
         NAS validation accuracy 30, loss 1.5 against trained, test accuracy 61, \
         NAS validation accuracy 30.5, loss 1.5): remove one of them"
    );
}

#[test]
fn disagreements_name_both_sides() {
    let pair = |change: fn(&mut Record)| {
        let mut other = record(ARCH, 1, 60.0);
        change(&mut other);
        refused(&[record(ARCH, 0, 60.0), other])
    };
    for (message, field) in [
        (
            pair(|r| r.space = "r2-mini".into()),
            "space (\"r1-mini\" against \"r2-mini\")",
        ),
        (
            pair(|r| r.space_definition = Some("widths = [8]".into())),
            "the definition of the space (built in against from a file)",
        ),
        (pair(|r| r.dataset = Dataset::Cifar10), "dataset"),
        (pair(|r| r.classes = 9), "classes (10 against 9)"),
        (pair(|r| r.resolution = 32.into()), "resolution"),
        (pair(|r| r.recipe = "paper".into()), "recipe"),
        (pair(|r| r.recipe_details.push('!')), "the recipe's details"),
        (pair(|r| r.images.push('!')), "the images"),
        (
            pair(|r| r.images_checksum = Some("76543210".into())),
            "the checksum of their images (01234567 against 76543210)",
        ),
        (pair(|r| r.flops = 1), "FLOPs (11000 against 1)"),
        (pair(|r| r.params = 1), "parameters"),
        (pair(|r| r.depth = 1), "depth"),
        (pair(|r| r.stages.clear()), "stages"),
        (
            pair(|r| drop(r.scores.insert("snip".into(), Score::new(1.0)))),
            "the score snip",
        ),
        (
            pair(|r| r.definitions[0].version = 2),
            "the definition of snip",
        ),
    ] {
        assert!(
            message.contains(&format!("disagree in {field}")),
            "{field}: {message}"
        );
        assert!(
            message.contains("the record of r1:8:16x1s2 with seed 1"),
            "{message}"
        );
    }
}

#[test]
fn impossible_numbers_are_refused() {
    let bad = |test_accuracy, train_loss| {
        let outcome = Outcome::Trained {
            test_accuracy,
            nas_validation_accuracy: None,
            train_loss,
        };
        refused(&[Record {
            outcome,
            ..record(ARCH, 0, 50.0)
        }])
    };
    assert!(bad(100.5, 1.0).contains("test accuracy is 100.5"));
    assert!(bad(f64::NAN, 1.0).contains("test accuracy is NaN"));
    assert!(bad(50.0, f64::INFINITY).contains("training loss is inf"));
    let mut endless = record(ARCH, 0, 50.0);
    endless.seconds.score = f64::NAN;
    assert!(refused(&[endless]).contains("score seconds are NaN"));
}

#[test]
fn a_record_without_a_checksum_of_its_images_agrees_with_any() {
    let old = Record {
        version: 1,
        images_checksum: None,
        ..record(ARCH, 0, 50.0)
    };
    assert!(build(&[old, record(ARCH, 1, 50.0)]).is_ok());
}

#[test]
fn no_records_make_no_table() {
    assert!(matches!(build(&[]), Err(Error::NoRecords)));
}

#[test]
fn the_metadata_decides_what_belongs() {
    let records = records();
    let sound = Metadata::from_records(&records).expect("valid");
    let with = |change: fn(&mut Metadata)| {
        let mut metadata = sound.clone();
        change(&mut metadata);
        Table::from_records(metadata, &records).map_err(|error| error.to_string())
    };
    let error = with(|m| m.seeds = vec![0]).expect_err("seed 1 is not listed");
    assert!(
        error.contains("its seed is not in the collection's metadata"),
        "{error}"
    );
    let error = with(|m| drop(m.scores.remove(0))).expect_err("grasp is not defined");
    assert!(
        error.contains("its score grasp has no definition"),
        "{error}"
    );
    let table = with(|m| m.scores.push(definition("zen", Direction::Higher))).expect("valid");
    assert_eq!(table.coverage("zen").ok(), Some(0.0));
    assert_eq!(
        table.scores("zen").expect("defined")[0].reason(),
        Some("not scored")
    );
    let table = with(|m| m.seeds.push(9)).expect("valid");
    assert_eq!(
        table.accuracy(Split::Test, 9).expect("listed"),
        [None, None]
    );
}

#[test]
fn scores_may_come_from_any_record_of_the_architecture() {
    let mut bare = record(ARCH, 0, 50.0);
    bare.scores.clear();
    bare.definitions.clear();
    let table = build(&[bare, record(ARCH, 1, 50.0)]).expect("valid");
    assert!(table.scores("snip").expect("there")[0].value().is_some());
}

#[test]
fn scores_of_several_devices_are_those_of_the_lowest_seed() {
    let on = |device: &str, seed, score| {
        let mut record = record(ARCH, seed, 50.0);
        device.clone_into(&mut record.device);
        record.scores.insert("snip".into(), Score::new(score));
        record
    };
    let (first, second) = (
        on("flex, Avx512 kernels", 0, 2.0),
        on("flex, Avx2 kernels", 1, 2.000_001),
    );
    let snip = |records: &[Record]| {
        let table = build(records).expect("valid");
        assert_eq!(
            table.metadata().device,
            "flex, Avx2 kernels; flex, Avx512 kernels"
        );
        table.scores("snip").expect("there")[0].value()
    };
    assert_eq!(snip(&[first.clone(), second.clone()]), Some(2.0));
    assert_eq!(snip(&[second.clone(), first.clone()]), Some(2.0));
    // The same job done on both.
    let again = on("flex, Avx2 kernels", 0, 2.000_001);
    assert_eq!(
        snip(&[first.clone(), again.clone()]),
        snip(&[again, first.clone()])
    );
    // On one device they are equal, whatever another one says.
    let other = on("flex, Avx2 kernels", 2, 2.1);
    let message = refused(&[first, second, other]);
    assert!(message.contains("disagree in the score snip"), "{message}");
    assert!(
        message.contains("seed 1") && message.contains("seed 2"),
        "{message}"
    );
}

#[test]
fn records_of_another_definition_of_a_space_are_refused() {
    let mut records = records_of_own_space();
    let widths = |d: String| d.replace("widths = [8, 16]", "widths = [8, 16, 24]");
    records[1].space_definition = records[1].space_definition.take().map(widths);
    let message = refused(&records);
    assert!(
        message.contains(
            "the definition of the space (widths = [8, 16] against widths = [8, 16, 24])"
        ),
        "{message}"
    );
}
