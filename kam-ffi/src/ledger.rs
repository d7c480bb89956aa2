//! Ledgers: files and Arrow streams.

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::ledger::{Source, Stream};
use kam_core::money::Rates;
use kam_core::time::Date;
use kam_core::{Code, Columns, Error, Ledger};
use serde_json::Value;

use crate::border::{Failure, Fallible, Out, call, change, free, json, list, text};
use crate::error::kam_error;
use crate::status::kam_status;
use crate::stream::{collect, open, take};

/// A sales ledger: where its rows are, and what its columns mean. Free it with kam_ledger_free; facts made of it live on.
pub struct kam_ledger {
    pub(crate) ledger: Ledger,
}

impl kam_ledger {
    fn new(source: impl Into<Source>, columns_json: &str) -> Fallible<Self> {
        Ok(kam_ledger { ledger: Ledger::scan(source, columns(columns_json)?)? })
    }
}

/// What a ledger's columns mean.
pub(crate) fn columns(columns_json: &str) -> Fallible<Columns> {
    Ok(Columns::from_json(&json(Some(columns_json), "columns_json")?)?)
}

/// A ledger in files: the path of a Parquet, CSV or Arrow IPC file, or a glob of such ("sales/2024-*.parquet").
///
/// `columns_json` says which column is which: {"account": …, "date": …, "amount": …} are required, and any of "order", "cost",
/// "cost_to_serve", "list_amount", "direction", "currency", "manager", "date_format", "amount_format", "timezone", "scale",
/// "base_currency", "on_bad_rows", "max_bad_share", "earliest", "latest", "delimiter", "header" may follow. A money column may be a
/// formula of two columns, "quantity * price" or "sales - profit".
///
/// Nothing is read before kam_facts_new, so a file that is not there is reported by that call. On success `*ledger` is the caller's.
/// Fails with KAM_OPTION where `columns_json` is not JSON or not as it must be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_open(
    path: *const c_char,
    columns_json: *const c_char,
    ledger: *mut *mut kam_ledger,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (path, columns, ledger) = unsafe { (text(path, "path")?, text(columns_json, "columns_json")?, Out::new(ledger, "ledger")?) };
        ledger.give(kam_ledger::new(path, columns)?);
        Ok(())
    })
}

/// A ledger in several files or globs, `count` of them, read in this order. Otherwise as kam_ledger_open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_open_files(
    paths: *const *const c_char,
    count: usize,
    columns_json: *const c_char,
    ledger: *mut *mut kam_ledger,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (paths, columns, ledger) =
            unsafe { (list(paths, count, "paths")?, text(columns_json, "columns_json")?, Out::new(ledger, "ledger")?) };
        // SAFETY: as above, for each of the list.
        let paths = paths.iter().map(|path| unsafe { text(*path, "paths") }.map(str::to_owned)).collect::<Fallible<Vec<_>>>()?;
        ledger.give(kam_ledger::new(Source::Files(paths), columns)?);
        Ok(())
    })
}

/// A ledger from an Arrow stream. Its batches are taken up at once and kept, without a copy, so facts can be made of it any number of
/// times.
///
/// The stream is moved: after the call it is marked as released, whether the call succeeded or not, and the caller only reuses or
/// discards the struct. The ledger holds the batches until it is freed. Row numbers in messages count from 1 over all batches.
/// `columns_json` is as for kam_ledger_open. On success `*ledger` is the caller's.
///
/// Fails with KAM_OPTION for `columns_json`, KAM_INVALID_ARGUMENT for a stream that was released, KAM_SOURCE_FAILED where the stream
/// itself fails, KAM_NOT_UTF8 and KAM_SOURCE_DAMAGED where what it brings cannot be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_from_stream(
    stream: *mut FFI_ArrowArrayStream,
    columns_json: *const c_char,
    ledger: *mut *mut kam_ledger,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (stream, columns, ledger) = unsafe { (take(stream), text(columns_json, "columns_json")?, Out::new(ledger, "ledger")?) };
        ledger.give(kam_ledger::new(collect(open(stream, "ledger")?)?, columns)?);
        Ok(())
    })
}

/// A ledger from an Arrow stream that is larger than memory: kam_facts_new reads it batch by batch, on the thread that calls it, and
/// keeps none. Facts can be made of it once; a second time is KAM_SOURCE_FAILED. Otherwise as kam_ledger_from_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_from_stream_once(
    stream: *mut FFI_ArrowArrayStream,
    columns_json: *const c_char,
    ledger: *mut *mut kam_ledger,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (stream, columns, ledger) = unsafe { (take(stream), text(columns_json, "columns_json")?, Out::new(ledger, "ledger")?) };
        let waiting = Mutex::new(Some(open(stream, "ledger")?));
        let read = move || {
            let batches = waiting.lock().ok().and_then(|mut waiting| waiting.take()).ok_or_else(|| {
                Error::new(Code::SourceFailed, "the ledger is a stream that was read already")
                    .with_hint("make all facts you need of one kam_ledger_from_stream, which keeps the batches")
            })?;
            Ok(Stream { schema: batches.schema(), batches: Box::new(batches) })
        };
        ledger.give(kam_ledger::new(Source::Stream(Arc::new(read)), columns)?);
        Ok(())
    })
}

/// Sets the rates that turn all money of the ledger into one currency; the ledger needs a currency column.
///
/// `base` is the currency to turn into. `rates_json` is a list of {"currency": "CAD", "date": "2015-01-05", "rate": "1.25"}: from that
/// day on, one unit of the base buys that many units of the currency. Rates are exact decimals, best given as text. A failed call
/// leaves the ledger as it was.
///
/// Fails with KAM_OPTION for `rates_json` and for a ledger without a currency column, KAM_DATE for a date, KAM_CURRENCY_WITHOUT_RATE for
/// a rate that cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_set_rates(
    ledger: *mut kam_ledger,
    base: *const c_char,
    rates_json: *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (ledger, base, rates_json) = unsafe { (change(ledger, "ledger")?, text(base, "base")?, text(rates_json, "rates_json")?) };
        let rates = read_rates(base, &json(Some(rates_json), "rates_json")?)?;
        ledger.ledger = ledger.ledger.clone().with_rates(rates)?;
        Ok(())
    })
}

fn read_rates(base: &str, list: &Value) -> Fallible<Rates> {
    let wrong = |at: usize| {
        Failure::option(format!("argument `rates_json`: rate {at} is not as it must be"))
            .hint(r#"rates are a list of {"currency": "CAD", "date": "2015-01-05", "rate": "1.25"}"#)
    };
    let mut rates = Rates::new(base);
    for (at, rate) in list.as_array().ok_or_else(|| wrong(0))?.iter().enumerate() {
        let fields = rate.as_object().filter(|fields| fields.len() == 3).ok_or_else(|| wrong(at))?;
        let field = |name: &str| fields.get(name).ok_or_else(|| wrong(at));
        let (currency, date) = (field("currency")?.as_str().ok_or_else(|| wrong(at))?, field("date")?.as_str().ok_or_else(|| wrong(at))?);
        let per_base = match field("rate")? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(wrong(at)),
        };
        rates.add(currency, Date::parse(date)?, &per_base)?;
    }
    Ok(rates)
}

/// Frees a ledger. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_free(ledger: *mut kam_ledger) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(ledger) };
}
