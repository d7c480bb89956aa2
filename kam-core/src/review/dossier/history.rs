//! What happened with an account: deliveries by period and direction, deals, activities.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::source::Source;
use super::DossierOptions;
use crate::crm::{ByValue, Outcome};
use crate::facts::{Cell, Facts, Sums};
use crate::time::Date;

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History<'a> {
    /// The first day with a sale.
    pub first_date: Option<Date>,
    /// The last day with a sale.
    pub last_date: Option<Date>,
    /// Days since the first sale.
    pub tenure_days: Option<i32>,
    /// Days since the last sale.
    pub silent_days: Option<i32>,
    /// Sums of the window.
    pub window: Option<Totals>,
    /// Sums of the whole history.
    pub all: Option<Totals>,
    /// Periods with a line, oldest first; the last of them.
    pub periods: Vec<PeriodEntry>,
    /// What it bought of each direction, the largest revenue of the history first.
    pub directions: Vec<DirectionEntry<'a>>,
    /// Deals that were won.
    pub won: DealSums,
    /// Deals that were lost.
    pub lost: DealSums,
    /// Deals that are open.
    pub open: DealSums,
    /// Why deals were lost, the most frequent reason first.
    pub lost_reasons: Vec<(&'a str, usize)>,
    /// Deals: open ones first, then the latest.
    pub deals: Vec<Deal<'a>>,
    /// Activities of the window by kind, the most frequent first.
    pub activities: Vec<ActivityCount>,
    /// The latest activities.
    pub latest_activities: Vec<ActivityEntry<'a>>,
}

/// Sums of a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Net revenue.
    pub revenue: f64,
    /// Returns and credits.
    pub returns: f64,
    /// Revenue less cost and cost to serve; `None` where the ledger has no cost.
    pub profit: Option<f64>,
    /// Cost to serve.
    pub cost_to_serve: Option<f64>,
    /// Days with a sale.
    pub active_days: i64,
    /// Periods with a sale.
    pub active_periods: i64,
    /// Distinct orders.
    pub orders: Option<i64>,
}

/// What was delivered in a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodEntry {
    /// Its first day.
    pub period: Date,
    /// Net revenue.
    pub revenue: f64,
    /// Returns and credits.
    pub returns: f64,
    /// Revenue less cost and cost to serve; `None` where the ledger has no cost.
    pub profit: Option<f64>,
    /// Days with a sale.
    pub active_days: i64,
    /// Lines.
    pub lines: i64,
}

/// What was delivered of a direction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DirectionEntry<'a> {
    /// The direction; `None` for lines without one.
    pub direction: Option<&'a str>,
    /// Revenue of the whole history.
    pub revenue: f64,
    /// Revenue of the window.
    pub window_revenue: f64,
    /// The first day of the last period with a line of it.
    pub last_period: Date,
}

/// Deals of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct DealSums {
    /// How many.
    pub count: usize,
    /// What they are worth, as far as it is known.
    pub value: f64,
}

/// One deal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deal<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// When it was opened.
    pub opened: Option<Date>,
    /// When it was closed, or is expected to be.
    pub closed: Option<Date>,
    /// What it is worth.
    pub value: Option<f64>,
    /// How likely it is to be won.
    pub probability: Option<f64>,
    /// Why it was won or lost.
    pub reason: Option<&'a str>,
    /// Who else was in it.
    pub competitor: Option<&'a str>,
    /// Of what.
    pub direction: Option<&'a str>,
    /// Whose it is.
    pub manager: Option<&'a str>,
}

/// Activities of a kind in the window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivityCount {
    /// The kind.
    pub kind: &'static str,
    /// How many.
    pub count: usize,
    /// Hours, as far as they are known.
    pub hours: f64,
    /// Cost, as far as it is known.
    pub cost: f64,
}

/// One activity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivityEntry<'a> {
    /// The day.
    pub date: Date,
    /// What it was.
    pub kind: &'static str,
    /// Hours.
    pub hours: Option<f64>,
    /// Cost.
    pub cost: Option<f64>,
    /// Who did it.
    pub manager: Option<&'a str>,
    /// Is it settled, where that was noted?
    pub resolved: Option<bool>,
    /// Why.
    pub reason: Option<&'a str>,
}

pub(super) fn history<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> History<'a> {
    let mut history = History::default();
    let facts = &source.facts;
    if place < facts.len() {
        (history.first_date, history.last_date) = (facts.first_date(place), facts.last_date(place));
        let since = |day: Option<Date>| day.map(|day| facts.as_of().days_since(day));
        (history.tenure_days, history.silent_days) = (since(history.first_date), since(history.last_date));
        (history.window, history.all) = (Some(totals(facts, facts.window(), place)), Some(totals(facts, facts.history(), place)));
        history.periods = periods(facts, place, options.periods);
        history.directions = directions(facts, place, options.rows);
    }
    deals(source, place, options, &mut history);
    activities(source, place, options, &mut history);
    history
}

fn totals(facts: &Facts, sums: &Sums, at: usize) -> Totals {
    let money = |minor: i64| facts.scale().to_currency(minor);
    Totals {
        revenue: money(sums.revenue[at]),
        returns: money(sums.returns[at]),
        profit: sums.profit(at).map(money),
        cost_to_serve: sums.cost_to_serve.as_ref().map(|cost| money(cost[at])),
        active_days: sums.active_days[at],
        active_periods: sums.active_periods[at],
        orders: sums.orders.as_ref().map(|orders| orders[at]),
    }
}

fn periods(facts: &Facts, at: usize, most: usize) -> Vec<PeriodEntry> {
    let money = |minor: i64| facts.scale().to_currency(minor);
    let has_cost = facts.window().cost.is_some();
    let entries: Vec<PeriodEntry> = facts
        .periods(at)
        .map(|sums| PeriodEntry {
            period: facts.grain().start(sums.period),
            revenue: money(sums.revenue),
            returns: money(sums.returns),
            profit: has_cost.then(|| money(sums.profit())),
            active_days: sums.active_days,
            lines: sums.lines,
        })
        .collect();
    let skipped = entries.len().saturating_sub(most);
    entries.into_iter().skip(skipped).collect()
}

fn directions(facts: &Facts, at: usize, most: usize) -> Vec<DirectionEntry<'_>> {
    if !facts.labels().has_direction {
        return vec![];
    }
    let mut by: BTreeMap<Option<&str>, (i64, i64, Date)> = BTreeMap::new();
    for cell in facts.cells(at) {
        let Cell { label, revenue, lines, .. } = cell;
        let period = facts.period_of(&cell);
        let direction = facts.labels().labels.get(label as usize).and_then(|label| label.direction.as_deref());
        // The cost of an activity in a period without a line delivered nothing.
        if lines == 0 {
            continue;
        }
        let own = by.entry(direction).or_insert((0, 0, Date(i32::MIN)));
        own.0 += revenue;
        own.1 += if facts.span().contains(period) { revenue } else { 0 };
        own.2 = own.2.max(facts.grain().start(period));
    }
    let mut all: Vec<_> = by.into_iter().collect();
    all.sort_by_key(|(direction, (revenue, ..))| (std::cmp::Reverse(*revenue), *direction));
    let money = |minor: i64| facts.scale().to_currency(minor);
    let entry = |(direction, (revenue, window, last_period))| DirectionEntry {
        direction,
        revenue: money(revenue),
        window_revenue: money(window),
        last_period,
    };
    all.into_iter().take(most).map(entry).collect()
}

fn deals<'a>(source: &'a Source, place: usize, options: &DossierOptions, history: &mut History<'a>) {
    let Some(table) = source.crm.opportunities() else { return };
    let today = source.facts.as_of();
    let (opened, closed) = (|row: usize| table.opened_day(row), |row: usize| table.closed_day(row));
    let number = |column: &Option<Vec<Option<f64>>>, row: usize| column.as_ref().and_then(|values| values[row]);
    // What is opened later is not known yet, and what is closed later is open.
    let outcome = |row: usize| table.outcome_on(row, today);
    let mut rows: Vec<usize> = source.opportunities.of(place).filter(|row| outcome(*row).is_some()).collect();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut values: [Vec<f64>; 3] = Default::default();
    for (row, outcome) in rows.iter().filter_map(|row| Some((row, outcome(*row)?))) {
        let (sums, of) = match outcome {
            Outcome::Won => (&mut history.won, 0),
            Outcome::Lost => (&mut history.lost, 1),
            Outcome::Open => (&mut history.open, 2),
        };
        sums.count += 1;
        values[of].extend(number(&table.value, *row));
        if let (Outcome::Lost, Some(reason)) = (outcome, text(&table.reason, *row)) {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for (sums, values) in [&mut history.won, &mut history.lost, &mut history.open].into_iter().zip(values) {
        sums.value = sum(values);
    }
    history.lost_reasons = reasons.into_iter().collect();
    history.lost_reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    history.lost_reasons.truncate(options.rows);
    let key = |row: &usize| {
        let day = closed(*row).or_else(|| opened(*row));
        (outcome(*row) != Some(Outcome::Open), std::cmp::Reverse(day))
    };
    latest(&mut rows, options.rows, table, key);
    let deal = |row: usize| {
        let outcome = outcome(row)?;
        // Why it ends so is not known while it is open.
        let reason = if outcome == table.outcome[row] { text(&table.reason, row) } else { None };
        Some(Deal {
            outcome,
            opened: opened(row),
            closed: closed(row),
            value: number(&table.value, row),
            probability: number(&table.probability, row),
            reason,
            competitor: text(&table.competitor, row),
            direction: text(&table.direction, row),
            manager: text(&table.manager, row),
        })
    };
    history.deals = rows.into_iter().filter_map(deal).collect();
}

fn activities<'a>(source: &'a Source, place: usize, options: &DossierOptions, history: &mut History<'a>) {
    let Some(table) = source.crm.activities() else { return };
    let facts = &source.facts;
    let number = |column: &Option<Vec<Option<f64>>>, row: usize| column.as_ref().and_then(|values| values[row]);
    let mut rows: Vec<usize> = source.activities.of(place).filter(|row| table.date[*row] <= facts.as_of()).collect();
    let mut kinds: BTreeMap<&'static str, (usize, Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for row in rows.iter().copied().filter(|row| table.date[*row] >= facts.window_start()) {
        let own = kinds.entry(table.kind[row].word()).or_default();
        own.0 += 1;
        own.1.extend(number(&table.hours, row));
        own.2.extend(number(&table.cost, row));
    }
    history.activities =
        kinds.into_iter().map(|(kind, (count, hours, cost))| ActivityCount { kind, count, hours: sum(hours), cost: sum(cost) }).collect();
    history.activities.sort_by_key(|own| (std::cmp::Reverse(own.count), own.kind));
    latest(&mut rows, options.rows, table, |row| std::cmp::Reverse(table.date[*row]));
    let entry = |row: usize| ActivityEntry {
        date: table.date[row],
        kind: table.kind[row].word(),
        hours: number(&table.hours, row),
        cost: number(&table.cost, row),
        manager: text(&table.manager, row),
        resolved: table.resolved.as_ref().and_then(|resolved| resolved[row]),
        reason: text(&table.reason, row),
    };
    history.latest_activities = rows.into_iter().map(entry).collect();
}

/// The sum in an order of its own, so that the order of the rows cannot be seen; 0 of nothing, which `Iterator::sum` calls −0.
fn sum(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.into_iter().fold(0.0, |sum, value| sum + value)
}

/// The first of the rows by a key, in its order, without sorting all of them. What they hold decides between equal ones.
pub(super) fn latest<K: Ord>(rows: &mut Vec<usize>, most: usize, table: &impl ByValue, key: impl Fn(&usize) -> K) {
    let order = |a: &usize, b: &usize| key(a).cmp(&key(b)).then_with(|| table.compare(*a, *b));
    if most < rows.len() {
        rows.select_nth_unstable_by(most, order);
        rows.truncate(most);
    }
    rows.sort_unstable_by(order);
}

/// A word of an optional column.
pub(super) fn text(column: &Option<Vec<Option<String>>>, row: usize) -> Option<&str> {
    column.as_ref()?[row].as_deref()
}
