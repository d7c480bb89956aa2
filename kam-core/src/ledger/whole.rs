//! Parts that nothing is wrong with, as most are: their columns are checked whole and used where they lie.

use super::check::{Bound, Checks, Counts, Part};
use super::reconciliation::Tally;

/// Rows of a part that can be checked whole: sums of so many values below 2⁴⁸ cannot leave 63 bits.
const MOST_ROWS: usize = 1 << 15;

/// The columns of a part of which every row is used: no gaps, nothing implausible, nothing after `as_of`, money in whole numbers.
pub(crate) struct Whole<'a> {
    pub days: &'a [i32],
    pub amounts: &'a [i64],
    /// The other money columns that are mapped: cost, cost to serve, list amount.
    pub more: [Option<&'a [i64]>; 3],
    /// Minor units of one of these numbers.
    pub units: i64,
    /// No day is earlier or later.
    pub span: (i32, i32),
    /// All money lies in `-most..most`, in minor units.
    pub most: u64,
}

/// What all values of a column come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Survey {
    /// No absolute value is larger.
    most: u64,
    sum: i64,
    absolute: i64,
}

impl Survey {
    /// Looks at every value once, in lanes and without branches; `None` where the sums may be wrong because values are so large.
    fn of(values: &[i64]) -> Option<Survey> {
        let (mut bits, mut sum, mut flipped, mut negative) = (0u64, 0i64, 0i64, 0i64);
        for value in values {
            let sign = value >> 63;
            let magnitude = value ^ sign;
            bits |= magnitude.cast_unsigned();
            sum = sum.wrapping_add(*value);
            flipped = flipped.wrapping_add(magnitude);
            negative = negative.wrapping_sub(sign);
        }
        // A negative value's flipped bits are one less than its absolute value.
        let survey = Survey { most: bits.saturating_add(1), sum, absolute: flipped.wrapping_add(negative) };
        (values.len() <= MOST_ROWS && bits < 1 << 48).then_some(survey)
    }

    /// Are all values money at a scale of so many minor units?
    fn fits(&self, units: i64) -> bool {
        self.most <= (i64::MAX / units).cast_unsigned()
    }
}

impl<'a> Whole<'a> {
    /// The columns, and their rows counted as used; `None`, and nothing counted, where rows have to be looked at one by one.
    pub fn of(checks: &Checks, part: &Part, bound: &'a Bound, counts: &mut Counts) -> Option<Self> {
        let rows = part.batch.num_rows();
        if rows == 0 || !part.ragged.is_empty() || bound.has_currencies() {
            return None;
        }
        let days = bound.days()?;
        let (first, last) = days.iter().fold((i32::MAX, i32::MIN), |(first, last), day| (first.min(*day), last.max(*day)));
        let latest = checks.as_of.map_or(checks.columns.latest, |as_of| as_of.min(checks.columns.latest));
        if first < checks.columns.earliest.0 || last > latest.0 || !bound.keys.is_whole() {
            return None;
        }
        let units = checks.columns.scale.units();
        let [amounts, more @ ..] = bound.money()?;
        let amounts = amounts?;
        let (mut most, mut absolute) = (0, 0i128);
        let mut survey = |values: &[i64]| -> Option<Survey> {
            let survey = Survey::of(values).filter(|survey| survey.fits(units))?;
            most = survey.most.saturating_mul(units.unsigned_abs()).max(most);
            absolute += i128::from(survey.absolute) * i128::from(units);
            Some(survey)
        };
        let used = survey(amounts)?;
        for values in more.into_iter().flatten() {
            survey(values)?;
        }
        counts.reconciliation.in_window.add(Tally { rows: rows as u64, amount: i128::from(used.sum) * i128::from(units) });
        counts.absolute += absolute;
        counts.add_days(first, last);
        Some(Whole { days, amounts, more, units, span: (first, last), most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_is_exact_or_refused() {
        let exact = |values: &[i64]| Survey {
            most: values.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0),
            sum: values.iter().sum(),
            absolute: values.iter().map(|value| value.abs()).sum(),
        };
        for values in [&[0][..], &[5, -7, 0, 12], &[-1, -1, -1], &[1 << 47, -(1 << 47), 3], &[i64::from(i32::MIN)]] {
            let (found, exact) = (Survey::of(values).unwrap(), exact(values));
            assert_eq!((found.sum, found.absolute), (exact.sum, exact.absolute));
            assert!(found.most >= exact.most && found.most <= 2 * exact.most.next_power_of_two());
        }
        for values in [&[i64::MIN][..], &[i64::MAX], &[1 << 48, 0], &[-(1 << 48) - 1]] {
            assert_eq!(Survey::of(values), None);
        }
        assert_eq!(Survey::of(&vec![1; MOST_ROWS + 1]), None);
        assert!(Survey { most: 1 << 40, sum: 0, absolute: 0 }.fits(1_000_000));
        assert!(!Survey { most: 1 << 44, sum: 0, absolute: 0 }.fits(1_000_000));
    }
}
