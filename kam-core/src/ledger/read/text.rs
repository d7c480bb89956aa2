//! Columns of text, however Arrow stores it.

use arrow::array::{Array, ArrayRef, AsArray, GenericStringArray, LargeStringArray, OffsetSizeTrait, StringArray, StringViewArray};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type};

use super::{strict_cast, value_type};
use crate::error::Result;
use crate::whole;

/// A column read as text.
pub(crate) enum TextColumn {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl TextColumn {
    /// Text as it is; whole numbers by their digits, whatever holds them; other numbers, dates and booleans as they print. `None` for
    /// types without a text.
    pub fn new(column: &str, array: &ArrayRef) -> Result<Option<Self>> {
        Ok(match array.data_type() {
            DataType::Utf8 => Some(TextColumn::Small(array.as_string::<i32>().clone())),
            DataType::LargeUtf8 => Some(TextColumn::Large(array.as_string::<i64>().clone())),
            DataType::Utf8View => Some(TextColumn::View(array.as_string_view().clone())),
            other => {
                let values = value_type(other);
                let castable = values.is_numeric()
                    || values.is_temporal()
                    || matches!(values, DataType::Boolean | DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
                if !castable {
                    return Ok(None);
                }
                if let Some(digits) = digits(column, array)? {
                    return Ok(Some(TextColumn::Large(digits)));
                }
                // Views point into the dictionary instead of copying a text per row.
                let is_text = matches!(values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
                let to = if is_text && !matches!(values, DataType::LargeUtf8) { DataType::Utf8View } else { DataType::LargeUtf8 };
                let array = strict_cast(column, array, &to)?;
                Some(if to == DataType::Utf8View {
                    TextColumn::View(array.as_string_view().clone())
                } else {
                    TextColumn::Large(array.as_string::<i64>().clone())
                })
            }
        })
    }

    /// The text of a row, `None` where it is missing.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            TextColumn::Small(array) => array.is_valid(row).then(|| array.value(row)),
            TextColumn::Large(array) => array.is_valid(row).then(|| array.value(row)),
            TextColumn::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }

    /// The text of a row; `None` where it is missing or nothing but white space, as an empty field of a CSV file is.
    #[inline]
    pub fn filled(&self, row: usize) -> Option<&str> {
        self.get(row).filter(|text| !text.trim_ascii().is_empty())
    }

    /// Is every text there, and does each begin with a sign that is no white space? Cheap to ask of a whole column.
    pub fn is_whole(&self) -> bool {
        fn begins<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> bool {
            let bytes = array.value_data();
            let starts = array.value_offsets().windows(2);
            array.null_count() == 0
                && starts
                    .fold(true, |all, pair| all & (pair[0] < pair[1] && bytes.get(pair[0].as_usize()).is_some_and(|byte| *byte > b' ')))
        }
        match self {
            TextColumn::Small(array) => begins(array),
            TextColumn::Large(array) => begins(array),
            // Every view holds the length and the first bytes of its text.
            TextColumn::View(array) => {
                array.null_count() == 0
                    && array.views().iter().fold(true, |all, view| all & (view & 0xFFFF_FFFF != 0) & (view >> 32 & 0xFF > u128::from(b' ')))
            }
        }
    }
}

/// Numbers with a point: those that are whole by their digits, so that manager `7.0` of a frame that knows no missing integer is the `7`
/// of a CRM. `None` for other types.
fn digits(column: &str, array: &ArrayRef) -> Result<Option<LargeStringArray>> {
    Ok(match value_type(array.data_type()) {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let floats = strict_cast(column, array, &DataType::Float64)?;
            let text = |value: f64| whole::of_float(value).map_or_else(|| value.to_string(), |number| number.to_string());
            // pandas writes a missing number as NaN.
            Some(floats.as_primitive::<Float64Type>().iter().map(|value| value.filter(|value| !value.is_nan()).map(text)).collect())
        }
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) | DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => {
            let decimals = strict_cast(column, array, &DataType::Decimal128(38, *scale))?;
            let decimals = decimals.as_primitive::<Decimal128Type>();
            let text = |at: usize| match whole::of_decimal(decimals.value(at), *scale) {
                Some(number) => number.to_string(),
                None => decimals.value_as_string(at),
            };
            Some((0..decimals.len()).map(|at| decimals.is_valid(at).then(|| text(at))).collect())
        }
        _ => None,
    })
}
