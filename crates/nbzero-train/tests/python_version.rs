//! CIFAR's Python version, written by Python from the binary version, loads as the same images.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that says why it skips"
)]

use std::path::Path;
use std::process::Command;

use nbzero_train::{Dataset, DatasetName, load};

/// Writes a file of the Python version; whether there is a Python to do it.
fn write(from: &Path, to: &Path, labels: (&str, &str), protocol: &str) -> bool {
    let python = std::env::var("NBZERO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/python_version.py"
    );
    let (bytes, name) = labels;
    let mut command = Command::new(&python);
    command.arg(script).args([from, to]);
    let Ok(output) = command.args([bytes, name, protocol]).output() else {
        eprintln!("skipped: there is no `{python}` (NBZERO_PYTHON names another one)");
        return false;
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

/// Whether files that Python writes of a dataset give the images of the binary version.
fn check(name: DatasetName, labels: (&str, &str), files: &[[&str; 2]], protocol: &str) {
    let images = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/images"
    ));
    if !images.is_dir() {
        eprintln!(
            "skipped: no folder {} to read {name} from",
            images.display()
        );
        return;
    }
    let binary: Dataset = load(name, images).unwrap();
    let folder = binary.files[0].parent().unwrap();
    let python = tempfile::tempdir().unwrap();
    for [from, to] in files {
        let (from, to) = (folder.join(from), python.path().join(to));
        if !write(&from, &to, labels, protocol) {
            return;
        }
    }
    let python = load(name, python.path()).unwrap();
    assert!(python.train == binary.train && python.test == binary.test);
    assert_eq!(python.train.checksum(), binary.train.checksum());
}

#[test]
fn cifar10() {
    let files = [
        ["data_batch_1.bin", "data_batch_1"],
        ["data_batch_2.bin", "data_batch_2"],
        ["test_batch.bin", "test_batch"],
    ];
    check(DatasetName::Cifar10, ("1", "labels"), &files, "2");
}

#[test]
fn cifar100() {
    let files = [["train.bin", "train"], ["test.bin", "test"]];
    check(DatasetName::Cifar100, ("2", "fine_labels"), &files, "4");
}
