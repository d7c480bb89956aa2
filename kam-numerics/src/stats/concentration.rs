//! How unevenly a sum is spread: the Gini coefficient, ordinary and for values that may be negative, and the Herfindahl–Hirschman index.
//!
//! Sums are whole numbers in 128 bits; each coefficient is one division at the end, so it does not depend on the order of addition.

/// The ordinary Gini coefficient, `Σ (2i − n − 1) xᵢ / (n Σ xᵢ)` over ascending values.
///
/// It is 0 where all values are equal and at most `(n − 1) / n` without negative values; with negative ones it can pass 1.
/// `None` where there is no value or the sum is not positive.
#[must_use]
pub fn gini(ascending: &[i64]) -> Option<f64> {
    let total = sum(ascending);
    (total > 0).then(|| ratio(spread(ascending), count(ascending.len()) * total))
}

/// The Gini coefficient normalised for negative values by Chen, Tsaur and Rhai (1982) as corrected by Berrebi and Silber (1985).
///
/// The ordinary coefficient divided by one plus twice the area between the horizontal axis and the part of the Lorenz curve below it.
/// Without negative values that area is empty and the coefficient is the ordinary one. `None` where the sum is not positive.
#[must_use]
pub fn gini_below_axis(ascending: &[i64]) -> Option<f64> {
    let total = sum(ascending);
    if total <= 0 {
        return None;
    }
    // Heights of the Lorenz curve times the total; doubled trapezoids below the axis, in units of total / n.
    let (mut height, mut doubled) = (0i128, 0i128);
    let mut corner = 0.0;
    for &value in ascending {
        let next = height + i128::from(value);
        if next <= 0 {
            doubled -= height + next;
        } else if height < 0 {
            // The curve crosses the axis within this step: a triangle.
            corner = ratio(height, total) * ratio(height, i128::from(value));
            break;
        } else {
            break;
        }
        height = next;
    }
    let n = count(ascending.len());
    let below_axis = (ratio(doubled, total) + corner) / float(n);
    Some(ratio(spread(ascending), n * total) / (1.0 + below_axis))
}

/// The Gini coefficient normalised for negative values by Raffinetti, Siletti and Vernizzi (2015).
///
/// The mean absolute difference divided by its largest possible value for the same positive sum and the same negative sum: all that is
/// positive with one unit, all that is negative with another. Between 0 and 1 for any values; without negative ones it is `n / (n − 1)`
/// times the ordinary coefficient. 0 for a single value; `None` where every value is zero or there is none.
#[must_use]
pub fn gini_polarised(ascending: &[i64]) -> Option<f64> {
    let polar: i128 = ascending.iter().map(|&value| i128::from(value).abs()).sum();
    match ascending.len() {
        _ if polar == 0 => None,
        1 => Some(0.0),
        n => Some(ratio(spread(ascending), (count(n) - 1) * polar)),
    }
}

/// The Herfindahl–Hirschman index: the sum of the squared shares of the positive values, from 1 / n to 1. `None` without a positive value.
#[must_use]
pub fn herfindahl(values: &[i64]) -> Option<f64> {
    let total: i128 = values.iter().filter(|&&value| value > 0).map(|&value| i128::from(value)).sum();
    (total > 0).then(|| values.iter().filter(|&&value| value > 0).map(|&value| ratio(i128::from(value), total).powi(2)).sum())
}

/// `Σ (2i − n − 1) xᵢ` with i from 1: half the sum of the absolute differences of all ordered pairs.
fn spread(ascending: &[i64]) -> i128 {
    let n = count(ascending.len());
    (1..).zip(ascending).map(|(place, &value): (i128, _)| (2 * place - n - 1) * i128::from(value)).sum()
}

fn sum(values: &[i64]) -> i128 {
    values.iter().map(|&value| i128::from(value)).sum()
}

fn count(len: usize) -> i128 {
    i128::try_from(len).unwrap_or(i128::MAX)
}

fn ratio(part: i128, whole: i128) -> f64 {
    float(part) / float(whole)
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
fn float(number: i128) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-12)
    }

    #[test]
    fn equal_values_have_no_concentration() {
        assert!(close(gini(&[5, 5, 5]), 0.0));
        assert!(close(gini_polarised(&[5, 5, 5]), 0.0));
        assert!(close(gini_polarised(&[-5]), 0.0));
        assert!(close(herfindahl(&[5, 5, 5, 5]), 0.25));
    }

    #[test]
    fn one_holds_everything() {
        assert!(close(gini(&[0, 0, 0, 8]), 0.75));
        assert!(close(gini_below_axis(&[0, 0, 0, 8]), 0.75));
        assert!(close(gini_polarised(&[0, 0, 0, 8]), 1.0));
        assert!(close(herfindahl(&[0, 0, 0, 8]), 1.0));
    }

    #[test]
    fn sums_that_have_no_share() {
        for values in [&[][..], &[0, 0], &[-3, 1], &[-2, 2]] {
            assert_eq!(gini(values), None);
            assert_eq!(gini_below_axis(values), None);
        }
        assert_eq!(gini_polarised(&[]), None);
        assert_eq!(gini_polarised(&[0, 0]), None);
        assert_eq!(herfindahl(&[-1, 0]), None);
    }

    // Raffinetti, Siletti and Vernizzi 2015, table 3: ten incomes that sum to 0.01.
    #[test]
    fn the_published_normalisation_for_negative_incomes() {
        let cases: [([i64; 10], f64); 3] = [
            ([-500, -500, -500, -500, -500, -500, -500, -500, -500, 4501], 0.5556),
            ([-4500, 0, 0, 0, 0, 0, 0, 0, 0, 4501], 1.0),
            ([-1500, -1000, -800, -700, -500, 0, 0, 0, 0, 4501], 0.8346),
        ];
        for (incomes, published) in cases {
            assert!((gini_polarised(&incomes).unwrap() - published).abs() < 5e-5, "{incomes:?}");
        }
    }

    /// The formula as printed after the correction of 1985, term by term.
    fn printed(ascending: &[i64]) -> f64 {
        let n = ascending.len() as f64;
        let total: f64 = ascending.iter().map(|&value| value as f64).sum();
        let shares: Vec<f64> = ascending.iter().map(|&value| value as f64 / total).collect();
        let weighted: f64 = (1..).zip(&shares).map(|(place, share): (i32, _)| f64::from(place) * share).sum();
        let mut k = 0;
        let mut held = 0.0;
        while held + shares[k] <= 0.0 {
            held += shares[k];
            k += 1;
        }
        let low: f64 = (1..).zip(&shares[..k]).map(|(place, share): (i32, _)| f64::from(place) * share).sum();
        let numerator = 2.0 / n * weighted - (n + 1.0) / n;
        numerator / (1.0 + 2.0 / n * low + held / n * (held / shares[k] - (1.0 + 2.0 * k as f64)))
    }

    proptest! {
        #[test]
        fn negatives_stay_within_bounds(mut values in proptest::collection::vec(-1_000_000i64..1_000_000, 2..60)) {
            values.sort_unstable();
            if let Some(value) = gini_polarised(&values) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
            }
            if let Some(value) = gini_below_axis(&values) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
                prop_assert!((value - printed(&values)).abs() < 1e-9 * (1.0 + value), "{} {}", value, printed(&values));
            }
        }

        #[test]
        fn invariants_of_the_ordinary_coefficient(
            mut values in proptest::collection::vec(0i64..1_000_000, 1..60), scale in 1i64..1000, copies in 1usize..5
        ) {
            values.sort_unstable();
            prop_assume!(values.iter().any(|&value| value > 0));
            let value = gini(&values).unwrap();
            let scaled: Vec<i64> = values.iter().map(|value| value * scale).collect();
            let replicated: Vec<i64> = values.iter().flat_map(|&value| std::iter::repeat_n(value, copies)).collect();
            let limit = (values.len() as f64 - 1.0) / values.len() as f64;
            prop_assert!((0.0..=limit + 1e-12).contains(&value));
            prop_assert!((gini(&scaled).unwrap() - value).abs() < 1e-12);
            prop_assert!((gini(&replicated).unwrap() - value).abs() < 1e-12);
            prop_assert_eq!(gini_below_axis(&values).unwrap(), value);
        }

        #[test]
        fn a_transfer_from_rich_to_poor_lowers_it(mut values in proptest::collection::vec(0i64..1000, 3..40)) {
            values.sort_unstable();
            let (low, high) = (values[0], values[values.len() - 1]);
            prop_assume!(high - low >= 2);
            let mut after = values.clone();
            let last = after.len() - 1;
            after[0] += 1;
            after[last] -= 1;
            after.sort_unstable();
            prop_assert!(gini(&after).unwrap() < gini(&values).unwrap());
        }
    }
}
