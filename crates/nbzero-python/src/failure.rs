//! Failures as Python's exceptions, with the command's own sentence.

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
    let of_the_system = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match (of_the_system.map(io::Error::kind), failure) {
        (Some(io::ErrorKind::NotFound), _) => PyFileNotFoundError::new_err(sentence),
        (Some(io::ErrorKind::PermissionDenied), _) => PyPermissionError::new_err(sentence),
        (Some(_), _) => PyOSError::new_err(sentence),
        (None, Failure::Run(_)) => PyRuntimeError::new_err(sentence),
        (None, _) => PyValueError::new_err(sentence),
    }
}

/// An error of the library as wrong input.
pub(crate) fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> PyErr {
    let source: &(dyn std::error::Error + 'static) = &error;
    let mut cause = Some(source);
    let mut kind = None;
    let mut sentence = error.to_string();
    while let Some(known) = cause {
        kind = kind.or(known.downcast_ref::<io::Error>().map(io::Error::kind));
        cause = known.source();
        if let Some(more) = cause
            .map(ToString::to_string)
            .filter(|more| !sentence.contains(more))
        {
            sentence = format!("{sentence}: {more}");
        }
    }
    match kind {
        Some(io::ErrorKind::NotFound) => PyFileNotFoundError::new_err(sentence),
        Some(io::ErrorKind::PermissionDenied) => PyPermissionError::new_err(sentence),
        Some(_) => PyOSError::new_err(sentence),
        None => PyValueError::new_err(sentence),
    }
}
