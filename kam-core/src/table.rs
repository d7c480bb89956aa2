//! Named tables: an Arrow record batch whose columns say in what unit they are.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, LargeListArray, ListArray, RecordBatch,
    RecordBatchOptions, StringArray, StringBuilder, UInt64Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, Schema};
use rayon::prelude::*;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::money::Scale;
use crate::texts;
use crate::time::Date;

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
#[derive(Clone)]
pub struct Table {
    name: String,
    batch: RecordBatch,
    /// The place of each row's account, where the table has a column of accounts.
    places: Option<Arc<Places>>,
}

/// Which account of the facts stands in which row. A place past the facts' last account is of a candidate.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    /// Each in the row of its own place.
    Same,
    /// Row by row.
    Rows(Vec<u32>),
}

impl Table {
    /// A table of these columns, which must have one length.
    pub(crate) fn new(name: impl Into<String>, columns: Vec<Column>) -> Result<Self> {
        let name = name.into();
        let places = columns.iter().find_map(|column| column.places.clone());
        let rows = columns.first().map_or(0, |column| column.array.len());
        let (fields, arrays): (Vec<_>, Vec<_>) = columns
            .into_iter()
            .map(|column| {
                let field = Field::new(column.name, column.array.data_type().clone(), column.array.is_nullable());
                (field.with_metadata(HashMap::from([("kam.unit".to_owned(), column.unit.word().to_owned())])), column.array)
            })
            .unzip();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|source| Error::internal(format!("table {name}: {source}")))?;
        Ok(Table { name, batch, places })
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A table of these columns with the rows at these places, in this order; and the columns of these names as they were built.
    ///
    /// A column is put into the table's order as soon as it is built, so that no more than one a thread is there twice.
    pub(crate) fn ordered(name: &str, builders: Vec<Builder<'_>>, places: &UInt64Array, kept: &[&str]) -> Result<(Self, Vec<Column>)> {
        let build = |build: Builder<'_>| {
            let column = build()?;
            Ok((column.reordered(places)?, Some(column).filter(|column| kept.contains(&column.name()))))
        };
        let (columns, kept): (Vec<Column>, Vec<Option<Column>>) =
            builders.into_par_iter().map(build).collect::<Result<Vec<_>>>()?.into_iter().unzip();
        Ok((Table::new(name, columns)?, kept.into_iter().flatten().collect()))
    }

    /// Takes the note of which account stands in which row, where the table has one.
    pub(crate) fn take_places(&mut self) -> Option<Places> {
        self.places.take().map(Arc::unwrap_or_clone)
    }

    /// The Arrow record batch.
    #[must_use]
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// No rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns' names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// One column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name)
    }

    /// The first rows only.
    #[must_use]
    pub fn head(&self, rows: usize) -> Table {
        Table { name: self.name.clone(), batch: self.batch.slice(0, rows.min(self.len())), places: None }
    }

    /// One value as JSON: null, boolean, number, text (dates as YYYY-MM-DD), list.
    #[must_use]
    pub fn value(&self, column: usize, row: usize) -> Value {
        value(self.batch.column(column), row)
    }

    /// `{"name": …, "rows": n, "columns": {name: [values]}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let columns: serde_json::Map<String, Value> = self
            .columns()
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name.to_owned(), (0..self.len()).map(|row| self.value(at, row)).collect()))
            .collect();
        serde_json::json!({ "name": self.name, "rows": self.len(), "columns": columns })
    }
}

// Equal tables say the same, wherever their accounts stand in the facts.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.batch == other.batch
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table {} ({} rows: {})", self.name, self.len(), self.columns().join(", "))
    }
}

fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Date32 => Date(array.as_primitive::<Date32Type>().value(row)).to_string().into(),
        DataType::List(_) => list(&array.as_any().downcast_ref::<ListArray>().map(|lists| lists.value(row))),
        DataType::LargeList(_) => list(&array.as_any().downcast_ref::<LargeListArray>().map(|lists| lists.value(row))),
        // `Column` makes no other type.
        _ => Value::Null,
    }
}

fn list(values: &Option<ArrayRef>) -> Value {
    values.as_ref().map_or(Value::Null, |values| (0..values.len()).map(|row| value(values, row)).collect())
}

/// What builds a column, on whatever thread is free.
pub(crate) type Builder<'a> = Box<dyn Fn() -> Result<Column> + Send + Sync + 'a>;

/// Builders of columns: `builders![Column::counts(…), …]`.
macro_rules! builders {
    ($($column:expr),+ $(,)?) => {
        vec![$(Box::new(|| $column) as $crate::table::Builder<'_>),+]
    };
}
pub(crate) use builders;

/// Columns built by all threads at once, in this order: `columns![Column::counts(…), …]?`.
macro_rules! columns {
    ($($column:expr),+ $(,)?) => {
        $crate::table::Column::all($crate::table::builders![$(Ok($column)),+])
    };
}
pub(crate) use columns;

/// A column on its way into a [`Table`].
pub(crate) struct Column {
    name: String,
    unit: Unit,
    array: ArrayRef,
    places: Option<Arc<Places>>,
}

impl Column {
    /// Any Arrow array that a table may hold: text, 64-bit integers and floats, booleans, 32-bit dates, lists of these.
    pub fn array(name: &str, unit: Unit, array: ArrayRef) -> Self {
        Column { name: name.to_owned(), unit, array, places: None }
    }

    /// Notes which account of the facts stands in which row.
    pub fn with_places(mut self, places: Places) -> Self {
        self.places = Some(Arc::new(places));
        self
    }

    /// Words.
    pub fn text<T: AsRef<str>>(name: &str, values: impl IntoIterator<Item = Option<T>>) -> Self {
        Self::array(name, Unit::Plain, Arc::new(values.into_iter().collect::<StringArray>()))
    }

    /// Words, one in every row.
    pub fn words<T: AsRef<str>>(name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter();
        // Room at once: growing would copy millions of words again and again.
        let rows = values.size_hint().0;
        let mut words = StringBuilder::with_capacity(rows, rows.saturating_mul(8));
        values.for_each(|value| words.append_value(value));
        Self::array(name, Unit::Plain, Arc::new(words.finish()))
    }

    /// Columns built by all threads at once, in this order.
    pub fn all(builders: Vec<Builder<'_>>) -> Result<Vec<Self>> {
        builders.into_par_iter().map(|build| build()).collect()
    }

    /// Sentences, one a row, written by all threads; the row's number and the text to write to are given.
    pub fn sentences(name: &str, rows: usize, write: impl Fn(usize, &mut String) + Sync) -> Result<Self> {
        Ok(Self::array(name, Unit::Plain, texts::texts(rows, write)?))
    }

    /// Lists of sentences, one list a row, written by all threads.
    pub fn sentence_lists(name: &str, rows: usize, write: impl Fn(usize, &mut texts::Texts) + Sync) -> Result<Self> {
        Ok(Self::array(name, Unit::Plain, texts::lists(rows, write)?))
    }

    /// The same column with its rows at these places, in this order.
    pub fn reordered(&self, places: &UInt64Array) -> Result<Self> {
        let array = take(&self.array, places, None).map_err(|source| Error::internal(format!("column {}: {source}", self.name)))?;
        let moved = self.places.as_ref().map(|old| {
            let place = |at: u64| match &**old {
                Places::Same => u32::try_from(at).unwrap_or(u32::MAX),
                Places::Rows(rows) => usize::try_from(at).ok().and_then(|at| rows.get(at)).copied().unwrap_or(u32::MAX),
            };
            Arc::new(Places::Rows(places.values().iter().map(|at| place(*at)).collect()))
        });
        Ok(Column { name: self.name.clone(), unit: self.unit, array, places: moved })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same column under another name.
    pub fn named(&self, name: &str) -> Self {
        Column { name: name.to_owned(), unit: self.unit, array: self.array.clone(), places: None }
    }

    /// Whole numbers.
    pub fn integers(name: &str, unit: Unit, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self::array(name, unit, Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    /// Counts, one in every row.
    pub fn counts(name: &str, values: impl IntoIterator<Item = i64>) -> Self {
        Self::array(name, Unit::Count, Arc::new(Int64Array::from_iter_values(values)))
    }

    /// Numbers; one that is not finite becomes null.
    pub fn floats(name: &str, unit: Unit, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values = values.into_iter().map(|value| value.filter(|value| value.is_finite()));
        Self::array(name, unit, Arc::new(values.collect::<Float64Array>()))
    }

    /// Money from minor units.
    pub fn money(name: &str, scale: Scale, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self::floats(name, Unit::Money, values.into_iter().map(|minor| minor.map(|minor| scale.to_currency(minor))))
    }

    /// Days of the calendar.
    pub fn dates(name: &str, values: impl IntoIterator<Item = Option<Date>>) -> Self {
        let days = values.into_iter().map(|day| day.map(|day| day.0));
        Self::array(name, Unit::Plain, Arc::new(days.collect::<Date32Array>()))
    }

    /// Yes, no or unknown.
    pub fn flags(name: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        Self::array(name, Unit::Plain, Arc::new(values.into_iter().collect::<BooleanArray>()))
    }
}
