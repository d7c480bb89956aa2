//! Chance in whole numbers only, so that a seed gives the same company on every platform.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::time::Date;

/// A seeded source of whole numbers.
///
/// Ranges come from a widening multiplication of its own: another version of a sampling library would not change what is drawn.
pub(super) struct Dice(Pcg64);

impl Dice {
    /// The dice of one purpose: streams of one seed do not disturb each other, so a change to one table leaves the others as they are.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut seeds = Pcg64::seed_from_u64(seed);
        let first = seeds.next_u64();
        Dice(Pcg64::seed_from_u64(first ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// A number from 0 up to, but without, `end`; 0 where there is nothing to choose from.
    pub fn below(&mut self, end: i64) -> i64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end.max(1).unsigned_abs());
        i64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both possible.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// True in so many cases of a thousand.
    pub fn chance(&mut self, permille: i64) -> bool {
        self.below(1000) < permille
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(i64::try_from(from.len()).unwrap_or(1))).unwrap_or(0);
        &from[at]
    }

    /// A whole number whose mean is `permille` thousandths: 2300 gives 2 or 3.
    pub fn around(&mut self, permille: i64) -> i64 {
        permille / 1000 + i64::from(self.chance(permille % 1000))
    }

    /// A day from `first` to `last`.
    pub fn day(&mut self, first: Date, last: Date) -> Date {
        let days = self.between(0, i64::from(last.0 - first.0).max(0));
        Date(first.0 + i32::try_from(days).unwrap_or(0))
    }

    /// Puts these in another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = usize::try_from(self.below(i64::try_from(last).unwrap_or(0) + 1)).unwrap_or(0);
            values.swap(last, other);
        }
    }
}

/// So many thousandths of a value, rounded towards zero.
pub(super) fn permille(value: i64, thousandths: i64) -> i64 {
    i64::try_from(i128::from(value) * i128::from(thousandths) / 1000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_a_seed_are_pinned() {
        let mut dice = Dice::new(1, 2);
        let drawn: Vec<i64> = (0..6).map(|_| dice.below(1000)).collect();
        assert_eq!(drawn, PINNED);
        assert_eq!(dice.below(0), 0);
        assert!((0..100).all(|_| (3..=5).contains(&dice.between(3, 5))));
    }

    const PINNED: [i64; 6] = [744, 106, 970, 118, 417, 978];
}
