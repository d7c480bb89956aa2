//! A column of a table: an array, or what reads its cells when somebody looks.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, LargeListArray, ListArray, StringArray, StringBuilder,
    UInt64Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use rayon::prelude::*;
use serde_json::Value;

use super::Unit;
use super::places::Places;
use super::reading::{Keyed, Read, Reading};
use super::texts::{self, Texts};
use crate::money::Scale;
use crate::time::Date;

/// Columns built by all threads at once, in this order: `columns![Column::counts(…), …]`.
macro_rules! columns {
    ($($column:expr),+ $(,)?) => {
        $crate::table::Column::all(vec![$(Box::new(|| $column) as Box<dyn Fn() -> $crate::table::Column + Send + Sync + '_>),+])
    };
}
pub(crate) use columns;

/// Where the cells of a column are.
#[derive(Clone)]
enum Cells {
    /// In memory.
    Built(ArrayRef),
    /// In what a method found.
    Read(Arc<Reading>),
}

/// A column of a [`Table`](super::Table).
#[derive(Clone)]
pub(crate) struct Column {
    name: String,
    unit: Unit,
    cells: Cells,
    places: Option<Places>,
}

impl Column {
    /// Any Arrow array that a table may hold: text, 64-bit integers and floats, booleans, 32-bit dates, lists of these.
    pub fn built(name: &str, unit: Unit, array: ArrayRef) -> Self {
        Column { name: name.to_owned(), unit, cells: Cells::Built(array), places: None }
    }

    /// A column whose cells are read when somebody looks.
    pub(super) fn read(name: &str, unit: Unit, reading: Reading) -> Self {
        Column { name: name.to_owned(), unit, cells: Cells::Read(Arc::new(reading)), places: None }
    }

    /// The column `account`, with the keys of the accounts at these places.
    pub fn accounts(keyed: Keyed, places: Places) -> Self {
        // Where a table has several rows an account, nobody looks one up by its account.
        let noted = Some(places.clone()).filter(|places| places.len() <= keyed.len());
        Column { places: noted, ..Self::read("account", Unit::Plain, Reading::new(Read::Key(Box::new(keyed)), places)) }
    }

    /// Which account of the facts stands in which row, where the column notes it.
    pub(super) fn places(&self) -> Option<Places> {
        self.places.clone()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its numbers are.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The type of its cells.
    pub fn kind(&self) -> DataType {
        match &self.cells {
            Cells::Built(array) => array.data_type().clone(),
            Cells::Read(reading) => reading.kind(),
        }
    }

    /// The number of its rows.
    pub fn len(&self) -> usize {
        match &self.cells {
            Cells::Built(array) => array.len(),
            Cells::Read(reading) => reading.len(),
        }
    }

    /// All its cells.
    pub fn array(&self) -> ArrayRef {
        match &self.cells {
            Cells::Built(array) => Arc::clone(array),
            Cells::Read(reading) => reading.array(),
        }
    }

    /// All its cells, kept once they were read.
    pub(super) fn kept(&self) -> &ArrayRef {
        match &self.cells {
            Cells::Built(array) => array,
            Cells::Read(reading) => reading.kept(),
        }
    }

    /// One of its cells.
    pub fn value(&self, row: usize) -> Value {
        match &self.cells {
            Cells::Built(array) => value(array, row),
            Cells::Read(reading) => reading.value(row),
        }
    }

    /// The same column under another name.
    pub fn named(&self, name: &str) -> Self {
        Column { name: name.to_owned(), places: None, ..self.clone() }
    }

    /// These of its rows, in this order.
    pub(super) fn rows(&self, rows: impl ExactSizeIterator<Item = usize>) -> Self {
        let cells = match &self.cells {
            Cells::Built(array) => Cells::Built(pick(array, rows)),
            Cells::Read(reading) => Cells::Read(Arc::new(reading.rows(rows))),
        };
        Column { name: self.name.clone(), unit: self.unit, cells, places: None }
    }

    /// Words.
    pub fn text<T: AsRef<str>>(name: &str, values: impl IntoIterator<Item = Option<T>>) -> Self {
        Self::built(name, Unit::Plain, Arc::new(values.into_iter().collect::<StringArray>()))
    }

    /// Words, one in every row.
    pub fn words<T: AsRef<str>>(name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter();
        // Room at once: growing would copy millions of words again and again.
        let rows = values.size_hint().0;
        let mut words = StringBuilder::with_capacity(rows, rows.saturating_mul(8));
        values.for_each(|value| words.append_value(value));
        Self::built(name, Unit::Plain, Arc::new(words.finish()))
    }

    /// Columns built by all threads at once, in this order.
    pub fn all(builders: Vec<Box<dyn Fn() -> Column + Send + Sync + '_>>) -> Vec<Self> {
        builders.into_par_iter().map(|build| build()).collect()
    }

    /// Lists of sentences, one list a row, written by all threads.
    pub fn sentence_lists(name: &str, rows: usize, write: impl Fn(usize, &mut Texts) + Sync) -> Self {
        Self::built(name, Unit::Plain, texts::lists(rows, write))
    }

    /// Sentences, one a row, written by all threads; the row's number and the text to write to are given.
    pub fn sentences(name: &str, rows: usize, write: impl Fn(usize, &mut String) + Sync) -> Self {
        let write = |row: usize, text: &mut String| {
            write(row, text);
            true
        };
        Self::built(name, Unit::Plain, texts::texts(rows, write))
    }

    /// Whole numbers.
    pub fn integers(name: &str, unit: Unit, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self::built(name, unit, Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    /// Counts, one in every row.
    pub fn counts(name: &str, values: impl IntoIterator<Item = i64>) -> Self {
        Self::built(name, Unit::Count, Arc::new(Int64Array::from_iter_values(values)))
    }

    /// Numbers; one that is not finite becomes null.
    pub fn floats(name: &str, unit: Unit, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values = values.into_iter().map(|value| value.filter(|value| value.is_finite()));
        Self::built(name, unit, Arc::new(values.collect::<Float64Array>()))
    }

    /// Money from minor units.
    pub fn money(name: &str, scale: Scale, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self::floats(name, Unit::Money, values.into_iter().map(|minor| minor.map(|minor| scale.to_currency(minor))))
    }

    /// Days of the calendar.
    pub fn dates(name: &str, values: impl IntoIterator<Item = Option<Date>>) -> Self {
        let days = values.into_iter().map(|day| day.map(|day| day.0));
        Self::built(name, Unit::Plain, Arc::new(days.collect::<Date32Array>()))
    }

    /// Yes, no or unknown.
    pub fn flags(name: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        Self::built(name, Unit::Plain, Arc::new(values.into_iter().collect::<BooleanArray>()))
    }
}

/// These rows of an array. A row that is not there is null.
fn pick(array: &ArrayRef, rows: impl ExactSizeIterator<Item = usize>) -> ArrayRef {
    let places: UInt64Array = rows.map(|row| u64::try_from(row).ok().filter(|_| row < array.len())).collect();
    // Places inside the array are all that `take` asks for.
    take(array, &places, None).unwrap_or_else(|_| array.slice(0, 0))
}

/// One cell of an array as JSON.
pub(super) fn value(array: &dyn Array, row: usize) -> Value {
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
