//! The border itself: one wrapper around every fallible function, and the ways in and out for its arguments.

use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use kam_core::method::from_json;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::kam_error;
use crate::status::{KAM_INVALID_ARGUMENT, KAM_INVALID_UTF8, KAM_NULL_ARGUMENT, KAM_OK, KAM_OPTION, kam_status};

/// Why a call fails: an error of the library, or of the way it was called.
pub(crate) struct Failure {
    code: kam_status,
    message: String,
    hint: Option<String>,
}

pub(crate) type Fallible<T> = Result<T, Failure>;

impl Failure {
    pub fn null(name: &str) -> Self {
        Failure { code: KAM_NULL_ARGUMENT, message: format!("argument `{name}` is NULL"), hint: None }
    }

    pub fn argument(message: impl Into<String>) -> Self {
        Failure { code: KAM_INVALID_ARGUMENT, message: message.into(), hint: None }
    }

    pub fn option(message: impl Into<String>) -> Self {
        Failure { code: KAM_OPTION, message: message.into(), hint: None }
    }

    /// Puts the place in front of the message.
    pub fn at(mut self, place: impl std::fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<kam_core::Error> for Failure {
    fn from(error: kam_core::Error) -> Self {
        Failure { code: error.code() as kam_status, message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

/// Runs the body of a function. A failure becomes the status and, where the caller wants it, an error; a panic stops here.
pub(crate) fn call(error: *mut *mut kam_error, body: impl FnOnce() -> Fallible<()>) -> kam_status {
    // Handles change only by an assignment at the end of a body, so a panic leaves them as they were.
    let failure = match kam_core::Error::caught(|| Ok(body())) {
        Ok(Ok(())) => return KAM_OK,
        Ok(Err(failure)) => failure,
        Err(panic) => panic.into(),
    };
    if !error.is_null() {
        let made = Box::new(kam_error::new(failure.code, &failure.message, failure.hint.as_deref()));
        // SAFETY: not NULL, and the contract asks for a place that can be written to.
        unsafe { error.write(Box::into_raw(made)) };
    }
    failure.code
}

/// Text that is made when it is first asked for and then belongs to its handle.
#[derive(Default)]
pub(crate) struct Text(OnceLock<CString>);

impl Text {
    pub const fn new() -> Self {
        Text(OnceLock::new())
    }

    /// Writes where it stands.
    pub fn give(&self, place: Out<*const c_char>, make: impl FnOnce() -> Fallible<String>) -> Fallible<()> {
        let text = match self.0.get() {
            Some(text) => text,
            None => {
                let made = c_text(&make()?);
                self.0.get_or_init(|| made)
            }
        };
        place.write(text.as_ptr());
        Ok(())
    }
}

/// Text for C. A zero byte, which C text cannot hold, becomes U+FFFD.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default())
}

/// A handle to read.
///
/// # Safety
/// NULL, or a live handle that nobody changes meanwhile.
pub(crate) unsafe fn read<'a, T>(handle: *const T, name: &str) -> Fallible<&'a T> {
    // SAFETY: passed on to the caller.
    unsafe { handle.as_ref() }.ok_or_else(|| Failure::null(name))
}

/// A handle to change.
///
/// # Safety
/// NULL, or a live handle that nobody else uses meanwhile.
pub(crate) unsafe fn change<'a, T>(handle: *mut T, name: &str) -> Fallible<&'a mut T> {
    // SAFETY: passed on to the caller.
    unsafe { handle.as_mut() }.ok_or_else(|| Failure::null(name))
}

/// Text that must be given.
///
/// # Safety
/// NULL, or text that ends with a zero byte and outlives the call.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Fallible<&'a str> {
    // SAFETY: passed on to the caller.
    unsafe { optional_text(text, name) }?.ok_or_else(|| Failure::null(name))
}

/// Text that may be left out.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(text: *const c_char, name: &str) -> Fallible<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL; the caller promises the zero byte at its end.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map(Some).map_err(|source| Failure {
        code: KAM_INVALID_UTF8,
        message: format!("argument `{name}` is not UTF-8: byte {} cannot be read", source.valid_up_to()),
        hint: Some("strings are UTF-8 that ends with a zero byte".to_owned()),
    })
}

/// JSON from text; null where none was given.
pub(crate) fn json(text: Option<&str>, name: &str) -> Fallible<Value> {
    text.map_or(Ok(Value::Null), serde_json::from_str)
        .map_err(|source| Failure::option(format!("argument `{name}` is not JSON: {source}")).hint("pass a JSON object as UTF-8 text"))
}

/// Options from text: their defaults where none was given. `what` stands before what is wrong with them, `hint` says what there is.
pub(crate) fn options<T: DeserializeOwned + Default>(text: Option<&str>, what: &str, hint: &str) -> Fallible<T> {
    let given: Option<T> = from_json(what, &json(text, "options_json")?, hint)?;
    Ok(given.unwrap_or_default())
}

/// A list of so many values.
///
/// # Safety
/// NULL, or an array of at least `length` values that outlives the call.
pub(crate) unsafe fn list<'a, T>(values: *const T, length: usize, name: &str) -> Fallible<&'a [T]> {
    // SAFETY: passed on to the caller.
    unsafe { optional_list(values, length, name) }?.ok_or_else(|| Failure::null(name))
}

/// A list of so many values that may be left out.
///
/// # Safety
/// As for [`list`].
pub(crate) unsafe fn optional_list<'a, T>(values: *const T, length: usize, name: &str) -> Fallible<Option<&'a [T]>> {
    if values.is_null() {
        return Ok(None);
    }
    if length.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX.cast_unsigned()) {
        return Err(Failure::argument(format!("argument `rows` is {length}, more than `{name}` can have in memory")));
    }
    // SAFETY: not NULL, and no larger than memory; the caller promises that many values.
    Ok(Some(unsafe { std::slice::from_raw_parts(values, length) }))
}

/// A place for an output, checked before the work and written after it.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// # Safety
    /// NULL, or a place that can be written to until the call ends.
    pub unsafe fn new(place: *mut T, name: &str) -> Fallible<Self> {
        if place.is_null() { Err(Failure::null(name)) } else { Ok(Out(place)) }
    }

    pub fn write(self, value: T) {
        // SAFETY: not NULL; whoever made it promised a place that can be written to.
        unsafe { self.0.write(value) };
    }
}

impl<T> Out<*mut T> {
    /// Hands a new handle to the caller.
    pub fn give(self, handle: T) {
        self.write(Box::into_raw(Box::new(handle)));
    }
}

/// Frees a handle.
///
/// # Safety
/// NULL, or a handle that [`Out::give`] gave, not used again.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: made with `Box` by `give`, and given back once. A panic on the way out must not cross either.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(handle) })));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{kam_error_code, kam_error_free, kam_error_hint, kam_error_message};
    use crate::status::KAM_INTERNAL;

    #[test]
    fn a_panic_becomes_a_status() {
        let mut error = std::ptr::null_mut();
        assert_eq!(call(&raw mut error, || panic!("out of {}", "cheese")), KAM_INTERNAL);
        // SAFETY: `call` made the error; it is freed once.
        unsafe {
            assert_eq!(kam_error_code(error), KAM_INTERNAL);
            assert!(CStr::from_ptr(kam_error_message(error)).to_str().unwrap().contains("out of cheese"));
            assert!(!kam_error_hint(error).is_null());
            kam_error_free(error);
        }
        assert_eq!(call(std::ptr::null_mut(), || std::panic::panic_any(7)), KAM_INTERNAL);
    }

    #[test]
    fn success_leaves_the_error_alone() {
        let mut error = std::ptr::dangling_mut();
        assert_eq!(call(&raw mut error, || Ok(())), KAM_OK);
        assert_eq!(error, std::ptr::dangling_mut());
    }

    #[test]
    fn a_zero_byte_in_a_text_is_replaced() {
        assert_eq!(c_text("a\0b").to_str().unwrap(), "a\u{FFFD}b");
    }
}
