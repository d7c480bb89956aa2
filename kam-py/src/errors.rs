//! Errors of the library as exceptions of `kam._errors`.

use std::error::Error as _;

use kam_core::{Code, Error};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

/// The exception of an error: its class by the code's block, with `code`, `hint` and, where Python code failed below, the cause.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let below = python_error(py, error);
    // What is no `Exception` (Ctrl-C, SystemExit) was never kam's to wrap, and what is kam's own says already where and why.
    if let Some(below) = &below
        && (!below.is_instance_of::<PyException>(py) || is_own(py, below))
    {
        return below.clone_ref(py);
    }
    let made = py
        .import("kam._errors")
        .and_then(|module| module.getattr("from_code"))
        .and_then(|make| make.call1((error.code() as u16, error.to_string(), error.hint())));
    match made {
        Ok(made) => {
            let made = PyErr::from_value(made);
            made.set_cause(py, below);
            made
        }
        Err(failed) => failed,
    }
}

/// Was it raised by the Python part of kam?
fn is_own(py: Python<'_>, raised: &PyErr) -> bool {
    let kind = py.import("kam._errors").and_then(|module| module.getattr("KamError"));
    kind.is_ok_and(|kind| raised.matches(py, kind).unwrap_or(false))
}

/// An error of kam's own about what Python passed in.
pub fn refused(py: Python<'_>, code: Code, message: impl Into<String>, hint: impl Into<String>) -> PyErr {
    exception(py, &Error::new(code, message).with_hint(hint))
}

/// Results as Python sees them.
pub trait OrRaise<T> {
    /// The value, or the exception of the error.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// Runs work without the interpreter. Its error becomes an exception, and so does a panic, which pyo3 would raise as something that no
/// `except Exception` catches.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    py.detach(|| Error::caught(work)).or_raise(py)
}

/// The Python exception at the bottom of an error, if there is one.
fn python_error(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<PyErr>() {
            return Some(found.clone_ref(py));
        }
        source = error.source();
    }
    None
}
