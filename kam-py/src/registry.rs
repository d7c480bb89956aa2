//! The registry of methods.

use kam_core::method::{Context, METHODS, method};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::crm::Crm;
use crate::errors::OrRaise;
use crate::facts::Facts;
use crate::ledger::read_json;
use crate::outcome::Outcome;
use crate::progress::Reporter;

/// Every method as JSON: name, title, about, needs, tables, and the options' schema and defaults.
#[pyfunction]
pub fn methods(py: Python<'_>) -> PyResult<String> {
    let mut all = vec![];
    for entry in METHODS {
        let tables: Vec<Value> = entry.tables.iter().map(|(name, rows)| json!({ "name": name, "rows": rows })).collect();
        all.push(json!({
            "name": entry.name,
            "title": entry.title,
            "about": entry.about,
            "needs": entry.needs,
            "tables": tables,
            "schema": entry.schema(),
            "defaults": entry.defaults().or_raise(py)?,
        }));
    }
    Ok(Value::Array(all).to_string())
}

/// Runs a method; `options` is a JSON object.
#[pyfunction]
pub fn run(py: Python<'_>, name: &str, facts: &Facts, crm: Option<&Crm>, options: &str) -> PyResult<Outcome> {
    let options = read_json(py, options)?;
    let none = kam_core::Crm::default();
    let context = Context { facts: &facts.facts, crm: crm.map_or(&none, |crm| &crm.crm) };
    let outcome = Reporter::new(None).run(py, |_| method(name)?.run(&context, &options))?;
    Ok(Outcome { outcome })
}

/// The crm tables and their canonical columns.
#[pyfunction]
pub fn crm_tables() -> Vec<(&'static str, Vec<&'static str>)> {
    kam_core::crm::TABLES.iter().map(|(table, columns)| (*table, columns.to_vec())).collect()
}
