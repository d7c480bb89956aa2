//! Where an axis is cut into low and high.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Where an axis is cut: whoever lies at the cut or above it is high.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CutPoint {
    /// At this value.
    Absolute(f64),
    /// At the median of the accounts.
    Median,
    /// At the value that this share of the accounts lies below.
    Quantile(f64),
}

impl CutPoint {
    pub(super) fn validate(self, name: &str) -> Result<()> {
        match self {
            CutPoint::Absolute(value) if !value.is_finite() => Err(Error::option(name, value, "a finite number")),
            CutPoint::Quantile(share) if !(0.0..=1.0).contains(&share) => {
                Err(Error::option(name, format!("the quantile {share}"), "a quantile from 0 to 1"))
            }
            _ => Ok(()),
        }
    }

    /// Does a value reach a cut? Values that agree to nine decimals are equal, as they are for ranks: sums of the same parts in another order
    /// must not decide.
    pub(super) fn is_reached(cut: f64, value: f64) -> bool {
        value >= cut || (value * 1e9).round() >= (cut * 1e9).round()
    }

    /// The cut among these values; `None` where there are none and the cut depends on them.
    pub(super) fn of(self, values: impl Iterator<Item = f64>) -> Option<f64> {
        let share = match self {
            CutPoint::Absolute(value) => return Some(value),
            CutPoint::Median => 0.5,
            CutPoint::Quantile(share) => share,
        };
        let mut ascending: Vec<f64> = values.collect();
        ascending.sort_by(f64::total_cmp);
        quantile(&ascending, share)
    }
}

/// The quantile on the straight line between its neighbours (type 7 of Hyndman and Fan).
fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let place = share * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last place")]
    let below = place.floor() as usize;
    let (a, b) = (ascending[below], ascending[(below + 1).min(last)]);
    Some(if a == b { a } else { a + (b - a) * place.fract() })
}

/// The median of ascending values.
pub(super) fn median(ascending: &[f64]) -> Option<f64> {
    quantile(ascending, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        let values = || [4.0, 1.0, 3.0, 2.0].into_iter();
        assert_eq!(CutPoint::Median.of(values()), Some(2.5));
        assert_eq!(CutPoint::Quantile(0.0).of(values()), Some(1.0));
        assert_eq!(CutPoint::Quantile(1.0).of(values()), Some(4.0));
        assert_eq!(CutPoint::Quantile(0.75).of(values()), Some(3.25));
        assert_eq!(CutPoint::Absolute(7.0).of(std::iter::empty()), Some(7.0));
        assert_eq!(CutPoint::Median.of(std::iter::empty()), None);
        assert!(CutPoint::is_reached(50.0, 49.999_999_999_999_99) && !CutPoint::is_reached(1.0, 0.999_999_9));
        assert!(CutPoint::Quantile(1.5).validate("x").is_err());
    }
}
