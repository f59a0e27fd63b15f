//! `python -m nbzero`: the `nbzero` command.

use pyo3::prelude::*;

/// Runs the command with these words, of which the first is the program's name, and returns its exit code.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, words: Vec<String>) -> u8 {
    py.detach(|| nbzero::cli::run(words))
}
