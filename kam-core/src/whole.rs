//! Whole numbers that come as floats or decimals, as frames and warehouses write keys.

/// The whole number of a float that holds it exactly: past 2⁵³ a double no longer says which one was meant.
pub(crate) fn of_float(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and at most 2⁵³")]
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

/// The whole number of a decimal: a mantissa and how many of its digits stand after the point (negative: how many zeros follow).
pub(crate) fn of_decimal(mantissa: i128, scale: i8) -> Option<i128> {
    let unit = 10i128.checked_pow(u32::from(scale.unsigned_abs()))?;
    if scale <= 0 { mantissa.checked_mul(unit) } else { (mantissa % unit == 0).then(|| mantissa / unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_whole_up_to_where_they_are_exact() {
        assert_eq!(of_float(17850.0), Some(17850));
        assert_eq!(of_float(-0.0), Some(0));
        for value in [0.5, f64::NAN, f64::INFINITY, 1e17] {
            assert_eq!(of_float(value), None, "{value}");
        }
    }

    #[test]
    fn decimals_are_whole_where_nothing_follows_the_point() {
        assert_eq!(of_decimal(42, 0), Some(42));
        assert_eq!(of_decimal(4200, 2), Some(42));
        assert_eq!(of_decimal(4201, 2), None);
        assert_eq!(of_decimal(42, -2), Some(4200));
        assert_eq!(of_decimal(i128::MAX, -1), None);
        assert_eq!(of_decimal(1, 127), None);
    }
}
