//! `nbzero.search`.

use nbzero::cli::call;
use pyo3::prelude::*;
use pythonize::pythonize;

use crate::call::run;

/// Searches a space: what `nbzero search --format json` writes, as a dictionary.
#[pyfunction]
pub(crate) fn search(
    py: Python<'_>,
    options: Vec<String>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'_, PyAny>> {
    let found = run(py, progress.as_ref(), move |watch| {
        call::search(&options, watch)
    })?;
    Ok(pythonize(py, &found.document())?)
}
