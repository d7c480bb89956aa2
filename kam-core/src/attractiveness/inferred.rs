//! How attractive we seem to be to accounts that never said: a proxy from how they buy and what happened with them.

use rayon::prelude::*;

use super::cuts::median;
use super::decimal::write_decimal;
use super::our_attractiveness::OurAttractivenessAccount;
use crate::crm::{ByAccount, Crm, Kind};
use crate::facts::Facts;
use crate::nullable::Nullable;

/// What the proxy is made of, each from 0 (they turn away) to 1 (they stay with us); those without data are left out of the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Frequency: periods with a sale ÷ periods of the window since the first sale.
    pub frequency: Nullable,
    /// Growth of revenue inside the window, from −1…1 brought to 0…1.
    pub growth: Nullable,
    /// Kept: 1 − returns ÷ gross sales, at least 0.
    pub kept: Nullable,
    /// Service: 1 − complaints and mistakes ÷ all activities of the window. Needs the activities.
    pub service: Nullable,
}

impl Signals {
    fn parts(&self) -> [(&'static str, Option<f64>); 4] {
        [("frequency", self.frequency), ("growth", self.growth), ("kept", self.kept), ("service", self.service)]
            .map(|(name, value)| (name, value.get()))
    }

    /// The mean of those that are known, 0–100.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let known: Vec<f64> = self.parts().into_iter().filter_map(|(_, value)| value).collect();
        #[expect(clippy::cast_precision_loss, reason = "at most four")]
        (!known.is_empty()).then(|| 100.0 * known.iter().sum::<f64>() / known.len() as f64)
    }

    pub(super) fn write(&self, text: &mut String) {
        let mut comma = "";
        for (name, value) in self.parts() {
            if let Some(value) = value {
                text.push_str(comma);
                text.push_str(name);
                text.push(' ');
                write_decimal(text, value * 100.0);
                comma = ", ";
            }
        }
    }
}

/// Fills in the accounts that do not rate us, and compares them with the median of those that are filled in.
pub(super) fn infer(facts: &Facts, crm: &Crm, accounts: &mut [OurAttractivenessAccount]) {
    let service = service(facts, crm);
    accounts.par_iter_mut().enumerate().with_min_len(256).for_each(|(at, account)| {
        if account.rating.is_none() {
            let signals = signals(facts, at, service.as_ref().and_then(|service| service[at]));
            let score = signals.score();
            account.our_score = score.into();
            account.signals = score.map(|_| signals);
        }
    });
    let mut scores: Vec<f64> =
        accounts.iter().filter(|account| account.is_inferred()).filter_map(|account| account.our_score.get()).collect();
    scores.par_sort_unstable_by(f64::total_cmp);
    let Some(typical) = median(&scores).filter(|typical| *typical > 0.0) else { return };
    for account in accounts.iter_mut().filter(|account| account.is_inferred()) {
        account.relative_strength = account.our_score.get().map(|score| score / typical).into();
    }
}

/// What the ledger says of an account that bought inside the window; whoever did not is without a signal of its own but for the frequency 0.
fn signals(facts: &Facts, at: usize, service: Option<f64>) -> Signals {
    let Some(first) = facts.first_date(at) else { return Signals::default() };
    let span = facts.span();
    let start = facts.grain().period(first).max(span.first);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let frequency = (facts.window().active_periods[at] as f64 / f64::from(span.last.0 - start.0 + 1)).min(1.0);
    Signals {
        frequency: frequency.into(),
        growth: facts.growth(at).map(|growth| f64::midpoint(1.0, growth)).into(),
        kept: facts.return_rate(at).map(|rate| (1.0 - rate).max(0.0)).into(),
        service: service.into(),
    }
}

/// The share of activities of the window without trouble; `None` for accounts without activities.
fn service(facts: &Facts, crm: &Crm) -> Option<Vec<Option<f64>>> {
    let activities = crm.activities()?;
    let window = facts.window_start()..=facts.as_of();
    let share = |rows: Vec<usize>| {
        let rows: Vec<usize> = rows.into_iter().filter(|row| window.contains(&activities.date[*row])).collect();
        let trouble = rows.iter().filter(|row| activities.kind[**row] == Kind::Complaint || activities.kind[**row].is_mistake()).count();
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
        (!rows.is_empty()).then(|| 1.0 - trouble as f64 / rows.len() as f64)
    };
    Some(activities.by_account(facts).into_iter().map(share).collect())
}
