//! Money as whole minor units: how numbers of every kind become them, exactly, and back.

mod currency;
mod rates;
mod round;
mod spoken;
mod text;
pub(crate) mod wide;

pub use currency::decimals;
pub use rates::Rates;
pub(crate) use rates::{Rate, rate_on};
pub(crate) use round::{Rounded, from_decimal, from_float, from_integer};
pub(crate) use spoken::Spoken;
pub use text::NumberFormat;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How many decimals a minor unit has: 2 for cents (the default), 0 for whole units, 6 at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Scale(u8);

impl Scale {
    /// The largest scale.
    pub const MAX: u8 = 6;

    /// A scale of 0 to 6 decimals.
    pub fn new(decimals: u8) -> Result<Self> {
        if decimals > Self::MAX {
            return Err(Error::option("scale", decimals, "0 to 6 decimals"));
        }
        Ok(Scale(decimals))
    }

    /// The number of decimals.
    #[must_use]
    pub fn decimals(self) -> u8 {
        self.0
    }

    /// Minor units in one unit of the currency: 100 at scale 2.
    #[must_use]
    pub fn units(self) -> i64 {
        10i64.pow(u32::from(self.0))
    }

    /// Minor units as units of the currency: the nearest double, which is exact to the minor unit up to 2⁵³ of them.
    #[must_use]
    pub fn to_currency(self, minor: i64) -> f64 {
        self.wide_to_currency(i128::from(minor))
    }

    /// The same of a total.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "documented: the nearest double")]
    pub fn wide_to_currency(self, minor: i128) -> f64 {
        // One correctly rounded division of two exact numbers gives the double nearest to the true value.
        minor as f64 / self.units() as f64
    }

    /// A whole number of minor units as decimal text, exactly: `-12.30`.
    #[must_use]
    pub fn to_text(self, minor: i128) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let units = u128::from(self.units().unsigned_abs());
        let (whole, part) = (minor.unsigned_abs() / units, minor.unsigned_abs() % units);
        if self.0 == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0width$}", width = usize::from(self.0)) }
    }
}

impl Default for Scale {
    fn default() -> Self {
        Scale(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_print_exactly() {
        let cents = Scale::default();
        assert_eq!(cents.to_text(960_419_061), "9604190.61");
        assert_eq!(cents.to_text(-5), "-0.05");
        assert_eq!(Scale::new(0).unwrap().to_text(7), "7");
        assert_eq!(Scale::new(6).unwrap().to_text(1), "0.000001");
        assert!(Scale::new(7).is_err());
    }

    #[test]
    fn currency_units_are_the_nearest_double() {
        assert_eq!(Scale::default().to_currency(960_419_061), 9_604_190.61);
        assert_eq!(Scale::new(3).unwrap().to_currency(8_911_407_904), 8_911_407.904);
    }
}
