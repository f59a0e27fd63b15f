//! Networks as Python gives them.

use nbzero::cli::call::{self, Given};
use pyo3::prelude::*;

use crate::call::warn;
use crate::failure::exception;

/// A network that was read: of an architecture string, an ONNX file, or one in memory.
#[pyclass(frozen, module = "nbzero._nbzero")]
#[derive(Debug)]
pub(crate) struct Network(pub(crate) Given);

#[pymethods]
impl Network {
    /// By an architecture string, or that of an ONNX file.
    #[staticmethod]
    fn read(py: Python<'_>, text: &str) -> PyResult<Self> {
        Self::of(py, || call::network(text))
    }

    /// Of an ONNX file in memory; results call it `name`.
    #[staticmethod]
    fn of_bytes(py: Python<'_>, name: &str, onnx: Vec<u8>) -> PyResult<Self> {
        Self::of(py, || Given::from_onnx(name, onnx))
    }

    /// Whether its classes and images are fixed, as those of a file are.
    #[getter]
    fn fixed(&self) -> Option<(usize, [usize; 3])> {
        self.0.fixed_sizes()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

impl Network {
    fn of(
        py: Python<'_>,
        read: impl FnOnce() -> Result<Given, call::Failure> + Send,
    ) -> PyResult<Self> {
        let (given, said) = py.detach(|| call::remarks(read));
        said.iter().try_for_each(|sentence| warn(py, sentence))?;
        given.map(Self).map_err(|failure| exception(&failure))
    }
}
