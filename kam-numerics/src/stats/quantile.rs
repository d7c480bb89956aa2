//! Quantiles as values that occur: the inverse of the empirical distribution function.

/// The smallest value that at least `part / whole` of all values do not exceed (Hyndman and Fan's type 1); `None` without values.
///
/// The fraction is given as two whole numbers, so that no product of floats decides which value it is.
#[must_use]
pub fn inverse_ecdf<T: Copy>(ascending: &[T], part: usize, whole: usize) -> Option<T> {
    let place = (part * ascending.len()).div_ceil(whole.max(1)).max(1);
    ascending.get(place - 1).or(ascending.last()).copied()
}

/// The `groups − 1` cut points that divide values into this many groups: the quantiles at 1/groups, 2/groups …
///
/// A value belongs to the group numbered by the cut points that lie strictly below it, so equal values share a group.
#[must_use]
pub fn quantile_cuts<T: Copy>(ascending: &[T], groups: usize) -> Vec<T> {
    (1..groups).filter_map(|part| inverse_ecdf(ascending, part, groups)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cut_points_are_values_that_occur() {
        assert_eq!(quantile_cuts(&[1, 2, 3, 4, 5], 5), [1, 2, 3, 4]);
        assert_eq!(quantile_cuts(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 5), [3, 5, 7, 9]);
        assert_eq!(quantile_cuts(&[7], 5), [7, 7, 7, 7]);
        assert_eq!(quantile_cuts::<i64>(&[], 5), []);
        assert_eq!(inverse_ecdf(&[1, 2, 3, 4], 1, 2), Some(2));
        assert_eq!(inverse_ecdf(&[1, 2, 3], 1, 1), Some(3));
        assert_eq!(inverse_ecdf(&[1, 2, 3], 0, 5), Some(1));
    }

    proptest! {
        #[test]
        fn at_least_the_fraction_lies_at_or_below(mut values in proptest::collection::vec(0u8..20, 1..80), part in 1usize..5) {
            values.sort_unstable();
            let cut = inverse_ecdf(&values, part, 5).unwrap();
            let at_or_below = values.iter().filter(|&&value| value <= cut).count();
            let below = values.iter().filter(|&&value| value < cut).count();
            prop_assert!(at_or_below * 5 >= part * values.len());
            prop_assert!(below * 5 < part * values.len());
        }
    }
}
