//! The registry of methods.

use kam_core::calculation::{CALCULATIONS, Calculation, calculation};
use kam_core::chart::describe;
use kam_core::method::{Context, METHODS, method};
use pyo3::prelude::*;
use serde_json::Value;

use crate::crm::Crm;
use crate::errors::detached;
use crate::facts::Facts;
use crate::ledger::read_json;
use crate::outcome::Outcome;
use crate::progress::Reporter;

/// Every method as JSON: name, title, about, needs, builds_on, tables, charts, and the options' schema and defaults.
#[pyfunction]
pub fn methods(py: Python<'_>) -> PyResult<String> {
    let all = detached(py, || METHODS.iter().map(describe).collect::<Result<Value, _>>())?;
    Ok(all.to_string())
}

/// Runs a method; `options` is a JSON object.
#[pyfunction]
pub fn run(py: Python<'_>, name: &str, facts: &Facts, crm: Option<&Crm>, options: &str) -> PyResult<Outcome> {
    let options = read_json(py, options)?;
    let none = kam_core::Crm::default();
    let crm = crm.map_or(&none, |crm| &crm.crm);
    let outcome =
        Reporter::new(None).run(py, |progress| method(name)?.run(&Context::new(&facts.facts, crm).with_progress(progress), &options))?;
    Ok(Outcome { outcome })
}

/// Every calculation as JSON: name, about, and the schema of what it takes.
#[pyfunction]
pub fn calculations() -> String {
    CALCULATIONS.iter().map(Calculation::describe).collect::<Value>().to_string()
}

/// Calculates by name; `input` is a JSON object, and so is what comes back.
#[pyfunction]
pub fn calculate(py: Python<'_>, name: &str, input: &str) -> PyResult<String> {
    let input = read_json(py, input)?;
    let output = Reporter::new(None).run(py, |_| calculation(name)?.run(&input))?;
    Ok(Value::Object(output).to_string())
}

/// What a calculation gave, a JSON object, as an outcome, which has its charts.
#[pyfunction]
pub fn outcome_of(py: Python<'_>, name: &str, output: &str) -> PyResult<Outcome> {
    let output = match read_json(py, output)? {
        Value::Object(output) => output,
        _ => serde_json::Map::new(),
    };
    let outcome = detached(py, || Ok(calculation(name)?.outcome_of(output)))?;
    Ok(Outcome { outcome })
}

/// The crm tables and their canonical columns.
#[pyfunction]
pub fn crm_tables() -> Vec<(&'static str, Vec<&'static str>)> {
    kam_core::crm::TABLES.iter().map(|(table, columns)| (*table, columns.to_vec())).collect()
}
