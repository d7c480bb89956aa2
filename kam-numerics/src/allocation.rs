//! Whole things shared out by weight so that nothing is left and nothing is added.

/// Shares `total` out in proportion to the weights, in whole units that add up to it exactly (largest remainders, Hamilton's method): everybody
/// gets the whole part of the quota, and the units that are left go to the largest remainders, equal ones in the order given.
///
/// `None` where a number is negative, or no weight is positive and there is something to share.
#[must_use]
pub fn largest_remainder(total: i64, weights: &[i64]) -> Option<Vec<i64>> {
    if total < 0 || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        return (total == 0).then(|| vec![0; weights.len()]);
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = total;
    for (at, weight) in weights.iter().enumerate() {
        // Two 63-bit numbers: the product has 126 bits.
        let quota = i128::from(total) * i128::from(*weight);
        let share = i64::try_from(quota / all).unwrap_or(total);
        left -= share;
        shares.push(share);
        remainders.push((std::cmp::Reverse(quota % all), at));
    }
    // Fewer units are left than there are remainders above 0.
    let left = usize::try_from(left).unwrap_or(0).min(remainders.len());
    if left > 0 {
        remainders.select_nth_unstable(left - 1);
        remainders[..left].iter().for_each(|(_, at)| shares[*at] += 1);
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_left_go_to_the_largest_remainders() {
        assert_eq!(largest_remainder(10, &[1, 1, 1]), Some(vec![4, 3, 3]));
        // Quotas 4.7, 1.6, 1.58, 0.8, 0.7, 0.62 …
        assert_eq!(largest_remainder(10, &[47, 16, 158 / 10, 8, 6, 6]), Some(vec![5, 2, 1, 1, 1, 0]));
        assert_eq!(largest_remainder(0, &[0, 0]), Some(vec![0, 0]));
        assert_eq!(largest_remainder(0, &[]), Some(vec![]));
        assert_eq!(largest_remainder(5, &[0, 3]), Some(vec![0, 5]));
        assert_eq!(largest_remainder(i64::MAX, &[i64::MAX, i64::MAX]), Some(vec![i64::MAX / 2 + 1, i64::MAX / 2]));
    }

    #[test]
    fn what_cannot_be_shared_out() {
        assert_eq!(largest_remainder(5, &[0, 0]), None);
        assert_eq!(largest_remainder(5, &[]), None);
        assert_eq!(largest_remainder(-1, &[1]), None);
        assert_eq!(largest_remainder(1, &[2, -1]), None);
    }

    proptest! {
        #[test]
        fn adds_up_and_stays_within_one_unit_of_the_quota(total in 0i64..1_000_000, weights in prop::collection::vec(0i64..1_000_000, 1..40)) {
            let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            if let Some(shares) = largest_remainder(total, &weights) {
                prop_assert_eq!(shares.iter().sum::<i64>(), total);
                for (share, weight) in shares.iter().zip(&weights) {
                    let quota = i128::from(total) * i128::from(*weight);
                    prop_assert!((i128::from(*share) * all - quota).abs() < all.max(1));
                }
            } else {
                prop_assert_eq!(all, 0);
            }
        }
    }
}
