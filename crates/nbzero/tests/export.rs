//! What `nbzero export` writes, read back by the programs that will read it.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::process::Command;

use common::{refusal, stdout, table};
use tempfile::TempDir;

/// Reads a file into rows of Python values, with whichever of two libraries is there.
const READ: &str = r#"
import json, sys
path = sys.argv[1]
try:
    import polars
    rows = (polars.read_csv if path.endswith(".csv") else polars.read_parquet)(path).rows(named=True)
except ImportError:
    try:
        if path.endswith(".csv"):
            import pyarrow.csv
            rows = pyarrow.csv.read_csv(path).to_pylist()
        else:
            import pyarrow.parquet
            rows = pyarrow.parquet.read_table(path).to_pylist()
    except ImportError:
        sys.exit(77)
print(json.dumps(rows))
"#;

/// What Python reads from the file; `None`, with a reason on standard output, where it cannot.
fn read_by_python(path: &str) -> Option<serde_json::Value> {
    let python = std::env::var("NBZERO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python).args(["-c", READ, path]).output();
    let Ok(output) = output else {
        println!("skipped: there is no `{python}` (NBZERO_PYTHON names another one)");
        return None;
    };
    if output.status.code() == Some(77) {
        println!(
            "skipped: `{python}` has neither polars nor pyarrow (NBZERO_PYTHON names another)"
        );
        return None;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn check(rows: &serde_json::Value) {
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 4);
    let names = [
        "arch",
        "flops",
        "params",
        "depth",
        "seed",
        "test_accuracy",
        "nas_validation_accuracy",
        "diverged_in_epoch",
        "grasp",
        "snip",
    ];
    let found: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(found.len(), names.len());
    assert!(names.iter().all(|name| rows[0].get(name).is_some()));
    // Rows are in the order of the architectures' names, then of the seeds.
    assert_eq!(rows[0]["arch"], common::ARCHS[1]);
    assert!(rows[0]["grasp"].is_null(), "undefined");
    assert_eq!(rows[2]["arch"], common::ARCHS[0]);
    assert_eq!((&rows[1]["seed"], &rows[2]["seed"]), (&0.into(), &1.into()));
    assert_eq!(rows[2]["flops"], 414_000);
    assert_eq!(rows[2]["test_accuracy"], 62.75);
    assert_eq!(rows[2]["nas_validation_accuracy"], 62.75 + 0.1);
    assert_eq!(rows[2]["grasp"], 0.1);
    assert_eq!(rows[2]["snip"], 2.9e61);
    // Nothing but a diverged training: no accuracy, but not lost.
    assert_eq!(rows[3]["arch"], common::ARCHS[2]);
    assert_eq!(
        (&rows[3]["seed"], &rows[3]["diverged_in_epoch"]),
        (&0.into(), &2.into())
    );
    assert!(rows[3]["test_accuracy"].is_null() && rows[2]["diverged_in_epoch"].is_null());
}

#[test]
fn csv_is_written_and_read_back() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("table.csv");
    let out = out.to_str().unwrap();
    let text = stdout(&["export", &table(&folder), out]);
    assert!(text.contains("table.csv: 3 architectures"), "{text}");
    insta::assert_snapshot!("csv", fs::read_to_string(out).unwrap());
    if let Some(rows) = read_by_python(out) {
        check(&rows);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_written_and_read_back() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("table.parquet");
    let out = out.to_str().unwrap();
    stdout(&["export", &table(&folder), out]);
    let bytes = fs::read(out).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    if let Some(rows) = read_by_python(out) {
        check(&rows);
    }
}

#[test]
fn what_cannot_be_written_gets_one_clear_sentence() {
    let folder = TempDir::new().unwrap();
    let table = table(&folder);
    let unknown = refusal(&["export", &table, "table.xlsx"]);
    assert!(
        unknown.contains("`table.xlsx` names no format: end it with .csv or .parquet"),
        "{unknown}"
    );
    let missing = refusal(&["export", "/no/such.nbz", "table.csv"]);
    assert!(missing.contains("/no/such.nbz does not exist"), "{missing}");
    let nowhere = refusal(&["export", &table, "/no/such/folder/table.csv"]);
    assert!(
        nowhere.contains("there is no folder /no/such/folder"),
        "{nowhere}"
    );
    let place = folder.path().join("folder.csv");
    fs::create_dir(&place).unwrap();
    let is_folder = refusal(&["export", &table, place.to_str().unwrap()]);
    assert!(
        is_folder.contains("this is a folder: name a file in it"),
        "{is_folder}"
    );
    fs::remove_dir(place).unwrap();
    let kept = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(kept, 1, "only the table");
}
