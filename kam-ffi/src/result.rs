//! Methods and what they give.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::sync::{Mutex, PoisonError};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::chart::Theme;
use kam_core::method::{Context, Outcome, method};
use serde_json::Value;

use crate::border::{self, Failure, Out, Text, c_text, call, free, optional_text, read, text};
use crate::crm::{crm_or_none, kam_crm};
use crate::error::kam_error;
use crate::facts::kam_facts;
use crate::status::kam_status;
use crate::stream::give;

/// What a method gave: tables, the first of which is the main one, and a summary. It does not change, and any number of threads may use
/// it at once. Free it with kam_result_free.
pub struct kam_result {
    method: &'static str,
    outcome: Outcome,
    names: Vec<CString>,
    summary: Text,
    units: Text,
    json: Text,
    /// Specifications that were asked for, by chart and theme; none is ever taken out, so their texts stay where they are.
    charts: Mutex<BTreeMap<(Option<String>, Theme), CString>>,
}

impl kam_result {
    pub(crate) fn new(method: &'static str, outcome: Outcome) -> Self {
        let names = outcome.tables.iter().map(|table| c_text(table.name())).collect();
        kam_result {
            method,
            outcome,
            names,
            summary: Text::default(),
            units: Text::default(),
            json: Text::default(),
            charts: Mutex::default(),
        }
    }
}

/// Runs a method of the registry by its name: "abc", "pareto", "pyramid" and so on, see kam_methods.
///
/// `crm` may be NULL. `options_json` is NULL or an object of the options that differ from their defaults. A method that needs a column
/// or table that was not given is KAM_MISSING_INPUT. On success `*result` is the caller's; it does not need facts and crm to live on.
/// Fails with KAM_UNKNOWN_METHOD and, for `options_json`, KAM_OPTION as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_run(
    facts: *const kam_facts,
    crm: *const kam_crm,
    method: *const c_char,
    options_json: *const c_char,
    result: *mut *mut kam_result,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, crm, name, options, result) = unsafe {
            (
                &read(facts, "facts")?.facts,
                crm_or_none(crm)?,
                text(method, "method")?,
                optional_text(options_json, "options_json")?,
                Out::new(result, "result")?,
            )
        };
        let entry = self::method(name)?;
        let outcome = entry.run(&Context::new(facts, crm), &border::json(options, "options_json")?)?;
        result.give(kam_result::new(entry.name, outcome));
        Ok(())
    })
}

/// Gives the number of tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_table_count(result: *const kam_result, count: *mut usize, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, count) = unsafe { (read(result, "result")?, Out::new(count, "count")?) };
        count.write(result.names.len());
        Ok(())
    })
}

/// Gives the name of a table; table 0 is the main one. The text belongs to the result and lives as long as it. Fails with
/// KAM_INVALID_ARGUMENT where there are not so many tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_table_name(
    result: *const kam_result,
    index: usize,
    name: *mut *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, name) = unsafe { (read(result, "result")?, Out::new(name, "name")?) };
        let found = result.names.get(index).ok_or_else(|| {
            Failure::argument(format!("{} has {} tables, so there is no table {index}", result.method, result.names.len()))
        })?;
        name.write(found.as_ptr());
        Ok(())
    })
}

/// Gives a table as an Arrow stream, by its name or, if `name` is NULL, the main one. A field's metadata say under "kam.unit" what its
/// numbers are: money, share, count, days, periods, number or plain.
///
/// The caller releases the stream. It may outlive the result. Fails with KAM_INVALID_ARGUMENT for a name that is none of its tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_table(
    result: *const kam_result,
    name: *const c_char,
    stream: *mut FFI_ArrowArrayStream,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, name, stream) = unsafe { (read(result, "result")?, optional_text(name, "name")?, Out::new(stream, "stream")?) };
        let tables = &result.outcome.tables;
        let table = match name {
            None => tables.first(),
            Some(name) => tables.iter().find(|table| table.name() == name),
        };
        let table = table.ok_or_else(|| {
            let names: Vec<_> = tables.iter().map(|table| table.name()).collect();
            Failure::argument(format!("{} has no table `{}`", result.method, name.unwrap_or_default()))
                .hint(format!("its tables are {}", names.join(", ")))
        })?;
        give(table, stream)?;
        Ok(())
    })
}

/// Gives the few figures that sum the result up, as a JSON object. The text belongs to the result and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_summary(result: *const kam_result, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, json) = unsafe { (read(result, "result")?, Out::new(json, "json")?) };
        result.summary.give(json, || Ok(Value::Object(result.outcome.summary.clone()).to_string()))
    })
}

/// Gives what the numbers of the summary are, as a JSON object: by name money, share (0.25 is 25 %), count, days, periods or number. A name
/// stands for all numbers below it, "outer.inner" for some of them. The text belongs to the result and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_units(result: *const kam_result, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, json) = unsafe { (read(result, "result")?, Out::new(json, "json")?) };
        result.units.give(json, || Ok(result.outcome.units_json().to_string()))
    })
}

/// Gives the whole result as JSON: {"summary": {…}, "units": {name: unit}, "tables": {name: {"name": …, "rows": n, "columns": {name:
/// [values]}}}}. The text belongs to the result and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_json(result: *const kam_result, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, json) = unsafe { (read(result, "result")?, Out::new(json, "json")?) };
        result.json.give(json, || Ok(result.outcome.to_json().to_string()))
    })
}

/// Gives a chart as a Vega-Lite specification in JSON, for light paper: the one of this name, or if `name` is NULL the main one. Its data are
/// in it, thinned where the result is large. A chart with nothing to show says so. kam_methods lists which method has which charts.
///
/// The text belongs to the result and lives as long as it. Fails with KAM_OPTION for a name that is none of its charts, and with
/// KAM_INVALID_ARGUMENT where the method has no charts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_chart(
    result: *const kam_result,
    name: *const c_char,
    json: *mut *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_result_chart_in(result, name, std::ptr::null(), json, error) }
}

/// kam_result_chart in a theme: "light" (as NULL), "dark", or "page", whose colours are custom properties of the page's style sheet
/// (`var(--kam-accent)` and so on, see docs/charts.md). Fails as kam_result_chart, and with KAM_OPTION for another theme.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_chart_in(
    result: *const kam_result,
    name: *const c_char,
    theme: *const c_char,
    json: *mut *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (result, name, theme, json) =
            unsafe { (read(result, "result")?, optional_text(name, "name")?, optional_text(theme, "theme")?, Out::new(json, "json")?) };
        let word = theme.unwrap_or("light");
        let theme: Theme = serde_json::from_value(Value::from(word))
            .map_err(|_| Failure::option(format!("argument `theme` is {word}")).hint("themes are light, dark and page"))?;
        let key = (name.map(str::to_owned), theme);
        let charts = || result.charts.lock().unwrap_or_else(PoisonError::into_inner);
        let made = charts().get(&key).map(|text| text.as_ptr());
        let text = match made {
            Some(text) => text,
            None => {
                // Not under the lock: drawing takes its time.
                let drawing = result.outcome.chart(name)?.ok_or_else(|| Failure::argument(format!("{} has no charts", result.method)))?;
                let text = c_text(&drawing.spec(theme).to_string());
                charts().entry(key).or_insert(text).as_ptr()
            }
        };
        json.write(text);
        Ok(())
    })
}

/// Frees a result. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_result_free(result: *mut kam_result) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(result) };
}
