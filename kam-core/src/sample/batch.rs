//! Record batches column by column: text, exact money, whole and decimal numbers, days, yes or no.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};

use crate::error::{Error, Result};
use crate::money::Scale;
use crate::time::Date;

/// A batch that grows by columns.
pub(super) struct Columns {
    table: &'static str,
    columns: Vec<(&'static str, ArrayRef)>,
}

impl Columns {
    pub fn new(table: &'static str) -> Self {
        Columns { table, columns: vec![] }
    }

    fn add(mut self, name: &'static str, array: ArrayRef) -> Self {
        self.columns.push((name, array));
        self
    }

    pub fn text<T: AsRef<str>>(self, name: &'static str, values: impl Iterator<Item = Option<T>>) -> Self {
        self.add(name, Arc::new(values.collect::<StringArray>()))
    }

    /// Cents as decimals with two places.
    pub fn money(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        let cents: Decimal128Array = values.map(|value| value.map(i128::from)).collect();
        // Eighteen digits hold every 64-bit amount that a company has.
        match cents.with_precision_and_scale(18, 2) {
            Ok(decimals) => self.add(name, Arc::new(decimals)),
            Err(_) => self,
        }
    }

    pub fn integers(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.add(name, Arc::new(values.collect::<Int64Array>()))
    }

    /// Whole thousandths as numbers: a correctly rounded division, the same everywhere.
    #[expect(clippy::cast_precision_loss, reason = "thousandths of small numbers are exact")]
    pub fn thousandths(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.add(name, Arc::new(values.map(|value| value.map(|value| value as f64 / 1000.0)).collect::<Float64Array>()))
    }

    pub fn dates(self, name: &'static str, values: impl Iterator<Item = Option<Date>>) -> Self {
        self.add(name, Arc::new(values.map(|day| day.map(|day| day.0)).collect::<Date32Array>()))
    }

    pub fn flags(self, name: &'static str, values: impl Iterator<Item = Option<bool>>) -> Self {
        self.add(name, Arc::new(values.collect::<BooleanArray>()))
    }

    pub fn batch(self) -> Result<RecordBatch> {
        let columns = self.columns.into_iter().map(|(name, array)| (name, array, true));
        RecordBatch::try_from_iter_with_nullable(columns).map_err(|source| Error::internal(format!("sample {}: {source}", self.table)))
    }
}

/// Cents as text with two decimals.
pub(super) fn decimal(cents: i64) -> String {
    Scale::default().to_text(i128::from(cents))
}
