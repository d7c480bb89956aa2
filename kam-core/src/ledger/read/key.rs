//! Account keys: whole numbers, or text.

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};

use super::{TextColumn, strict_cast, value_type, wrong_type};
use crate::error::Result;
use crate::ledger::rules::{Rule, decimal_key, whole_key};

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
            kind if kind.is_numeric() => Ok(KeyKind::Integer),
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
    /// Some of them are no whole numbers of 64 bits.
    Mixed(Vec<Option<Result<i64, Rule>>>),
    Texts(TextColumn),
}

impl KeyColumn {
    /// Integers as they are; floats where they are whole, as frames that know no missing integer make them; decimals where they are
    /// whole, as warehouses number customers; text as it is.
    pub fn new(column: &str, array: &ArrayRef) -> Result<Self> {
        let kind = KeyKind::of(column, array.data_type())?;
        if kind == KeyKind::Text {
            let text = TextColumn::new(column, array)?;
            return text.map(KeyColumn::Texts).ok_or_else(|| wrong_type(column, array.data_type(), "an account", "text or whole numbers"));
        }
        let keys: Vec<_> = match value_type(array.data_type()) {
            kind if kind.is_integer() => match strict_cast(column, array, &DataType::Int64) {
                Ok(integers) => return Ok(KeyColumn::Integers(integers.as_primitive::<Int64Type>().clone())),
                // Hashes may take all 64 bits of an unsigned number.
                Err(_) => decimals(column, array, 0)?,
            },
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => decimals(column, array, *scale)?,
            _ => {
                let floats = strict_cast(column, array, &DataType::Float64)?;
                // pandas writes a missing key of a float column as NaN.
                floats.as_primitive::<Float64Type>().iter().map(|value| value.filter(|value| !value.is_nan()).map(whole_key)).collect()
            }
        };
        let whole: Result<Int64Array, Rule> = keys.iter().copied().map(Option::transpose).collect();
        Ok(whole.map_or(KeyColumn::Mixed(keys), KeyColumn::Integers))
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
            KeyColumn::Mixed(_) => false,
            KeyColumn::Texts(column) => column.is_whole(),
        }
    }

    /// Is any key there?
    pub fn has_any(&self) -> bool {
        match self {
            KeyColumn::Integers(array) => array.null_count() < array.len(),
            KeyColumn::Mixed(keys) => keys.iter().any(Option::is_some),
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
            KeyColumn::Mixed(keys) => keys[row],
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

/// Keys through decimals of 38 digits, which hold every one that an integer of 64 bits can be.
fn decimals(column: &str, array: &ArrayRef, scale: i8) -> Result<Vec<Option<Result<i64, Rule>>>> {
    let decimals = strict_cast(column, array, &DataType::Decimal128(38, scale))?;
    Ok(decimals.as_primitive::<Decimal128Type>().iter().map(|value| value.map(|mantissa| decimal_key(mantissa, scale))).collect())
}
