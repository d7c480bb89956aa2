//! The revenue bridge as tables.

use std::sync::Arc;

use super::bridge_steps::{Bridge, Movement, share};
use super::revenue_bridge::{AccountMovement, RevenueBridge};
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Places, Table, Unit, View};

pub(super) fn outcome(facts: &Facts, result: &Arc<RevenueBridge>) -> Result<Outcome> {
    let steps = &result.steps;
    let mut columns = vec![
        Column::dates("period", steps.iter().map(|step| Some(step.first))),
        Column::dates("until", steps.iter().map(|step| Some(step.last))),
        Column::flags("comparable", steps.iter().map(|step| Some(step.is_comparable))),
    ];
    columns.extend(bridges(facts, || steps.iter().map(|step| &step.bridge), false));
    let series = Table::new("revenue_bridge", columns)?;

    let rows = &result.directions;
    let mut columns = vec![
        Column::dates("period", rows.iter().map(|row| steps.get(row.step).map(|step| step.first))),
        Column::text("direction", rows.iter().map(|row| row.direction.as_deref())),
    ];
    columns.extend(bridges(facts, || rows.iter().map(|row| &row.bridge), true));
    let directions = Table::new("directions", columns)?;

    let rows = &result.comparison_directions;
    let mut columns = vec![Column::text("direction", rows.iter().map(|row| row.direction.as_deref()))];
    columns.extend(bridges(facts, || rows.iter().map(|row| &row.bridge), true));
    let comparison_directions = Table::new("comparison_directions", columns)?;

    let tables = vec![series, directions, comparison(facts, &result.comparison.bridge)?, comparison_directions, accounts(facts, result)?];
    let own = View::new(result, Places::Same(facts.len()));
    Outcome::new(tables, &result.summary)?.with_accounts(vec![
        own.words("revenue_movement", |bridge, at| bridge.accounts[at].movement.name()),
        own.money("revenue_before", facts.scale(), |bridge, at| Some(bridge.accounts[at].opening)),
        own.money("revenue_change", facts.scale(), |bridge, at| Some(bridge.accounts[at].change())),
    ])
}

/// The columns of bridges.
fn bridges<'a, I: Iterator<Item = &'a Bridge>>(facts: &Facts, rows: impl Fn() -> I, by_direction: bool) -> Vec<Column> {
    let money = |name: &str, value: fn(&Bridge) -> i128| {
        Column::floats(name, Unit::Money, rows().map(|bridge| Some(facts.scale().wide_to_currency(value(bridge)))))
    };
    let counts = |name: &str, value: fn(&Bridge) -> i64| Column::counts(name, rows().map(value));
    let mut columns = vec![
        money("opening", |bridge| bridge.opening),
        money("new", |bridge| bridge.new),
        money("returned", |bridge| bridge.returned),
        money("expansion", |bridge| bridge.expansion),
        money("contraction", |bridge| bridge.contraction),
        money("lost", |bridge| bridge.lost),
        money("closing", |bridge| bridge.closing),
        Column::floats("gross_revenue_retention", Unit::Share, rows().map(Bridge::gross_revenue_retention)),
        Column::floats("net_revenue_retention", Unit::Share, rows().map(Bridge::net_revenue_retention)),
        counts("opening_accounts", |bridge| bridge.opening_accounts),
        counts("new_accounts", |bridge| bridge.new_accounts),
        counts("returned_accounts", |bridge| bridge.returned_accounts),
        counts("expansion_accounts", |bridge| bridge.expansion_accounts),
        counts("contraction_accounts", |bridge| bridge.contraction_accounts),
        counts("lost_accounts", |bridge| bridge.lost_accounts),
        counts("closing_accounts", |bridge| bridge.closing_accounts),
        Column::floats("account_retention", Unit::Share, rows().map(Bridge::account_retention)),
    ];
    if by_direction {
        columns.push(money("cross_sold", |bridge| bridge.cross_sold));
        columns.push(money("dropped", |bridge| bridge.dropped));
    }
    columns
}

/// The comparison part by part, with signs: the first six add up to the last.
fn comparison(facts: &Facts, bridge: &Bridge) -> Result<Table> {
    let parts = [
        ("opening", bridge.opening, bridge.opening_accounts),
        ("new", bridge.new, bridge.new_accounts),
        ("returned", bridge.returned, bridge.returned_accounts),
        ("expansion", bridge.expansion, bridge.expansion_accounts),
        ("contraction", -bridge.contraction, bridge.contraction_accounts),
        ("lost", -bridge.lost, bridge.lost_accounts),
        ("closing", bridge.closing, bridge.closing_accounts),
    ];
    Table::new(
        "comparison",
        vec![
            Column::words("part", parts.iter().map(|(name, _, _)| name)),
            Column::floats("revenue", Unit::Money, parts.iter().map(|(_, minor, _)| Some(facts.scale().wide_to_currency(*minor)))),
            Column::floats("share_of_opening", Unit::Share, parts.iter().map(|(_, minor, _)| share(*minor, bridge.opening))),
            Column::counts("accounts", parts.iter().map(|(_, _, accounts)| *accounts)),
        ],
    )
}

/// The accounts of either span, largest change first, equal changes by key. An account that did nothing in both is left out.
fn accounts(facts: &Facts, result: &Arc<RevenueBridge>) -> Result<Table> {
    let sizes: Vec<i64> = result.accounts.iter().map(|row| row.change().abs()).collect();
    let is_in = |at: &usize| result.accounts[*at].movement != Movement::Absent || sizes[*at] != 0;
    let order = Facts::descending((0..facts.len()).filter(is_in), &sizes);
    let view = View::new(result, order.into_iter().collect());
    let money = |name: &str, value: fn(&AccountMovement) -> i64| {
        view.money(name, facts.scale(), move |bridge, at| Some(value(&bridge.accounts[at])))
    };
    let (first, last) = (facts.clone(), facts.clone());
    Table::new(
        "accounts",
        vec![
            view.accounts(facts),
            view.words("revenue_movement", |bridge, at| bridge.accounts[at].movement.name()),
            money("opening", |row| row.opening),
            money("closing", |row| row.closing),
            money("change", AccountMovement::change),
            view.dates("first_date", move |_, at| first.first_date(at)),
            view.dates("last_date", move |_, at| last.last_date(at)),
        ],
    )
}
