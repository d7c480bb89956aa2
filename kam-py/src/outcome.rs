//! What a method gives.

use pyo3::prelude::*;
use serde_json::Value;

use crate::errors::detached;
use crate::table::Table;

/// Tables and summary of a method.
#[pyclass(frozen, module = "kam._kam")]
pub struct Outcome {
    pub outcome: kam_core::method::Outcome,
}

#[pymethods]
impl Outcome {
    /// The tables, the main one first.
    #[getter]
    fn tables(&self) -> Vec<Table> {
        self.outcome.tables.iter().map(|table| Table { table: table.clone() }).collect()
    }

    /// The method's columns of the master table.
    #[getter]
    fn accounts(&self) -> Option<Table> {
        self.outcome.accounts.as_ref().map(|table| Table { table: table.clone() })
    }

    /// The summary as JSON.
    #[getter]
    fn summary(&self) -> String {
        Value::Object(self.outcome.summary.clone()).to_string()
    }

    /// The chart as a Vega-Lite specification in JSON.
    #[getter]
    fn chart(&self) -> Option<String> {
        self.outcome.chart.as_ref().map(Value::to_string)
    }

    /// Summary and tables as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.outcome.to_json().to_string()))
    }
}
