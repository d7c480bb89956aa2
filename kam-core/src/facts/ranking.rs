//! Accounts in the order of a measure, and exact sums as shares.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::{Facts, Measure};
use crate::table::Unit;

impl Facts {
    /// The places of these accounts by value descending, equal values by key ascending.
    pub(crate) fn descending(accounts: impl Iterator<Item = usize>, values: &[i64]) -> Vec<usize> {
        // The values beside the places: sorting looks at neighbours then, and not all over the memory.
        let mut order: Vec<(Reverse<i64>, usize)> = accounts.map(|at| (Reverse(values[at]), at)).collect();
        order.par_sort_unstable();
        order.into_iter().map(|(_, at)| at).collect()
    }

    /// A sum of a measure as a number: money in units of the currency, counts as they are.
    pub(crate) fn measure_number(&self, measure: Measure, sum: i128) -> f64 {
        match measure.unit() {
            Unit::Money => self.scale().wide_to_currency(sum),
            _ => number(sum),
        }
    }
}

/// A part of a total; `None` where the total is not positive, since parts of nothing or of a loss are no shares.
pub(crate) fn share(part: i128, total: i128) -> Option<f64> {
    (total > 0).then(|| number(part) / number(total))
}

/// How many of `all` things a share of them is, rounded up; at least one where there is one.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count below 2⁵³")]
pub(crate) fn count_of(share: f64, all: usize) -> usize {
    // 0.2 of 35 is 7, though the product of the doubles is a little more.
    let exact = share * all as f64;
    let count = if (exact - exact.round()).abs() < 1e-9 * exact.max(1.0) { exact.round() } else { exact.ceil() };
    (count as usize).clamp(all.min(1), all)
}

/// Counts as shares of each other.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
pub(crate) fn count_share(part: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
fn number(sum: i128) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_ties() {
        assert_eq!(Facts::descending(0..4, &[1, 7, 7, -2]), [1, 2, 0, 3]);
        assert_eq!(Facts::descending([3, 0].into_iter(), &[1, 7, 7, -2]), [0, 3]);
    }

    #[test]
    fn shares_of_a_total_that_is_not_positive_are_none() {
        assert_eq!(share(80, 100), Some(0.8));
        assert_eq!(share(1, 0), None);
        assert_eq!(share(-1, -2), None);
        assert_eq!(count_share(0, 0), None);
    }

    #[test]
    fn a_share_of_a_count_is_rounded_up() {
        assert_eq!(count_of(0.2, 35), 7);
        assert_eq!(count_of(0.2, 23_570), 4_714);
        assert_eq!(count_of(0.2, 36), 8);
        assert_eq!(count_of(0.2, 1), 1);
        assert_eq!(count_of(0.2, 0), 0);
        assert_eq!(count_of(1.0, 9), 9);
    }
}
