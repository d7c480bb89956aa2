//! The six standard preference functions: how far a difference in one criterion makes one alternative preferred to another.
//!
//! J.-P. Brans, P. Vincke and B. Mareschal, "How to select and how to rank projects: the PROMETHEE method", *European Journal of
//! Operational Research* 24 (1986), 228–238.

use super::error::McdaError;

/// A preference function of a difference d > 0 in favour of an alternative, in the criterion's own units; 0 for d ≤ 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preference {
    /// 1 for every d > 0.
    Usual,
    /// 1 for d > q.
    UShape {
        /// The largest difference that does not matter.
        q: f64,
    },
    /// d ÷ p up to p, then 1.
    VShape {
        /// The smallest difference that matters fully.
        p: f64,
    },
    /// 0 up to q, ½ up to p, then 1.
    Level {
        /// The largest difference that does not matter.
        q: f64,
        /// The largest difference that matters half.
        p: f64,
    },
    /// 0 up to q, then (d − q) ÷ (p − q) up to p, then 1.
    Linear {
        /// The largest difference that does not matter.
        q: f64,
        /// The smallest difference that matters fully.
        p: f64,
    },
    /// 1 − exp(−d² ÷ 2s²).
    Gaussian {
        /// The difference at the curve's point of inflection.
        s: f64,
    },
}

impl Preference {
    /// The preference for a difference.
    #[must_use]
    pub fn of(self, difference: f64) -> f64 {
        let d = difference;
        match self {
            _ if d <= 0.0 => 0.0,
            Preference::Usual => 1.0,
            Preference::UShape { q } => f64::from(d > q),
            Preference::VShape { p } => (d / p).min(1.0),
            Preference::Level { q, p } => (f64::from(d > q) + f64::from(d > p)) / 2.0,
            Preference::Linear { q, p } if p == q => f64::from(d > q),
            Preference::Linear { q, p } => ((d - q) / (p - q)).clamp(0.0, 1.0),
            Preference::Gaussian { s } => -(-(d / s).powi(2) / 2.0).exp_m1(),
        }
    }

    /// Refuses thresholds that cannot be.
    pub(super) fn check(self, criterion: usize) -> Result<(), McdaError> {
        let refuse = |name, value, expected| Err(McdaError::Parameter { name, criterion: Some(criterion), value, expected });
        match self {
            Preference::UShape { q } | Preference::Level { q, .. } | Preference::Linear { q, .. } if !(q.is_finite() && q >= 0.0) => {
                refuse("the threshold q", q, "a number of 0 or more")
            }
            Preference::VShape { p } if !(p.is_finite() && p > 0.0) => refuse("the threshold p", p, "a number above 0"),
            Preference::Level { q, p } | Preference::Linear { q, p } if !(p.is_finite() && p >= q) => {
                refuse("the threshold p", p, "a number of q or more")
            }
            Preference::Gaussian { s } if !(s.is_finite() && s > 0.0) => refuse("the parameter s", s, "a number above 0"),
            _ => Ok(()),
        }
    }
}
