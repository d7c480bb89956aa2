//! Columns of numbers, as minor units.

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};

use super::{TextColumn, strict_cast, value_type, wrong_type};
use crate::error::Result;
use crate::ledger::rules::{self, Number, Rule};
use crate::money::{NumberFormat, Rounded, Scale};

/// A column of numbers.
pub(crate) enum Numbers {
    Integers(Int64Array),
    Floats(Float64Array),
    Decimals(Decimal128Array, u32),
    Texts(TextColumn, NumberFormat),
}

impl Numbers {
    pub fn new(column: &str, array: &ArrayRef, format: &NumberFormat) -> Result<Self> {
        let refuse = || wrong_type(column, array.data_type(), "an amount", "integers, floats, decimals or text");
        let values = value_type(array.data_type());
        Ok(match values {
            // Unsigned 64-bit numbers and wide or negative scales go through 128 bits, where they fit.
            DataType::UInt64 => {
                Numbers::Decimals(strict_cast(column, array, &DataType::Decimal128(38, 0))?.as_primitive::<Decimal128Type>().clone(), 0)
            }
            kind if kind.is_integer() => {
                Numbers::Integers(strict_cast(column, array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            DataType::Null => Numbers::Integers(Int64Array::new_null(array.len())),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                Numbers::Floats(strict_cast(column, array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
            }
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => {
                let scale = (*scale).max(0);
                let decimals = strict_cast(column, array, &DataType::Decimal128(38, scale))?;
                Numbers::Decimals(decimals.as_primitive::<Decimal128Type>().clone(), u32::from(scale.unsigned_abs()))
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Numbers::Texts(TextColumn::new(column, array)?.ok_or_else(refuse)?, format.clone())
            }
            _ => return Err(refuse()),
        })
    }

    /// The number of a row: missing, broken, or there. Empty text and a float's NaN are missing, as CSV files and frames write it.
    #[inline]
    pub fn number(&self, row: usize) -> Option<Result<Number, Rule>> {
        match self {
            Numbers::Integers(array) => array.is_valid(row).then(|| Ok(Number::Decimal(i128::from(array.value(row)), 0))),
            Numbers::Floats(array) => {
                array.is_valid(row).then(|| array.value(row)).filter(|value| !value.is_nan()).map(|value| Ok(Number::Float(value)))
            }
            Numbers::Decimals(array, decimals) => array.is_valid(row).then(|| Ok(Number::Decimal(array.value(row), *decimals))),
            Numbers::Texts(column, format) => {
                column.get(row).filter(|text| !text.trim_ascii().is_empty()).map(|text| rules::readable_number(text, format))
            }
        }
    }

    /// The whole column where it is integers without gaps: the common case of large ledgers.
    pub fn whole(&self) -> Option<&[i64]> {
        match self {
            Numbers::Integers(array) if array.null_count() == 0 => Some(array.values()),
            _ => None,
        }
    }

    /// The money of a row in minor units.
    #[inline]
    pub fn money(&self, row: usize, scale: Scale) -> Option<Result<Rounded, Rule>> {
        match self {
            Numbers::Integers(array) => array.is_valid(row).then(|| rules::integer_money(array.value(row), scale)),
            Numbers::Floats(array) => {
                array.is_valid(row).then(|| array.value(row)).filter(|value| !value.is_nan()).map(|value| rules::float_money(value, scale))
            }
            _ => self.number(row).map(|number| number.and_then(|number| rules::money(number, scale))),
        }
    }
}
