//! Text dates: ISO 8601 by itself, anything else by a stated format. The order of day and month is never guessed.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::date::{Date, parse_iso};
use crate::error::{Code, Error, Result};

/// How text is read as a date.
#[derive(Clone, Debug)]
pub struct DateFormat {
    /// `None` for ISO 8601.
    format: Option<String>,
    /// How many digits numbers have that follow each other without anything between: each must have all of its own.
    packed: Vec<usize>,
    zone: TimeZone,
}

impl DateFormat {
    /// ISO 8601 (`2011-12-09`, `2011-12-09 08:26:00`, `2011-12-09T08:26:00Z`, `20111209`), or `format` in strftime's
    /// letters (`%d.%m.%Y`). A time with an offset becomes the day it is in `zone`.
    pub fn new(format: Option<&str>, zone: &TimeZone) -> Result<Self> {
        if let Some(format) = format {
            if !format.contains('%') {
                return Err(Error::option("date_format", format!("`{format}`"), "a strftime format, like %d.%m.%Y"));
            }
            // A format that cannot read back what it writes is refused here rather than on every row.
            let sample = jiff::civil::date(2011, 12, 9).at(8, 26, 0, 0).to_zoned(TimeZone::UTC);
            let readable = sample
                .ok()
                .and_then(|sample| strtime::format(format, &sample).ok())
                .is_some_and(|text| strtime::parse(format, &text).and_then(|time| time.to_date()).is_ok());
            if !readable {
                return Err(Error::option("date_format", format!("`{format}`"), "a strftime format with year, month and day"));
            }
        }
        Ok(DateFormat { format: format.map(str::to_owned), packed: format.map_or_else(Vec::new, packed), zone: zone.clone() })
    }

    /// ISO 8601, in UTC.
    #[must_use]
    pub fn iso() -> Self {
        DateFormat { format: None, packed: vec![], zone: TimeZone::UTC }
    }

    /// The day that the text names, `None` where it names none.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Date> {
        let text = text.trim();
        match &self.format {
            None => parse_iso(text).or_else(|| self.read_iso_time(text)),
            Some(format) => {
                // Of %Y%m%d, 2024115 could be two days.
                let mut digits = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len);
                if !self.packed.iter().all(|wanted| digits.any(|there| there >= *wanted)) {
                    return None;
                }
                let time = strtime::parse(format, text).ok()?;
                match time.to_timestamp() {
                    Ok(instant) if time.offset().is_some() => Some(self.day_of(instant)),
                    _ => time.to_date().ok().map(Date::from_civil),
                }
            }
        }
    }

    fn read_iso_time(&self, text: &str) -> Option<Date> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(self.day_of(instant));
        }
        if let Ok(time) = text.parse::<jiff::civil::DateTime>() {
            return Some(Date::from_civil(time.date()));
        }
        text.parse::<jiff::civil::Date>().ok().map(Date::from_civil)
    }

    /// The day of an instant in the caller's zone.
    pub(crate) fn day_of(&self, instant: jiff::Timestamp) -> Date {
        Date::from_civil(self.zone.to_datetime(instant).date())
    }
}

/// The digits of each run of numbers in a format.
fn packed(format: &str) -> Vec<usize> {
    let digits = |directive: &str| match directive.chars().next() {
        Some('Y') => 4,
        Some('j') => 3,
        Some('y' | 'm' | 'd' | 'H' | 'M' | 'S') => 2,
        _ => 0,
    };
    let (mut runs, mut run, mut numbers) = (vec![], 0, 0);
    for directive in format.split('%').skip(1).chain([""]) {
        let own = digits(directive);
        (run, numbers) = (run + own, numbers + usize::from(own > 0));
        // A run ends with what is no number, and with whatever follows one.
        if own == 0 || directive.chars().count() > 1 {
            runs.extend((numbers > 1).then_some(run));
            (run, numbers) = (0, 0);
        }
    }
    runs
}

/// The zone of a name such as `Europe/Berlin`.
pub(crate) fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|source| {
        Error::new(Code::Option, format!("option `timezone` is `{name}`, which is not a known time zone"))
            .with_hint("use a name of the IANA database, like Europe/Berlin or UTC")
            .with_source(source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_text_with_and_without_time_and_offset() {
        let berlin = DateFormat::new(None, &zone("Europe/Berlin").unwrap()).unwrap();
        let day = Date::parse("2011-12-09").unwrap();
        for text in ["2011-12-09", " 2011-12-09 ", "2011-12-09 08:26:00", "2011-12-09T23:59:59.5", "2011-12-08T23:30:00Z", "20111209"] {
            assert_eq!(berlin.read(text), Some(day), "{text}");
        }
        for text in ["09.12.2011", "12/09/2011", "2011-12", "yesterday", "", "2011-12-32"] {
            assert_eq!(berlin.read(text), None, "{text}");
        }
    }

    #[test]
    fn a_stated_format_decides_day_and_month() {
        let day_first = DateFormat::new(Some("%d/%m/%Y"), &TimeZone::UTC).unwrap();
        let month_first = DateFormat::new(Some("%m/%d/%Y"), &TimeZone::UTC).unwrap();
        assert_eq!(day_first.read("03/04/2020"), Date::new(2020, 4, 3));
        assert_eq!(month_first.read("03/04/2020"), Date::new(2020, 3, 4));
        assert_eq!(month_first.read("9/27/1979"), Date::new(1979, 9, 27));
        assert_eq!(month_first.read("13/01/2020"), None);
        let packed = DateFormat::new(Some("%Y%m%d"), &TimeZone::UTC).unwrap();
        assert_eq!(packed.read("20240115"), Date::new(2024, 1, 15));
        assert_eq!(packed.read("2024115"), None, "15 January or 5 November");
        let timed = DateFormat::new(Some("%Y%m%d %H:%M"), &TimeZone::UTC).unwrap();
        assert_eq!(timed.read("20240115 8:05"), Date::new(2024, 1, 15), "an hour stands alone");
        assert_eq!(timed.read("2024115 08:05"), None);
        assert_eq!(
            ["%Y%m%d", "%Y%m%d%H%M%S%z", "%y%j %H:%M%S", "%d%b%Y", "%d.%m.%Y", "%%%Y"].map(super::packed),
            [vec![8], vec![14], vec![5, 4], vec![], vec![], vec![]]
        );
        let named = DateFormat::new(Some("%d%b%Y"), &TimeZone::UTC).unwrap();
        assert_eq!(named.read("9dec2011"), Date::new(2011, 12, 9));
        assert!(DateFormat::new(Some("dd.mm.yyyy"), &TimeZone::UTC).is_err());
        assert!(DateFormat::new(Some("%H:%M"), &TimeZone::UTC).is_err());
    }
}
