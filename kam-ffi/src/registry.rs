//! What methods and calculations there are.

use std::ffi::c_char;

use kam_core::calculation::{CALCULATIONS, Calculation};
use kam_core::chart::describe;
use kam_core::method::METHODS;
use serde_json::Value;

use crate::border::{Out, Text, call};
use crate::error::kam_error;
use crate::status::kam_status;

/// Gives every method as a JSON list of {"name", "title", "about", "family", "needs": [what it cannot do without], "builds_on": [methods],
/// "tables": [{"name", "rows"}], "charts": [{"name", "about"}], "options": their JSON schema, "defaults": {…}}. The text belongs to the
/// library and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_methods(json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    static LIST: Text = Text::new();
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let json = unsafe { Out::new(json, "json")? };
        LIST.give(json, || Ok(METHODS.iter().map(describe).collect::<kam_core::Result<Value>>()?.to_string()))
    })
}

/// Gives every calculation as a JSON list of {"name", "about", "input": the JSON schema of what it takes}. The text belongs to the
/// library and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_calculations(json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    static LIST: Text = Text::new();
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let json = unsafe { Out::new(json, "json")? };
        LIST.give(json, || Ok(CALCULATIONS.iter().map(Calculation::describe).collect::<Value>().to_string()))
    })
}
