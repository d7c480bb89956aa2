//! Why a call failed.

use std::ffi::{CStr, CString, c_char};

use crate::border::c_text;
use crate::status::{KAM_OK, kam_status};

/// Why a call failed: a code, a message that says where, and often a hint what to do. Read-only; free it with kam_error_free.
pub struct kam_error {
    code: kam_status,
    message: CString,
    hint: Option<CString>,
}

impl kam_error {
    pub(crate) fn new(code: kam_status, message: &str, hint: Option<&str>) -> Self {
        kam_error { code, message: c_text(message), hint: hint.map(c_text) }
    }

    /// Why stored runs of a book were not merged, for a caller who frees it.
    pub(crate) fn of_merge(code: kam_status, why: &str) -> *mut Self {
        let hint = "the batch is in the book all the same; the next append tries again";
        Box::into_raw(Box::new(kam_error::new(code, why, Some(hint))))
    }
}

/// The code, the same that the call returned; KAM_OK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_error_code(error: *const kam_error) -> kam_status {
    // SAFETY: NULL, or an error that kam made and that was not freed.
    unsafe { error.as_ref() }.map_or(KAM_OK, |error| error.code)
}

/// The message, which names table, row, column and value where there are any. It lives as long as the error; "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_error_message(error: *const kam_error) -> *const c_char {
    const EMPTY: &CStr = c"";
    // SAFETY: NULL, or an error that kam made and that was not freed.
    unsafe { error.as_ref() }.map_or(EMPTY.as_ptr(), |error| error.message.as_ptr())
}

/// What to do about it, or NULL where there is no hint or no error. It lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_error_hint(error: *const kam_error) -> *const c_char {
    // SAFETY: NULL, or an error that kam made and that was not freed.
    unsafe { error.as_ref() }.and_then(|error| error.hint.as_ref()).map_or(std::ptr::null(), |hint| hint.as_ptr())
}

/// Frees an error and its texts. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_error_free(error: *mut kam_error) {
    if !error.is_null() {
        // SAFETY: an error that kam made with `Box`, given back once.
        drop(unsafe { Box::from_raw(error) });
    }
}
