//! The review.

use kam_core::method::from_json;
use kam_core::report::{ReviewHtmlOptions, accounts_html, review_html};
use kam_core::{CompareOptions, DossierOptions, ReviewOptions};
use pyo3::prelude::*;

use crate::crm::Crm;
use crate::errors::{OrRaise, detached, exception};
use crate::facts::Facts;
use crate::ledger::read_json;
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
    let options: ReviewOptions = from_json("review", &read_json(py, options)?, "options are methods and options").or_raise(py)?;
    let none = kam_core::Crm::default();
    let crm = crm.map_or(&none, |crm| &crm.crm);
    let review = Reporter::new(progress).run(py, |progress| kam_core::review(&facts.facts, crm, &options, progress))?;
    Ok(Review { review })
}

fn dossier_options(py: Python<'_>, options: &str) -> PyResult<DossierOptions> {
    from_json("dossier", &read_json(py, options)?, "options are rows, periods and due_within_days, whole numbers of 0 or more").or_raise(py)
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

    /// The dossier of an account as JSON; `options` is a JSON object.
    fn dossier(&self, py: Python<'_>, account: &str, options: &str) -> PyResult<String> {
        let options = dossier_options(py, options)?;
        self.review.dossier_with(account, &options).and_then(|dossier| dossier.to_json()).or_raise(py)
    }

    /// The dossier of an account as Markdown.
    fn dossier_markdown(&self, py: Python<'_>, account: &str, options: &str) -> PyResult<String> {
        let options = dossier_options(py, options)?;
        Ok(self.review.dossier_with(account, &options).or_raise(py)?.to_markdown())
    }

    /// The dossier of an account as HTML: a page, or a fragment for a page of others.
    fn dossier_html(&self, py: Python<'_>, account: &str, options: &str, page: bool) -> PyResult<String> {
        let options = dossier_options(py, options)?;
        let dossier = self.review.dossier_with(account, &options).or_raise(py)?;
        Ok(if page { dossier.to_html() } else { dossier.to_html_fragment() })
    }

    /// Who moved between classes since an older review; `options` is a JSON object.
    fn compare(&self, py: Python<'_>, older: &Review, options: &str) -> PyResult<Outcome> {
        let options: CompareOptions =
            from_json("compare", &read_json(py, options)?, "the option is methods, a list of names").or_raise(py)?;
        let comparison = detached(py, || self.review.compare_with(&older.review, &options))?;
        Ok(Outcome { outcome: comparison.into_outcome() })
    }

    /// The largest accounts of the master table as a fragment of HTML.
    fn accounts_html(&self, py: Python<'_>, rows: usize) -> PyResult<String> {
        detached(py, || accounts_html(&self.review, rows))
    }

    /// The whole review as a page; `options` is a JSON object.
    fn html(&self, py: Python<'_>, options: &str) -> PyResult<String> {
        let options: ReviewHtmlOptions =
            from_json("page", &read_json(py, options)?, "options are title, max_rows, max_accounts and dossiers").or_raise(py)?;
        detached(py, || review_html(&self.review, &options))
    }
}
