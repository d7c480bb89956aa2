//! Money in sentences: whole units with commas between thousands, smaller amounts to the minor unit.

use std::fmt::{self, Write};

/// An amount in units of the currency as a sentence says it: `1,234,567 EUR`, `12.50 EUR`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spoken<'a> {
    pub amount: f64,
    pub currency: Option<&'a str>,
}

impl fmt::Display for Spoken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.amount.abs();
        let (whole, cents) = if size >= 1_000.0 || size == size.trunc() { (size.round(), None) } else { cents(size) };
        if self.amount < 0.0 && (whole > 0.0 || cents.is_some_and(|cents| cents > 0)) {
            f.write_char('-')?;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no sum of a ledger leaves 128 bits")]
        write_grouped(f, whole as u128)?;
        if let Some(cents) = cents {
            write!(f, ".{cents:02}")?;
        }
        match self.currency {
            Some(currency) => write!(f, " {currency}"),
            None => Ok(()),
        }
    }
}

/// Whole units and hundredths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hundredths of less than a thousand")]
fn cents(size: f64) -> (f64, Option<u32>) {
    let hundredths = (size * 100.0).round() as u32;
    (f64::from(hundredths / 100), Some(hundredths % 100))
}

fn write_grouped(f: &mut fmt::Formatter<'_>, number: u128) -> fmt::Result {
    let mut divisor = 1;
    while number / divisor >= 1_000 {
        divisor *= 1_000;
    }
    write!(f, "{}", number / divisor)?;
    while divisor > 1 {
        divisor /= 1_000;
        write!(f, ",{:03}", number / divisor % 1_000)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_trifles_keep_their_cents() {
        let said = |amount, currency| Spoken { amount, currency }.to_string();
        assert_eq!(said(1_234_567.89, Some("EUR")), "1,234,568 EUR");
        assert_eq!(said(1_000_005.0, None), "1,000,005");
        assert_eq!(said(999.0, None), "999");
        assert_eq!(said(12.5, None), "12.50");
        assert_eq!(said(0.004, None), "0.00");
        assert_eq!(said(-0.004, None), "0.00");
        assert_eq!(said(999.999, None), "1,000.00");
        assert_eq!(said(-2_500.0, Some("EUR")), "-2,500 EUR");
        assert_eq!(said(0.0, None), "0");
    }
}
