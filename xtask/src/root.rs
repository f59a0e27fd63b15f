//! Where the workspace is.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

/// The workspace's root: the parent of this crate's folder, as cargo gives it at run time. The
/// current folder does not matter.
pub(crate) fn workspace() -> Result<PathBuf, anyhow::Error> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .context("cannot tell where the workspace is: run this as `cargo xtask`")?;
    let manifest = Path::new(&manifest);
    let root = manifest
        .parent()
        .ok_or_else(|| anyhow!("{} has no parent folder", manifest.display()))?;
    Ok(root.to_path_buf())
}
