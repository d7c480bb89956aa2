//! A table of results.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use kam_core::report::table_html;
use numpy::PyArray1;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::errors::detached;
use crate::stream::capsule;

/// A named table.
#[pyclass(frozen, module = "kam._kam")]
pub struct Table {
    pub table: kam_core::Table,
}

#[pymethods]
impl Table {
    #[getter]
    fn name(&self) -> &str {
        self.table.name()
    }

    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.table.columns()
    }

    /// The units of the columns: money, share, count, days, periods, number or plain.
    #[getter]
    fn units(&self) -> Vec<&'static str> {
        (0..self.table.columns().len()).map(|column| self.table.unit(column).word()).collect()
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }

    fn head(&self, rows: usize) -> Table {
        Table { table: self.table.head(rows) }
    }

    /// The table as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.table.to_json().to_string()))
    }

    /// The first rows as a fragment of HTML.
    fn html(&self, py: Python<'_>, rows: usize) -> PyResult<String> {
        detached(py, || table_html(&self.table, rows))
    }

    /// One column: its kind (`number`, `flag`, `date`, `object`) and its values. Dates are days since 1970 with the least integer for
    /// a missing one; a column of whole numbers or flags with missing values comes as floats or objects.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        let array = self.table.column(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        let whole = array.null_count() == 0;
        Ok(match array.data_type() {
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().iter().map(|value| value.unwrap_or(f64::NAN));
                ("number", PyArray1::from_iter(py, values).into_any())
            }
            DataType::Int64 if whole => ("number", PyArray1::from_slice(py, array.as_primitive::<Int64Type>().values()).into_any()),
            #[expect(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>().iter().map(|value| value.map_or(f64::NAN, |value| value as f64));
                ("number", PyArray1::from_iter(py, values).into_any())
            }
            DataType::Boolean if whole => ("flag", PyArray1::from_iter(py, array.as_boolean().values().iter()).into_any()),
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().iter().map(|day| day.map_or(i64::MIN, i64::from));
                ("date", PyArray1::from_iter(py, days).into_any())
            }
            DataType::Utf8 => ("object", PyList::new(py, array.as_string::<i32>().iter())?.into_any()),
            DataType::Boolean => ("object", PyList::new(py, array.as_boolean().iter())?.into_any()),
            _ => ("object", self.objects(py, name)?.into_any()),
        })
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        capsule(py, &detached(py, || self.table.batch())?)
    }
}

impl Table {
    /// A column of lists as Python lists.
    fn objects<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let column = self.table.position(name).unwrap_or(0);
        let values: serde_json::Value = (0..self.table.len()).map(|row| self.table.value(column, row)).collect();
        py.import("json")?.call_method1("loads", (values.to_string(),))?.cast_into::<PyList>().map_err(PyErr::from)
    }
}
