//! Failures as Python's exceptions, with the command's own sentence.

use std::error::Error;
use std::io;

use nbzero::cli::Failure;
use pyo3::PyErr;
use pyo3::exceptions::{
    PyFileNotFoundError, PyKeyboardInterrupt, PyOSError, PyPermissionError, PyRuntimeError,
    PyValueError,
};

/// Wrong input is a `ValueError`, a file that is not there a `FileNotFoundError`, a failed run a
/// `RuntimeError`.
pub(crate) fn exception(failure: &Failure) -> PyErr {
    let sentence = failure.to_string();
    let error = match failure {
        Failure::Interrupted(_) => return PyKeyboardInterrupt::new_err(sentence),
        Failure::Input(error) | Failure::Run(error) => error,
        _ => return PyOSError::new_err(sentence),
    };
    match (error.chain().find_map(kind), failure) {
        (Some(io::ErrorKind::NotFound), _) => PyFileNotFoundError::new_err(sentence),
        (Some(io::ErrorKind::PermissionDenied), _) => PyPermissionError::new_err(sentence),
        (Some(_), _) => PyOSError::new_err(sentence),
        (None, Failure::Run(_)) => PyRuntimeError::new_err(sentence),
        (None, _) => PyValueError::new_err(sentence),
    }
}

/// An error of the libraries as wrong input.
pub(crate) fn wrong(error: impl Error + Send + Sync + 'static) -> PyErr {
    exception(&Failure::Input(error.into()))
}

/// What the system says, where it is the cause.
fn kind(cause: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    if let Some(nbzero::table::Error::NotFound { .. }) = cause.downcast_ref() {
        return Some(io::ErrorKind::NotFound);
    }
    cause.downcast_ref().map(io::Error::kind)
}
