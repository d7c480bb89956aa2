//! Develop or acquire as tables.

use rayon::prelude::*;
use serde::Serialize;

use super::bridge_steps::share;
use super::develop_or_acquire::{DevelopOrAcquire, DevelopSums, Verdict};
use super::revenue_bridge::RevenueBridge;
use super::value::ValueBase;
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit, columns};
use crate::time::Date;

/// Develop or acquire in figures; money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct DevelopSummary {
    /// Which brought more for its effort: by what was gained per cost, or per hour where no cost is known.
    verdict: Verdict,
    /// The same by what was gained less what was lost.
    verdict_net: Verdict,
    /// What the values are of.
    base: ValueBase,
    /// The first day of the opening span.
    opening_from: Date,
    /// The first day of the closing span.
    closing_from: Date,
    /// Its last day.
    closing_until: Date,
    /// What key accounts gained per unit of cost.
    develop_gain_per_cost: Option<f64>,
    /// What new accounts brought per unit of cost, that on prospects included.
    acquire_gain_per_cost: Option<f64>,
    /// What key accounts gained per hour.
    develop_gain_per_hour: Option<f64>,
    /// What new accounts brought per hour.
    acquire_gain_per_hour: Option<f64>,
    /// What a new account cost to win.
    cost_per_new_account: Option<f64>,
    /// Hours of activities without an account.
    unassigned_hours: Option<f64>,
    /// Their cost.
    unassigned_cost: Option<f64>,
    /// What could not be said, and why.
    missing: Vec<String>,
}

pub(super) fn outcome(facts: &Facts, bridge: &RevenueBridge, result: &DevelopOrAcquire) -> Result<Outcome> {
    let (develop, acquire) = (&result.develop, &result.acquire);
    let money = |minor: i128| facts.scale().wide_to_currency(minor);
    let new_accounts = bridge.summary.new_accounts;
    #[expect(clippy::cast_precision_loss, reason = "a count far below 2⁵³")]
    let cost_per_new_account = (result.has_cost && new_accounts > 0).then(|| money(acquire.effort.cost()) / new_accounts as f64);
    let summary = DevelopSummary {
        verdict: result.verdict,
        verdict_net: result.verdict_net,
        base: result.base,
        opening_from: bridge.summary.opening_from,
        closing_from: bridge.summary.closing_from,
        closing_until: bridge.summary.closing_until,
        develop_gain_per_cost: develop.per_cost(develop.gain),
        acquire_gain_per_cost: acquire.per_cost(acquire.gain),
        develop_gain_per_hour: develop.per_hour(facts, develop.gain),
        acquire_gain_per_hour: acquire.per_hour(facts, acquire.gain),
        cost_per_new_account,
        unassigned_hours: result.has_hours.then(|| result.unassigned.hours()),
        unassigned_cost: result.has_cost.then(|| money(result.unassigned.cost())),
        missing: result.missing.clone(),
    };
    let sides = [("develop", result.develop), ("acquire", result.acquire)];
    let groups: Vec<(&str, DevelopSums)> = result.groups.iter().map(|(group, sums)| (group.name(), *sums)).collect();
    let tables = vec![
        sums(facts, "develop_or_acquire", "side", &sides, result)?,
        sums(facts, "groups", "group", &groups, result)?,
        accounts(facts, result)?,
    ];
    Outcome::new(tables, &summary)?
        .with_accounts(vec![Column::words("growth_group", result.accounts.iter().map(|account| account.group.name()))])
}

fn sums(facts: &Facts, name: &str, key: &str, rows: &[(&str, DevelopSums)], result: &DevelopOrAcquire) -> Result<Table> {
    let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let money = |name: &str, value: fn(&DevelopSums) -> i128| {
        Column::floats(name, Unit::Money, rows.iter().map(|(_, sums)| Some(facts.scale().wide_to_currency(value(sums)))))
    };
    let of = |name: &str, unit: Unit, value: &dyn Fn(&DevelopSums) -> Option<f64>| {
        Column::floats(name, unit, rows.iter().map(|(_, sums)| value(sums)).collect::<Vec<_>>())
    };
    let (cost, hours) = (|sums: &DevelopSums| sums.effort.cost(), |sums: &DevelopSums| sums.effort.hours());
    let all_cost: i128 = result.groups.iter().map(|(_, sums)| cost(sums)).sum();
    let all_hours: f64 = result.groups.iter().map(|(_, sums)| hours(sums)).sum();
    let all_gain: i128 = result.groups.iter().map(|(_, sums)| sums.gain).sum();
    let part = |part: f64, all: f64| (all > 0.0).then(|| part / all);
    let (has_hours, has_cost) = (result.has_hours, result.has_cost);
    Table::new(
        name,
        vec![
            Column::words(key, rows.iter().map(|(name, _)| name)),
            Column::counts("accounts", rows.iter().map(|(_, sums)| count(sums.accounts))),
            money("opening", |sums| sums.opening),
            money("closing", |sums| sums.closing),
            money("gain", |sums| sums.gain),
            money("decline", |sums| sums.decline),
            money("net", DevelopSums::net),
            Column::counts("activities", rows.iter().map(|(_, sums)| count(sums.effort.activities))),
            of("hours", Unit::Number, &|sums| has_hours.then(|| hours(sums))),
            of("cost", Unit::Money, &|sums| has_cost.then(|| facts.scale().wide_to_currency(cost(sums)))),
            of("gain_per_cost", Unit::Number, &|sums| sums.per_cost(sums.gain)),
            of("net_per_cost", Unit::Number, &|sums| sums.per_cost(sums.net())),
            of("gain_per_hour", Unit::Money, &|sums| sums.per_hour(facts, sums.gain)),
            of("net_per_hour", Unit::Money, &|sums| sums.per_hour(facts, sums.net())),
            of("gain_share", Unit::Share, &|sums| share(sums.gain, all_gain)),
            of("hours_share", Unit::Share, &|sums| part(hours(sums), all_hours)),
            of("cost_share", Unit::Share, &|sums| share(cost(sums), all_cost)),
        ],
    )
}

/// The accounts with value or effort, largest change first, equal changes by key.
fn accounts(facts: &Facts, result: &DevelopOrAcquire) -> Result<Table> {
    let all = &result.accounts;
    let mut order: Vec<usize> =
        (0..all.len()).filter(|at| all[*at].opening != 0 || all[*at].closing != 0 || all[*at].effort.activities > 0).collect();
    order.par_sort_unstable_by_key(|at| (std::cmp::Reverse((all[*at].closing - all[*at].opening).abs()), *at));
    let rows = || order.iter().map(|at| &all[*at]);
    let money = |minor: i128| facts.scale().wide_to_currency(minor);
    Table::new(
        "accounts",
        columns![
            facts.account_column(order.iter().copied()),
            Column::words("group", rows().map(|row| row.group.name())),
            Column::floats("opening", Unit::Money, rows().map(|row| Some(money(row.opening)))),
            Column::floats("closing", Unit::Money, rows().map(|row| Some(money(row.closing)))),
            Column::floats("change", Unit::Money, rows().map(|row| Some(money(row.closing - row.opening)))),
            Column::counts("activities", rows().map(|row| i64::try_from(row.effort.activities).unwrap_or(i64::MAX))),
            Column::floats("hours", Unit::Number, rows().map(|row| result.has_hours.then(|| row.effort.hours()))),
            Column::floats("cost", Unit::Money, rows().map(|row| result.has_cost.then(|| money(row.effort.cost())))),
        ],
    )
}
