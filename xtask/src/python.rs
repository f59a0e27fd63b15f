//! The Python package: its tests, and its wheel.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::checks::{cargo, succeed};
use crate::environment::Environment;
use crate::failure::Failure;

/// The package's crate.
const CRATE: &str = "crates/nbzero-python";

/// What the tests and the wheel need.
const ENVIRONMENT: Environment = Environment {
    folder: "python",
    purpose: "the Python package",
    requirements: &[
        "maturin>=1.9,<2",
        "numpy",
        "onnx",
        "pandas",
        "polars",
        "pyarrow",
        "pytest",
    ],
    disk: "1 GB",
};

/// Runs the package's tests with a module that is built as the Rust tests are, without a release build.
/// Those of modules of PyTorch say that they are left out.
pub(crate) fn test(root: &Path) -> Result<(), Failure> {
    // With the tests' targets, dependencies have the features that the tests were built with.
    cargo(root, "build --workspace --lib --bins --tests", &[])?;
    let target = target(root)?;
    let package = package(root, &target)?;
    let mut pytest = Command::new(ENVIRONMENT.python(root)?);
    pytest
        .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
        .arg(root.join(CRATE).join("tests"))
        .env("PYTHONPATH", package)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(
            "NBZERO_COMMAND",
            target.join("debug").join(program("nbzero")),
        );
    Ok(succeed(&mut pytest, "pytest")?)
}

/// Builds the wheel into `target/wheels` and says how large it is.
pub(crate) fn wheel(root: &Path) -> Result<(), Failure> {
    let wheels = target(root)?.join("wheels");
    let mut maturin = Command::new(ENVIRONMENT.python(root)?);
    maturin
        .args(["-m", "maturin", "build", "--release", "--manifest-path"])
        .arg(root.join(CRATE).join("Cargo.toml"))
        .arg("--out")
        .arg(&wheels)
        .current_dir(root);
    // Cargo sets these for us; the build must not see what it would itself set.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        maturin.env_remove(name);
    }
    succeed(maturin.stdout(std::io::stderr()), "maturin build")?;
    let mut out = std::io::stdout().lock();
    for path in files(&wheels, "whl")? {
        let bytes = fs::metadata(&path)
            .with_context(|| unreadable(&path))?
            .len();
        let megabytes = bytes as f64 / 1e6;
        writeln!(out, "{}: {megabytes:.1} MB", path.display())
            .context("cannot write to standard output")?;
    }
    Ok(())
}

/// Puts the package's files and the module together in a folder of the target folder, and returns what
/// holds it.
fn package(root: &Path, target: &Path) -> Result<PathBuf> {
    let place = target.join("python");
    let package = place.join("nbzero");
    fs::create_dir_all(&package).with_context(|| format!("cannot create {}", package.display()))?;
    let source = root.join(CRATE).join("python").join("nbzero");
    for path in files(&source, "py")? {
        copy(&path, &package.join(path.file_name().unwrap_or_default()))?;
    }
    let (library, module) = if cfg!(windows) {
        ("nbzero_python.dll", "_nbzero.pyd")
    } else if cfg!(target_os = "macos") {
        ("libnbzero_python.dylib", "_nbzero.abi3.so")
    } else {
        ("libnbzero_python.so", "_nbzero.abi3.so")
    };
    copy(&target.join("debug").join(library), &package.join(module))?;
    Ok(place)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(|_| ())
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// The files of a folder that end so, in the order of their names.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| unreadable(folder))?;
    let paths = entries.map(|entry| Ok(entry.with_context(|| unreadable(folder))?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension() == Some(OsStr::new(ending)));
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path) -> String {
    format!("cannot read {}", path.display())
}

/// The file of a program.
fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Where cargo builds.
fn target(root: &Path) -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec();
    let metadata = metadata.context("cannot ask cargo for its target folder")?;
    Ok(metadata.target_directory.into_std_path_buf())
}
