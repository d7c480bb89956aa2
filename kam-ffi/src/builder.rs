//! Ledgers pushed in plain C arrays, for hosts without Arrow.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema};
use kam_core::{Columns, Ledger};
use serde_json::{Map, Value};

use crate::border::{Failure, Fallible, Out, call, change, free, json, list, optional_list, optional_text, read, text};
use crate::error::kam_error;
use crate::ledger::kam_ledger;
use crate::status::kam_status;

/// A ledger in the making, of plain C arrays. Free it with kam_ledger_builder_free, also after kam_ledger_builder_finish.
pub struct kam_ledger_builder {
    settings: Map<String, Value>,
    scale: i8,
    blocks: Vec<Block>,
}

/// The rows of one push.
struct Block {
    rows: usize,
    columns: BTreeMap<&'static str, ArrayRef>,
}

const REQUIRED: [&str; 3] = ["account", "date", "amount"];
const MONEY: [&str; 3] = ["cost", "cost_to_serve", "list_amount"];
const TEXT: [&str; 4] = ["order", "direction", "currency", "manager"];

impl kam_ledger_builder {
    fn new(settings: Value) -> Fallible<Self> {
        let mut settings = match settings {
            Value::Null => Map::new(),
            Value::Object(settings) => settings,
            _ => return Err(Failure::option("argument `settings_json` is not a JSON object")),
        };
        if let Some(name) = REQUIRED.iter().chain(&MONEY).chain(&TEXT).find(|name| settings.contains_key(**name)) {
            return Err(Failure::option(format!("argument `settings_json` names the column `{name}`"))
                .hint("a builder's columns have their own names; settings are what is left of columns_json: scale, base_currency …"));
        }
        for name in REQUIRED {
            settings.insert(name.to_owned(), name.into());
        }
        let scale = Columns::from_json(&Value::Object(settings.clone()))?.scale.decimals();
        let scale = i8::try_from(scale).map_err(|_| Failure::option("option `scale` is too large"))?;
        Ok(kam_ledger_builder { settings, scale, blocks: vec![] })
    }

    /// Minor units as exact decimals.
    fn money(&self, minor: impl Iterator<Item = Option<i64>>) -> Fallible<ArrayRef> {
        let values: Decimal128Array = minor.map(|minor| minor.map(i128::from)).collect();
        let values = values.with_precision_and_scale(38, self.scale);
        Ok(Arc::new(values.map_err(|source| kam_core::Error::internal(source.to_string()))?))
    }

    fn push(&mut self, accounts: ArrayRef, days: &[i32], amounts: &[i64], cost: Option<&[i64]>) -> Fallible<()> {
        let mut columns = BTreeMap::from([
            ("account", accounts),
            ("date", Arc::new(Date32Array::from(days.to_vec())) as ArrayRef),
            ("amount", self.money(amounts.iter().copied().map(Some))?),
        ]);
        if let Some(cost) = cost {
            columns.insert("cost", self.money(cost.iter().copied().map(Some))?);
        }
        self.blocks.push(Block { rows: days.len(), columns });
        Ok(())
    }

    /// Adds a column to the rows of the last push.
    fn add(&mut self, allowed: &[&'static str], column: &str, rows: usize, values: Fallible<ArrayRef>) -> Fallible<()> {
        let name = allowed.iter().find(|name| **name == column).ok_or_else(|| {
            Failure::argument(format!("there is no such column `{column}`")).hint(format!("it may be {}", allowed.join(", ")))
        })?;
        let block = self.blocks.last_mut().ok_or_else(|| {
            Failure::argument(format!("column `{column}` comes before any rows")).hint("call kam_ledger_builder_push first")
        })?;
        if rows != block.rows {
            return Err(Failure::argument(format!("column `{column}` has {rows} values for the {} rows of the last push", block.rows)));
        }
        if block.columns.contains_key(name) {
            return Err(Failure::argument(format!("column `{column}` of the last push was given already")));
        }
        block.columns.insert(name, values?);
        Ok(())
    }

    fn finish(&self) -> Fallible<Ledger> {
        let mut settings = self.settings.clone();
        let empty = [Block { rows: 0, columns: BTreeMap::new() }];
        let mut batches = vec![];
        let first = self.blocks.first();
        for (number, block) in (1..).zip(if first.is_some() { &self.blocks[..] } else { &empty[..] }) {
            if let Some(first) = first.filter(|first| !first.columns.keys().eq(block.columns.keys())) {
                let names = |block: &Block| block.columns.keys().copied().collect::<Vec<_>>().join(", ");
                return Err(Failure::argument(format!("push {number} has the columns {}, push 1 has {}", names(block), names(first)))
                    .hint("give every push the same columns"));
            }
            batches.push(block.batch(self)?);
        }
        for name in first.into_iter().flat_map(|first| first.columns.keys()) {
            settings.insert((*name).to_owned(), (*name).into());
        }
        Ok(Ledger::from_batches(batches, Columns::from_json(&Value::Object(settings))?)?)
    }
}

impl Block {
    fn batch(&self, builder: &kam_ledger_builder) -> Fallible<RecordBatch> {
        let mut columns: Vec<(&str, ArrayRef)> = self.columns.iter().map(|(name, array)| (*name, array.clone())).collect();
        if columns.is_empty() {
            // Nothing was pushed: a ledger without rows.
            columns = vec![
                ("account", Arc::new(StringArray::from(Vec::<&str>::new()))),
                ("date", Arc::new(Date32Array::from(Vec::<i32>::new()))),
                ("amount", builder.money(std::iter::empty())?),
            ];
        }
        let (fields, arrays): (Vec<_>, Vec<_>) =
            columns.into_iter().map(|(name, array)| (Field::new(name, array.data_type().clone(), true), array)).unzip();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|source| kam_core::Error::internal(source.to_string()).into())
    }
}

/// Texts, each of which may be NULL.
///
/// # Safety
/// Every text that is not NULL ends with a zero byte and outlives the call.
unsafe fn texts(values: &[*const c_char], name: &str) -> Fallible<ArrayRef> {
    let read = |(row, value): (usize, &*const c_char)| {
        // SAFETY: passed on to the caller.
        let text = unsafe { optional_text(*value, name) };
        text.map_err(|failure| failure.at(format!("row {row} of the push")))
    };
    let values: Fallible<StringArray> = values.iter().enumerate().map(read).collect();
    Ok(Arc::new(values?))
}

/// Begins a ledger of plain C arrays.
///
/// `settings_json` is NULL or what kam_ledger_open takes as columns_json without the names of columns, such as {"scale": 2,
/// "base_currency": "EUR"}. The scale (2 without) says what a minor unit is: with 2, 1050 stands for 10.50. On success `*builder` is the
/// caller's. Fails with KAM_OPTION for `settings_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_new(
    settings_json: *const c_char,
    builder: *mut *mut kam_ledger_builder,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (settings, builder) = unsafe { (optional_text(settings_json, "settings_json")?, Out::new(builder, "builder")?) };
        builder.give(kam_ledger_builder::new(json(settings, "settings_json")?)?);
        Ok(())
    })
}

/// Adds rows: `rows` values each of the account (text; NULL in a row without one), the day (days since 1970-01-01), the amount and, if
/// `cost_minor` is not NULL, the cost, both in minor units. Everything is copied. A failed call adds nothing. Fails with KAM_INVALID_UTF8
/// for an account, naming its row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_push(
    builder: *mut kam_ledger_builder,
    rows: usize,
    accounts: *const *const c_char,
    days_since_1970: *const i32,
    amount_minor: *const i64,
    cost_minor: *const i64,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (builder, accounts, days, amounts, cost) = unsafe {
            (
                change(builder, "builder")?,
                list(accounts, rows, "accounts")?,
                list(days_since_1970, rows, "days_since_1970")?,
                list(amount_minor, rows, "amount_minor")?,
                optional_list(cost_minor, rows, "cost_minor")?,
            )
        };
        // SAFETY: as above, for each of the list.
        let accounts = unsafe { texts(accounts, "accounts") }?;
        builder.push(accounts, days, amounts, cost)
    })
}

/// Adds rows whose accounts are whole numbers. Otherwise as kam_ledger_builder_push; a ledger has the one kind of accounts or the other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_push_numbered(
    builder: *mut kam_ledger_builder,
    rows: usize,
    accounts: *const i64,
    days_since_1970: *const i32,
    amount_minor: *const i64,
    cost_minor: *const i64,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (builder, accounts, days, amounts, cost) = unsafe {
            (
                change(builder, "builder")?,
                list(accounts, rows, "accounts")?,
                list(days_since_1970, rows, "days_since_1970")?,
                list(amount_minor, rows, "amount_minor")?,
                optional_list(cost_minor, rows, "cost_minor")?,
            )
        };
        builder.push(Arc::new(Int64Array::from(accounts.to_vec())), days, amounts, cost)
    })
}

/// Adds a money column to the rows of the last push: "cost", "cost_to_serve" or "list_amount", `rows` values in minor units.
/// Every push must get the same columns. Everything is copied. A failed call adds nothing. Fails with KAM_INVALID_ARGUMENT for another
/// column, another number of rows, a column given already, or before the first push.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_add_money(
    builder: *mut kam_ledger_builder,
    column: *const c_char,
    rows: usize,
    minor: *const i64,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (builder, column, minor) = unsafe { (change(builder, "builder")?, text(column, "column")?, list(minor, rows, "minor")?) };
        let values = builder.money(minor.iter().copied().map(Some));
        builder.add(&MONEY, column, rows, values)
    })
}

/// Adds a text column to the rows of the last push: "order", "direction", "currency" or "manager", `rows` texts, NULL where a row has
/// none. Every push must get the same columns. Everything is copied. A failed call adds nothing. Fails as kam_ledger_builder_add_money, and
/// with KAM_INVALID_UTF8 for a value, naming its row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_add_text(
    builder: *mut kam_ledger_builder,
    column: *const c_char,
    rows: usize,
    values: *const *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (builder, column, values) = unsafe { (change(builder, "builder")?, text(column, "column")?, list(values, rows, "values")?) };
        // SAFETY: as above, for each of the list.
        let values = unsafe { texts(values, "values") };
        builder.add(&TEXT, column, rows, values)
    })
}

/// Makes a ledger of the rows pushed so far. The builder stays the caller's, may be pushed more rows and finished again. On success
/// `*ledger` is the caller's. Fails with KAM_INVALID_ARGUMENT where pushes have different columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_finish(
    builder: *const kam_ledger_builder,
    ledger: *mut *mut kam_ledger,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (builder, ledger) = unsafe { (read(builder, "builder")?, Out::new(ledger, "ledger")?) };
        ledger.give(kam_ledger { ledger: builder.finish()? });
        Ok(())
    })
}

/// Frees a builder. Ledgers made of it live on. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_ledger_builder_free(builder: *mut kam_ledger_builder) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(builder) };
}
