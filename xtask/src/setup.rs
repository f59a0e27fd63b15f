//! `cargo xtask setup`: what the optional parts need beside Rust.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, anyhow};

use crate::failure::Failure;
use crate::{native, torch};

/// The architecture of the example that is printed.
const EXAMPLE: &str = "r1:8:8x1s1,16x1s2,32x1s2,64x1s2";

/// What is set up.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// PyTorch 2.9.0 in a Python environment, for `--device tch`; some 7 GB in target/tools/torch.
    /// Without it: cmake, a C++ compiler and libclang, for XGBoost.
    #[arg(long)]
    tch: bool,
}

/// Makes what was asked for and prints how to use it.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let said = if arguments.tch {
        commands(&torch::python(root)?)?
    } else {
        native::install_xgboost().map_err(Failure::Input)?;
        "cmake, a C++ compiler and libclang are there\n".to_owned()
    };
    let mut out = std::io::stdout().lock();
    out.write_all(said.as_bytes())
        .context("cannot write to standard output")?;
    Ok(())
}

/// The commands of a shell that build and run with the environment of this Python.
fn commands(python: &Path) -> Result<String, Failure> {
    let programs = python
        .parent()
        .ok_or_else(|| anyhow!("{} has no parent folder", python.display()))?;
    let programs = programs.display();
    let libraries = libraries(python)?;
    let libraries = libraries.display();
    Ok(format!(
        "# PyTorch is set up. To build and run with it, in a shell:\n\
         export LIBTORCH_USE_PYTORCH=1\n\
         export PATH=\"{programs}:$PATH\"\n\
         export LD_LIBRARY_PATH=\"{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         cargo run --release --features tch -- score {EXAMPLE} --device tch\n"
    ))
}

/// Where the environment keeps the libraries of libtorch.
fn libraries(python: &Path) -> Result<PathBuf, Failure> {
    let mut command = Command::new(python);
    command.args([
        "-c",
        "import torch, pathlib; print(pathlib.Path(torch.__file__).parent / 'lib')",
    ]);
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", python.display()))?;
    if !output.status.success() {
        return Err(Failure::Run(anyhow!(
            "PyTorch in {} does not load: remove target/tools/torch and run this again",
            python.display()
        )));
    }
    let path = String::from_utf8(output.stdout).context("the path of PyTorch is not UTF-8")?;
    Ok(PathBuf::from(path.trim_end()))
}
