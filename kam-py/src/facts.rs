//! The facts of a ledger.

use kam_core::review::FactsSummary;
use pyo3::prelude::*;

use crate::crm::Crm;
use crate::errors::{OrRaise, exception, refused};
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
        let table = py.detach(|| {
            Some(match name {
                "accounts" => facts.accounts_table(),
                "periods" => facts.periods_table(),
                "directions" => facts.directions_table(),
                "quarantine" => facts.quarantine_table(),
                "reconciliation" => facts.reconciliation_table(),
                _ => return None,
            })
        });
        match table {
            Some(table) => Ok(Table { table: table.or_raise(py)? }),
            None => Err(refused(
                py,
                kam_core::Code::Option,
                format!("facts have no table `{name}`"),
                "tables are accounts, periods, directions, quarantine and reconciliation",
            )),
        }
    }

    /// The facts of head offices, by the crm's accounts.
    fn roll_up(&self, py: Python<'_>, crm: &Crm) -> PyResult<Facts> {
        let facts = py.detach(|| crm.crm.roll_up(&self.facts)).or_raise(py)?;
        Ok(Facts { facts })
    }

    /// The facts with the cost of the crm's activities in cost to serve.
    fn with_cost_to_serve(&self, py: Python<'_>, crm: &Crm, options: &str) -> PyResult<Facts> {
        let options: kam_core::CostToServeOptions = serde_json::from_str(options)
            .map_err(|source| refused(py, kam_core::Code::Option, format!("options: {source}"), "they are hour_rate and spread"))?;
        let facts = py.detach(|| crm.crm.with_cost_to_serve(&self.facts, &options)).or_raise(py)?;
        Ok(Facts { facts })
    }

    /// The few figures that say what the facts are, as JSON.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        let summary = py.detach(|| serde_json::to_string(&FactsSummary::of(&self.facts)));
        summary.map_err(|source| exception(py, &kam_core::Error::internal(source.to_string())))
    }
}
