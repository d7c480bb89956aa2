//! Currency rates by date.

use std::collections::BTreeMap;

use super::Rounded;
use crate::error::{Code, Error, Result};
use crate::time::Date;

const BILLION: i128 = 1_000_000_000;

/// Rates to one base currency: how many units of a currency one unit of the base buys, from a day on.
///
/// A rate holds until the next one of its currency; before the first there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    base: String,
    by_currency: BTreeMap<String, Vec<(Date, Rate)>>,
}

/// A rate as an exact decimal, `mantissa · 10^-decimals` units of the currency for one of the base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rate {
    pub mantissa: i128,
    pub decimals: u32,
}

impl Rates {
    /// No rates yet to this base currency.
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Rates { base: base.into(), by_currency: BTreeMap::new() }
    }

    /// The base currency.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// States that from `day` on one unit of the base buys `per_base` (decimal text) units of `currency`.
    pub fn add(&mut self, currency: &str, day: Date, per_base: &str) -> Result<()> {
        let refuse = |why: &str| {
            Error::new(Code::CurrencyWithoutRate, format!("rates: {currency} on {day} is `{per_base}`, {why}"))
                .with_hint("a rate says how many units of the currency one unit of the base currency buys, as a positive number")
        };
        let (mantissa, decimals) = super::NumberFormat::default().read(per_base).ok_or_else(|| refuse("not a number"))?;
        if mantissa <= 0 || mantissa > 1_000_000_000_000_000_000 || decimals > 18 {
            return Err(refuse("not a usable rate"));
        }
        if currency == self.base && mantissa != 10i128.pow(decimals) {
            return Err(refuse("but it is the base currency itself, whose rate is 1"));
        }
        let series = self.by_currency.entry(currency.to_owned()).or_default();
        let rate = Rate { mantissa, decimals };
        match series.binary_search_by_key(&day, |(from, _)| *from) {
            Ok(at) if series[at].1 != rate => return Err(refuse("but another rate stands for that day")),
            Ok(_) => {}
            Err(at) => series.insert(at, (day, rate)),
        }
        Ok(())
    }

    /// The currencies that have rates, in alphabetical order.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        self.by_currency.keys().map(String::as_str)
    }

    /// The rates of a currency by day, `None` where there are none. The base needs none.
    pub(crate) fn series(&self, currency: &str) -> Option<&[(Date, Rate)]> {
        self.by_currency.get(currency).map(Vec::as_slice)
    }
}

/// The rate that holds on a day.
pub(crate) fn rate_on(series: &[(Date, Rate)], day: Date) -> Option<Rate> {
    let after = series.partition_point(|(from, _)| *from <= day);
    after.checked_sub(1).map(|at| series[at].1)
}

impl Rate {
    /// An amount of the currency, in minor units, in minor units of the base, rounded half to even.
    pub(crate) fn to_base(self, minor: i64) -> Option<Rounded> {
        let numerator = i128::from(minor).checked_mul(10i128.pow(self.decimals))?;
        let (quotient, remainder) = (numerator.div_euclid(self.mantissa), numerator.rem_euclid(self.mantissa));
        let twice = remainder * 2;
        let upper = twice > self.mantissa || (twice == self.mantissa && quotient % 2 != 0);
        let added = if upper { self.mantissa - remainder } else { -remainder };
        // At most half a mantissa was added, so at most half a billion billionths.
        let rounding = i64::try_from(added * BILLION / self.mantissa).ok()?;
        Some(Rounded { minor: i64::try_from(quotient + i128::from(upper)).ok()?, rounding })
    }

    /// What rounding added to an amount before it was converted, in billionths of a minor unit of the base.
    pub(crate) fn rounding_to_base(self, rounding: i64) -> i64 {
        // Where it does not fit, neither does the amount.
        i64::try_from(i128::from(rounding) * 10i128.pow(self.decimals) / self.mantissa).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rate_holds_until_the_next() {
        let mut rates = Rates::new("USD");
        let day = |text| Date::parse(text).unwrap();
        rates.add("CAD", day("2015-01-05"), "1.25").unwrap();
        rates.add("CAD", day("2015-01-01"), "1.1583").unwrap();
        let series = rates.series("CAD").unwrap();
        assert_eq!(rate_on(series, day("2014-12-31")), None);
        let exact = |minor| Some(Rounded { minor, rounding: 0 });
        assert_eq!(rate_on(series, day("2015-01-04")).unwrap().to_base(115_830), exact(100_000));
        assert_eq!(rate_on(series, day("2016-01-04")).unwrap().to_base(-125), exact(-100));
        assert!(rates.add("CAD", day("2015-01-01"), "1.2").is_err());
        assert!(rates.add("CAD", day("2015-01-01"), "0").is_err());
        assert!(rates.add("CAD", day("2015-01-01"), "x").is_err());
    }

    #[test]
    fn what_a_conversion_rounds_is_known() {
        let third = Rate { mantissa: 30, decimals: 1 };
        let converted = |minor| third.to_base(minor).map(|money| (money.minor, money.rounding));
        assert_eq!(converted(100), Some((33, -333_333_333)));
        assert_eq!(converted(200), Some((67, 333_333_333)));
        assert_eq!(converted(-100), Some((-33, 333_333_333)));
        assert_eq!(third.rounding_to_base(-600_000_000), -200_000_000);
        let half = Rate { mantissa: 2, decimals: 0 };
        assert_eq!(
            [1, 3, -1].map(|minor| half.to_base(minor).map(|money| (money.minor, money.rounding))),
            [Some((0, -500_000_000)), Some((2, 500_000_000)), Some((0, 500_000_000)),]
        );
        // The smallest rate of the largest amount is no money any more.
        assert_eq!(Rate { mantissa: 1, decimals: 18 }.to_base(i64::MAX), None);
    }
}
