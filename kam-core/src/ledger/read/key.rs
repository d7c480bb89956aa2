//! Account keys: whole numbers, or text.

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};

use super::{TextColumn, strict_cast, value_type, wrong_type};
use crate::error::Result;
use crate::ledger::rules::{Rule, whole_key};

/// What the keys of a ledger are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Integer,
    Text,
}

impl KeyKind {
    /// The kind of a column's type.
    pub fn of(column: &str, data_type: &DataType) -> Result<Self> {
        match value_type(data_type) {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(KeyKind::Text),
            // All missing: the kind of an empty column does not matter.
            DataType::Null => Ok(KeyKind::Text),
            kind if kind.is_integer() || matches!(kind, DataType::Float16 | DataType::Float32 | DataType::Float64) => Ok(KeyKind::Integer),
            _ => Err(wrong_type(column, data_type, "an account", "text, whole numbers, or categories of these")),
        }
    }
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            KeyKind::Integer => "a whole number",
            KeyKind::Text => "text",
        })
    }
}

/// A column of account keys.
pub(crate) enum KeyColumn {
    Integers(Int64Array),
    Floats(Vec<Option<Result<i64, Rule>>>),
    Texts(TextColumn),
}

impl KeyColumn {
    /// Integers as they are; floats where they are whole, as frames that know no missing integer make them; text as it is.
    pub fn new(column: &str, array: &ArrayRef) -> Result<Self> {
        let kind = KeyKind::of(column, array.data_type())?;
        if kind == KeyKind::Text {
            let text = TextColumn::new(column, array)?;
            return text.map(KeyColumn::Texts).ok_or_else(|| wrong_type(column, array.data_type(), "an account", "text or whole numbers"));
        }
        if value_type(array.data_type()).is_integer() {
            return Ok(KeyColumn::Integers(strict_cast(column, array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()));
        }
        let floats = strict_cast(column, array, &DataType::Float64)?;
        let floats = floats.as_primitive::<Float64Type>();
        // pandas writes a missing key of a float column as NaN.
        Ok(KeyColumn::Floats(floats.iter().map(|value| value.filter(|value| !value.is_nan()).map(whole_key)).collect()))
    }

    /// What its keys are.
    pub fn kind(&self) -> KeyKind {
        match self {
            KeyColumn::Texts(_) => KeyKind::Text,
            _ => KeyKind::Integer,
        }
    }

    /// Is every key there and usable? `false` where that must be asked row by row.
    pub fn is_whole(&self) -> bool {
        match self {
            KeyColumn::Integers(array) => array.null_count() == 0,
            KeyColumn::Floats(_) => false,
            KeyColumn::Texts(column) => column.is_whole(),
        }
    }

    /// Is any key there?
    pub fn has_any(&self) -> bool {
        match self {
            KeyColumn::Integers(array) => array.null_count() < array.len(),
            KeyColumn::Floats(keys) => keys.iter().any(Option::is_some),
            KeyColumn::Texts(TextColumn::Small(array)) => array.null_count() < array.len(),
            KeyColumn::Texts(TextColumn::Large(array)) => array.null_count() < array.len(),
            KeyColumn::Texts(TextColumn::View(array)) => array.null_count() < array.len(),
        }
    }

    /// A whole-number key: missing, broken or there. Never called of text.
    #[inline]
    pub fn integer(&self, row: usize) -> Option<Result<i64, Rule>> {
        match self {
            KeyColumn::Integers(array) => array.is_valid(row).then(|| Ok(array.value(row))),
            KeyColumn::Floats(keys) => keys[row],
            KeyColumn::Texts(_) => None,
        }
    }

    /// A text key; text of nothing but white space is missing.
    #[inline]
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            KeyColumn::Texts(column) => column.filled(row),
            _ => None,
        }
    }
}
