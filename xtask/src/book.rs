//! The book in `docs/`, built with mdBook.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::checks::{cargo, runs, succeed};

/// The version installed where a machine has none.
const VERSION: &str = "0.5.4";

/// Builds the book, with an mdBook of the machine's own or one installed into `target/tools`.
pub(crate) fn build(root: &Path) -> Result<()> {
    let mdbook = find_or_install(root)?;
    let mut command = Command::new(mdbook);
    succeed(
        command.current_dir(root).args(["build", "docs"]),
        "mdbook build docs",
    )
}

fn find_or_install(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target").join("tools");
    let installed = tools.join("bin").join("mdbook");
    for candidate in [PathBuf::from("mdbook"), installed.clone()] {
        if runs(&candidate) {
            return Ok(candidate);
        }
    }
    // Without the preview server: half the time to build, some two minutes on two cores.
    let install = format!(
        "install mdbook --version {VERSION} --locked --no-default-features --features search \
         --root target/tools"
    );
    cargo(root, &install, &[])?;
    Ok(installed)
}
