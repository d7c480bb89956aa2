//! The facts of a ledger.

use pyo3::prelude::*;
use serde_json::json;

use crate::errors::{OrRaise, refused};
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
            None => Err(refused(py, kam_core::Code::Option, format!("facts have no table `{name}`"), "tables are accounts, periods, directions, quarantine and reconciliation")),
        }
    }

    /// The few figures that say what the facts are, as JSON.
    fn summary(&self) -> String {
        let facts = &self.facts;
        let (rows, sums, history, scale) = (facts.reconciliation(), facts.window(), facts.history(), facts.scale());
        let total = |values: &[i64]| scale.wide_to_currency(values.iter().map(|value| i128::from(*value)).sum());
        let some = |values: Option<&Vec<i64>>| values.map(|values| total(values));
        json!({
            "accounts": facts.len(),
            "as_of": facts.as_of(),
            "grain": facts.grain(),
            "window_start": facts.window_start(),
            "window_periods": facts.span().periods(),
            "currency": facts.currency(),
            "scale": scale,
            "revenue": total(&sums.revenue),
            "returns": total(&sums.returns),
            "cost": some(sums.cost.as_ref()),
            "cost_to_serve": some(sums.cost_to_serve.as_ref()),
            "history_revenue": total(&history.revenue),
            "lines": sums.lines.iter().sum::<i64>(),
            "sale_lines": sums.sale_lines.iter().sum::<i64>(),
            "orders": sums.orders.as_ref().map(|orders| orders.iter().sum::<i64>()),
            "rows": {
                "read": rows.read().rows,
                "in_window": rows.in_window.rows,
                "before_window": rows.before_window.rows,
                "after_as_of": rows.after_as_of.rows,
                "unassigned": rows.unassigned.rows,
                "quarantined": rows.quarantined.rows,
                "cost_missing": rows.cost_missing,
                "list_amount_missing": rows.list_amount_missing,
            },
        })
        .to_string()
    }
}
