//! The table `plans`: targets of managers and accounts by period.

use std::borrow::Cow;

use super::Optional;
use super::cell::{Cell, Refused, day, key, not_negative, text};
use super::join::Joined;
use super::source::Source;
use crate::error::Result;
use crate::time::{Date, DateFormat, Grain, Period};

pub(super) const COLUMNS: &[&str] = &["manager", "account", "period", "target"];

/// The time a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanPeriod {
    /// A named period: 2024, 2024-Q1, 2024-03, 2024-W05.
    Of(Grain, Period),
    /// A day, which stands for the period of the facts' grain that holds it.
    Day(Date),
}

impl PlanPeriod {
    /// The first and the last day, where the facts have this grain.
    #[must_use]
    pub fn days(self, grain: Grain) -> (Date, Date) {
        let (grain, period) = match self {
            PlanPeriod::Of(grain, period) => (grain, period),
            PlanPeriod::Day(day) => (grain, grain.period(day)),
        };
        (grain.start(period), grain.end(period))
    }
}

/// Targets, in the order of the caller's rows. Every row names a manager or an account, or both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plans {
    /// Whose target it is.
    pub manager: Optional<String>,
    /// With which account.
    pub account: Optional<String>,
    /// When.
    pub period: Vec<PlanPeriod>,
    /// The revenue that is planned.
    pub target: Vec<f64>,
    pub(super) joined: Joined,
}

impl Plans {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        let plans = Plans {
            manager: source.optional("manager", text)?,
            account: source.optional("account", key)?,
            period: source.filled("period", period(source.dates))?,
            target: source.filled("target", not_negative)?,
            joined: Joined::default(),
        };
        let has = |column: &Optional<String>, row: usize| column.as_ref().is_some_and(|column| column[row].is_some());
        match (0..plans.target.len()).find(|row| !has(&plans.manager, *row) && !has(&plans.account, *row)) {
            Some(row) => Err(source.missing_error(row, "manager").at("a plan is of a manager, an account or both")),
            None => Ok(plans),
        }
    }
}

fn period(dates: &DateFormat) -> impl Fn(&Cell<'_>) -> Result<Option<PlanPeriod>, Refused> {
    move |cell| {
        let named = match cell {
            Cell::Text(text) => named(text.trim()),
            _ => cell.as_digits().and_then(|digits| named(&digits)),
        };
        if named.is_some() {
            return Ok(named);
        }
        day(dates)(cell).map(|day| day.map(PlanPeriod::Day)).map_err(|_| {
            Cow::Borrowed("a period like 2024, 2024-Q1, 2024-03 or 2024-W05, or a date, which stands for the period that holds it")
        })
    }
}

/// Reads 2024, 2024-Q1 (or 2024Q1), 2024-03, 2024-W05.
fn named(text: &str) -> Option<PlanPeriod> {
    let number = |text: &str, digits: usize| -> Option<i8> {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (year, rest) = text.split_at_checked(4)?;
    let year: i16 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let month = |month: i8| Date::new(year, month, 1).filter(|_| year > 0);
    if rest.is_empty() {
        return Some(PlanPeriod::Of(Grain::Year, Grain::Year.period(month(1)?)));
    }
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if let Some(quarter) = rest.strip_prefix(['Q', 'q']) {
        let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
        return Some(PlanPeriod::Of(Grain::Quarter, Grain::Quarter.period(month(quarter * 3 - 2)?)));
    }
    if let Some(week) = rest.strip_prefix(['W', 'w']) {
        // ISO 8601: week 1 is the one that holds 4 January.
        let week = number(week, 2).filter(|week| (1..=53).contains(week))?;
        let first = Grain::Week.period(Date::new(year, 1, 4)?);
        let period = Period(first.0 + i32::from(week) - 1);
        let next = Grain::Week.period(Date::new(year.checked_add(1)?, 1, 4)?);
        return (period < next).then_some(PlanPeriod::Of(Grain::Week, period));
    }
    // 202403 is not 2024-03: six digits could as well be something else.
    let month = text.contains('-').then(|| month(number(rest, 2)?))??;
    Some(PlanPeriod::Of(Grain::Month, Grain::Month.period(month)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<(String, String)> {
        let dates = DateFormat::new(None, &jiff::tz::TimeZone::UTC).ok()?;
        let plan = period(&dates)(&Cell::Text(text)).ok()??;
        let (first, last) = plan.days(Grain::Month);
        Some((first.to_string(), last.to_string()))
    }

    #[test]
    fn periods_by_name_and_by_day() {
        let pair = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(days("2024"), pair("2024-01-01", "2024-12-31"));
        assert_eq!(days("2024-Q2"), pair("2024-04-01", "2024-06-30"));
        assert_eq!(days("2024q4"), pair("2024-10-01", "2024-12-31"));
        assert_eq!(days("2024-02"), pair("2024-02-01", "2024-02-29"));
        assert_eq!(days("2024-W01"), pair("2024-01-01", "2024-01-07"));
        assert_eq!(days("2020-W53"), pair("2020-12-28", "2021-01-03"));
        assert_eq!(days("2024-02-15"), pair("2024-02-01", "2024-02-29"));
        for text in ["2024-13", "2024-Q5", "2024-W53", "202403", "Q1", "spring", "24"] {
            assert_eq!(days(text), None, "{text}");
        }
    }
}
