//! A Python with `PyTorch`, to compare with: one that the user names, or a virtual environment of
//! the project's own, made once.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use crate::failure::Failure;

/// What is installed, as pip reads it; the numbers in the documentation are of this version.
const PACKAGES: [&str; 2] = ["torch==2.9.0", "numpy"];

/// Has the wheels without CUDA's libraries, which are some gigabytes.
const CPU_INDEX: &str = "https://download.pytorch.org/whl/cpu";

/// The environment, relative to the workspace's root.
const FOLDER: &str = "target/tools/torch";

/// Written last: an environment without it is half made.
const MARKER: &str = "complete.txt";

/// The interpreter to run.
pub(crate) fn python(root: &Path, given: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(python) = given {
        if !has_torch(python) {
            return Err(Failure::Input(anyhow!(
                "{} cannot import torch and numpy: name another Python with --torch, or leave the \
                 option out to have one made in {FOLDER}",
                python.display()
            )));
        }
        // Cargo starts the benchmarks in folders of their own.
        return Ok(absolute(python));
    }
    let folder = root.join(FOLDER);
    let python = interpreter(&folder);
    let marker = folder.join(MARKER);
    let complete = fs::read_to_string(&marker).is_ok_and(|text| text == PACKAGES.join(" "));
    // The Python that it was made with may be gone.
    if !(complete && has_torch(&python)) {
        install(&folder, &python)?;
        fs::write(&marker, PACKAGES.join(" "))
            .with_context(|| format!("cannot write {}", marker.display()))?;
    }
    Ok(python)
}

/// A name without a folder is left to the search path.
fn absolute(python: &Path) -> PathBuf {
    let named = python.components().count() == 1;
    let found = (!named).then(|| std::path::absolute(python).ok()).flatten();
    found.unwrap_or_else(|| python.to_owned())
}

fn interpreter(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    }
}

fn has_torch(python: &Path) -> bool {
    let mut command = Command::new(python);
    command
        .args(["-c", "import numpy, torch"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Makes the environment anew.
fn install(folder: &Path, python: &Path) -> Result<()> {
    let _ = writeln!(
        io::stderr(),
        "installing {} into {FOLDER} (once)",
        PACKAGES.join(" and ")
    );
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove the half-made {}", folder.display()))?;
    }
    make_environment(folder)?;
    // Only the wheels for Linux on x86-64 that PyPI has come with CUDA.
    let with_cuda = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    if with_cuda && installed_from_cpu_index(python) {
        return Ok(());
    }
    let mut pip = pip(python);
    let status = pip
        .args(PACKAGES)
        .status()
        .context("cannot start pip of the new environment")?;
    if !status.success() {
        bail!(
            "pip could not install {}: it needs pypi.org, and a Python that this version of torch \
             supports; its own words are above",
            PACKAGES.join(" and ")
        );
    }
    Ok(())
}

fn make_environment(folder: &Path) -> Result<()> {
    let program = if cfg!(windows) { "python" } else { "python3" };
    let mut command = Command::new(program);
    let status = command
        .args(["-m", "venv"])
        .arg(folder)
        // The table or JSON on standard output stays alone there.
        .stdout(Stdio::from(io::stderr()))
        .status();
    match status {
        Err(error) => Err(anyhow!(error).context(format!(
            "cannot start {program}: install Python 3.10 or later, or name one that has torch with \
             --torch"
        ))),
        Ok(status) if !status.success() => bail!(
            "{program} cannot make a virtual environment: install its module venv (the package \
             python3-venv on Debian and Ubuntu); its own words are above"
        ),
        Ok(_) => Ok(()),
    }
}

/// A failure says nothing: the ordinary index is tried next.
fn installed_from_cpu_index(python: &Path) -> bool {
    let mut pip = pip(python);
    pip.args(["--quiet", "--retries", "0", "--index-url", CPU_INDEX])
        .args(PACKAGES)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    pip.status().is_ok_and(|status| status.success())
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        .stdin(Stdio::null())
        .stdout(Stdio::from(io::stderr()));
    command
}
