//! What a method gives.

use kam_core::Code;
use kam_core::chart::Theme;
use pyo3::prelude::*;
use serde_json::Value;

use crate::errors::{detached, refused};
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

    /// What the summary's numbers are, as JSON: a unit by name.
    #[getter]
    fn units(&self) -> String {
        self.outcome.units_json().to_string()
    }

    /// The summary as people read it: name and text of each figure that stands on its own.
    fn figures(&self) -> Vec<(String, String)> {
        self.outcome.figures().into_iter().filter(|told| !told.is_list).map(|told| (told.name, told.text)).collect()
    }

    /// One chart by its name, or the main one, as a Vega-Lite specification in JSON; `None` where the method has no charts.
    fn chart(&self, py: Python<'_>, name: Option<&str>, theme: &str) -> PyResult<Option<String>> {
        let theme = read_theme(py, theme)?;
        detached(py, || Ok(self.outcome.chart(name)?.map(|drawing| drawing.spec(theme).to_string())))
    }

    /// The names of the charts that have something to show.
    fn charts(&self, py: Python<'_>) -> PyResult<Vec<&'static str>> {
        detached(py, || Ok(self.outcome.charts().iter().map(|drawing| drawing.name).collect()))
    }

    /// Summary, units and tables as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.outcome.to_json().to_string()))
    }
}

fn read_theme(py: Python<'_>, name: &str) -> PyResult<Theme> {
    serde_json::from_value(Value::from(name))
        .map_err(|_| refused(py, Code::Option, format!("option `theme` is {name}"), "themes are light, dark and page"))
}
