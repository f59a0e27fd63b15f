//! The import of published tables: as they are in `../shared/tables`, and damaged.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says where, and one that is skipped says why"
)]

mod damaged;
mod own;
mod published;

use std::path::{Path, PathBuf};

use nbzero_table::import::ImportOptions;

/// A published table; `None`, and a line that says so, where it is missing.
fn find(name: &str) -> Option<PathBuf> {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let path = folders
        .find_map(|folder| Some(folder.join("shared/tables").join(name)).filter(|p| p.exists()));
    if path.is_none() {
        println!("skipped: there is no ../shared/tables/{name}");
    }
    path
}

fn options(dataset: &str) -> ImportOptions {
    ImportOptions {
        dataset: Some(dataset.into()),
    }
}
