//! The rules that a row must keep, one function each, and the names under which rows that break them are quarantined.

use crate::money::{NumberFormat, Rounded, Scale, from_decimal, from_float, from_integer};
use crate::time::{Date, DateFormat};
use crate::whole;

/// A rule that a row broke. The name in the quarantine is [`Rule::name`] of the column's role: `amount_unreadable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Rule {
    Missing,
    Unreadable,
    NotFinite,
    TooLarge,
    OutOfRange,
    Unknown,
    RateMissing,
    Ragged,
}

/// What a column is to kam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    Row,
    Account,
    Date,
    Amount,
    Cost,
    CostToServe,
    ListAmount,
    Currency,
}

impl Rule {
    /// The name of this rule for a column of this role.
    pub fn name(self, role: Role) -> &'static str {
        macro_rules! names {
            ($role:literal) => {
                match self {
                    Rule::Missing => concat!($role, "_missing"),
                    Rule::Unreadable => concat!($role, "_unreadable"),
                    Rule::NotFinite => concat!($role, "_not_finite"),
                    Rule::TooLarge => concat!($role, "_too_large"),
                    Rule::OutOfRange => concat!($role, "_out_of_range"),
                    Rule::Unknown => concat!($role, "_unknown"),
                    Rule::RateMissing => concat!($role, "_rate_missing"),
                    Rule::Ragged => concat!($role, "_ragged"),
                }
            };
        }
        match role {
            Role::Row => names!("row"),
            Role::Account => names!("account"),
            Role::Date => names!("date"),
            Role::Amount => names!("amount"),
            Role::Cost => names!("cost"),
            Role::CostToServe => names!("cost_to_serve"),
            Role::ListAmount => names!("list_amount"),
            Role::Currency => names!("currency"),
        }
    }
}

/// A key that is a float must be a whole number that a float holds exactly.
pub(crate) fn whole_key(value: f64) -> Result<i64, Rule> {
    whole::of_float(value).ok_or(Rule::Unreadable)
}

/// A key that is a decimal must be a whole number, and one of 64 bits.
pub(crate) fn decimal_key(mantissa: i128, scale: i8) -> Result<i64, Rule> {
    i64::try_from(whole::of_decimal(mantissa, scale).ok_or(Rule::Unreadable)?).map_err(|_| Rule::TooLarge)
}

/// Text must name a date in the stated format.
pub(crate) fn readable_date(text: &str, format: &DateFormat) -> Result<Date, Rule> {
    format.read(text).ok_or(Rule::Unreadable)
}

/// A date must lie in the plausible range: a stray one far outside would stretch every series.
#[inline]
pub(crate) fn plausible_date(day: Date, earliest: Date, latest: Date) -> Result<Date, Rule> {
    if earliest <= day && day <= latest { Ok(day) } else { Err(Rule::OutOfRange) }
}

/// A number before it is money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Decimal(i128, u32),
    Float(f64),
}

/// Text must be a number of the stated format.
pub(crate) fn readable_number(text: &str, format: &NumberFormat) -> Result<Number, Rule> {
    format.read(text).map(|(mantissa, decimals)| Number::Decimal(mantissa, decimals)).ok_or(Rule::Unreadable)
}

/// A float must be finite.
#[inline]
pub(crate) fn finite(value: f64) -> Result<f64, Rule> {
    if value.is_finite() { Ok(value) } else { Err(Rule::NotFinite) }
}

/// A whole number must fit 63 bits in minor units.
#[inline]
pub(crate) fn integer_money(value: i64, scale: Scale) -> Result<Rounded, Rule> {
    from_integer(value, scale).ok_or(Rule::TooLarge)
}

/// A finite float must fit 62 bits in minor units.
#[inline]
pub(crate) fn float_money(value: f64, scale: Scale) -> Result<Rounded, Rule> {
    from_float(finite(value)?, scale).ok_or(Rule::TooLarge)
}

/// A number must fit in minor units.
pub(crate) fn money(number: Number, scale: Scale) -> Result<Rounded, Rule> {
    match number {
        Number::Decimal(mantissa, decimals) => from_decimal(mantissa, decimals, scale).ok_or(Rule::TooLarge),
        Number::Float(value) => float_money(value, scale),
    }
}

/// The product of two numbers: exact of decimals, the nearest double where one is a float.
pub(crate) fn product(left: Number, right: Number) -> Result<Number, Rule> {
    match (left, right) {
        (Number::Decimal(a, m), Number::Decimal(b, n)) => Ok(Number::Decimal(a.checked_mul(b).ok_or(Rule::TooLarge)?, m + n)),
        _ => finite(as_float(left) * as_float(right)).map(Number::Float),
    }
}

/// The difference of two numbers: exact of decimals, the nearest double where one is a float.
pub(crate) fn difference(left: Number, right: Number) -> Result<Number, Rule> {
    match (left, right) {
        (Number::Decimal(a, m), Number::Decimal(b, n)) => {
            let decimals = m.max(n);
            let widen =
                |mantissa: i128, by: u32| 10i128.checked_pow(by).and_then(|power| mantissa.checked_mul(power)).ok_or(Rule::TooLarge);
            let difference = widen(a, decimals - m)?.checked_sub(widen(b, decimals - n)?).ok_or(Rule::TooLarge)?;
            Ok(Number::Decimal(difference, decimals))
        }
        _ => finite(as_float(left) - as_float(right)).map(Number::Float),
    }
}

#[expect(clippy::cast_precision_loss, reason = "documented: the nearest double")]
fn as_float(number: Number) -> f64 {
    match number {
        Number::Decimal(mantissa, decimals) => mantissa as f64 / 10f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX)),
        Number::Float(value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_after_the_column() {
        assert_eq!(Rule::OutOfRange.name(Role::Date), "date_out_of_range");
        assert_eq!(Rule::Unreadable.name(Role::CostToServe), "cost_to_serve_unreadable");
    }

    #[test]
    fn products_and_differences_of_decimals_are_exact() {
        let number = |mantissa, decimals| Number::Decimal(mantissa, decimals);
        assert_eq!(product(number(3, 0), number(1055, 3)), Ok(number(3165, 3)));
        assert_eq!(difference(number(10, 0), number(25, 2)), Ok(number(975, 2)));
        assert_eq!(product(Number::Float(0.5), number(3, 0)), Ok(Number::Float(1.5)));
        assert_eq!(product(number(i128::MAX, 0), number(2, 0)), Err(Rule::TooLarge));
        assert_eq!(product(Number::Float(f64::MAX), Number::Float(2.0)), Err(Rule::NotFinite));
    }

    #[test]
    fn keys_that_are_floats_or_decimals_must_be_whole() {
        assert_eq!(whole_key(17850.0), Ok(17850));
        assert_eq!(whole_key(0.5), Err(Rule::Unreadable));
        assert_eq!(decimal_key(1_785_000, 2), Ok(17850));
        assert_eq!(decimal_key(5, 1), Err(Rule::Unreadable));
        assert_eq!(decimal_key(1 << 63, 0), Err(Rule::TooLarge));
        assert_eq!(decimal_key(-(1 << 63), 0), Ok(i64::MIN));
    }
}
