//! `cargo xtask bench` up to where it would start a benchmark: a script stands for cargo.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assert_cmd::Command;
use common::{stderr, stdout};

/// An empty workspace. One test at a time: a script that is still open for writing in a process that
/// another thread is just starting cannot be run ("text file busy").
fn workspace() -> (tempfile::TempDir, MutexGuard<'static, ()>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    (tempfile::tempdir().unwrap(), guard)
}

/// In the place of `python3`: says that it can make environments, and `-m venv FOLDER` makes one
/// whose python only exits.
fn venv(code: u8) -> String {
    format!(
        "[ \"$1\" = -c ] && exit 0\nmkdir -p \"$3/bin\"\n\
         printf '#!/bin/sh\\nexit {code}\\n' > \"$3/bin/python3\"\nchmod +x \"$3/bin/python3\""
    )
}

/// An executable shell script.
fn script(path: PathBuf, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The command in an empty workspace, with a cargo that prints its arguments.
fn xtask(root: &Path) -> Command {
    let cargo = script(root.join("cargo"), "echo \"$@\"");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .env("CARGO", cargo)
        .arg("bench");
    command
}

#[test]
fn a_named_python_and_the_benchmarks_own_options_are_passed_on() {
    let (root, _alone) = workspace();
    let python = script(root.path().join("a python"), "exit 0");
    let mut command = xtask(root.path());
    command
        .args(["conv", "--threads", "1", "--torch"])
        .arg(&python);
    assert_eq!(
        stdout(command.args(["--", "--rounds", "5"])),
        format!(
            "bench --package nbzero-ops --bench conv -- --threads 1 --torch {} --rounds 5\n",
            python.display()
        )
    );
}

#[test]
fn a_complete_environment_is_used_again() {
    let (root, _alone) = workspace();
    let folder = root.path().join("target/tools/torch");
    let python = script(folder.join("bin/python3"), "exit 0");
    fs::write(folder.join("complete"), "torch==2.9.0\nnumpy").unwrap();
    let said = stdout(xtask(root.path()).arg("proxies"));
    assert_eq!(
        said,
        format!(
            "run --release --package nbzero-benches --bin against_pytorch -- --threads 2 --torch \
             {}\n",
            python.display()
        )
    );
}

#[test]
fn a_half_made_environment_is_made_anew() {
    let (root, _alone) = workspace();
    let folder = root.path().join("target/tools/torch");
    script(folder.join("bin/python3"), "exit 1");
    fs::write(folder.join("left-over"), "").unwrap();
    let programs = script(root.path().join("programs/python3"), &venv(0));
    let path = format!("{}:/usr/bin:/bin", programs.parent().unwrap().display());
    stdout(xtask(root.path()).env("PATH", path).arg("norm"));
    assert!(!folder.join("left-over").exists());
    let marker = fs::read_to_string(folder.join("complete")).unwrap();
    assert_eq!(marker, "torch==2.9.0\nnumpy");
}

#[test]
fn a_machine_without_python_is_told_what_to_do() {
    let (root, _alone) = workspace();
    let said = stderr(
        xtask(root.path()).env("PATH", root.path()).arg("proxies"),
        2,
    );
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("error: PyTorch needs `python3`"), "{said}");
    assert!(!root.path().join("target/tools/torch/complete").exists());
}

#[test]
fn failures_of_venv_and_of_pip_are_told_apart_and_leave_no_marker() {
    let (root, _alone) = workspace();
    let programs = root.path().join("programs");
    let path = format!("{}:/usr/bin:/bin", programs.display());
    for (python3, expected) in [
        (
            "[ \"$1\" = -c ]".to_owned(),
            "error: `python3 -m venv` ended",
        ),
        (venv(1), "error: cannot fill "),
    ] {
        script(programs.join("python3"), &python3);
        let said = stderr(xtask(root.path()).env("PATH", &path).arg("conv"), 1);
        assert!(said.lines().last().unwrap().starts_with(expected), "{said}");
        assert!(!root.path().join("target/tools/torch/complete").exists());
    }
}

#[test]
fn a_named_python_without_torch_is_bad_input() {
    let (root, _alone) = workspace();
    let python = script(root.path().join("python"), "exit 1");
    let mut command = xtask(root.path());
    let said = stderr(command.args(["norm", "--torch"]).arg(&python), 2);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("cannot import torch and numpy"), "{said}");
}

#[test]
fn the_machine_needs_no_python() {
    let (root, _alone) = workspace();
    assert_eq!(
        stdout(xtask(root.path()).env("PATH", "").arg("machine")),
        "run --release --package nbzero-benches --bin machine\n"
    );
}
