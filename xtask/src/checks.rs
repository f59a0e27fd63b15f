//! `cargo xtask test`: everything that must hold for a change, cheapest first.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::failure::Failure;
use crate::{book, native, python, tidy};

/// Runs the checks in order and stops at the first that fails; their output is not touched.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    step("format", || cargo(root, "fmt --all --check", &[]))?;
    step("tidy", || tidy::require(root))?;
    step("compilers", native::install_xgboost)?;
    let clippy = "clippy --workspace --all-targets -- -D warnings";
    step("clippy", || cargo(root, clippy, &[]))?;
    let least = "clippy -p nbzero --no-default-features -- -D warnings";
    step("clippy, the least features", || cargo(root, least, &[]))?;
    step("test", || cargo(root, "test --workspace", &[]))?;
    for isa in lower_instruction_sets() {
        let reference = "test --workspace --test oracle --test since_2021";
        let forced = [("NBZERO_SIMD", isa)];
        step(&format!("reference values, {isa}"), || {
            cargo(root, reference, &forced)
        })?;
    }
    announce("python")?;
    python::test(root)?;
    let deny = [("RUSTDOCFLAGS", "-D warnings")];
    step("doc", || cargo(root, "doc --workspace --no-deps", &deny))?;
    step("book", || book::build(root))?;
    announce("all checks passed")?;
    Ok(())
}

/// Those that the kernels have code for, below the best of this machine: all tests ran with that.
fn lower_instruction_sets() -> Vec<&'static str> {
    let mut lower = vec!["portable"];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        lower.push("avx2");
    }
    lower
}

fn step(name: &str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    announce(name)?;
    check().with_context(|| format!("the check \"{name}\" failed"))
}

fn announce(what: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "==> {what}").context("cannot write to standard output")
}

/// Runs cargo with arguments that have no blanks of their own.
pub(crate) fn cargo(root: &Path, arguments: &str, variables: &[(&str, &str)]) -> Result<()> {
    let mut command = cargo_command(root, arguments);
    command.envs(variables.iter().copied());
    succeed(&mut command, &format!("cargo {arguments}"))
}

/// Cargo with such arguments, not yet started.
pub(crate) fn cargo_command(root: &Path, arguments: &str) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments.split_whitespace());
    // Cargo sets these for us; another build must not see what it would itself set.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end; anything but success is an error that names it.
pub(crate) fn succeed(command: &mut Command, name: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !status.success() {
        bail!("`{name}` ended with {status}");
    }
    Ok(())
}

/// Whether a program can be started and says its version.
pub(crate) fn runs(program: impl AsRef<OsStr>) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
