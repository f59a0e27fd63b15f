//! `cargo xtask epochs` on the published curves.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says where, and one that is skipped says why"
)]

mod common;

use std::path::Path;

use assert_cmd::Command;
use common::{stderr, stdout};

fn epochs(file: &str) -> Command {
    let mut command = Command::cargo_bin("xtask").unwrap();
    command.args(["epochs", file]);
    command
}

#[test]
fn each_row_has_its_number_of_epochs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../shared/tables/naap-440.csv.gz");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let printed = stdout(&mut epochs(path.to_str().unwrap()));
    let rows: Vec<&str> = printed.lines().skip(2).collect();
    assert_eq!(rows.len(), 11);
    // Independently computed: Spearman of accuracies, then of sums of losses.
    assert!(rows[4].starts_with("| 12 | 0.942 ("), "{printed}");
    assert!(rows[4].contains(" | 0.896 ("), "{printed}");
    assert!(
        rows[10].starts_with("| 90 | 1.000 (1.000 to 1.000)"),
        "{printed}"
    );
}

#[test]
fn another_file_is_refused_with_the_column_that_is_missing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "arch,params\n8:8:8:8:8,11714\n").unwrap();
    let refused = stderr(&mut epochs(file.path().to_str().unwrap()), 2);
    assert!(refused.contains("no column \"ModelId\""), "{refused}");
    let missing = stderr(&mut epochs("no-such-file"), 2);
    assert!(missing.contains("no-such-file"), "{missing}");
}
