//! What the facts of a review are, in figures.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::{Facts, Perspective, Sums, Window};
use crate::ledger::Tally;
use crate::time::{Date, Grain};

/// The facts in figures. Money is in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactsSummary {
    /// The day the facts are seen from.
    pub as_of: Date,
    /// The grain of the periods.
    pub grain: Grain,
    /// The window as it was asked for.
    pub window: Window,
    /// From which end the ledger is seen.
    pub perspective: Perspective,
    /// The first day of the window.
    pub window_start: Date,
    /// How many periods the window has.
    pub window_periods: usize,
    /// The currency, where the ledger named it.
    pub currency: Option<String>,
    /// The decimals of a minor unit.
    pub scale: u8,
    /// All accounts of the history.
    pub accounts: usize,
    /// The accounts with a sale in the window.
    pub active_accounts: usize,
    /// The window's sums.
    pub totals: Totals,
    /// The sums of the whole history.
    pub history_totals: Totals,
    /// How the ledger's rows add up.
    pub reconciliation: Adding,
    /// How many rows broke each rule.
    pub quarantine: BTreeMap<std::borrow::Cow<'static, str>, u64>,
}

/// Sums over all accounts; `None` where the ledger lacks the column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Net revenue.
    pub revenue: f64,
    /// Returns and credits.
    pub returns: f64,
    /// Product cost.
    pub cost: Option<f64>,
    /// Cost to serve.
    pub cost_to_serve: Option<f64>,
    /// Amounts before discount.
    pub list_amount: Option<f64>,
    /// Revenue less cost and cost to serve.
    pub profit: Option<f64>,
}

/// Rows and money by what became of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Adding {
    /// Everything that was read: the sum of the five below it.
    pub read: Part,
    /// Used, inside the window.
    pub in_window: Part,
    /// Used, before the window.
    pub before_window: Part,
    /// Dated after `as_of`.
    pub after_as_of: Part,
    /// Without an account.
    pub unassigned: Part,
    /// Not usable.
    pub quarantined: Part,
    /// Quarantined rows without an amount that could be read: their money is unknown.
    pub quarantined_without_amount: u64,
    /// What rounding to minor units added to the money of used rows (and of those after `as_of`), conversion by rates with it, in the
    /// currency of the facts.
    pub rounding: f64,
    /// Rows, used or after `as_of`, whose mapped cost is missing; it counts as 0.
    pub cost_missing: u64,
    /// Rows, used or after `as_of`, whose mapped list amount is missing; it counts as the amount.
    pub list_amount_missing: u64,
    /// The share of the rows that is quarantined.
    pub bad_share: f64,
}

/// Rows and their amounts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Rows.
    pub rows: u64,
    /// The sum of their amounts.
    pub amount: f64,
}

impl FactsSummary {
    /// The summary of these facts.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let reconciliation = facts.reconciliation();
        let part = |tally: Tally| Part { rows: tally.rows, amount: facts.scale().wide_to_currency(tally.amount) };
        FactsSummary {
            as_of: facts.as_of(),
            grain: facts.grain(),
            window: facts.options().window,
            perspective: facts.perspective(),
            window_start: facts.window_start(),
            window_periods: facts.span().periods(),
            currency: facts.currency().map(str::to_owned),
            scale: facts.scale().decimals(),
            accounts: facts.len(),
            active_accounts: facts.window().sale_lines.iter().filter(|lines| **lines > 0).count(),
            totals: Totals::of(facts, facts.window()),
            history_totals: Totals::of(facts, facts.history()),
            reconciliation: Adding {
                read: part(reconciliation.read()),
                in_window: part(reconciliation.in_window),
                before_window: part(reconciliation.before_window),
                after_as_of: part(reconciliation.after_as_of),
                unassigned: part(reconciliation.unassigned),
                quarantined: part(reconciliation.quarantined),
                quarantined_without_amount: reconciliation.quarantined_without_amount,
                // Counted in billionths of a minor unit.
                rounding: facts.scale().wide_to_currency(reconciliation.rounding) / 1e9,
                cost_missing: reconciliation.cost_missing,
                list_amount_missing: reconciliation.list_amount_missing,
                bad_share: reconciliation.bad_share(),
            },
            quarantine: facts.quarantine().counts().clone(),
        }
    }
}

impl Totals {
    fn of(facts: &Facts, sums: &Sums) -> Self {
        let currency = |total: i128| facts.scale().wide_to_currency(total);
        let total = |values: &[i64]| values.iter().map(|value| i128::from(*value)).sum::<i128>();
        let column = |values: &Option<Vec<i64>>| values.as_deref().map(total);
        let (revenue, cost, cost_to_serve) = (total(&sums.revenue), column(&sums.cost), column(&sums.cost_to_serve));
        Totals {
            revenue: currency(revenue),
            returns: currency(total(&sums.returns)),
            cost: cost.map(currency),
            cost_to_serve: cost_to_serve.map(currency),
            list_amount: column(&sums.list_amount).map(currency),
            profit: cost.map(|cost| currency(revenue - cost - cost_to_serve.unwrap_or(0))),
        }
    }
}
