//! `cargo xtask reproduce` on a small table, as a user runs it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use common::{stderr, stdout};
use nbzero_table::{
    Dataset, Direction, Metadata, Outcome, Record, Score, ScoreDefinition, Seconds,
    StageAttributes, Table,
};

/// A workspace with a table where it belongs; networks are trained or diverged.
fn workspace(trained: bool) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("data/short")).unwrap();
    let records: Vec<Record> = (1..=6).map(|i| record(i, trained)).collect();
    let metadata = Metadata::from_records(&records).unwrap();
    let table = Table::from_records(metadata, &records).unwrap();
    // The same trainings as the short ones and as those of few epochs.
    for name in ["short/r1-mini-cifar100", "r1-mini-cifar100"] {
        table
            .write(root.path().join(format!("data/{name}.nbz")))
            .unwrap();
    }
    root
}

fn record(i: u32, trained: bool) -> Record {
    let outcome = if trained {
        Outcome::Trained {
            test_accuracy: 40.0 + f64::from(i),
            nas_validation_accuracy: None,
            train_loss: 1.0,
        }
    } else {
        Outcome::Diverged {
            epoch: 1,
            reason: "made up".into(),
        }
    };
    let stage = StageAttributes {
        input: 8,
        output: 8,
        stride: 2,
        depth: 1,
    };
    Record {
        version: nbzero_table::Record::version_of(16.into()),
        arch: format!("r1:8:8x1s2,16x1s2,{}x1s2", 16 * i),
        space: "r1-mini".into(),
        space_definition: None,
        dataset: Dataset::Cifar100,
        classes: 100,
        resolution: 16.into(),
        recipe: "mini".into(),
        recipe_details: String::new(),
        images: "all training images".into(),
        images_checksum: None,
        seed: 0,
        flops: 1_000_000 * u64::from(i),
        params: 10_000 * u64::from(i),
        depth: 8,
        stages: vec![stage; 3],
        outcome,
        scores: BTreeMap::from([("synflow".into(), Score::new(f64::from(i)))]),
        definitions: vec![ScoreDefinition {
            name: "synflow".into(),
            version: 1,
            direction: Direction::Higher,
            settings: "made up".into(),
        }],
        seconds: Seconds {
            train: 1.0,
            score: 1.0,
        },
        software: "0.1.0".into(),
        device: "made up".into(),
    }
}

/// The command as cargo starts it in that workspace, from some other folder.
fn xtask(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .current_dir(std::env::temp_dir());
    command
}

#[test]
fn table1_prints_the_default_table_as_text() {
    let root = workspace(true);
    let text = stdout(xtask(root.path()).args(["reproduce", "table1"]));
    assert!(text.starts_with("Table 1: "), "{text}");
    let synflow = text.lines().find(|line| line.contains("synflow")).unwrap();
    assert!(synflow.contains("1.000"), "{synflow}");
    assert!(
        text.contains("Measured: 6 networks of r1-mini on cifar100"),
        "{text}"
    );
}

#[test]
fn out_writes_whole_files_and_leaves_nothing_else() {
    let root = workspace(true);
    let out = root.path().join("some/reports");
    for (format, extension) in [
        ("text", "txt"),
        ("markdown", "md"),
        ("csv", "csv"),
        ("json", "json"),
    ] {
        let mut command = xtask(root.path());
        let said = stdout(
            command
                .args(["reproduce", "table1", "--format", format, "--out"])
                .arg(&out),
        );
        let file = out.join(format!("table1.{extension}"));
        assert!(
            said.contains(&format!("wrote {}\n", file.display())),
            "{said}"
        );
        let printed = stdout(xtask(root.path()).args(["reproduce", "table1", "--format", format]));
        assert_eq!(fs::read_to_string(file).unwrap(), printed);
    }
    assert_eq!(fs::read_dir(out).unwrap().count(), 4);
}

#[test]
fn every_figure_is_written_as_numbers_and_as_pictures() {
    let root = workspace(true);
    let out = root.path().join("report");
    let figures = [
        "fig1", "fig2", "fig3", "fig4", "fig5", "fig6", "fig8", "fig9", "fig10",
    ];
    for figure in figures {
        let mut command = xtask(root.path());
        stdout(command.args(["reproduce", figure, "--out"]).arg(&out));
        for extension in ["txt", "svg", "png"] {
            let file = out.join(format!("{figure}.{extension}"));
            assert!(
                fs::metadata(&file).unwrap().len() > 100,
                "{}",
                file.display()
            );
        }
    }
    for table in ["table2", "table3"] {
        let text = stdout(xtask(root.path()).args(["reproduce", table, "--format", "csv"]));
        assert!(text.contains("synflow"), "{text}");
    }
}

#[test]
fn tables_that_are_given_are_compared_in_their_order() {
    let root = workspace(true);
    let table = root.path().join("data/r1-mini-cifar100.nbz");
    let mut command = xtask(root.path());
    command.args(["reproduce", "table3", "--format", "json"]);
    let twice = stdout(
        command
            .arg("--table")
            .arg(&table)
            .arg("--table")
            .arg(&table),
    );
    let parts: serde_json::Value = serde_json::from_str(&twice).unwrap();
    assert_eq!(parts["parts"].as_array().unwrap().len(), 2);
}

#[test]
fn a_missing_table_is_one_sentence_and_code_2() {
    let root = tempfile::tempdir().unwrap();
    let said = stderr(xtask(root.path()).args(["reproduce", "table1"]), 2);
    let table = root.path().join("data/short/r1-mini-cifar100.nbz");
    assert_eq!(
        said,
        format!(
            "error: there is no table at {}: make one with `nbzero collect` and `nbzero merge`, or \
             give another one with --table\n",
            table.display()
        )
    );
}

#[test]
fn a_file_that_is_no_table_is_one_sentence_and_code_2() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("notes.txt");
    fs::write(
        &path,
        "these are notes, and they are longer than a header of some bytes",
    )
    .unwrap();
    let mut command = xtask(root.path());
    let said = stderr(
        command.args(["reproduce", "table1", "--table"]).arg(&path),
        2,
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("notes.txt is not an nbzero table"), "{said}");
}

#[test]
fn a_table_without_accuracies_is_bad_input() {
    let root = workspace(false);
    let said = stderr(xtask(root.path()).args(["reproduce", "table1"]), 2);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("none of the table's 6 networks has a test accuracy"),
        "{said}"
    );
}

#[test]
fn an_unwritable_folder_is_a_failed_run() {
    let root = workspace(true);
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    let mut command = xtask(root.path());
    let said = stderr(
        command
            .args(["reproduce", "table1", "--out"])
            .arg(file.join("sub")),
        1,
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("error: cannot write "), "{said}");
}

#[test]
fn unknown_targets_and_formats_name_what_exists() {
    let root = tempfile::tempdir().unwrap();
    let said = stderr(xtask(root.path()).args(["reproduce", "table9"]), 2);
    assert!(said.contains("[possible values: table1, table2,"), "{said}");
    let mut command = xtask(root.path());
    let said = stderr(command.args(["reproduce", "table1", "--format", "pdf"]), 2);
    assert!(
        said.contains("[possible values: text, markdown, csv, json]"),
        "{said}"
    );
}
