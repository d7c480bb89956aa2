//! The sample company.

use kam_core::method::Options;
use kam_core::sample::{Company, SampleOptions};
use kam_core::{Code, Error};
use pyo3::prelude::*;

use crate::errors::OrRaise;
use crate::stream::Frame;

/// A sample company as frames under their names, the ledger first; `options` is a JSON object.
#[pyfunction]
pub fn sample(py: Python<'_>, options: &str) -> PyResult<(String, Vec<(&'static str, Frame)>)> {
    let options: SampleOptions = serde_json::from_str(options)
        .map_err(|source| Error::new(Code::Option, format!("sample: {source}")).with_hint("options are seed, accounts, months and as_of"))
        .or_raise(py)?;
    options.validate().or_raise(py)?;
    let company = py.detach(|| Company::generate(&options)).or_raise(py)?;
    let frames = company.tables().map(|(name, batch)| (name, Frame { batch: batch.clone() }));
    Ok((options.as_of.to_string(), frames.into()))
}
