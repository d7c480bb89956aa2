//! Integers, decimals and floats to minor units, rounded half to even, with what the rounding moved.

use super::Scale;

/// A number in minor units and what rounding added to it, in billionths of a minor unit.
///
/// The rounding is a whole number so that its total does not depend on the order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rounded {
    pub minor: i64,
    pub rounding: i64,
}

const BILLION: i128 = 1_000_000_000;

/// A whole number of units; `None` where it leaves 63 bits.
#[inline]
pub(crate) fn from_integer(value: i64, scale: Scale) -> Option<Rounded> {
    // The smallest i64 has no opposite, so it is refused like every other number that is too large.
    let minor = value.checked_mul(scale.units()).filter(|minor| *minor != i64::MIN)?;
    Some(Rounded { minor, rounding: 0 })
}

/// The decimal `mantissa · 10^-decimals`; `None` where it leaves 63 bits.
pub(crate) fn from_decimal(mantissa: i128, decimals: u32, scale: Scale) -> Option<Rounded> {
    let target = u32::from(scale.decimals());
    if decimals <= target {
        let minor = mantissa.checked_mul(10i128.pow(target - decimals))?;
        return Some(Rounded { minor: narrow(minor)?, rounding: 0 });
    }
    let excess = decimals - target;
    if excess > 38 {
        // Smaller than any tenth of a minor unit that 128 bits can hold.
        return Some(Rounded { minor: 0, rounding: 0 });
    }
    let divisor = 10i128.checked_pow(excess)?;
    let (mut quotient, remainder) = (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor));
    let upper = remainder > divisor - remainder || (remainder == divisor - remainder && quotient % 2 != 0);
    quotient += i128::from(upper);
    let moved = if upper { divisor - remainder } else { -remainder };
    let rounding = if excess <= 9 { moved * 10i128.pow(9 - excess) } else { moved / 10i128.pow(excess - 9) };
    Some(Rounded { minor: narrow(quotient)?, rounding: i64::try_from(rounding).ok()? })
}

/// The exact value of a float; `None` where it is not finite or leaves 63 bits.
#[inline]
pub(crate) fn from_float(value: f64, scale: Scale) -> Option<Rounded> {
    #[expect(clippy::cast_precision_loss, reason = "a power of ten up to 10^6 is exact")]
    let units = scale.units() as f64;
    let scaled = value * units;
    // Beyond 2⁶² the neighbours of a float are hundreds of minor units apart: not money any more.
    if scaled.is_nan() || scaled.abs() >= 4_611_686_018_427_387_904.0 {
        return None;
    }
    let mut nearest = scaled.round_ties_even();
    let mut rest = scaled - nearest;
    if rest.abs() > 0.499_999 {
        // The product itself was rounded, which can hide on which side of the half the float lies.
        rest += value.mul_add(units, -scaled);
        let odd = nearest % 2.0 != 0.0;
        if rest > 0.5 || (rest == 0.5 && odd) {
            nearest += 1.0;
            rest -= 1.0;
        } else if rest < -0.5 || (rest == -0.5 && odd) {
            nearest -= 1.0;
            rest += 1.0;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Some(Rounded { minor: nearest as i64, rounding: (-rest * BILLION as f64).round_ties_even() as i64 })
}

fn narrow(minor: i128) -> Option<i64> {
    i64::try_from(minor).ok().filter(|minor| *minor != i64::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64) -> i64 {
        from_float(value, Scale::default()).unwrap().minor
    }

    #[test]
    fn floats_are_rounded_half_to_even_by_their_exact_value() {
        assert_eq!(float(0.125), 12);
        assert_eq!(float(0.375), 38);
        assert_eq!(float(-0.125), -12);
        // 1.115 is 1.11499999999999999…, although 1.115 · 100 is 111.50000000000001 in floats.
        assert_eq!(float(1.115), 111);
        assert_eq!(float(2.675), 267);
        assert_eq!(float(9_604_190.61), 960_419_061);
        assert_eq!(from_float(f64::NAN, Scale::default()), None);
        assert_eq!(from_float(f64::INFINITY, Scale::default()), None);
        assert_eq!(from_float(1e17, Scale::default()), None);
    }

    #[test]
    fn decimals_are_rounded_half_to_even() {
        let cents = Scale::default();
        assert_eq!(from_decimal(125, 3, cents), Some(Rounded { minor: 12, rounding: -500_000_000 }));
        assert_eq!(from_decimal(135, 3, cents), Some(Rounded { minor: 14, rounding: 500_000_000 }));
        assert_eq!(from_decimal(-125, 3, cents), Some(Rounded { minor: -12, rounding: 500_000_000 }));
        assert_eq!(from_decimal(-135, 3, cents).unwrap().minor, -14);
        assert_eq!(from_decimal(7, 0, cents).unwrap().minor, 700);
        assert_eq!(from_decimal(i128::MAX, 0, cents), None);
        assert_eq!(from_decimal(1, 60, cents).unwrap().minor, 0);
        assert_eq!(from_integer(i64::MAX, cents), None);
    }
}
