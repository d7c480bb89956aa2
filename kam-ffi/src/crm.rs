//! The optional tables of a CRM.

use std::ffi::c_char;
use std::sync::OnceLock;

use arrow::array::RecordBatch;
use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::Crm;
use kam_core::crm::{Builder, Mapping};
use serde::Deserialize;

use crate::border::{Failure, Fallible, Out, call, change, free, json, optional_text, read, text};
use crate::error::kam_error;
use crate::status::kam_status;
use crate::stream::{Batches, take};

/// What a CRM knows beside the ledger: any of the tables accounts, ratings, activities, opportunities, contacts, plans, contracts,
/// competitors, managers, manager_ratings. Free it with kam_crm_free; results and reviews made of it live on.
pub struct kam_crm {
    options: CrmOptions,
    tables: Vec<Given>,
    crm: OnceLock<Crm>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CrmOptions {
    date_format: Option<String>,
    timezone: Option<String>,
}

/// A table as it was given.
struct Given {
    name: String,
    batches: Vec<RecordBatch>,
    mapping: Mapping,
}

impl kam_crm {
    fn builder(&self) -> kam_core::Result<Builder> {
        let mut builder = Crm::builder();
        if let Some(timezone) = &self.options.timezone {
            builder = builder.timezone(timezone)?;
        }
        if let Some(format) = &self.options.date_format {
            builder = builder.date_format(format)?;
        }
        Ok(builder)
    }

    /// The tables given so far; put together when they are first needed.
    pub(crate) fn get(&self) -> kam_core::Result<&Crm> {
        if let Some(crm) = self.crm.get() {
            return Ok(crm);
        }
        let mut builder = self.builder()?;
        for given in &self.tables {
            builder = builder.mapped_table(&given.name, given.batches.clone(), &given.mapping)?;
        }
        let crm = builder.build()?;
        Ok(self.crm.get_or_init(|| crm))
    }

    fn add(&mut self, given: Given) -> Fallible<()> {
        if self.tables.iter().any(|table| table.name == given.name) {
            return Err(Failure::option(format!("the crm table `{}` was given twice", given.name)).hint("give each table once"));
        }
        // What is wrong with a table is said when it comes.
        self.builder()?.mapped_table(&given.name, given.batches.clone(), &given.mapping)?;
        self.tables.push(given);
        self.crm = OnceLock::new();
        Ok(())
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
    Ok(unsafe { read(crm, "crm") }?.get()?)
}

/// An empty crm. `options_json` is NULL or {"date_format": "%d.%m.%Y", "timezone": "Europe/Berlin"}: how text dates of its tables are
/// written (ISO 8601 without) and in which zone instants become days (UTC without). On success `*crm` is the caller's. Fails
/// with KAM_OPTION for `options_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_new(options_json: *const c_char, crm: *mut *mut kam_crm, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (options, crm) = unsafe { (optional_text(options_json, "options_json")?, Out::new(crm, "crm")?) };
        let options: Option<CrmOptions> = serde_json::from_value(json(options, "options_json")?)
            .map_err(|source| Failure::option(format!("options of the crm: {source}")).hint("they are date_format and timezone"))?;
        let made = kam_crm { options: options.unwrap_or_default(), tables: vec![], crm: OnceLock::new() };
        made.builder()?;
        crm.give(made);
        Ok(())
    })
}

/// Adds a table from an Arrow stream; it is checked at once, and its batches are kept without a copy.
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
        let mapping: Option<Mapping> = serde_json::from_value(json(columns, "columns_json")?).map_err(|source| {
            Failure::option(format!("columns of the crm table `{table}`: {source}")).hint(r#"they are {"canonical name": "your name"}"#)
        })?;
        let batches = Batches::open(stream, "crm")?.collect()?;
        crm.add(Given { name: table.to_owned(), batches, mapping: mapping.unwrap_or_default() })
    })
}

/// Frees a crm. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_crm_free(crm: *mut kam_crm) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(crm) };
}
