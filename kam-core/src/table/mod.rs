//! Named tables, whose columns say in what unit they are. They become Arrow record batches when somebody takes them out.

mod column;
mod places;
mod reading;
mod texts;
mod view;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema};
use rayon::prelude::*;
use serde_json::Value;

pub(crate) use column::{Column, columns};
pub(crate) use places::Places;
pub(crate) use reading::Keyed;
pub(crate) use view::View;

use crate::error::{Error, Result};

/// What a column's numbers are, for whoever shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Units of the ledger's currency.
    Money,
    /// A part of a whole: 0.25 is 25 %. It may leave 0–1 where the whole holds negative parts.
    Share,
    /// Whole things counted.
    Count,
    /// Days.
    Days,
    /// Periods of the facts' grain.
    Periods,
    /// A number on a scale of its own.
    Number,
    /// Words, dates, yes or no.
    Plain,
}

impl Unit {
    /// The word in a field's metadata under `kam.unit`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Money => "money",
            Unit::Share => "share",
            Unit::Count => "count",
            Unit::Days => "days",
            Unit::Periods => "periods",
            Unit::Number => "number",
            Unit::Plain => "plain",
        }
    }

    /// The unit that a field's metadata names; plain without any.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        match field.metadata().get("kam.unit").map(String::as_str) {
            Some("money") => Unit::Money,
            Some("share") => Unit::Share,
            Some("count") => Unit::Count,
            Some("days") => Unit::Days,
            Some("periods") => Unit::Periods,
            Some("number") => Unit::Number,
            _ => Unit::Plain,
        }
    }
}

/// A named table of results.
///
/// Money columns are in units of the currency as doubles: the nearest to the exact sum, which is exact to the minor unit up to
/// 2⁵³ of them. The account column is always `account`.
///
/// Most tables with a row an account hold no cells: these are read out of what the method found, and put into words, when somebody looks.
/// A copy shares what it was copied from.
#[derive(Clone)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    rows: usize,
    /// The place of each row's account, where the table has a column of accounts.
    places: Option<Places>,
}

impl Table {
    /// A table of these columns, which must have one length.
    pub(crate) fn new(name: impl Into<String>, columns: Vec<Column>) -> Result<Self> {
        let name = name.into();
        let rows = columns.first().map_or(0, Column::len);
        if let Some(other) = columns.iter().find(|column| column.len() != rows) {
            return Err(Error::internal(format!("table {name}: column {} has {} rows, not {rows}", other.name(), other.len())));
        }
        let places = columns.iter().find_map(Column::places);
        Ok(Table { name, columns, rows, places })
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the note of which account stands in which row, where the table has one.
    pub(crate) fn take_places(&mut self) -> Option<Places> {
        self.places.take()
    }

    /// The Arrow record batch. Cells are read by all threads; a large table takes its time and its memory here, at every call.
    #[must_use = "it is made anew at every call"]
    pub fn batch(&self) -> Result<RecordBatch> {
        let arrays: Vec<ArrayRef> = self.columns.par_iter().map(Column::array).collect();
        let fields = self.columns.iter().zip(&arrays).map(|(column, array)| {
            let unit = HashMap::from([("kam.unit".to_owned(), column.unit().word().to_owned())]);
            Field::new(column.name(), array.data_type().clone(), array.is_nullable()).with_metadata(unit)
        });
        let schema = Schema::new(fields.collect::<Vec<_>>());
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)
            .map_err(|source| Error::internal(format!("table {}: {source}", self.name)))
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// No rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns' names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(Column::name).collect()
    }

    /// What the numbers of a column are, by its place.
    #[must_use]
    pub fn unit(&self, column: usize) -> Unit {
        self.columns.get(column).map_or(Unit::Plain, Column::unit)
    }

    /// The type of a column's cells, by its place.
    #[must_use]
    pub fn kind(&self, column: usize) -> DataType {
        self.columns.get(column).map_or(DataType::Null, Column::kind)
    }

    /// The place of a column, by its name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// One column by its name, all of its cells; they are kept for whoever asks next.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ArrayRef> {
        Some(self.columns[self.position(name)?].kept())
    }

    /// The columns themselves.
    pub(crate) fn own_columns(&self) -> &[Column] {
        &self.columns
    }

    /// The first rows only.
    #[must_use]
    pub fn head(&self, rows: usize) -> Table {
        self.rows(0..rows.min(self.len()))
    }

    /// These rows, in this order.
    pub(crate) fn rows(&self, rows: impl ExactSizeIterator<Item = usize> + Clone) -> Table {
        let columns = self.columns.iter().map(|column| column.rows(rows.clone())).collect();
        Table { name: self.name.clone(), columns, rows: rows.len(), places: None }
    }

    /// The columns at these places, in this order.
    pub(crate) fn select(&self, columns: &[usize]) -> Table {
        let columns = columns.iter().map(|at| self.columns[*at].clone()).collect();
        Table { name: self.name.clone(), columns, rows: self.rows, places: self.places.clone() }
    }

    /// One value as JSON: null, boolean, number, text (dates as YYYY-MM-DD), list.
    #[must_use]
    pub fn value(&self, column: usize, row: usize) -> Value {
        self.columns[column].value(row)
    }

    /// `{"name": …, "rows": n, "columns": {name: [values]}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let values = |column: &Column| {
            let array = column.array();
            (0..self.rows).map(|row| column::value(&array, row)).collect::<Value>()
        };
        let columns: serde_json::Map<String, Value> =
            self.columns.iter().map(|column| (column.name().to_owned(), values(column))).collect();
        serde_json::json!({ "name": self.name, "rows": self.rows, "columns": columns })
    }
}

// Equal tables say the same, wherever their accounts stand in the facts and whether anybody has looked yet.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.columns.len() == other.columns.len() && {
            let mut pairs = self.columns.iter().zip(&other.columns);
            pairs.all(|(one, two)| one.name() == two.name() && one.unit() == two.unit() && one.array() == two.array())
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table {} ({} rows: {})", self.name, self.len(), self.columns().join(", "))
    }
}
