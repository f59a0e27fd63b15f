//! Starting again as a build that draws PNG.
//!
//! The renderer and its fonts are a third of what compiles before a fresh clone prints its first table, and most
//! commands draw nothing.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use crate::checks::cargo_command;
use crate::failure::Failure;

const SELF: &str = "run --quiet --package xtask --features nbzero-report/png --manifest-path";

/// This command line once more, by a build that draws PNG; ends as that one does.
pub(crate) fn again(root: &Path) -> Result<ExitCode, Failure> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    let status = cargo_command(root, SELF)
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(std::env::args_os().skip(1))
        .current_dir(here)
        .status()
        .context("cannot start cargo")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_table_waits_for_no_fonts_and_no_tensors() -> anyhow::Result<()> {
        let root = crate::root::workspace()?;
        let tree = "tree --package xtask --edges normal --prefix none --format {p}";
        let tree = String::from_utf8(cargo_command(&root, tree).output()?.stdout)?;
        assert!(tree.contains("nbzero-report v"), "{tree}");
        for heavy in ["resvg v", "burn v", "xgboost-rs v"] {
            assert!(!tree.lines().any(|line| line.starts_with(heavy)), "{heavy}");
        }
        Ok(())
    }
}
