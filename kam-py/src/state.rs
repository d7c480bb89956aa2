//! The mergeable state of facts.

use kam_core::facts::StateOptions;
use kam_core::time::{Date, Grain};
use kam_core::{Code, Columns, FactsState};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::{OrRaise, detached, refused};
use crate::facts::Facts;
use crate::ledger::{Ledger, facts_options};
use crate::progress::Reporter;

/// Exact sums to which more can be folded and merged.
#[pyclass(module = "kam._kam")]
pub struct State {
    state: FactsState,
}

#[pymethods]
impl State {
    #[new]
    fn new(py: Python<'_>, as_of: Option<&str>, cell: &str) -> PyResult<Self> {
        let as_of = as_of.map(Date::parse).transpose().or_raise(py)?;
        let cell: Grain = serde_json::from_value(cell.into())
            .map_err(|_| refused(py, Code::Option, format!("option `cell` is {cell}"), "cells are of a day, a week or a month"))?;
        let options = StateOptions { as_of, cell };
        options.validate().or_raise(py)?;
        Ok(State { state: FactsState::new(&options) })
    }

    /// Folds the rows of a ledger into the state. A state whose fold failed is empty.
    fn fold(&mut self, py: Python<'_>, ledger: &Ledger, progress: Option<Py<PyAny>>) -> PyResult<()> {
        let empty = FactsState::new(self.state.options());
        let mut state = std::mem::replace(&mut self.state, empty);
        let ledger = &ledger.ledger;
        self.state = Reporter::new(progress).run(py, move |progress| {
            state.fold_with(ledger, progress)?;
            Ok(state)
        })?;
        Ok(())
    }

    /// Adds the rows of another state.
    fn merge(&mut self, py: Python<'_>, other: PyRef<'_, State>) -> PyResult<()> {
        let (here, there) = (&mut self.state, &other.state);
        detached(py, || here.merge(there))
    }

    /// The state as bytes.
    fn encode<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = detached(py, || self.state.encode())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A state from its bytes.
    #[staticmethod]
    fn decode(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        Ok(State { state: detached(py, || FactsState::decode(bytes))? })
    }

    /// The state in parts that have no account in common.
    fn split(&self, py: Python<'_>, parts: usize) -> PyResult<Vec<State>> {
        let state = &self.state;
        let parts = detached(py, || Ok(state.clone().split(parts)))?;
        Ok(parts.into_iter().map(|state| State { state }).collect())
    }

    /// The facts of the rows so far.
    fn facts(&self, py: Python<'_>, options: &str, max_bad_share: f64) -> PyResult<Facts> {
        let columns = Columns { max_bad_share, ..Columns::new("account", "date", "amount") };
        let options = facts_options(py, options)?;
        let state = &self.state;
        let facts = detached(py, || {
            state.refuse_bad_rows(&columns)?;
            state.clone().finish(&options)
        })?;
        Ok(Facts { facts })
    }
}
