//! The native part of the Python package `nbzero`: arguments in, calls of the library, results out.

#![expect(
    clippy::needless_pass_by_value,
    reason = "pyo3 hands over what it makes of an argument"
)]

mod call;
mod catalog;
mod columns;
mod command;
mod failure;
mod judge;
mod network;
mod score;
mod search;
mod table;
mod train;

use mimalloc::MiMalloc;
use pyo3::prelude::*;

/// As in the command: Python's own objects stay where they are.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The module `nbzero._nbzero`, which the package's Python files alone use.
#[pymodule]
mod _nbzero {
    #[pymodule_export]
    use super::catalog::{info, proxies, sample, spaces};
    #[pymodule_export]
    use super::columns::Columns;
    #[pymodule_export]
    use super::command::main;
    #[pymodule_export]
    use super::judge::judge;
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::score::{Images, score, score_columns};
    #[pymodule_export]
    use super::search::search;
    #[pymodule_export]
    use super::table::Benchmark;
    #[pymodule_export]
    use super::train::train;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn version(module: &Bound<'_, PyModule>) -> PyResult<()> {
        nbzero::ops::keep_freed_memory();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
