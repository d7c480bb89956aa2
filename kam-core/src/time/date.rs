//! A calendar day.

use std::fmt;

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// A calendar day, held as the number of days since 1970-01-01 (Arrow's `Date32`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

impl Date {
    /// The day of a year, month (1–12) and day of the month (1–31); `None` where there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Some(Self::from_civil(civil::Date::new(year, month, day).ok()?))
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self> {
        parse_iso(text.trim())
            .ok_or_else(|| Error::new(Code::Date, format!("`{text}` is not a date")).with_hint("write it as YYYY-MM-DD, like 2011-12-09"))
    }

    /// The number of days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Date) -> i32 {
        self.0 - earlier.0
    }

    /// Year, month (1–12), day of the month (1–31).
    #[must_use]
    pub fn ymd(self) -> (i16, i8, i8) {
        let day = self.to_civil();
        (day.year(), day.month(), day.day())
    }

    pub(crate) fn from_civil(day: civil::Date) -> Self {
        let epoch = civil::date(1970, 1, 1);
        Date(i32::try_from(epoch.until(day).map_or(0, |span| i64::from(span.get_days()))).unwrap_or(0))
    }

    pub(crate) fn to_civil(self) -> civil::Date {
        // Every day of a table passed a rule that keeps it between the years 1 and 9999; periods far away end where the calendar does.
        let far = if self.0 < 0 { civil::Date::MIN } else { civil::Date::MAX };
        jiff::Span::new().try_days(self.0).ok().and_then(|span| civil::date(1970, 1, 1).checked_add(span).ok()).unwrap_or(far)
    }
}

/// Reads exactly `YYYY-MM-DD`.
pub(crate) fn parse_iso(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0i16, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0')))
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    days_from_civil(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// Days since 1970-01-01 of a civil date, by the usual count of days in 400-year eras; `None` where there is no such day.
pub(crate) fn days_from_civil(year: i16, month: i8, day: i8) -> Option<Date> {
    const LENGTHS: [i8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS[usize::from(month.unsigned_abs()) - 1] + i8::from(month == 2 && leap);
    if day > length {
        return None;
    }
    // Years that begin in March put the leap day at their end.
    let shifted = i32::from(year) - i32::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_from_march = (i32::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(Date(era * 146_097 + day_of_era - 719_468))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Date::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date", "description": "A day as YYYY-MM-DD." })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_days_agrees_with_the_calendar_library() {
        for day in -40_000..60_000 {
            let civil = Date(day).to_civil();
            assert_eq!(days_from_civil(civil.year(), civil.month(), civil.day()), Some(Date(day)));
            assert_eq!(Date::from_civil(civil), Date(day));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2011-02-29", "2011-13-01", "2011-00-10", "2011-04-31", "2011-1-01", "11-01-01", "2011-01-0x", ""] {
            assert!(Date::parse(text).is_err(), "{text}");
        }
        assert_eq!(Date::parse("2012-02-29").unwrap().to_string(), "2012-02-29");
        assert_eq!(Date::parse("1969-12-31").unwrap(), Date(-1));
    }
}
