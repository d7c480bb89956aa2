//! Arrow columns of every usable type, read as what their role needs.

mod date;
mod key;
mod number;
mod text;

pub(crate) use date::Dates;
pub(crate) use key::{KeyColumn, KeyKind};
pub(crate) use number::Numbers;
pub(crate) use text::TextColumn;

use arrow::array::{Array, ArrayRef};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;

use crate::error::{Code, Error, Result};

/// The error of a column whose type cannot be what it should.
pub(crate) fn wrong_type(column: &str, found: &DataType, role: &str, allowed: &str) -> Error {
    Error::new(Code::ColumnType, format!("column `{column}` is {found}, which cannot be {role}"))
        .with_hint(format!("{role} may be {allowed}"))
}

/// A cast that fails rather than losing values.
pub(crate) fn strict_cast(column: &str, array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    cast_with_options(array, to, &CastOptions { safe: false, ..CastOptions::default() })
        .map_err(|source| Error::new(Code::ColumnType, format!("column `{column}`: {source}")).with_source(source))
}

/// The values' type of a dictionary or run-length column, the type itself otherwise.
pub(crate) fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        DataType::RunEndEncoded(_, values) => values.data_type(),
        other => other,
    }
}
