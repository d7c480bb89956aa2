//! The months of the company's history.

use crate::time::{Date, Grain, Period};

/// So many months, the last of which holds `as_of`. Months are counted from 0.
#[derive(Clone, Copy)]
pub(super) struct Calendar {
    /// The last day of the history.
    pub as_of: Date,
    first: Period,
    months: usize,
}

impl Calendar {
    pub fn new(as_of: Date, months: usize) -> Self {
        let before = i32::try_from(months).unwrap_or(1) - 1;
        Calendar { as_of, first: Period(Grain::Month.period(as_of).0 - before), months }
    }

    /// How many months there are.
    pub fn months(&self) -> usize {
        self.months
    }

    /// The month that holds `as_of`.
    pub fn last(&self) -> usize {
        self.months - 1
    }

    /// The first of the last twelve months.
    pub fn year(&self) -> usize {
        self.months.saturating_sub(12)
    }

    /// The first day of a month; months past the last are those of the calendar that follow.
    pub fn start(&self, month: usize) -> Date {
        Grain::Month.start(Period(self.first.0 + i32::try_from(month).unwrap_or(0)))
    }

    /// The last day of a month, `as_of` at the latest.
    pub fn end(&self, month: usize) -> Date {
        Date(self.start(month + 1).0 - 1).min(self.as_of)
    }

    /// The month of the year, from 0 for January.
    pub fn of_year(&self, month: usize) -> usize {
        usize::try_from((self.first.0 + i32::try_from(month).unwrap_or(0)).rem_euclid(12)).unwrap_or(0)
    }

    /// So many days before `as_of`.
    pub fn ago(&self, days: i64) -> Date {
        Date(self.as_of.0 - i32::try_from(days).unwrap_or(0))
    }
}
