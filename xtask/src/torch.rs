//! A Python environment with PyTorch, in `target/tools/torch`: for the builds with `--device tch` and the
//! runs beside PyTorch.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::anyhow;

use crate::environment::Environment;
use crate::failure::Failure;

/// The release of PyTorch is the one that Burn's libtorch device was written for; its build refuses every
/// other.
const TORCH: Environment = Environment {
    folder: "torch",
    purpose: "PyTorch",
    requirements: &["torch==2.9.0", "numpy"],
    disk: "7 GB",
};

/// The Python of an environment with PyTorch and numpy, which is made if it is missing.
pub(crate) fn python(root: &Path) -> Result<PathBuf, Failure> {
    TORCH.python(root)
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
