//! The facts of a ledger.

use kam_core::review::FactsSummary;
use kam_core::{Code, Error};
use pyo3::prelude::*;

use crate::crm::Crm;
use crate::errors::{detached, refused};
use crate::table::Table;

/// Exact sums of a ledger.
#[pyclass(frozen, module = "kam._kam")]
pub struct Facts {
    pub facts: kam_core::Facts,
}

#[pymethods]
impl Facts {
    fn __len__(&self) -> usize {
        self.facts.len()
    }

    /// One of its tables: accounts, periods, directions, quarantine, reconciliation.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        let facts = &self.facts;
        let table = detached(py, || match name {
            "accounts" => facts.accounts_table(),
            "periods" => facts.periods_table(),
            "directions" => facts.directions_table(),
            "quarantine" => facts.quarantine_table(),
            "reconciliation" => facts.reconciliation_table(),
            _ => Err(Error::new(Code::Option, format!("facts have no table `{name}`"))
                .with_hint("tables are accounts, periods, directions, quarantine and reconciliation")),
        })?;
        Ok(Table { table })
    }

    /// The facts of head offices, by the crm's accounts.
    fn roll_up(&self, py: Python<'_>, crm: &Crm) -> PyResult<Facts> {
        let facts = detached(py, || crm.crm.roll_up(&self.facts))?;
        Ok(Facts { facts })
    }

    /// The facts with the cost of the crm's activities in cost to serve.
    fn with_cost_to_serve(&self, py: Python<'_>, crm: &Crm, options: &str) -> PyResult<Facts> {
        let options: kam_core::CostToServeOptions = serde_json::from_str(options)
            .map_err(|source| refused(py, Code::Option, format!("options: {source}"), "they are hour_rate and spread"))?;
        let facts = detached(py, || crm.crm.with_cost_to_serve(&self.facts, &options))?;
        Ok(Facts { facts })
    }

    /// The few figures that say what the facts are, as JSON.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || serde_json::to_string(&FactsSummary::of(&self.facts)).map_err(|source| Error::internal(source.to_string())))
    }
}
