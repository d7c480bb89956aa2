//! Golden shots: a sale at a fine margin to somebody who did not haggle and will hardly return.

use std::fmt::{self, Write};

use rayon::prelude::*;

use super::evidence::RelationshipEvidence;
use super::options::PyramidOptions;
use crate::facts::Facts;
use crate::nullable::Nullable;

/// The three parts of a golden shot, over the whole history of an account. A part without data is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GoldenShot {
    /// Margin ÷ revenue.
    pub margin_rate: Nullable,
    /// Is the margin rate in the top part of all accounts?
    pub high_margin: Option<bool>,
    /// Discount ÷ list amount.
    pub discount_rate: Nullable,
    /// Was there no discount to speak of?
    pub no_discount: Option<bool>,
    /// Is a return unlikely: by P(alive) where it is known, else by a silence that outlasts the ledger's usual gaps?
    pub hardly_returns: Option<bool>,
}

impl GoldenShot {
    /// All three together: no as soon as one part says no, unknown while a part is.
    #[must_use]
    pub fn holds(&self) -> Option<bool> {
        let parts = [self.high_margin, self.no_discount, self.hardly_returns];
        if parts.contains(&Some(false)) {
            return Some(false);
        }
        (!parts.contains(&None)).then_some(true)
    }

    /// Writes the parts in words.
    pub(super) fn describe(&self, out: &mut String, e: &RelationshipEvidence) -> fmt::Result {
        match self.margin_rate.get() {
            Some(rate) => write!(out, "margin {:.1} %", rate * 100.0),
            None => write!(out, "margin unknown (needs the ledger's cost)"),
        }?;
        match self.discount_rate.get() {
            Some(rate) => write!(out, ", discount {:.1} %", rate * 100.0),
            None => write!(out, ", discount unknown (needs the ledger's list_amount)"),
        }?;
        match (e.p_alive.get(), e.silent_days, e.usual_gap) {
            (Some(p_alive), ..) => write!(out, ", P(alive) {p_alive:.2}"),
            (None, Some(silent), Some(gap)) => write!(out, ", silent for {silent} days with usual gaps of up to {gap}"),
            _ => write!(out, ", whether it returns is unknown"),
        }
    }
}

/// The margin rates of all accounts, and the one that a golden shot must exceed.
pub(super) struct Margins {
    rates: Vec<Option<f64>>,
    limit: Option<f64>,
}

impl Margins {
    pub fn of(facts: &Facts, options: &PyramidOptions) -> Self {
        let history = facts.history();
        let rate_of = |at: usize| rate(history.margin(at), Some(history.revenue[at]));
        let rates: Vec<Option<f64>> = (0..facts.len()).into_par_iter().map(rate_of).collect();
        Margins { limit: limit(&rates, options.golden_margin), rates }
    }

    /// The parts of a golden shot for one account.
    pub fn judge(&self, facts: &Facts, at: usize, e: &RelationshipEvidence, options: &PyramidOptions) -> GoldenShot {
        let history = facts.history();
        let margin_rate = self.rates[at];
        let discount_rate = rate(history.discount(at), history.list_amount.as_ref().map(|list| list[at]));
        GoldenShot {
            margin_rate: margin_rate.into(),
            high_margin: margin_rate.zip(self.limit).map(|(rate, limit)| rate > limit),
            discount_rate: discount_rate.into(),
            no_discount: discount_rate.map(|rate| rate <= options.golden_discount),
            hardly_returns: match (e.p_alive.get(), e.silent_days, e.usual_gap) {
                (Some(p_alive), ..) => Some(p_alive <= options.golden_return),
                (None, Some(silent), Some(gap)) => Some(silent > gap),
                _ => None,
            },
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(part: Option<i64>, whole: Option<i64>) -> Option<f64> {
    Some((part?, whole.filter(|whole| *whole > 0)?)).map(|(part, whole)| part as f64 / whole as f64)
}

/// The margin rate that this share of the accounts do not exceed; the top of all is what lies above it.
fn limit(rates: &[Option<f64>], share: f64) -> Option<f64> {
    let mut rates: Vec<f64> = rates.iter().flatten().copied().collect();
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of accounts")]
    let place = (share * rates.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    if place > rates.len() {
        return None;
    }
    Some(*rates.select_nth_unstable_by(place - 1, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_quarter_lies_above_what_three_quarters_do_not_exceed() {
        let rates = |values: &[f64]| values.iter().map(|value| Some(*value)).collect::<Vec<_>>();
        assert_eq!(limit(&rates(&[0.1, 0.2, 0.3, 0.4]), 0.75), Some(0.3));
        assert_eq!(limit(&rates(&[0.5; 5]), 0.75), Some(0.5), "of equal rates none is above");
        assert_eq!(limit(&rates(&[0.5]), 0.75), Some(0.5));
        assert_eq!(limit(&[None, None], 0.75), None);
    }

    #[test]
    fn a_golden_shot_needs_all_three() {
        let all = GoldenShot { high_margin: Some(true), no_discount: Some(true), hardly_returns: Some(true), ..GoldenShot::default() };
        assert_eq!(all.holds(), Some(true));
        assert_eq!(GoldenShot { no_discount: None, ..all }.holds(), None);
        assert_eq!(GoldenShot { no_discount: None, high_margin: Some(false), ..all }.holds(), Some(false));
    }
}
