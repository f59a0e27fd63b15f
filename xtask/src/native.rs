//! What compiling XGBoost needs beside Rust, and how a machine gets it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::checks::{runs, succeed};

/// How to install what is missing, by hand.
const BY_HAND: &str = "Debian and Ubuntu: apt-get install cmake g++ libclang-dev; Fedora: dnf \
                       install cmake gcc-c++ clang-devel; macOS: brew install cmake llvm libomp";

/// Names the parts that are missing.
fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !runs("cmake") {
        missing.push("cmake");
    }
    if !runs("c++") {
        missing.push("a C++ compiler");
    }
    if !has_libclang() {
        missing.push("libclang");
    }
    missing
}

/// Whether libclang is where its development packages put it. (The library alone, which other
/// packages bring along, lacks the headers that go with it.)
fn has_libclang() -> bool {
    let entries = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    // The library alone is called libclang.so.1.
    let is_libclang = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name == "libclang.so" || name == "libclang.dylib"
    };
    // Debian has a folder for each release of LLVM.
    let of_releases = entries(Path::new("/usr/lib"))
        .into_iter()
        .map(|path| path.join("lib"));
    let others = [
        "/usr/lib64",
        "/opt/homebrew/opt/llvm/lib",
        "/usr/local/opt/llvm/lib",
    ];
    let mut folders = of_releases.chain(others.map(PathBuf::from));
    std::env::var_os("LIBCLANG_PATH").is_some()
        || folders.any(|folder| entries(&folder).iter().any(is_libclang))
}

/// Fails with a sentence where something is missing.
pub(crate) fn require_xgboost() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    Err(anyhow!(
        "XGBoost is compiled from source, which needs {}: run `cargo xtask setup`, or install it by \
         hand ({BY_HAND})",
        missing.join(" and ")
    ))
}

/// Installs what is missing with Debian's package manager; elsewhere says what to install.
pub(crate) fn install_xgboost() -> Result<()> {
    if missing().is_empty() {
        return Ok(());
    }
    let apt = |arguments: &[&str]| {
        let mut command = if runs("sudo") && !is_root() {
            let mut command = Command::new("sudo");
            command.arg("apt-get");
            command
        } else {
            Command::new("apt-get")
        };
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments);
        command
    };
    if runs("apt-get") {
        succeed(&mut apt(&["update"]), "apt-get update")?;
        let packages = [
            "install",
            "-y",
            "--no-install-recommends",
            "cmake",
            "g++",
            "libclang-dev",
        ];
        succeed(
            &mut apt(&packages),
            "apt-get install cmake g++ libclang-dev",
        )?;
    }
    require_xgboost()
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
