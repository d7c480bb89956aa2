//! A sales ledger.

use kam_core::ledger::Source;
use kam_core::{Code, Columns, FactsOptions};
use pyo3::prelude::*;

use crate::errors::{OrRaise, refused};
use crate::facts::Facts;
use crate::progress::Reporter;
use crate::rates::{read, with};
use crate::stream::{frame_source, frames_source};

/// Where a ledger's rows are and what its columns mean.
#[pyclass(frozen, module = "kam._kam")]
pub struct Ledger {
    pub ledger: kam_core::Ledger,
}

fn new(py: Python<'_>, source: Source, columns: &str) -> PyResult<Ledger> {
    let columns = Columns::from_json(&read_json(py, columns)?).or_raise(py)?;
    Ok(Ledger { ledger: kam_core::Ledger::scan(source, columns).or_raise(py)? })
}

/// JSON that the package wrote.
pub fn read_json(py: Python<'_>, text: &str) -> PyResult<serde_json::Value> {
    serde_json::from_str(text).map_err(|source| refused(py, Code::Option, format!("options: {source}"), "options must be plain values"))
}

/// The columns of a frame that a ledger with these columns (JSON) reads; one that is missing, or stands there twice, is an error.
#[pyfunction]
pub fn wanted(py: Python<'_>, columns: &str, names: Vec<String>) -> PyResult<Vec<String>> {
    let columns = Columns::from_json(&read_json(py, columns)?).or_raise(py)?;
    let places = columns.places(&names).map_err(|error| error.at("ledger")).or_raise(py)?;
    Ok(places.into_iter().map(|place| names[place].clone()).collect())
}

/// The options of facts.
pub fn facts_options(py: Python<'_>, options: &str) -> PyResult<FactsOptions> {
    FactsOptions::from_json(&read_json(py, options)?).or_raise(py)
}

#[pymethods]
impl Ledger {
    /// A ledger in files; globs are expanded.
    #[staticmethod]
    fn of_files(py: Python<'_>, files: Vec<String>, columns: &str) -> PyResult<Self> {
        new(py, Source::Files(files), columns)
    }

    /// A ledger in an object with the Arrow C stream, read anew for every facts() call, or only once.
    #[staticmethod]
    fn of_frame(py: Python<'_>, frame: Py<PyAny>, once: bool, columns: &str) -> PyResult<Self> {
        new(py, frame_source(frame, once), columns)
    }

    /// A ledger in several such objects; an iterator of them is read once.
    #[staticmethod]
    fn of_frames(py: Python<'_>, frames: Py<PyAny>, columns: &str) -> PyResult<Self> {
        new(py, frames_source(frames), columns)
    }

    /// The ledger with rates: currency, day, units of the currency for one of the base.
    fn with_rates(&self, py: Python<'_>, base: &str, rates: Vec<(String, String, String)>) -> PyResult<Self> {
        Ok(Ledger { ledger: with(self.ledger.clone(), base, rates).or_raise(py)? })
    }

    /// The ledger with the rates of a frame that has the columns currency, date and rate.
    fn with_rate_table(&self, py: Python<'_>, base: &str, table: &Bound<'_, PyAny>) -> PyResult<Self> {
        let rates = read(table)?;
        Ok(Ledger { ledger: with(self.ledger.clone(), base, rates).or_raise(py)? })
    }

    /// Reads the ledger and sums it up.
    fn facts(&self, py: Python<'_>, options: &str, progress: Option<Py<PyAny>>) -> PyResult<Facts> {
        let options = facts_options(py, options)?;
        let facts = Reporter::new(progress).run(py, |progress| self.ledger.facts_with(&options, progress))?;
        Ok(Facts { facts })
    }
}
