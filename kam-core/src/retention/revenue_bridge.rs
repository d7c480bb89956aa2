//! The revenue bridge: how the revenue of one span of periods became that of the next, to the last minor unit.

use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bridge_steps::{Bridge, Directions, Movement, Part, Spans, Steps};
use super::bridge_tables::outcome;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::facts::Window;
use crate::method::figure::{COUNT, Figures, MONEY, PERIODS, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::time::{Date, Grain};

/// Options of [`revenue_bridge`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevenueBridgeOptions {
    /// How many periods of the grain the series compares with as many before them: 1 is each period against the one before it.
    #[schemars(range(min = 1))]
    pub span: u32,
    /// How many periods that end with `as_of` the comparison by account sets against as many before them; without, those of the window, or
    /// a year of the grain where the window is the whole history.
    #[schemars(range(min = 1))]
    pub comparison: Option<u32>,
}

impl Default for RevenueBridgeOptions {
    fn default() -> Self {
        RevenueBridgeOptions { span: 1, comparison: None }
    }
}

impl Options for RevenueBridgeOptions {
    fn validate(&self) -> Result<()> {
        for (name, value) in [("span", Some(self.span)), ("comparison", self.comparison)] {
            if let Some(value) = value.filter(|value| !(1..=10_000).contains(value)) {
                return Err(Error::option(name, value, "a number of periods from 1 to 10,000"));
            }
        }
        Ok(())
    }
}

/// The bridge into one span, from the one before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BridgeStep {
    /// The first day of the closing span.
    pub first: Date,
    /// Its last day, no later than `as_of`.
    pub last: Date,
    /// Does the ledger cover the whole of both spans? If not, what is new or lost may only seem so.
    pub is_comparable: bool,
    /// The bridge.
    pub bridge: Bridge,
}

/// The bridge into one span in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectionStep {
    /// The place of the step in [`RevenueBridge::steps`].
    pub step: usize,
    /// The direction; `None` where a line has none.
    pub direction: Option<String>,
    /// The bridge of this direction.
    pub bridge: Bridge,
}

/// What one account did between the two spans of the comparison. Money is in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountMovement {
    /// What it did.
    pub movement: Movement,
    /// Its revenue in the opening span.
    pub opening: i64,
    /// Its revenue in the closing span.
    pub closing: i64,
}

impl AccountMovement {
    /// By how much its revenue changed.
    #[must_use]
    pub fn change(&self) -> i64 {
        self.closing - self.opening
    }
}

impl RevenueBridge {
    /// The comparison over some of the accounts, by their places among the facts' keys: over all of them it is [`comparison`](Self::comparison).
    #[must_use]
    pub fn over(&self, accounts: impl IntoIterator<Item = usize>) -> Bridge {
        let mut bridge = Bridge::default();
        for own in accounts.into_iter().map(|at| &self.accounts[at]) {
            let (before, now) = own.movement.bought();
            let part = |revenue: i64, bought: bool| Part { revenue, bought };
            bridge.add(own.movement, part(own.opening, before), part(own.closing, now), false);
        }
        bridge
    }
}

/// The comparison in figures; money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevenueBridgeSummary {
    /// How many periods of the grain each of the two spans has.
    pub comparison: u32,
    /// The first day of the opening span.
    pub opening_from: Date,
    /// The first day of the closing span.
    pub closing_from: Date,
    /// The last day of the closing span, no later than `as_of`.
    pub closing_until: Date,
    /// Revenue of the opening span.
    pub opening: f64,
    /// Revenue of accounts that bought for the first time ever.
    pub new: f64,
    /// Revenue of accounts that came back.
    pub returned: f64,
    /// What accounts of both spans bought more.
    pub expansion: f64,
    /// What accounts of both spans bought less.
    pub contraction: f64,
    /// Revenue of accounts that no longer bought.
    pub lost: f64,
    /// Revenue of the closing span.
    pub closing: f64,
    /// (opening − contraction − lost) ÷ opening.
    pub gross_revenue_retention: Option<f64>,
    /// (opening + expansion − contraction − lost) ÷ opening.
    pub net_revenue_retention: Option<f64>,
    /// Accounts that bought in the opening span.
    pub opening_accounts: i64,
    /// Accounts that bought for the first time.
    pub new_accounts: i64,
    /// Accounts that came back.
    pub returned_accounts: i64,
    /// Accounts that no longer bought.
    pub lost_accounts: i64,
    /// Accounts that bought in the closing span.
    pub closing_accounts: i64,
    /// The share of the opening span's accounts that bought again.
    pub account_retention: Option<f64>,
    /// How many steps the series has.
    pub steps: usize,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`revenue_bridge`].
#[derive(Clone, Debug, PartialEq)]
pub struct RevenueBridge {
    /// The figures of the comparison.
    pub summary: RevenueBridgeSummary,
    /// The series, oldest first. The first step has nothing before it.
    pub steps: Vec<BridgeStep>,
    /// The series by direction, by step and then direction; empty where the ledger has no directions.
    pub directions: Vec<DirectionStep>,
    /// The comparison over all accounts.
    pub comparison: BridgeStep,
    /// The comparison by direction; empty where the ledger has no directions.
    pub comparison_directions: Vec<DirectionStep>,
    /// The comparison of every account, in the order of the facts' keys.
    pub accounts: Vec<AccountMovement>,
}

/// Opening revenue + new + returned + expansion − contraction − lost = closing revenue: as a series over the history, and as a comparison of
/// two spans account by account.
///
/// ```
/// use kam_core::{RevenueBridgeOptions, revenue_bridge};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").direction("direction"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = revenue_bridge(&facts, &RevenueBridgeOptions::default())?;
/// assert!(result.steps.iter().all(|step| step.bridge.closes()));
/// let year = &result.comparison.bridge;
/// println!("of last year's revenue {:?} came again", year.net_revenue_retention());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn revenue_bridge(facts: &Facts, options: &RevenueBridgeOptions) -> Result<RevenueBridge> {
    options.validate()?;
    let periods = options.comparison.unwrap_or_else(|| default_comparison(facts));
    for (name, value) in [("span", options.span), ("comparison", periods)] {
        if facts.grain().after(facts.span().last, 1 - 2 * i64::from(value)).is_none() {
            return Err(Error::option(name, value, "a number of periods that begins, twice over, in the year 1 or later"));
        }
    }
    let directions = Directions::of(facts);
    let (steps, by_direction) = series(facts, options.span, directions.as_ref(), usize::MAX);
    let (mut compared, mut compared_directions) = series(facts, periods, directions.as_ref(), 1);
    let spans = Spans::new(facts, periods);
    let comparison = compared.pop().ok_or_else(|| Error::internal("a bridge without a step"))?;
    compared_directions.iter_mut().for_each(|row| row.step = 0);
    let accounts = (0..facts.len()).into_par_iter().with_min_len(1024).map(|at| compare(facts, at, spans)).collect();
    let summary = summary(facts, periods, spans, &comparison, steps.len());
    Ok(RevenueBridge { summary, steps, directions: by_direction, comparison, comparison_directions: compared_directions, accounts })
}

/// The window's periods; a year of the grain where the window is the whole history, since nothing lies before that.
fn default_comparison(facts: &Facts) -> u32 {
    match facts.options().window {
        Window::Periods(periods) => periods.min(10_000),
        Window::All(_) => match facts.grain() {
            Grain::Day => 365,
            Grain::Week => 52,
            Grain::Month => 12,
            Grain::Quarter => 4,
            Grain::Year => 1,
        },
    }
}

/// The last `most` steps of the series, and the same by direction.
fn series(facts: &Facts, periods: u32, directions: Option<&Directions<'_>>, most: usize) -> (Vec<BridgeStep>, Vec<DirectionStep>) {
    let spans = Spans::new(facts, periods);
    let all = Steps::of(facts, spans, directions);
    let from = all.all.len().saturating_sub(most);
    let step = |span: usize| {
        let (first, last) = spans.days(span, facts);
        let is_comparable = span > 0 && spans.is_complete(span - 1, facts) && spans.is_complete(span, facts);
        BridgeStep { first, last, is_comparable, bridge: all.all[span] }
    };
    let mut by_direction: Vec<(&(usize, u32), &Bridge)> = all.by_direction.iter().filter(|((span, _), _)| *span >= from).collect();
    by_direction.sort_unstable_by_key(|(place, _)| **place);
    let name = |direction: u32| directions.and_then(|all| all.names[direction as usize]).map(str::to_owned);
    let by_direction = by_direction
        .into_iter()
        .map(|((span, direction), bridge)| DirectionStep { step: *span, direction: name(*direction), bridge: *bridge })
        .collect();
    ((from..all.all.len()).map(step).collect(), by_direction)
}

/// One account in the last span and in the one before it.
fn compare(facts: &Facts, at: usize, spans: Spans) -> AccountMovement {
    let last = spans.count() - 1;
    let (mut opening, mut closing, mut earlier) = (Part::default(), Part::default(), false);
    for bought in facts.purchases(at) {
        let span = spans.of(bought.period);
        if span + 1 < last {
            earlier |= bought.is_sale;
            continue;
        }
        let part = if span == last { &mut closing } else { &mut opening };
        part.revenue += bought.revenue;
        part.bought |= bought.is_sale;
    }
    AccountMovement { movement: Movement::of(opening, closing, earlier), opening: opening.revenue, closing: closing.revenue }
}

fn summary(facts: &Facts, periods: u32, spans: Spans, step: &BridgeStep, steps: usize) -> RevenueBridgeSummary {
    let bridge = &step.bridge;
    let money = |minor: i128| facts.scale().wide_to_currency(minor);
    let last = spans.count() - 1;
    let (first, _) = spans.bounds(last);
    let grain = facts.grain();
    let opening_from = grain.start(crate::time::Period(first.0.saturating_sub(i32::try_from(periods).unwrap_or(i32::MAX))));
    RevenueBridgeSummary {
        comparison: periods,
        opening_from,
        closing_from: step.first,
        closing_until: step.last,
        opening: money(bridge.opening),
        new: money(bridge.new),
        returned: money(bridge.returned),
        expansion: money(bridge.expansion),
        contraction: money(bridge.contraction),
        lost: money(bridge.lost),
        closing: money(bridge.closing),
        gross_revenue_retention: bridge.gross_revenue_retention(),
        net_revenue_retention: bridge.net_revenue_retention(),
        opening_accounts: bridge.opening_accounts,
        new_accounts: bridge.new_accounts,
        returned_accounts: bridge.returned_accounts,
        lost_accounts: bridge.lost_accounts,
        closing_accounts: bridge.closing_accounts,
        account_retention: bridge.account_retention(),
        steps,
        note: note(facts, spans, step),
    }
}

fn note(facts: &Facts, spans: Spans, step: &BridgeStep) -> Option<String> {
    let last = spans.count() - 1;
    if facts.is_empty() {
        Some("there are no accounts".to_owned())
    } else if last == 0 {
        Some("the history is no longer than the closing span: there is nothing before it, and every account seems new".to_owned())
    } else if !spans.is_complete(last - 1, facts) {
        Some("the history begins within the opening span: accounts may seem new, or to have grown, that are not".to_owned())
    } else if !step.is_comparable {
        Some(format!("the closing span is not over on {}: accounts may seem lost, or to have shrunk, that are not", facts.as_of()))
    } else {
        None
    }
}

/// The bridge with these options, worked out once in a context.
pub(super) fn remembered_bridge(context: &Context<'_>, options: &RevenueBridgeOptions) -> Result<Arc<RevenueBridge>> {
    context.remember("revenue_bridge", options, || revenue_bridge(context.facts, options))
}

/// [`revenue_bridge`] in the registry.
pub struct RevenueBridgeMethod;

impl Method for RevenueBridgeMethod {
    const NAME: &'static str = "revenue_bridge";
    const TITLE: &'static str = "Revenue bridge";
    const ABOUT: &'static str = "How the revenue of one time became that of the next: what recurred, what is new, returned, more, less and lost; it adds up exactly.";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("revenue_bridge", "a period, oldest first"),
        ("directions", "a period and direction"),
        ("comparison", "a part of the bridge from the opening to the closing span"),
        ("comparison_directions", "a direction, in the comparison"),
        ("accounts", "an account, in the comparison, largest change first"),
    ];
    const FIGURES: Figures = &[
        (PERIODS, &["comparison"]),
        (MONEY, &["opening", "new", "returned", "expansion", "contraction", "lost", "closing"]),
        (SHARE, &["gross_revenue_retention", "net_revenue_retention", "account_retention"]),
        (COUNT, &["opening_accounts", "new_accounts", "returned_accounts", "lost_accounts", "closing_accounts", "steps"]),
    ];
    type Options = RevenueBridgeOptions;

    fn run(context: &Context<'_>, options: &RevenueBridgeOptions) -> Result<Outcome> {
        outcome(context.facts, &remembered_bridge(context, options)?)
    }
}
