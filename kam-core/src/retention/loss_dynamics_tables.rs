//! Loss over time as tables.

use std::cmp::Reverse;

use rayon::prelude::*;
use serde::Serialize;

use super::bridge_steps::share;
use super::loss::{Loss, LossCriterion};
use super::loss_dynamics::{LossCase, LossDynamics, LossSums};
use super::loss_reasons::Reason;
use crate::error::Result;
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit, columns};
use crate::time::Date;

/// Loss over time in figures; money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct LossDynamicsSummary {
    /// The criterion that decides.
    criterion: LossCriterion,
    /// Losses in the whole history.
    losses: usize,
    /// What the accounts were worth when they were lost.
    lost_value: f64,
    /// How many of them came back.
    returns: usize,
    /// What those were worth when they were lost.
    returned_value: f64,
    /// Losses in the window.
    window_losses: usize,
    /// Their value.
    window_lost_value: f64,
    /// The average share of accounts lost per period of the window.
    window_loss_rate: Option<f64>,
    /// The first day of the period with the largest value lost.
    worst_period: Option<Date>,
    /// What most often came before a loss, of what is on record.
    most_frequent_reason: Option<&'static str>,
    /// What could not be said, and why.
    missing: Vec<String>,
}

impl LossDynamicsSummary {
    fn of(facts: &Facts, loss: &Loss, result: &LossDynamics) -> Self {
        let money = |minor: i128| facts.scale().wide_to_currency(minor);
        let sum = |value: fn(&LossSums) -> i128| result.periods.iter().map(|period| value(&period.sums)).sum::<i128>();
        let in_window = || result.periods.iter().filter(|period| facts.span().contains(period.period));
        let window_losses: usize = in_window().map(|period| period.sums.losses).sum();
        let exposed: i64 = in_window().map(|period| period.accounts).sum();
        let worst = result.periods.iter().rev().max_by_key(|period| period.sums.value).filter(|period| period.sums.losses > 0);
        LossDynamicsSummary {
            criterion: loss.options.criterion,
            losses: loss.episodes.len(),
            lost_value: money(sum(|sums| sums.value)),
            returns: loss.episodes.iter().filter(|episode| episode.returned_on.is_some()).count(),
            returned_value: money(sum(|sums| sums.returned_value)),
            window_losses,
            window_lost_value: money(in_window().map(|period| period.sums.value).sum()),
            window_loss_rate: count_share(window_losses, usize::try_from(exposed).unwrap_or(0)),
            worst_period: worst.map(|period| facts.grain().start(period.period)),
            most_frequent_reason: result.reasons.reasons.first().filter(|row| row.reason != Reason::NoneKnown).map(|row| row.reason.name()),
            missing: result.missing.clone(),
        }
    }
}

pub(super) fn outcome(facts: &Facts, loss: &Loss, result: &LossDynamics) -> Result<Outcome> {
    let tables = vec![
        periods(facts, result)?,
        groups(facts, "directions", "direction", &result.directions)?,
        groups(facts, "segments", "segment", &result.segments)?,
        groups(facts, "managers", "manager", &result.managers)?,
        reasons(facts, result)?,
        details(facts, result)?,
        losses(facts, loss, result)?,
    ];
    Outcome::new(tables, &LossDynamicsSummary::of(facts, loss, result))
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The columns of sums.
fn sums<'a, I: Iterator<Item = &'a LossSums>>(facts: &Facts, rows: impl Fn() -> I) -> Vec<Column> {
    let money = |name: &str, value: fn(&LossSums) -> i128| {
        Column::floats(name, Unit::Money, rows().map(|sums| Some(facts.scale().wide_to_currency(value(sums)))))
    };
    vec![
        Column::counts("losses", rows().map(|sums| count(sums.losses))),
        money("lost_value", |sums| sums.value),
        Column::counts("returns", rows().map(|sums| count(sums.returns))),
        money("returned_value", |sums| sums.returned_value),
    ]
}

fn periods(facts: &Facts, result: &LossDynamics) -> Result<Table> {
    let rows = &result.periods;
    let mut columns = vec![
        Column::dates("period", rows.iter().map(|row| Some(facts.grain().start(row.period)))),
        Column::counts("accounts", rows.iter().map(|row| row.accounts)),
    ];
    columns.extend(sums(facts, || rows.iter().map(|row| &row.sums)));
    columns.push(Column::floats(
        "loss_rate",
        Unit::Share,
        rows.iter().map(|row| share(i128::from(count(row.sums.losses)), i128::from(row.accounts))),
    ));
    Table::new("loss_dynamics", columns)
}

fn groups(facts: &Facts, name: &str, key: &str, rows: &[(Option<String>, LossSums)]) -> Result<Table> {
    let total: i128 = rows.iter().map(|(_, sums)| sums.value).sum();
    let mut columns = vec![Column::text(key, rows.iter().map(|(name, _)| name.as_deref()))];
    columns.extend(sums(facts, || rows.iter().map(|(_, sums)| sums)));
    columns.push(Column::floats("value_share", Unit::Share, rows.iter().map(|(_, sums)| share(sums.value, total))));
    columns.push(Column::floats("return_share", Unit::Share, rows.iter().map(|(_, sums)| count_share(sums.returns, sums.losses))));
    Table::new(name, columns)
}

fn reasons(facts: &Facts, result: &LossDynamics) -> Result<Table> {
    let rows = &result.reasons.reasons;
    let mut columns = vec![Column::words("reason", rows.iter().map(|row| row.reason.name()))];
    columns.extend(sums(facts, || rows.iter().map(|row| &row.sums)));
    columns.extend([
        Column::floats("share", Unit::Share, rows.iter().map(|row| row.share)),
        Column::floats("share_of_kept", Unit::Share, rows.iter().map(|row| row.share_of_kept)),
        Column::counts("unresolved", rows.iter().map(|row| count(row.unresolved))),
    ]);
    Table::new("reasons", columns)
}

fn details(facts: &Facts, result: &LossDynamics) -> Result<Table> {
    let rows = &result.reasons.details;
    let mut columns = vec![
        Column::words("reason", rows.iter().map(|row| row.reason.name())),
        Column::words("detail", rows.iter().map(|row| &row.detail)),
    ];
    columns.extend(sums(facts, || rows.iter().map(|row| &row.sums)));
    Table::new("details", columns)
}

fn losses(facts: &Facts, loss: &Loss, result: &LossDynamics) -> Result<Table> {
    let mut rows: Vec<&LossCase> = result.cases.iter().collect();
    let episode = |row: &LossCase| loss.episodes[row.episode];
    rows.par_sort_by_key(|row| (Reverse(episode(row).lost_on), Reverse(episode(row).value), row.episode));
    let dates =
        |name: &str, value: &dyn Fn(&LossCase) -> Option<Date>| Column::dates(name, rows.iter().map(|row| value(row)).collect::<Vec<_>>());
    Table::new(
        "losses",
        columns![
            facts.account_column(rows.iter().map(|row| episode(row).account)),
            dates("lost_on", &|row| Some(episode(row).lost_on)),
            dates("last_sale", &|row| Some(episode(row).last_sale)),
            Column::money("lost_value", facts.scale(), rows.iter().map(|row| Some(episode(row).value))),
            dates("returned_on", &|row| episode(row).returned_on),
            Column::text("direction", rows.iter().map(|row| row.direction.as_deref())),
            Column::text("segment", rows.iter().map(|row| row.segment.as_deref())),
            Column::text("manager", rows.iter().map(|row| row.manager.as_deref())),
            Column::sentence_lists("reasons", rows.len(), |row, list| {
                rows[row].reasons.iter().for_each(|reason| list.push(|text| text.push_str(reason.name())));
            }),
        ],
    )
}
