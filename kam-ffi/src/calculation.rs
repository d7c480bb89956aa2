//! Calculations: the domain-free numerics by name.

use std::ffi::c_char;

use kam_core::calculation::calculation;

use crate::border::{Out, call, json, text};
use crate::error::kam_error;
use crate::result::kam_result;
use crate::status::kam_status;

/// Calculates by name, domain-free and without facts: "mcda.topsis", "btyd.fit" and so on, see kam_calculations.
///
/// `input_json` is an object of what the calculation takes, null where a number is missing. On success `*result` is the caller's: it has no
/// tables, and kam_result_summary gives what was calculated. Fails with KAM_UNKNOWN_METHOD and, for `input_json`, KAM_OPTION as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_calculate(
    name: *const c_char,
    input_json: *const c_char,
    result: *mut *mut kam_result,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (name, input, result) = unsafe { (text(name, "name")?, text(input_json, "input_json")?, Out::new(result, "result")?) };
        let calculation = calculation(name)?;
        let outcome = calculation.outcome(&json(Some(input), "input_json")?)?;
        result.give(kam_result::new(calculation.name, outcome));
        Ok(())
    })
}
