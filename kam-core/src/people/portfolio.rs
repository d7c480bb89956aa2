//! What each manager looks after, and what became of it.

use std::cmp::Reverse;

use kam_numerics::stats::{IntraclassCorrelation, intraclass_correlation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::managers::Managers;
use super::plans::{PlanRow, PlanSpan, PlansAgainstActual, plans};
use crate::crm::{ByAccount, ByValue, Crm, Effort, Kind, Status, Whom};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::Options;
use crate::time::Date;

/// For which manager revenue counts against a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The one who looks after the account now.
    Account,
    /// The one named on the line.
    Line,
}

/// Options of [`portfolio`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PortfolioOptions {
    /// For which manager revenue counts against a plan; without, the one named on the line where the ledger names managers.
    pub attribution: Option<Attribution>,
    /// Open clauses that are due within this many days of `as_of` are listed.
    pub due_within_days: u32,
    /// What an hour costs, in units of the currency, for activities that do not say what they cost.
    pub hour_rate: Option<f64>,
    /// The confidence of the interval of the manager's share of the variance of growth.
    pub confidence: f64,
}

impl Default for PortfolioOptions {
    fn default() -> Self {
        PortfolioOptions { attribution: None, due_within_days: 90, hour_rate: None, confidence: 0.95 }
    }
}

impl Options for PortfolioOptions {
    fn validate(&self) -> Result<()> {
        if let Some(rate) = self.hour_rate.filter(|rate| !(*rate >= 0.0 && rate.is_finite())) {
            return Err(Error::option("hour_rate", rate, "an amount of 0 or more"));
        }
        if self.due_within_days > 100_000 {
            return Err(Error::option("due_within_days", self.due_within_days, "a number of days up to 100,000"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::option("confidence", self.confidence, "a probability between 0 and 1"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct PortfolioInputs<'a> {
    /// The level of each relationship.
    pub level: Option<&'a [&'static str]>,
    /// Revenue before and now, in minor units, of two times of one length.
    pub revenue: Option<&'a [(i64, i64)]>,
    /// How much stayed with each manager, one by place in [`Managers`], and at last of the accounts that nobody looks after.
    pub retention: Option<&'a [Retention]>,
}

/// How much of the business of one time was there in the next, as shares; `None` where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Retention {
    /// Of the accounts that bought.
    pub accounts: Option<f64>,
    /// Of the revenue, without growth.
    pub gross: Option<f64>,
    /// Of the revenue, with growth.
    pub net: Option<f64>,
}

/// The seven mistakes, in the order of the tables.
pub const MISTAKES: [Kind; 7] =
    [Kind::Late, Kind::Dispute, Kind::Interrupted, Kind::NoDossier, Kind::Unprepared, Kind::Manners, Kind::ProductIgnorance];

/// A clause that needs somebody's attention.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The row of the contracts.
    pub row: usize,
    /// Its account's place in the facts' keys; `None` for an account that the ledger does not know.
    pub account: Option<usize>,
    /// The place of the manager.
    pub manager: usize,
    /// What is the matter.
    pub state: ClauseState,
}

/// What is the matter with a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClauseState {
    /// It is broken.
    Breached,
    /// It is open, and was due before `as_of`.
    Overdue,
    /// It is open, and due within the days asked for.
    Due,
}

impl ClauseState {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ClauseState::Breached => "breached",
            ClauseState::Overdue => "overdue",
            ClauseState::Due => "due",
        }
    }
}

/// One manager's portfolio. Money is in minor units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManagedPortfolio {
    /// Accounts they look after.
    pub accounts: usize,
    /// Those with a line in the window.
    pub active_accounts: usize,
    /// Revenue of the window.
    pub revenue: i128,
    /// Profit of the window; `None` without a cost column.
    pub profit: Option<i128>,
    /// The account with most revenue, and how much.
    pub largest: Option<(usize, i64)>,
    /// The sum of positive revenues.
    pub positive: i128,
    /// Targets of the window that are past, and the revenue against them.
    pub plan: Option<(i128, i128)>,
    /// How many of these plans were left out because a longer one holds their time, and their targets.
    pub left_out: (usize, i128),
    /// How much of what was there before stayed; `None` where it was not given.
    pub retention: Option<Retention>,
    /// Mistakes of the window by kind, in the order of [`MISTAKES`].
    pub mistakes: [usize; 7],
    /// Clauses due, overdue, breached.
    pub clauses: [usize; 3],
    /// What they did in the window.
    pub effort: Effort,
}

/// One level of one manager's accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelPart {
    /// How many accounts.
    pub accounts: usize,
    /// Their revenue of the window, in minor units.
    pub revenue: i128,
}

/// The result of [`portfolio`].
#[derive(Clone, Debug, PartialEq)]
pub struct Portfolio {
    /// Who looks after whom.
    pub managers: Managers,
    /// One a manager in the order of their names, and at last what nobody looks after.
    pub portfolios: Vec<ManagedPortfolio>,
    /// Plan against actual.
    pub plans: PlansAgainstActual,
    /// Manager, level, what stands on it; where levels were given.
    pub levels: Vec<(usize, &'static str, LevelPart)>,
    /// Clauses that need attention: breached, overdue, due; by day.
    pub clauses: Vec<Clause>,
    /// The manager's share of the variance of the accounts' growth; `None` where it cannot be told.
    pub growth_explained: Option<IntraclassCorrelation>,
    /// How many accounts with a manager have a growth.
    pub accounts_with_growth: usize,
}

/// Growth from −1 (lost) over 0 to 1 (from nothing), of an account that had revenue before.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
fn growth((before, now): (i64, i64)) -> Option<f64> {
    let (before, now) = (i128::from(before), i128::from(now));
    (before > 0).then(|| (now - before) as f64 / (now.abs() + before) as f64)
}

/// Tells what each manager looks after, and what became of it.
pub fn portfolio(facts: &Facts, crm: &Crm, inputs: &PortfolioInputs<'_>, options: &PortfolioOptions) -> Result<Portfolio> {
    options.validate()?;
    if inputs.level.is_some_and(|level| level.len() != facts.len()) || inputs.revenue.is_some_and(|revenue| revenue.len() != facts.len()) {
        return Err(Error::new(Code::StateMismatch, "portfolio: the levels or revenues are not those of these facts")
            .with_hint("give one value per account in key order"));
    }
    let managers = Managers::of(facts, crm);
    if managers.is_empty() && !facts.is_empty() {
        return Err(Error::new(
            Code::MissingInput,
            "ledger and crm: nobody says who looks after which account, so there are no portfolios",
        )
        .with_hint("map the ledger's column, manager=…, or give the crm table `accounts` a column `manager`"));
    }
    if let Some(len) = inputs.retention.map(<[_]>::len).filter(|len| *len != managers.len() + 1) {
        let message = format!("portfolio: retention has {len} values for {} managers", managers.len());
        return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per manager, and one for the accounts without one"));
    }
    let mut portfolios = vec![ManagedPortfolio::default(); managers.len() + 1];
    for (own, retention) in portfolios.iter_mut().zip(inputs.retention.into_iter().flatten()) {
        own.retention = Some(*retention);
    }
    let window = facts.window();
    let (mut values, mut groups) = (vec![], vec![]);
    let mut levels: std::collections::BTreeMap<(usize, &'static str), LevelPart> = std::collections::BTreeMap::new();
    for at in 0..facts.len() {
        let place = managers.of_account[at];
        let own = &mut portfolios[place];
        own.add(facts, at);
        if let Some(growth) = inputs.revenue.and_then(|revenue| growth(revenue[at])).filter(|_| place < managers.len()) {
            values.push(growth);
            groups.push(place);
        }
        if let Some(level) = inputs.level {
            let part = levels.entry((place, level[at])).or_default();
            part.accounts += 1;
            part.revenue += i128::from(window.revenue[at]);
        }
    }
    add_activities(facts, crm, &managers, options, &mut portfolios);
    let clauses = add_clauses(facts, crm, &managers, options, &mut portfolios);
    let by_line = options.attribution.map_or(facts.labels().has_manager, |attribution| attribution == Attribution::Line);
    let plans = plans(facts, crm, &managers, by_line);
    add_plans(facts, &managers, &plans.managers, &mut portfolios);
    Ok(Portfolio {
        growth_explained: intraclass_correlation(&values, &groups, options.confidence),
        accounts_with_growth: values.len(),
        managers,
        portfolios,
        plans,
        levels: levels.into_iter().map(|((manager, level), part)| (manager, level, part)).collect(),
        clauses,
    })
}

impl ManagedPortfolio {
    fn add(&mut self, facts: &Facts, at: usize) {
        let window = facts.window();
        let revenue = window.revenue[at];
        self.accounts += 1;
        self.active_accounts += usize::from(window.lines[at] > 0);
        self.revenue += i128::from(revenue);
        self.positive += i128::from(revenue.max(0));
        if let Some(profit) = window.profit(at) {
            *self.profit.get_or_insert(0) += i128::from(profit);
        }
        if revenue > 0 && self.largest.is_none_or(|(_, largest)| revenue > largest) {
            self.largest = Some((at, revenue));
        }
    }
}

/// Adds the plans of the window that are past, a sale to one plan of its manager at most: the year's plan holds those of its months.
fn add_plans(facts: &Facts, managers: &Managers, plans: &[PlanRow], portfolios: &mut [ManagedPortfolio]) {
    let is_past = |row: &&PlanRow| row.span.0 >= facts.window_start() && row.span.1 <= facts.as_of();
    let mut past: Vec<&PlanRow> = plans.iter().filter(is_past).collect();
    past.sort_by_key(|row| (Reverse(row.span.1.days_since(row.span.0)), row.span.0));
    let mut counted: Vec<Vec<PlanSpan>> = vec![vec![]; portfolios.len()];
    for row in past {
        let (Some(target), Some(actual)) = (row.target, row.actual) else { continue };
        let place = managers.place(row.whose.as_deref());
        let own = &mut portfolios[place];
        if counted[place].iter().any(|other| other.0 <= row.span.1 && row.span.0 <= other.1) {
            own.left_out = (own.left_out.0 + 1, own.left_out.1 + target);
            continue;
        }
        counted[place].push(row.span);
        let plan = own.plan.get_or_insert((0, 0));
        *plan = (plan.0 + target, plan.1 + actual);
    }
}

fn add_activities(facts: &Facts, crm: &Crm, managers: &Managers, options: &PortfolioOptions, portfolios: &mut [ManagedPortfolio]) {
    let Some(activities) = crm.activities() else { return };
    for row in activities.efforts(facts, Some(facts.window_start()), facts.as_of(), options.hour_rate) {
        let named = activities.manager.as_ref().and_then(|manager| manager[row.row].as_deref());
        let account = if let Whom::Account(at) = row.whom { Some(at) } else { None };
        let own = &mut portfolios[managers.doer(named, account)];
        own.effort.add(&row.effort);
        if let Some(place) = MISTAKES.iter().position(|kind| *kind == activities.kind[row.row]) {
            own.mistakes[place] += 1;
        }
    }
}

fn add_clauses(
    facts: &Facts,
    crm: &Crm,
    managers: &Managers,
    options: &PortfolioOptions,
    portfolios: &mut [ManagedPortfolio],
) -> Vec<Clause> {
    let Some(contracts) = crm.contracts() else { return vec![] };
    let as_of = facts.as_of();
    let until = Date(as_of.0.saturating_add(i32::try_from(options.due_within_days).unwrap_or(i32::MAX)));
    let due = |row: usize| contracts.due_day(row);
    let mut clauses = vec![];
    let places = contracts.places(facts);
    let named = |row: usize| facts.head_office(&contracts.account[row]).unwrap_or(&contracts.account[row]);
    for row in 0..contracts.account.len() {
        let state = match (contracts.status_on(row, as_of), due(row)) {
            (Status::Breached, _) => ClauseState::Breached,
            (Status::Open, Some(due)) if due < as_of => ClauseState::Overdue,
            (Status::Open, Some(due)) if due <= until => ClauseState::Due,
            _ => continue,
        };
        let account = places.of(row);
        let looked_after = crm.accounts().and_then(|accounts| accounts.manager.as_ref()?[accounts.row_of(named(row))?].as_deref());
        let manager = account.map_or_else(|| managers.place(looked_after), |at| managers.of_account[at]);
        portfolios[manager].clauses[2 - state as usize] += 1;
        clauses.push(Clause { row, account, manager, state });
    }
    let key = |clause: &Clause| (clause.state, due(clause.row), named(clause.row));
    clauses.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| contracts.compare(a.row, b.row)));
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_of_accounts_that_had_revenue_before() {
        assert_eq!(growth((100, 300)), Some(0.5));
        assert_eq!(growth((100, 0)), Some(-1.0));
        assert_eq!(growth((100, -50)), Some(-1.0));
        assert_eq!((growth((0, 100)), growth((-5, 100))), (None, None));
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        for options in [
            PortfolioOptions { confidence: 1.0, ..PortfolioOptions::default() },
            PortfolioOptions { hour_rate: Some(-1.0), ..PortfolioOptions::default() },
            PortfolioOptions { due_within_days: 100_001, ..PortfolioOptions::default() },
        ] {
            assert!(options.validate().is_err());
        }
    }
}
