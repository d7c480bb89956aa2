//! Columns of dates.

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array};
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit};
use jiff::tz::TimeZone;

use super::{TextColumn, strict_cast, value_type, wrong_type};
use crate::error::Result;
use crate::ledger::rules::{self, Rule};
use crate::time::{Date, DateFormat};

/// A column of dates.
pub(crate) enum Dates {
    Days(Date32Array),
    /// Instants in seconds since 1970 UTC, in a zone other than UTC.
    Instants(Int64Array, TimeZone),
    Texts(TextColumn, DateFormat),
}

impl Dates {
    pub fn new(column: &str, array: &ArrayRef, format: Option<&str>, zone: &TimeZone) -> Result<Self> {
        let refuse = || {
            wrong_type(
                column,
                array.data_type(),
                "a date",
                "dates, timestamps, text, or whole numbers with a stated `date_format` such as %Y%m%d",
            )
        };
        Ok(match value_type(array.data_type()) {
            DataType::Null => Dates::Days(Date32Array::new_null(array.len())),
            DataType::Timestamp(unit, instant) => {
                let per_second = match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1_000_000,
                    TimeUnit::Nanosecond => 1_000_000_000,
                };
                let ticks = strict_cast(column, array, &DataType::Int64)?;
                let ticks = ticks.as_primitive::<Int64Type>();
                if instant.is_some() && *zone != TimeZone::UTC {
                    // The day depends on the zone's offset at the instant, for which whole seconds are enough.
                    Dates::Instants(ticks.unary(|tick| tick.div_euclid(per_second)), zone.clone())
                } else {
                    // A timestamp without a zone is the day it says; one with a zone is taken in UTC. Days beyond 32 bits are
                    // implausible, and refused as such.
                    let day = |tick: i64| i32::try_from(tick.div_euclid(86_400 * per_second)).unwrap_or(i32::MAX);
                    Dates::Days(ticks.unary(day))
                }
            }
            DataType::Date32 | DataType::Date64 => {
                Dates::Days(strict_cast(column, array, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Dates::Texts(TextColumn::new(column, array)?.ok_or_else(refuse)?, DateFormat::new(format, zone)?)
            }
            kind if kind.is_numeric() && format.is_some() => {
                Dates::Texts(TextColumn::new(column, array)?.ok_or_else(refuse)?, DateFormat::new(format, zone)?)
            }
            _ => return Err(refuse()),
        })
    }

    /// The whole column where it is days without gaps.
    pub fn whole(&self) -> Option<&[i32]> {
        match self {
            Dates::Days(array) if array.null_count() == 0 => Some(array.values()),
            _ => None,
        }
    }

    /// The day of a row: missing, broken, or there. Empty text is missing.
    #[inline]
    pub fn get(&self, row: usize) -> Option<Result<Date, Rule>> {
        match self {
            Dates::Days(array) => array.is_valid(row).then(|| Ok(Date(array.value(row)))),
            Dates::Instants(array, zone) => array.is_valid(row).then(|| {
                let instant = jiff::Timestamp::from_second(array.value(row)).map_err(|_| Rule::OutOfRange)?;
                Ok(Date::from_civil(zone.to_datetime(instant).date()))
            }),
            Dates::Texts(column, format) => {
                column.get(row).filter(|text| !text.trim_ascii().is_empty()).map(|text| rules::readable_date(text, format))
            }
        }
    }
}
