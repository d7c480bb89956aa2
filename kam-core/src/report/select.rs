//! Some of a table's columns, or its rows in another order.

use arrow::array::UInt64Array;
use arrow::compute::take;

use crate::error::{Error, Result};
use crate::table::{Column, Table, Unit};

/// The columns at these places.
pub(super) fn columns(table: &Table, places: &[usize]) -> Result<Table> {
    let schema = table.batch().schema();
    let columns = places.iter().map(|at| {
        let field = schema.field(*at);
        Column::array(field.name(), Unit::of(field), table.batch().column(*at).clone())
    });
    Table::new(table.name(), columns.collect())
}

/// The rows at these places, in this order.
pub(super) fn rows(table: &Table, places: &[usize]) -> Result<Table> {
    let places: UInt64Array = places.iter().map(|place| u64::try_from(*place).ok()).collect();
    let schema = table.batch().schema();
    let columns = schema.fields().iter().zip(table.batch().columns()).map(|(field, array)| {
        let taken = take(array, &places, None).map_err(|source| Error::internal(format!("report: {source}")))?;
        Ok(Column::array(field.name(), Unit::of(field), taken))
    });
    Table::new(table.name(), columns.collect::<Result<_>>()?)
}
