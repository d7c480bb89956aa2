//! Calendar periods: days, ISO weeks, months, quarters, years.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::date::{Date, days_from_civil};

/// The length of a period. Periods are those of the calendar: weeks begin on Monday, months have their own lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A calendar day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    #[default]
    Month,
    /// January–March, April–June, July–September, October–December.
    Quarter,
    /// A calendar year.
    Year,
}

/// One period of a grain, counted from the one that holds 1970-01-01 (which is 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(pub i32);

impl Grain {
    /// The period that holds a day.
    #[must_use]
    pub fn period(self, day: Date) -> Period {
        match self {
            Grain::Day => Period(day.0),
            // 1970-01-01 was a Thursday: three days into its week.
            Grain::Week => Period((day.0 + 3).div_euclid(7)),
            Grain::Month | Grain::Quarter | Grain::Year => {
                let (year, month, _) = day.ymd();
                self.of_month((i32::from(year) - 1970) * 12 + i32::from(month) - 1)
            }
        }
    }

    /// The first day of a period.
    #[must_use]
    pub fn start(self, period: Period) -> Date {
        let months = match self {
            Grain::Day => return Date(period.0),
            Grain::Week => return Date(period.0 * 7 - 3),
            Grain::Month => period.0,
            Grain::Quarter => period.0 * 3,
            Grain::Year => period.0 * 12,
        };
        let year = (1970 + months.div_euclid(12)).clamp(-9999, 10_000);
        let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        i16::try_from(year).ok().and_then(|year| days_from_civil(year, month, 1)).unwrap_or(Date(0))
    }

    /// The period so many after this one (before it where negative), if its days lie in the years 1 to 9999.
    pub(crate) fn after(self, period: Period, periods: i64) -> Option<Period> {
        let days = match self {
            Grain::Day => 1,
            Grain::Week => 7,
            Grain::Month => 28,
            Grain::Quarter => 90,
            Grain::Year => 365,
        };
        let there = Period(i32::try_from(i64::from(period.0).checked_add(periods)?).ok()?);
        // Nothing this far away is in the calendar, and its days could not be counted in 32 bits.
        if i64::from(there.0).abs() > 4_000_000 / days {
            return None;
        }
        let (first, last) = (Date::new(1, 1, 1)?, Date::new(9999, 12, 31)?);
        let starts = self.start(there);
        (starts >= first && starts <= last && self.end(there) <= last).then_some(there)
    }

    /// The last day of a period.
    #[must_use]
    pub fn end(self, period: Period) -> Date {
        Date(self.start(Period(period.0 + 1)).0 - 1)
    }

    /// The period of this grain that holds a period of the finer grain `cell`, whose periods it is made of.
    pub(crate) fn of_cell(self, cell: Grain, period: Period) -> Period {
        if self == cell {
            return period;
        }
        match cell {
            Grain::Month => self.of_month(period.0),
            _ => self.period(cell.start(period)),
        }
    }

    /// The finest grain whose periods make up the periods of this one, and that fits a 31-bit set of days.
    pub(crate) fn cell(self) -> Grain {
        match self {
            Grain::Day => Grain::Day,
            Grain::Week => Grain::Week,
            Grain::Month | Grain::Quarter | Grain::Year => Grain::Month,
        }
    }

    /// Can periods of this grain be put together from cells of `cell`?
    pub(crate) fn is_made_of(self, cell: Grain) -> bool {
        cell == Grain::Day || self.cell() == cell
    }

    fn of_month(self, month: i32) -> Period {
        Period(match self {
            Grain::Quarter => month.div_euclid(3),
            Grain::Year => month.div_euclid(12),
            _ => month,
        })
    }

    /// How many periods make a year, for rates per year.
    #[must_use]
    pub fn per_year(self) -> f64 {
        match self {
            Grain::Day => 365.25,
            Grain::Week => 365.25 / 7.0,
            Grain::Month => 12.0,
            Grain::Quarter => 4.0,
            Grain::Year => 1.0,
        }
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_with_the_calendar() {
        for (grain, back) in [(Grain::Day, 719_162), (Grain::Month, 1_969 * 12), (Grain::Quarter, 1_969 * 4), (Grain::Year, 1_969)] {
            assert_eq!(grain.after(Period(0), -back).map(|period| grain.start(period)), Date::new(1, 1, 1), "{grain}");
            assert_eq!(grain.after(Period(0), -back - 1), None, "{grain}");
        }
        assert_eq!(Grain::Year.after(Period(0), 8_029).map(|period| Grain::Year.end(period)), Date::new(9999, 12, 31));
        for far in [8_030, 1 << 33, i64::MAX, i64::MIN] {
            assert_eq!(Grain::Year.after(Period(7), far), None);
        }
        assert!(Grain::Week.after(Period(0), -100_000).is_some() && Grain::Week.after(Period(0), -103_000).is_none());
    }

    #[test]
    fn every_day_lies_in_its_period_and_periods_follow_each_other() {
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            let mut last = grain.period(Date(-30_000));
            for day in -30_000..40_000 {
                let period = grain.period(Date(day));
                assert!(grain.start(period) <= Date(day) && Date(day) <= grain.end(period), "{grain} {day}");
                assert!(period.0 - last.0 <= 1);
                assert_eq!(grain.of_cell(grain.cell(), grain.cell().period(Date(day))), period);
                last = period;
            }
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        let monday = Date::parse("2024-01-01").unwrap();
        assert_eq!(Grain::Week.start(Grain::Week.period(Date(monday.0 + 6))), monday);
        assert_eq!(Grain::Week.period(Date(monday.0 - 1)).0 + 1, Grain::Week.period(monday).0);
    }
}
