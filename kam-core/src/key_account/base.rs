//! What the accounts bring: the base that breadwinners and the 20/80 are judged by.

use crate::error::{Code, Result};
use crate::facts::{Facts, Measure};
use crate::nullable::Nullable;

/// The base of every account of the ledger.
pub(super) struct Base {
    pub measure: Measure,
    /// In minor units or as counts, in the order of the facts' keys.
    pub values: Vec<i64>,
    /// The sum of all, losses included.
    pub total: i128,
    /// Why it is not the base that was asked for.
    pub note: Option<String>,
}

impl Base {
    /// The measure, or revenue where the ledger lacks its column and `fallback` allows it.
    pub fn of(facts: &Facts, measure: Measure, fallback: bool) -> Result<Self> {
        let words = facts.perspective().words();
        let (measure, values, note) = match facts.measure(measure) {
            Ok(values) => (measure, values, None),
            Err(error) if error.code() == Code::MissingInput && fallback => {
                let note = format!("{error}: the base is {} instead", words.revenue);
                (Measure::Revenue, facts.measure(Measure::Revenue)?, Some(note))
            }
            Err(error) => return Err(error),
        };
        let total = values.iter().map(|value| i128::from(*value)).sum();
        Ok(Base { measure, values, total, note })
    }

    /// What the base is called in a sentence.
    pub fn name(&self, facts: &Facts) -> &'static str {
        match self.measure {
            Measure::Revenue => facts.perspective().words().revenue,
            measure => measure.name(),
        }
    }

    /// The positive values in descending order with their running sums.
    pub fn ladder(&self) -> Ladder {
        let positive = (0..self.values.len()).filter(|at| self.values[*at] > 0);
        let places = Facts::descending(positive, &self.values);
        let descending: Vec<i64> = places.iter().map(|at| self.values[*at]).collect();
        let coarse = descending.iter().copied().step_by(BLOCK).collect();
        let mut sum = 0;
        let held = descending
            .iter()
            .map(|value| {
                sum += i128::from(*value);
                sum
            })
            .collect();
        Ladder { places, descending, coarse, held, total: sum }
    }
}

/// Values in a block of a ladder.
const BLOCK: usize = 256;

/// The positive values in descending order.
pub(super) struct Ladder {
    /// Whose values they are.
    places: Vec<usize>,
    descending: Vec<i64>,
    /// The first of every block: searches go through these, and then through one block, so that few of them leave the cache.
    coarse: Vec<i64>,
    held: Vec<i128>,
    /// The sum of the positive values.
    pub total: i128,
}

impl Ladder {
    /// Of each of so many accounts the share that larger ones hold; none for a value that is not positive. What [`Ladder::share_before`]
    /// says of a value that stays, in one walk instead of a search an account.
    pub fn own_shares_before(&self, accounts: usize) -> Vec<Nullable> {
        let mut shares = vec![Nullable::NONE; accounts];
        let mut start = 0usize;
        for equal in self.descending.chunk_by(|a, b| a == b) {
            let before = start.checked_sub(1).map_or(0, |last| self.held[last]);
            #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
            let share = before as f64 / self.total as f64;
            for at in &self.places[start..start + equal.len()] {
                shares[*at] = share.into();
            }
            start += equal.len();
        }
        shares
    }

    /// What all larger values hold together.
    pub fn before(&self, value: i128) -> i128 {
        // No value leaves 64 bits, so a limit that does is as good as the last of them.
        let limit = i64::try_from(value).unwrap_or(if value > 0 { i64::MAX } else { i64::MIN });
        let is_larger = |larger: &i64| *larger > limit;
        let end = self.coarse.partition_point(is_larger) * BLOCK;
        let start = end.saturating_sub(BLOCK);
        let block = self.descending.get(start..end.min(self.descending.len())).unwrap_or_default();
        match start + block.partition_point(is_larger) {
            0 => 0,
            larger => self.held[larger - 1],
        }
    }

    /// The share that larger ones would hold if an account had `value` in place of `now`; `None` for a value that is not positive.
    pub fn share_before(&self, value: i128, now: i64) -> Option<f64> {
        let own = i128::from(now.max(0));
        let before = self.before(value) - if own > value { own } else { 0 };
        let total = self.total - own + value;
        #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
        (value > 0).then(|| before as f64 / total as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(values: &[i64]) -> Ladder {
        let values = values.to_vec();
        Base { measure: Measure::Revenue, values, total: 0, note: None }.ladder()
    }

    #[test]
    fn blocks_are_searched_as_the_whole() {
        let values: Vec<i64> = (0..1_000).map(|at| at / 3).collect();
        let ladder = ladder(&values);
        for value in [-5, 0, 1, 84, 85, 86, 170, 332, 333, 400] {
            let sum: i64 = values.iter().filter(|other| **other > value && **other > 0).sum();
            assert_eq!(ladder.before(value.into()), i128::from(sum), "{value}");
        }
        for (share, value) in ladder.own_shares_before(values.len()).into_iter().zip(values) {
            assert_eq!(share.get(), ladder.share_before(value.into(), value));
        }
    }

    #[test]
    fn larger_ones_stand_before() {
        let ladder = ladder(&[10, 60, 30, -5, 0]);
        assert_eq!(ladder.total, 100);
        let own = ladder.own_shares_before(6);
        for (at, value) in [10, 60, 30, -5, 0].into_iter().enumerate() {
            assert_eq!(own[at].get(), ladder.share_before(value.into(), value), "{value}");
        }
        assert_eq!(own[5], Nullable::NONE, "a candidate");
        assert_eq!(ladder.share_before(60, 60), Some(0.0));
        assert_eq!(ladder.share_before(30, 30), Some(0.6));
        assert_eq!(ladder.share_before(10, 10), Some(0.9));
        assert_eq!(ladder.share_before(0, 0), None);
        // Who would rise from 10 to 50 stands behind 60 of 140.
        assert_eq!(ladder.share_before(50, 10), Some(60.0 / 140.0));
        // A newcomer of 40.
        assert_eq!(ladder.share_before(40, 0), Some(60.0 / 140.0));
        // Who would fall from 60 to 20 is not before itself.
        assert_eq!(ladder.share_before(20, 60), Some(30.0 / 60.0));
    }
}
