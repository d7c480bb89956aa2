//! The optional tables of a CRM.

use std::ffi::c_char;
use std::sync::OnceLock;

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::Crm;
use kam_core::crm::{Builder, Mapping};
use kam_core::ledger::read_file;
use kam_core::method::from_json;
use serde::Deserialize;

use crate::border::{self, Fallible, Out, call, change, free, json, optional_text, read, text};
use crate::error::kam_error;
use crate::status::kam_status;
use crate::stream::{collect, open, take};

/// What a CRM knows beside the ledger: any of the tables accounts, ratings, activities, opportunities, contacts, plans, contracts,
/// competitors, managers, manager_ratings. Free it with kam_crm_free; results and reviews made of it live on.
pub struct kam_crm {
    builder: Builder,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CrmOptions {
    date_format: Option<String>,
    timezone: Option<String>,
}

impl kam_crm {
    /// The tables given so far.
    pub(crate) fn get(&self) -> &Crm {
        self.builder.so_far()
    }
}

/// The caller's tables, or none.
///
/// # Safety
/// NULL, or a live handle that nobody changes meanwhile.
pub(crate) unsafe fn crm_or_none<'a>(crm: *const kam_crm) -> Fallible<&'a Crm> {
    static NONE: OnceLock<Crm> = OnceLock::new();
    if crm.is_null() {
        return Ok(NONE.get_or_init(Crm::default));
    }
    // SAFETY: passed on to the caller.
    Ok(unsafe { read(crm, "crm") }?.get())
}

/// An empty crm. `options_json` is NULL or {"date_format": "%d.%m.%Y", "timezone": "Europe/Berlin"}: how text dates of its tables are
/// written (ISO 8601 without) and in which zone instants become days (UTC without). On success `*crm` is the caller's. Fails
/// with KAM_OPTION for `options_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_new(options_json: *const c_char, crm: *mut *mut kam_crm, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (options, crm) = unsafe { (optional_text(options_json, "options_json")?, Out::new(crm, "crm")?) };
        let options: CrmOptions = border::options(options, "options of the crm", "they are date_format and timezone")?;
        let mut builder = Crm::builder();
        if let Some(timezone) = &options.timezone {
            builder = builder.timezone(timezone)?;
        }
        if let Some(format) = &options.date_format {
            builder = builder.date_format(format)?;
        }
        crm.give(kam_crm { builder });
        Ok(())
    })
}

/// Adds a table from an Arrow stream; it is checked at once.
///
/// `columns_json` is NULL where the columns have their canonical names, or says which column is which: {"account": "customer"}.
/// The stream is moved: after the call it is marked as released, whether the call succeeded or not. A failed call adds nothing. A table
/// can be given once. No other thread may use the crm during the call.
///
/// Fails with KAM_OPTION for a table that does not exist or was given and for `columns_json`, the codes of 200 for its columns, those of
/// 500 for its rows, and for the stream as kam_ledger_from_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_add_stream(
    crm: *mut kam_crm,
    table: *const c_char,
    stream: *mut FFI_ArrowArrayStream,
    columns_json: *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (stream, crm, table, columns) =
            unsafe { (take(stream), change(crm, "crm")?, text(table, "table")?, optional_text(columns_json, "columns_json")?) };
        let mapping = mapping(table, columns)?;
        let batches = collect(open(stream, "crm")?)?;
        Ok(crm.builder.add(table, &batches, &mapping)?)
    })
}

/// Adds a table from a file: Parquet, CSV with commas and a header, or Arrow IPC. Otherwise as kam_crm_add_stream.
///
/// Fails with the codes of 100 where the file is not there or cannot be read, and as kam_crm_add_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_add_file(
    crm: *mut kam_crm,
    table: *const c_char,
    path: *const c_char,
    columns_json: *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (crm, table, path, columns) =
            unsafe { (change(crm, "crm")?, text(table, "table")?, text(path, "path")?, optional_text(columns_json, "columns_json")?) };
        let mapping = mapping(table, columns)?;
        Ok(crm.builder.add(table, &read_file(path)?, &mapping)?)
    })
}

fn mapping(table: &str, columns: Option<&str>) -> Fallible<Mapping> {
    let what = format!("columns of the crm table `{table}`");
    let mapping: Option<Mapping> = from_json(&what, &json(columns, "columns_json")?, r#"they are {"canonical name": "your name"}"#)?;
    Ok(mapping.unwrap_or_default())
}

/// Frees a crm. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_free(crm: *mut kam_crm) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(crm) };
}
