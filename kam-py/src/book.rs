//! The book.

use std::sync::{Arc, RwLock};

use kam_core::{Code, Columns, Error, FactsOptions};
use pyo3::prelude::*;

use crate::errors::{OrRaise, detached, refused};
use crate::facts::Facts;
use crate::ledger::{Ledger, facts_options, read_json};
use crate::progress::Reporter;
use crate::table::Table;

/// A persistent ledger of facts.
#[pyclass(frozen, module = "kam._kam")]
pub struct Book {
    /// `None` once it is closed.
    book: RwLock<Option<Arc<kam_core::Book>>>,
    path: String,
}

impl Book {
    fn opened(&self, py: Python<'_>) -> PyResult<Arc<kam_core::Book>> {
        let book = self.book.read().ok().and_then(|book| book.clone());
        book.ok_or_else(|| refused(py, Code::BookStorage, format!("{}: the book is closed", self.path), "open it anew"))
    }
}

#[pymethods]
impl Book {
    /// Opens a book, or makes one where there is none and columns are given.
    #[new]
    fn new(py: Python<'_>, path: String, columns: Option<&str>) -> PyResult<Self> {
        let columns = columns.map(|columns| Columns::from_json(&read_json(py, columns)?).or_raise(py)).transpose()?;
        let open = || match &columns {
            Some(columns) => kam_core::Book::open_or_create(&path, columns),
            None => kam_core::Book::open(&path),
        };
        let book = detached(py, open)?;
        Ok(Book { book: RwLock::new(Some(Arc::new(book))), path })
    }

    /// The columns that it was made with, as JSON.
    fn columns(&self, py: Python<'_>) -> PyResult<String> {
        let columns = serde_json::to_string(self.opened(py)?.columns());
        columns.map_err(|source| crate::errors::exception(py, &Error::internal(source.to_string())))
    }

    /// Adds the rows of a ledger; what became of them as JSON.
    fn append(&self, py: Python<'_>, ledger: &Ledger, batch_id: &str, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let book = self.opened(py)?;
        let appended = Reporter::new(progress).run(py, |progress| book.append_with(&ledger.ledger, batch_id, progress))?;
        Ok(appended.to_json().to_string())
    }

    /// The facts of all batches.
    fn facts(&self, py: Python<'_>, options: &str, progress: Option<Py<PyAny>>) -> PyResult<Facts> {
        let book = self.opened(py)?;
        let options: FactsOptions = facts_options(py, options)?;
        let facts = Reporter::new(progress).run(py, |progress| book.facts_with(&options, progress))?;
        Ok(Facts { facts })
    }

    fn batches(&self, py: Python<'_>) -> PyResult<Table> {
        let book = self.opened(py)?;
        Ok(Table { table: detached(py, || book.batches())? })
    }

    fn compact(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<()> {
        let book = self.opened(py)?;
        Reporter::new(progress).run(py, |progress| book.compact_with(progress))
    }

    fn backup(&self, py: Python<'_>, path: &str) -> PyResult<()> {
        let book = self.opened(py)?;
        detached(py, || book.backup(path))
    }

    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        let book = self.opened(py)?;
        detached(py, || book.verify())
    }

    /// Lets go of the file: at once, or when the last thread that works with it is done.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || {
            let book = self.book.write().ok().and_then(|mut book| book.take());
            drop(book);
            Ok(())
        })
    }
}
