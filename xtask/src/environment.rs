//! Python environments in `target/tools`.
//!
//! A virtual environment keeps its own path in its scripts, so it cannot be made elsewhere and moved
//! into place: it counts as made once a marker file, written last, names what it holds.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::checks::succeed;
use crate::failure::Failure;

/// Ends well if the Python that runs it can make an environment.
const CAN_MAKE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// An environment.
#[derive(Debug)]
pub(crate) struct Environment {
    /// Its folder in `target/tools`.
    pub(crate) folder: &'static str,
    /// What it is for, as the subject of a sentence.
    pub(crate) purpose: &'static str,
    /// What is installed there, as pip names it.
    pub(crate) requirements: &'static [&'static str],
    /// The disk that takes, in words.
    pub(crate) disk: &'static str,
}

impl Environment {
    /// Its Python. What is there already is used; what an interrupted run left behind is made anew.
    pub(crate) fn python(&self, root: &Path) -> Result<PathBuf, Failure> {
        let tools = root.join("target").join("tools");
        let folder = tools.join(self.folder);
        fs::create_dir_all(&tools).with_context(|| format!("cannot create {}", tools.display()))?;
        // Held until the end of this function: a second command waits instead of making it twice.
        let _lock = lock(&tools.join(format!("{}.lock", self.folder)))?;
        let marker = folder.join("complete");
        let wanted = self.requirements.join("\n");
        if !fs::read_to_string(&marker).is_ok_and(|found| found == wanted) {
            self.require_python()?;
            self.make(&folder)?;
            fs::write(&marker, wanted)
                .with_context(|| format!("cannot write {}", marker.display()))?;
        }
        Ok(interpreter(&folder))
    }

    fn require_python(&self) -> Result<(), Failure> {
        let mut command = system();
        command.args(["-c", CAN_MAKE]);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if status.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        Err(Failure::Input(anyhow!(
            "{} needs `python3`, version 3.10 or later, with its modules venv and ensurepip: \
             install them (on Debian and Ubuntu: `apt-get install python3 python3-venv`)",
            self.purpose
        )))
    }

    fn make(&self, folder: &Path) -> Result<()> {
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
        install
            .args(["-m", "pip", "install"])
            .args(self.requirements);
        let name = format!("pip install {}", self.requirements.join(" "));
        progress(&mut install, &name).with_context(|| {
            format!(
                "cannot fill {}; it needs the network (pypi.org) and {} of disk",
                folder.display(),
                self.disk
            )
        })
    }
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

/// Runs a command that tells of its progress: standard output is for results.
fn progress(command: &mut Command, name: &str) -> Result<()> {
    succeed(command.stdout(io::stderr()), name)
}
