//! What a chart reads: the tables and the summary of one result, and the words it is put into.

use std::borrow::Cow;
use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use serde_json::Value;

use super::measure::words;
use crate::facts::Perspective;
use crate::label::cut;
use crate::method::Outcome;
use crate::number;
use crate::table::{Table, Unit};
use crate::time::Date;

/// One result as charts read it.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub outcome: &'a Outcome,
}

impl<'a> Sheet<'a> {
    /// A table that has rows.
    pub fn table(self, name: &str) -> Option<Rows<'a>> {
        self.outcome.table(name).filter(|table| !table.is_empty()).map(Rows)
    }

    /// A number of the summary.
    pub fn number(self, name: &str) -> Option<f64> {
        self.outcome.summary.get(name).and_then(Value::as_f64)
    }

    /// A number of the summary as a count in a sentence; "0" where there is none.
    pub fn count(self, name: &str) -> String {
        number::grouped(self.number(name).unwrap_or(0.0), 0)
    }

    /// The same with the words that follow one, or those that follow any other number.
    pub fn numbered(self, name: &str, one: &str, many: &str) -> String {
        number::numbered(self.number(name).unwrap_or(0.0), one, many)
    }

    /// So many accounts in the words of the perspective: `1 customer`, `1,234 suppliers`.
    pub fn accounts(self, count: f64) -> String {
        let words = self.perspective().words();
        number::numbered(count, words.account, words.accounts)
    }

    /// A word of the summary.
    pub fn word(self, name: &str) -> Option<&'a str> {
        self.outcome.summary.get(name).and_then(Value::as_str)
    }

    /// The currency of all money.
    pub fn currency(self) -> Option<&'a str> {
        self.outcome.origin.currency.as_deref()
    }

    /// From which end the ledger is seen.
    pub fn perspective(self) -> Perspective {
        self.outcome.origin.perspective
    }

    /// What accounts are called on a picture, one by one: by their names where a crm knows them. On an axis every account needs a name of its own, so
    /// those that share one have their keys behind it.
    pub fn called<'k>(self, keys: impl Iterator<Item = Option<Cow<'k, str>>>) -> Vec<Called> {
        let mut called: Vec<Called> = keys.map(|key| self.call(&key.unwrap_or_default())).collect();
        let mut times: HashMap<String, usize> = HashMap::new();
        called.iter().for_each(|account| *times.entry(account.name.clone()).or_default() += 1);
        for account in called.iter_mut().filter(|account| times[&account.name] > 1) {
            if let Some(key) = account.key.as_ref().filter(|key| **key != account.name) {
                account.name = format!("{} ({key})", account.name);
            }
        }
        called
    }

    /// What one account is called.
    pub fn call(self, key: &str) -> Called {
        let names = &self.outcome.origin.names;
        let name = names.name(key).unwrap_or(key);
        Called { name: cut(name).into_owned(), key: names.are_known().then(|| cut(key).into_owned()) }
    }

    /// The lines of a tooltip that say who an account is; `field` holds its name. The key is said where a crm knows names.
    pub fn who(self, field: &str) -> Vec<Value> {
        let mut lines = vec![words(field, &self.say("Account"))];
        if self.outcome.origin.names.are_known() {
            lines.push(words("key", "Key"));
        }
        lines
    }

    /// A text of kam's own in the words of the perspective.
    pub fn say(self, text: &str) -> String {
        self.perspective().say(text).into_owned()
    }

    /// Money in a sentence: `EUR 1.25 m`.
    pub fn money(self, value: f64) -> String {
        let short = number::short(value);
        self.currency().map_or(short.clone(), |currency| format!("{currency} {short}"))
    }
}

/// What an account is called on a picture, and its key where that may be another.
pub(super) struct Called {
    pub name: String,
    key: Option<String>,
}

impl Called {
    /// Puts both into a row of data, the name into this field.
    pub fn in_row(&self, field: &str, mut row: Value) -> Value {
        row[field] = self.name.as_str().into();
        if let Some(key) = &self.key {
            row["key"] = key.as_str().into();
        }
        row
    }
}

/// The rows of a table.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a>(&'a Table);

/// A column of numbers.
pub(super) enum Numbers<'a> {
    Floats(&'a Float64Array),
    Integers(&'a Int64Array),
}

impl Numbers<'_> {
    /// The number in a row, where there is one.
    pub fn get(&self, row: usize) -> Option<f64> {
        match self {
            Numbers::Floats(values) => values.is_valid(row).then(|| values.value(row)),
            #[expect(clippy::cast_precision_loss, reason = "counts on a picture")]
            Numbers::Integers(values) => values.is_valid(row).then(|| values.value(row) as f64),
        }
    }
}

/// A column of words.
#[derive(Clone, Copy)]
pub(super) struct Words<'a>(&'a ArrayRef);

impl<'a> Words<'a> {
    /// The word in a row, where there is one.
    pub fn get(self, row: usize) -> Option<&'a str> {
        if self.0.is_null(row) {
            return None;
        }
        match self.0.data_type() {
            DataType::Utf8 => Some(self.0.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => Some(self.0.as_string::<i64>().value(row)),
            _ => None,
        }
    }
}

/// The column of the accounts' keys: words, or whole numbers by their digits.
#[derive(Clone, Copy)]
pub(super) enum Accounts<'a> {
    Words(Words<'a>),
    Integers(&'a Int64Array),
}

impl<'a> Accounts<'a> {
    /// The account of a row, where there is one.
    pub fn get(self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Accounts::Words(words) => words.get(row).map(Cow::Borrowed),
            Accounts::Integers(keys) => keys.is_valid(row).then(|| Cow::Owned(keys.value(row).to_string())),
        }
    }
}

impl<'a> Rows<'a> {
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// A column of numbers.
    pub fn numbers(self, name: &str) -> Option<Numbers<'a>> {
        let column = self.0.column(name)?;
        match column.data_type() {
            DataType::Float64 => Some(Numbers::Floats(column.as_primitive::<Float64Type>())),
            DataType::Int64 => Some(Numbers::Integers(column.as_primitive::<Int64Type>())),
            _ => None,
        }
    }

    /// A column of words.
    pub fn words(self, name: &str) -> Option<Words<'a>> {
        self.0.column(name).filter(|column| matches!(column.data_type(), DataType::Utf8 | DataType::LargeUtf8)).map(Words)
    }

    /// The accounts of the rows.
    pub fn accounts(self) -> Option<Accounts<'a>> {
        match self.words("account") {
            Some(words) => Some(Accounts::Words(words)),
            None => match self.numbers("account")? {
                Numbers::Integers(keys) => Some(Accounts::Integers(keys)),
                Numbers::Floats(_) => None,
            },
        }
    }

    /// A column of yes and no.
    pub fn flags(self, name: &str) -> Option<&'a BooleanArray> {
        self.0.column(name).filter(|column| *column.data_type() == DataType::Boolean).map(AsArray::as_boolean)
    }

    /// A column of days, as `2025-01-31`.
    pub fn days(self, name: &str) -> Option<Vec<Option<Date>>> {
        let column = self.0.column(name).filter(|column| *column.data_type() == DataType::Date32)?;
        Some(column.as_primitive::<Date32Type>().iter().map(|day| day.map(Date)).collect())
    }

    /// What a column's numbers are.
    pub fn unit(self, name: &str) -> Unit {
        self.0.position(name).map_or(Unit::Plain, |at| self.0.unit(at))
    }
}
