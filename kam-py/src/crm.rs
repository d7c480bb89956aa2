//! The optional tables of a CRM.

use std::collections::BTreeMap;

use kam_core::crm::Mapping;
use pyo3::prelude::*;

use crate::errors::{OrRaise, detached};
use crate::stream::collect;

/// What a CRM knows beside the ledger.
#[pyclass(frozen, module = "kam._kam")]
pub struct Crm {
    pub crm: kam_core::Crm,
}

#[pymethods]
impl Crm {
    /// A crm of tables: name, frame, and canonical name → the caller's name of a column.
    #[new]
    fn new(
        py: Python<'_>,
        tables: Vec<(String, Py<PyAny>, BTreeMap<String, String>)>,
        date_format: Option<&str>,
        timezone: Option<&str>,
    ) -> PyResult<Self> {
        let mut builder = kam_core::Crm::builder();
        if let Some(format) = date_format {
            builder = builder.date_format(format).or_raise(py)?;
        }
        if let Some(zone) = timezone {
            builder = builder.timezone(zone).or_raise(py)?;
        }
        for (name, frame, mapping) in tables {
            let batches = collect(frame.bind(py))?;
            builder = detached(py, || builder.mapped_table(&name, batches, &Mapping(mapping)))?;
        }
        Ok(Crm { crm: builder.build().or_raise(py)? })
    }

    /// The columns that were given and are not read: table, column, reason.
    #[getter]
    fn ignored(&self) -> Vec<(&'static str, &str, &'static str)> {
        self.crm.ignored().iter().map(|ignored| (ignored.table, ignored.column.as_str(), ignored.reason)).collect()
    }
}
