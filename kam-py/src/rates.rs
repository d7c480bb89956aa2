//! Currency rates.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use kam_core::money::Rates;
use kam_core::time::Date;
use kam_core::{Code, Error, Ledger, Result};
use pyo3::prelude::*;

use crate::errors::OrRaise;
use crate::stream::collect;

/// A rate as text: currency, day, units of the currency for one of the base.
type Row = (String, String, String);

/// A ledger with these rates.
pub fn with(ledger: Ledger, base: &str, rows: Vec<Row>) -> Result<Ledger> {
    let mut rates = Rates::new(base);
    for (currency, day, rate) in rows {
        let day = Date::parse(&day).map_err(|error| error.at(format!("rates: {currency}")))?;
        rates.add(&currency, day, &rate)?;
    }
    ledger.with_rates(rates)
}

/// The rates of a frame that has the columns currency, date and rate.
pub fn read(table: &Bound<'_, PyAny>) -> PyResult<Vec<Row>> {
    let py = table.py();
    let batches = collect(table)?;
    let mut rows = vec![];
    let mut texts = |batch: &arrow::array::RecordBatch| -> Result<()> {
        let text = |name: &str, kinds: &[DataType]| {
            let found = batch.column_by_name(name).ok_or_else(|| {
                let names: Vec<_> = batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect();
                Error::new(Code::ColumnMissing, format!("rates: there is no column `{name}`"))
                    .with_hint(format!("rates have the columns currency, date and rate; there are {}", names.join(", ")))
            })?;
            // Timestamps become days before they become text.
            let mut array = found.clone();
            for kind in kinds {
                array = cast(&array, kind).map_err(|source| {
                    Error::new(Code::ColumnType, format!("rates, column `{name}`: {source}"))
                        .with_hint("currency is text, date a day, rate a number")
                })?;
            }
            Ok::<_, Error>(array)
        };
        let day_kinds: &[DataType] = match batch.column_by_name("date").map(|array| array.data_type().clone()) {
            Some(DataType::Timestamp(..) | DataType::Date64) => &[DataType::Date32, DataType::Utf8],
            _ => &[DataType::Utf8],
        };
        let (currency, day, rate) = (text("currency", &[DataType::Utf8])?, text("date", day_kinds)?, text("rate", &[DataType::Utf8])?);
        for row in 0..batch.num_rows() {
            let value = |array: &dyn Array| array.is_valid(row).then(|| array.as_string::<i32>().value(row).to_owned());
            match (value(&currency), value(&day), value(&rate)) {
                (Some(currency), Some(day), Some(rate)) => rows.push((currency, day, rate)),
                _ => {
                    return Err(Error::new(Code::CurrencyWithoutRate, format!("rates: row {} has no currency, date or rate", row + 1))
                        .with_hint("fill it in or leave the row out"));
                }
            }
        }
        Ok(())
    };
    batches.iter().try_for_each(&mut texts).or_raise(py)?;
    Ok(rows)
}
