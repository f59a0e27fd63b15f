//! `cargo xtask setup` on a machine that lacks what it needs.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use assert_cmd::Command;

/// What `setup` says in a folder whose machine has no programs at all.
fn refused(root: &Path, options: &[&str]) -> String {
    let mut command = Command::cargo_bin("xtask").unwrap();
    let assert = command
        .arg("setup")
        .args(options)
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .env("PATH", root)
        .assert()
        .code(2)
        .stdout("");
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn pytorch_without_python_is_one_sentence_that_says_what_to_install() {
    let root = tempfile::tempdir().unwrap();
    let error = refused(root.path(), &["--tch"]);
    assert!(
        error.starts_with("error: PyTorch needs `python3`"),
        "{error}"
    );
    assert!(error.contains("apt-get install"), "{error}");
    assert!(!root.path().join("target/tools/torch").exists());
}

#[test]
fn missing_compilers_are_one_sentence_that_says_what_to_install() {
    let root = tempfile::tempdir().unwrap();
    let error = refused(root.path(), &[]);
    let needs = "error: XGBoost is compiled from source, which needs cmake and a C++ compiler";
    assert!(error.starts_with(needs), "{error}");
    assert!(error.contains("dnf install"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}
