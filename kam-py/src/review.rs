//! The review.

use kam_core::ReviewOptions;
use kam_core::report::{ReviewHtmlOptions, accounts_html, review_html};
use pyo3::prelude::*;

use crate::crm::Crm;
use crate::errors::{OrRaise, detached, exception, refused};
use crate::facts::Facts;
use crate::outcome::Outcome;
use crate::progress::Reporter;
use crate::table::Table;

/// Every method that the data allow, and the master table.
#[pyclass(frozen, module = "kam._kam")]
pub struct Review {
    review: kam_core::Review,
}

/// Runs a review; `options` is a JSON object.
#[pyfunction]
#[pyo3(signature = (facts, crm, options, progress = None))]
pub fn review(py: Python<'_>, facts: &Facts, crm: Option<&Crm>, options: &str, progress: Option<Py<PyAny>>) -> PyResult<Review> {
    let options: ReviewOptions = serde_json::from_str(options)
        .map_err(|source| refused(py, kam_core::Code::Option, format!("review: {source}"), "options are methods and options"))?;
    let none = kam_core::Crm::default();
    let crm = crm.map_or(&none, |crm| &crm.crm);
    let review = Reporter::new(progress).run(py, |progress| kam_core::review(&facts.facts, crm, &options, progress))?;
    Ok(Review { review })
}

#[pymethods]
impl Review {
    /// The master table.
    #[getter]
    fn accounts(&self) -> Table {
        Table { table: self.review.accounts.clone() }
    }

    /// The methods that ran.
    #[getter]
    fn methods(&self) -> Vec<&'static str> {
        self.review.methods.iter().map(|ran| ran.name).collect()
    }

    /// What a method gave; `None` where it did not run.
    fn get(&self, method: &str) -> Option<Outcome> {
        self.review.get(method).map(|outcome| Outcome { outcome: outcome.clone() })
    }

    /// A table by its name, or a method's table as `method.table`.
    fn table(&self, name: &str) -> Option<Table> {
        self.review.table(name).map(|table| Table { table: table.clone() })
    }

    /// One row a method that was skipped.
    fn skipped(&self, py: Python<'_>) -> PyResult<Table> {
        Ok(Table { table: self.review.skipped_table().or_raise(py)? })
    }

    /// The facts in figures, as JSON.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.review.facts).map_err(|source| exception(py, &kam_core::Error::internal(source.to_string())))
    }

    /// The whole review as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || self.review.to_json().map(|json| json.to_string()))
    }

    /// The largest accounts of the master table as a fragment of HTML.
    fn accounts_html(&self, py: Python<'_>, rows: usize) -> PyResult<String> {
        detached(py, || accounts_html(&self.review, rows))
    }

    /// The whole review as a page; `options` is a JSON object.
    fn html(&self, py: Python<'_>, options: &str) -> PyResult<String> {
        let options: ReviewHtmlOptions = serde_json::from_str(options).map_err(|source| {
            refused(py, kam_core::Code::Option, format!("page: {source}"), "options are title, max_rows and max_accounts")
        })?;
        detached(py, || review_html(&self.review, &options))
    }
}
