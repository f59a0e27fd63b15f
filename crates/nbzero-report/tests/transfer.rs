//! Tables 2 and 3 of small made-up tables.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{bootstrap, renamed, ten_networks};
use nbzero_report::{Error, Exhibit, Format, Transfer, paper, table2, table2_with, table3_with};
use nbzero_table::Dataset;

fn three_datasets() -> Transfer {
    let (a, b) = (
        renamed("r1-mini", Dataset::Cifar10),
        renamed("r1-mini", Dataset::Cifar100),
    );
    table2_with(&[&a, &b, &ten_networks()], bootstrap()).unwrap()
}

#[test]
fn text_of_three_datasets_fits_a_terminal() {
    let text = three_datasets().render(Format::Text).unwrap();
    insta::assert_snapshot!(text);
    assert!(text.lines().all(|line| line.chars().count() <= 120));
}

#[test]
fn every_number_of_csv_has_a_column() {
    let csv = three_datasets().render(Format::Csv).unwrap();
    let fields = |line: &str| line.split(',').count();
    assert!(csv.lines().all(|line| fields(line) == 1 + 3 * 12), "{csv}");
    let header = csv.lines().next().unwrap();
    assert!(header.contains("r1-mini_cifar10_mbr,r1-mini_cifar10_mbr_paper"));
    assert!(header.contains("r1-mini_cifar100_accuracy_low"));
}

#[test]
fn spaces_stand_beside_the_papers_own() {
    let tables = ["r1-mini", "r2-mini", "nb201"].map(|space| renamed(space, Dataset::Cifar100));
    let table3 = table3_with(&tables.each_ref(), bootstrap()).unwrap();
    let synflow = table3.parts.iter().map(|part| {
        let row = part.rows.iter().find(|row| row.judged.name == "synflow");
        row.unwrap().paper.map(|pick| pick.mbr)
    });
    assert_eq!(
        synflow.collect::<Vec<_>>(),
        [Some(0.102), Some(0.057), None]
    );
    let json: serde_json::Value =
        serde_json::from_str(&table3.render(Format::Json).unwrap()).unwrap();
    assert_eq!(json["parts"][0]["rows"][0]["name"], "oracle");
    assert_eq!(json["parts"][0]["rows"][0]["mbr"]["value"], 0.0);
    assert_eq!(json["parts"][1]["about"]["space"], "r2-mini");
}

#[test]
fn the_accuracy_is_that_of_the_pick_without_a_budget() {
    let row = &three_datasets().parts[2].rows[1].judged;
    assert_eq!(row.name, "flops");
    assert_eq!(row.budgets[4].candidates, 9);
    assert!((row.budgets[4].accuracy.value - 43.0).abs() < 1e-9);
    assert_eq!(row.verdict, None);
}

#[test]
fn no_table_is_an_error() {
    let error = table2(&[]).unwrap_err();
    assert!(matches!(error, Error::NoTables { report: "table2" }));
}

#[test]
fn the_row_that_both_tables_print_is_table_1s() {
    // The paper contradicts itself on ntk: 71.1 in Table 1, 71.5 in Tables 2 and 3.
    for pick in paper::TABLE3[0].1.iter().filter(|p| p.name != "ntk") {
        let row = paper::table1_row(pick.name).unwrap();
        assert_eq!((pick.mbr, pick.accuracy), (row.mbr, row.accuracy[4]));
    }
}
