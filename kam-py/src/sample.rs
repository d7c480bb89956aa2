//! The sample company.

use arrow::array::RecordBatch;
use kam_core::method::Options;
use kam_core::sample::{Company, SampleOptions};
use kam_core::{Code, Error};
use pyo3::prelude::*;

use crate::errors::{OrRaise, detached};
use crate::stream::Frame;

/// Frames under their names, the ledger first.
type Frames = Vec<(&'static str, Frame)>;

/// A sample company as its last day, the frames of what it sells and those of what it buys; `options` is a JSON object.
#[pyfunction]
pub fn sample(py: Python<'_>, options: &str) -> PyResult<(String, Frames, Frames)> {
    let options: SampleOptions = serde_json::from_str(options)
        .map_err(|source| Error::new(Code::Option, format!("sample: {source}")).with_hint("options are seed, accounts, months and as_of"))
        .or_raise(py)?;
    options.validate().or_raise(py)?;
    let company = detached(py, || Company::generate(&options))?;
    let frames =
        |tables: &[(&'static str, &RecordBatch)]| tables.iter().map(|(name, batch)| (*name, Frame { batch: (*batch).clone() })).collect();
    Ok((options.as_of.to_string(), frames(&company.tables()), frames(&company.purchases.tables())))
}
