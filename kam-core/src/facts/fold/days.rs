//! From a day to its cell period and its place in it, by table look-up.

use crate::time::{Date, Grain, Period};

/// The cell period of every day of a range, and the day's bit in the period's set of days.
pub(crate) struct DayIndex {
    first: i32,
    places: Vec<(i32, u32)>,
}

impl DayIndex {
    /// An index over the days `first..=last`.
    pub fn new(grain: Grain, first: Date, last: Date) -> Self {
        let mut places = Vec::with_capacity(usize::try_from(last.0 - first.0 + 1).unwrap_or(0));
        let mut period = grain.period(first);
        let (mut start, mut next) = (grain.start(period), grain.start(Period(period.0 + 1)));
        for day in first.0..=last.0 {
            if day >= next.0 {
                period = Period(period.0 + 1);
                (start, next) = (next, grain.start(Period(period.0 + 1)));
            }
            places.push((period.0, 1u32 << (day - start.0)));
        }
        DayIndex { first: first.0, places }
    }

    /// The period of a day of the range, and the day's bit.
    #[inline]
    pub fn place(&self, day: i32) -> (i32, u32) {
        self.places[usize::try_from(day - self.first).unwrap_or(usize::MAX)]
    }
}
