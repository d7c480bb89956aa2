//! One column of one batch, whatever Arrow type it has, as values that a table's column can be read from.

use std::borrow::Cow;
use std::fmt;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, LargeStringArray, UInt64Array,
};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int64Type, TimeUnit, UInt64Type};
use arrow::error::ArrowError;

use crate::time::{Date, DateFormat};
use crate::whole;

/// One value, before anybody knows what it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// No value: null, blank text, or NaN (which frames write for null).
    Missing,
    /// Text with something in it, as it stands.
    Text(&'a str),
    /// A whole number.
    Integer(i128),
    /// A finite or infinite number.
    Float(f64),
    /// An exact decimal: mantissa and number of decimals.
    Decimal(i128, i8),
    /// Yes or no.
    Flag(bool),
    /// A calendar day.
    Day(Date),
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Missing => f.write_str("nothing"),
            Cell::Text(text) => f.write_str(text),
            Cell::Integer(number) => number.fmt(f),
            Cell::Float(number) => number.fmt(f),
            Cell::Decimal(..) => self.as_number().unwrap_or(f64::NAN).fmt(f),
            Cell::Flag(flag) => flag.fmt(f),
            Cell::Day(day) if possible(*day) => day.fmt(f),
            Cell::Day(day) => write!(f, "{} days from 1970-01-01", day.0),
        }
    }
}

impl Cell<'_> {
    /// The value of a number of any type; the double nearest to it.
    pub fn as_number(&self) -> Option<f64> {
        match *self {
            #[expect(clippy::cast_precision_loss, reason = "crm figures are doubles by contract")]
            Cell::Integer(number) => Some(number as f64),
            Cell::Float(number) => Some(number),
            // Reading the decimal's digits rounds once; dividing by a power of ten past 10²² would round twice.
            Cell::Decimal(mantissa, scale) => format!("{mantissa}e{}", -i32::from(scale)).parse().ok(),
            _ => None,
        }
    }

    /// The digits of a number that is whole.
    pub fn as_digits(&self) -> Option<String> {
        match *self {
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Float(number) => whole::of_float(number).map(|number| number.to_string()),
            Cell::Decimal(mantissa, scale) => whole::of_decimal(mantissa, scale).map(|number| number.to_string()),
            _ => None,
        }
    }
}

/// A column of one batch with the many Arrow types brought down to a few.
#[derive(Debug)]
pub(super) enum Cells {
    Nothing,
    Text(LargeStringArray),
    Integer(Int64Array),
    Unsigned(UInt64Array),
    Float(Float64Array),
    Decimal(Decimal128Array, i8),
    Flag(BooleanArray),
    Day(Date32Array),
}

impl Cells {
    /// Reads an Arrow array; `None` for a type that no column of a crm table has (lists, bytes, times of day …).
    pub fn of(array: &ArrayRef, dates: &DateFormat) -> Result<Option<Cells>, ArrowError> {
        use DataType as T;
        let cast = |to: T| cast_with_options(array, &to, &CastOptions { safe: false, ..CastOptions::default() });
        Ok(Some(match array.data_type() {
            T::Null => Cells::Nothing,
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Cells::Text(cast(T::LargeUtf8)?.as_string::<i64>().clone()),
            T::Dictionary(_, values) => return Cells::of(&cast(values.as_ref().clone())?, dates),
            T::RunEndEncoded(_, values) => return Cells::of(&cast(values.data_type().clone())?, dates),
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
                Cells::Integer(cast(T::Int64)?.as_primitive::<Int64Type>().clone())
            }
            T::UInt64 => Cells::Unsigned(array.as_primitive::<UInt64Type>().clone()),
            T::Float64 => Cells::Float(array.as_primitive::<Float64Type>().clone()),
            // 0.1 as a single is meant as 0.1, not as the double that it happens to be.
            T::Float16 | T::Float32 => {
                let singles = cast(T::Float32)?;
                let meant = singles.as_primitive::<Float32Type>().iter();
                Cells::Float(meant.map(|single| single.and_then(|single| single.to_string().parse().ok())).collect())
            }
            T::Decimal32(_, scale) | T::Decimal64(_, scale) | T::Decimal128(_, scale) | T::Decimal256(_, scale) => {
                let scale = *scale;
                Cells::Decimal(cast(T::Decimal128(38, scale))?.as_primitive::<Decimal128Type>().clone(), scale)
            }
            T::Boolean => Cells::Flag(array.as_boolean().clone()),
            T::Date32 => Cells::Day(array.as_primitive::<Date32Type>().clone()),
            T::Date64 => Cells::Day(days(&cast(T::Int64)?, |milliseconds| Ok(milliseconds.div_euclid(86_400_000)))?),
            T::Timestamp(unit, None) => {
                let ticks = ticks_per_second(*unit) * 86_400;
                Cells::Day(days(&cast(T::Int64)?, |tick| Ok(tick.div_euclid(ticks)))?)
            }
            T::Timestamp(unit, Some(_)) => {
                let ticks = ticks_per_second(*unit);
                let day =
                    |tick: i64| jiff::Timestamp::from_second(tick.div_euclid(ticks)).map(|instant| i64::from(dates.day_of(instant).0));
                Cells::Day(days(&cast(T::Int64)?, |tick| day(tick).map_err(|source| ArrowError::ExternalError(Box::new(source))))?)
            }
            _ => return Ok(None),
        }))
    }

    /// Is it words, days or yes-no rather than numbers?
    pub fn is_categorical(&self) -> bool {
        matches!(self, Cells::Text(_) | Cells::Flag(_) | Cells::Day(_))
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Cell<'_> {
        if self.is_null(row) {
            return Cell::Missing;
        }
        match self {
            Cells::Nothing => Cell::Missing,
            Cells::Text(values) => match values.value(row) {
                text if text.trim().is_empty() => Cell::Missing,
                text => Cell::Text(text),
            },
            Cells::Integer(values) => Cell::Integer(i128::from(values.value(row))),
            Cells::Unsigned(values) => Cell::Integer(i128::from(values.value(row))),
            Cells::Float(values) => match values.value(row) {
                number if number.is_nan() => Cell::Missing,
                number => Cell::Float(number),
            },
            Cells::Decimal(values, scale) => Cell::Decimal(values.value(row), *scale),
            Cells::Flag(values) => Cell::Flag(values.value(row)),
            Cells::Day(values) => Cell::Day(Date(values.value(row))),
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Cells::Nothing => true,
            Cells::Text(values) => values.is_null(row),
            Cells::Integer(values) => values.is_null(row),
            Cells::Unsigned(values) => values.is_null(row),
            Cells::Float(values) => values.is_null(row),
            Cells::Decimal(values, _) => values.is_null(row),
            Cells::Flag(values) => values.is_null(row),
            Cells::Day(values) => values.is_null(row),
        }
    }
}

fn ticks_per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// Days since 1970 of ticks of a clock; a day that no date holds becomes one that every table refuses.
fn days(ticks: &ArrayRef, day: impl Fn(i64) -> Result<i64, ArrowError>) -> Result<Date32Array, ArrowError> {
    let day = |tick| day(tick).map(|day| i32::try_from(day).unwrap_or(i32::MAX));
    ticks.as_primitive::<Int64Type>().iter().map(|tick| tick.map(day).transpose()).collect()
}

/// What a reader says of a value that it cannot use: what it should have been.
pub(super) type Refused = Cow<'static, str>;

/// An account's key as text: an integer, or a number that is whole, by its digits; text as it stands.
pub(super) fn key(cell: &Cell<'_>) -> Result<Option<String>, Refused> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) => Ok(Some((*text).to_owned())),
        _ => cell.as_digits().map(Some).ok_or(Cow::Borrowed("text or a whole number, as the ledger's accounts are")),
    }
}

/// Words; numbers, days and flags as they print.
pub(super) fn text(cell: &Cell<'_>) -> Result<Option<String>, Refused> {
    Ok(match cell {
        Cell::Missing => None,
        Cell::Day(day) if !possible(*day) => return Err(Cow::Borrowed("a date of the years 1 to 9999")),
        Cell::Text(text) => Some(text.trim().to_owned()),
        _ => Some(cell.as_digits().unwrap_or_else(|| cell.to_string())),
    })
}

/// A finite number; text in plain digits; no and yes count as 0 and 1.
pub(super) fn number(cell: &Cell<'_>) -> Result<Option<f64>, Refused> {
    let value = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => plain_number(text),
        Cell::Flag(flag) => Some(f64::from(u8::from(*flag))),
        _ => cell.as_number(),
    };
    value.filter(|value| value.is_finite()).map(Some).ok_or(Cow::Borrowed("a finite number, written like 1234.56"))
}

fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim();
    // `parse` also reads inf, infinity and nan; none of them is a figure of a CRM.
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)).then(|| text.parse().ok())?
}

/// A number from `low` to `high`.
pub(super) fn between(low: f64, high: f64) -> impl Fn(&Cell<'_>) -> Result<Option<f64>, Refused> {
    move |cell| match number(cell)? {
        Some(value) if value < low || value > high => Err(match (low, high) {
            (0.0, f64::INFINITY) => Cow::Borrowed("0 or more"),
            _ => Cow::Owned(format!("a number from {low} to {high}")),
        }),
        value => Ok(value),
    }
}

/// A number that is not negative.
pub(super) fn not_negative(cell: &Cell<'_>) -> Result<Option<f64>, Refused> {
    between(0.0, f64::INFINITY)(cell)
}

/// Yes or no: a boolean, 1 or 0, or one of the words yes, no, true, false, y, n.
pub(super) fn flag(cell: &Cell<'_>) -> Result<Option<bool>, Refused> {
    let refused = || Cow::Borrowed("yes or no: true, false, 1, 0, yes, no");
    match cell {
        Cell::Missing => Ok(None),
        Cell::Flag(flag) => Ok(Some(*flag)),
        Cell::Text(text) => flag_word(text).map(Some).ok_or_else(refused),
        _ => match cell.as_number() {
            Some(1.0) => Ok(Some(true)),
            Some(0.0) => Ok(Some(false)),
            _ => Err(refused()),
        },
    }
}

fn flag_word(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// How far something holds, 0–1; yes and no are 1 and 0.
pub(super) fn degree(cell: &Cell<'_>) -> Result<Option<f64>, Refused> {
    match cell {
        Cell::Text(text) if flag_word(text).is_some() => Ok(flag_word(text).map(|flag| f64::from(u8::from(flag)))),
        _ => between(0.0, 1.0)(cell).map_err(|_| Cow::Borrowed("yes, no or a number from 0 to 1")),
    }
}

/// A day: a date, a timestamp, or text in the given format.
pub(super) fn day(dates: &DateFormat) -> impl Fn(&Cell<'_>) -> Result<Option<Date>, Refused> {
    move |cell| {
        let day = match cell {
            Cell::Missing => return Ok(None),
            Cell::Day(day) => Some(*day),
            Cell::Text(text) => dates.read(text),
            _ => None,
        };
        day.filter(|day| possible(*day)).map(Some).ok_or(Cow::Borrowed(
            "a date of the years 1 to 9999: a date or timestamp column, text like 2011-12-09, or text in the date format that was named",
        ))
    }
}

fn possible(day: Date) -> bool {
    let first = Date::new(1, 1, 1).map_or(i32::MIN, |day| day.0);
    let last = Date::new(9999, 12, 31).map_or(i32::MAX, |day| day.0);
    (first..=last).contains(&day.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Decimal256Array, DictionaryArray, Float32Array, Int8Array, ListArray, StringArray, StringViewArray, TimestampMillisecondArray,
    };
    use arrow::datatypes::{Int32Type, i256};
    use jiff::tz::TimeZone;

    use super::*;

    fn cells(array: impl Array + 'static) -> Cells {
        let dates = DateFormat::new(None, &TimeZone::get("Europe/Berlin").unwrap()).unwrap();
        let array: ArrayRef = Arc::new(array);
        Cells::of(&array, &dates).unwrap().unwrap()
    }

    #[test]
    fn text_of_every_kind_is_text() {
        let dictionary: DictionaryArray<Int32Type> = vec![Some("a"), None, Some(" ")].into_iter().collect();
        for cells in [
            cells(StringArray::from(vec![Some("a"), None, Some(" ")])),
            cells(StringViewArray::from(vec![Some("a"), None, Some(" ")])),
            cells(LargeStringArray::from(vec![Some("a"), None, Some(" ")])),
            cells(dictionary),
        ] {
            assert_eq!((0..3).map(|row| cells.get(row)).collect::<Vec<_>>(), [Cell::Text("a"), Cell::Missing, Cell::Missing]);
        }
    }

    #[test]
    fn numbers_of_every_type_are_numbers() {
        assert_eq!(number(&cells(Int8Array::from(vec![-3])).get(0)), Ok(Some(-3.0)));
        assert_eq!(number(&cells(UInt64Array::from(vec![7])).get(0)), Ok(Some(7.0)));
        assert_eq!(number(&cells(Float32Array::from(vec![0.1])).get(0)), Ok(Some(0.1)));
        let decimal = Decimal128Array::from(vec![1_050]).with_precision_and_scale(10, 2).unwrap();
        assert_eq!(number(&cells(decimal).get(0)), Ok(Some(10.5)));
        let wide = Decimal256Array::from(vec![i256::from_i128(12)]).with_precision_and_scale(40, 0).unwrap();
        assert_eq!(key(&cells(wide).get(0)), Ok(Some("12".to_owned())));
        assert_eq!(number(&Cell::Text(" 1e3 ")), Ok(Some(1000.0)));
        assert_eq!(number(&Cell::Flag(true)), Ok(Some(1.0)));
        for text in ["1,5", "nan", "inf", "one", "1.2.3"] {
            assert!(number(&Cell::Text(text)).is_err(), "{text}");
        }
        assert!(number(&Cell::Float(f64::INFINITY)).is_err());
        assert_eq!(cells(Float64Array::from(vec![f64::NAN])).get(0), Cell::Missing);
    }

    #[test]
    fn whole_floats_are_keys_by_their_digits() {
        assert_eq!(key(&Cell::Float(17_850.0)), Ok(Some("17850".to_owned())));
        assert_eq!(key(&Cell::Float(-0.0)), Ok(Some("0".to_owned())));
        assert_eq!(key(&Cell::Decimal(1_500, 2)), Ok(Some("15".to_owned())));
        assert_eq!(key(&Cell::Decimal(15, -2)), Ok(Some("1500".to_owned())));
        assert_eq!(key(&Cell::Text("ACME ")), Ok(Some("ACME ".to_owned())), "text stays as the ledger has it");
        for cell in [Cell::Float(1.5), Cell::Float(1e17), Cell::Decimal(1_550, 2), Cell::Flag(true), Cell::Day(Date(0))] {
            assert!(key(&cell).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn timestamps_are_days_in_the_named_zone() {
        // 2011-12-08T23:30:00Z is already the 9th in Berlin.
        let late = vec![Some(1_323_387_000_000), None];
        let dates = DateFormat::new(None, &TimeZone::UTC).unwrap();
        let zoned = cells(TimestampMillisecondArray::from(late.clone()).with_timezone("UTC"));
        assert_eq!(day(&dates)(&zoned.get(0)), Ok(Date::new(2011, 12, 9)));
        assert_eq!(day(&dates)(&zoned.get(1)), Ok(None));
        assert_eq!(day(&dates)(&cells(TimestampMillisecondArray::from(late)).get(0)), Ok(Date::new(2011, 12, 8)));
        // Half a second before 1970 is a day of 1969.
        let before = cells(TimestampMillisecondArray::from(vec![-500]));
        assert_eq!(day(&dates)(&before.get(0)), Ok(Date::new(1969, 12, 31)));
        let before = cells(TimestampMillisecondArray::from(vec![-3_600_500]).with_timezone("UTC"));
        assert_eq!(day(&dates)(&before.get(0)), Ok(Date::new(1969, 12, 31)));
        assert_eq!(day(&dates)(&Cell::Text("2011-12-08 10:00:00")), Ok(Date::new(2011, 12, 8)));
        for cell in [Cell::Text("8.12.2011"), Cell::Integer(20_111_208), Cell::Day(Date(i32::MAX))] {
            assert!(day(&dates)(&cell).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn yes_and_no() {
        for cell in [Cell::Flag(true), Cell::Integer(1), Cell::Float(1.0), Cell::Text("Yes"), Cell::Text("true")] {
            assert_eq!(flag(&cell), Ok(Some(true)), "{cell:?}");
            assert_eq!(degree(&cell), Ok(Some(1.0)), "{cell:?}");
        }
        assert!(flag(&Cell::Float(0.5)).is_err() && flag(&Cell::Text("maybe")).is_err());
        assert_eq!(degree(&Cell::Float(0.5)), Ok(Some(0.5)));
        assert!(degree(&Cell::Float(1.5)).is_err() && degree(&Cell::Text("maybe")).is_err());
    }

    #[test]
    fn ranges_and_types_that_cannot_be() {
        assert_eq!(not_negative(&Cell::Integer(-1)).unwrap_err(), "0 or more");
        assert_eq!(between(-1.0, 1.0)(&Cell::Integer(2)).unwrap_err(), "a number from -1 to 1");
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
        let list: ArrayRef = Arc::new(list);
        assert!(Cells::of(&list, &DateFormat::new(None, &TimeZone::UTC).unwrap()).unwrap().is_none());
    }
}
