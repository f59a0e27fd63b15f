//! `nbzero.train`.

use nbzero::cli::call;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call::run;
use crate::network::Network;

/// Trains a network: a dictionary of its accuracies.
#[pyfunction]
pub(crate) fn train<'py>(
    py: Python<'py>,
    network: &Network,
    options: Vec<String>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let given = network.0.clone();
    let done = run(py, progress.as_ref(), move |watch| {
        call::train(&options, &given, watch)
    })?;
    let found = PyDict::new(py);
    found.set_item("network", network.0.to_string())?;
    found.set_item("test_accuracy", done.trained.test_accuracy)?;
    found.set_item("validation_accuracy", done.trained.validation_accuracy)?;
    found.set_item("train_loss", done.trained.train_loss)?;
    found.set_item("images", done.images)?;
    found.set_item("recipe", done.recipe)?;
    Ok(found)
}
