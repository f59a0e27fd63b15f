//! A Python environment with PyTorch, in `target/tools/torch`.
//!
//! It serves the builds with `--device tch` and the runs beside PyTorch. A virtual environment
//! keeps its own path in its scripts, so it cannot be made elsewhere and moved into place: it
//! counts as made once a marker file, written last, names what it holds.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::checks::succeed;
use crate::failure::Failure;

/// What is installed. The release of PyTorch is the one that Burn's libtorch device was written
/// for; its build refuses every other.
const REQUIREMENTS: [&str; 2] = ["torch==2.9.0", "numpy"];

/// Ends well if the Python that runs it can make the environment.
const CAN_MAKE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// The Python of an environment with PyTorch and numpy, which is made if it is missing. What is
/// there already is used; what an interrupted run left behind is made anew.
pub(crate) fn python(root: &Path) -> Result<PathBuf, Failure> {
    let tools = root.join("target").join("tools");
    let folder = tools.join("torch");
    fs::create_dir_all(&tools).with_context(|| format!("cannot create {}", tools.display()))?;
    // Held until the end of this function: a second command waits instead of making it twice.
    let _lock = lock(&tools.join("torch.lock"))?;
    let marker = folder.join("complete");
    let wanted = REQUIREMENTS.join("\n");
    if !fs::read_to_string(&marker).is_ok_and(|found| found == wanted) {
        require_python()?;
        make(&folder)?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    Ok(interpreter(&folder))
}

/// A Python that the user names, if it has what is needed.
pub(crate) fn given(python: &Path) -> Result<PathBuf, Failure> {
    let mut command = Command::new(python);
    command.args(["-c", "import numpy, torch"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(Failure::Input(anyhow!(
            "{} cannot import torch and numpy: name another Python with --torch, or leave the \
             option out to have one made in target/tools/torch",
            python.display()
        )));
    }
    // Cargo starts the benchmarks in folders of their own; a bare name is on the search path.
    let named = python.components().count() == 1;
    let found = (!named).then(|| std::path::absolute(python).ok()).flatten();
    Ok(found.unwrap_or_else(|| python.to_owned()))
}

fn interpreter(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python3")
    }
}

fn lock(path: &Path) -> Result<File> {
    let lock = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    lock.lock()
        .with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(lock)
}

/// The Python of the machine.
fn system() -> Command {
    Command::new(if cfg!(windows) { "python" } else { "python3" })
}

fn require_python() -> Result<(), Failure> {
    let mut command = system();
    command.args(["-c", CAN_MAKE]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Failure::Input(anyhow!(
        "PyTorch needs `python3`, version 3.10 or later, with its modules venv and ensurepip: \
         install them (on Debian and Ubuntu: `apt-get install python3 python3-venv`)"
    )))
}

fn make(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", folder.display()));
        }
        _ => {}
    }
    let mut create = system();
    create.args(["-m", "venv"]).arg(folder);
    progress(&mut create, "python3 -m venv")?;
    let mut install = Command::new(interpreter(folder));
    install.args(["-m", "pip", "install"]).args(REQUIREMENTS);
    let name = format!("pip install {}", REQUIREMENTS.join(" "));
    progress(&mut install, &name).with_context(|| {
        format!(
            "cannot install PyTorch into {}; it needs the network (pypi.org) and 7 GB of disk",
            folder.display()
        )
    })
}

/// Runs a command that tells of its progress: standard output is for results.
fn progress(command: &mut Command, name: &str) -> Result<()> {
    succeed(command.stdout(io::stderr()), name)
}
