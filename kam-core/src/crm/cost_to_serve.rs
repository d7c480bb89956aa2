//! What activities cost, assigned to the accounts they were for, and the rest spread by a driver.

use kam_numerics::allocation::largest_remainder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Crm;
use super::effort::Whom;
use crate::error::{Code, Error, Result};
use crate::facts::{AddedCost, Facts};

/// By what the cost of activities that belong to no account of the ledger is spread over the accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// Revenue of the window, where it is positive.
    Revenue,
    /// Lines of the window.
    Lines,
    /// Distinct orders of the window.
    Orders,
    /// The same for every account with a line in the window.
    Equal,
}

/// How the cost of activities becomes cost to serve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CostToServeOptions {
    /// What an hour costs, in units of the currency, for activities that do not say what they cost.
    pub hour_rate: Option<f64>,
    /// By what the window's cost that belongs to no account of the ledger is spread; without, it is reported and not spread.
    pub spread: Option<Driver>,
}

impl CostToServeOptions {
    /// Refuses values that cannot be, naming the option and what it may be.
    pub fn validate(&self) -> Result<()> {
        match self.hour_rate.filter(|rate| !(*rate >= 0.0 && rate.is_finite())) {
            Some(rate) => Err(Error::option("hour_rate", rate, "an amount of 0 or more")),
            None => Ok(()),
        }
    }
}

/// The cost of activities by account. Money is in minor units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityCosts {
    /// Of activities for each account in the window, in the order of the facts' keys.
    pub assigned: Vec<i64>,
    /// Each account's part of what was spread.
    pub spread: Vec<i64>,
    /// Of activities of the window for accounts that the ledger does not know.
    pub unknown: i64,
    /// Of activities of the window for nobody in particular.
    pub unassigned: i64,
    /// What of those two is left after spreading.
    pub rest: i64,
    /// Of all activities of the window.
    pub total: i64,
    /// Of activities for accounts of the ledger before the window: part of their history.
    pub before_window: i64,
    /// Of activities before the window for others: nobody's.
    pub rest_before_window: i64,
    added: Vec<AddedCost>,
}

impl Crm {
    /// What the activities up to `as_of` cost, by account. Every minor unit is somewhere: assigned, spread, or in the rest.
    pub fn activity_costs(&self, facts: &Facts, options: &CostToServeOptions) -> Result<ActivityCosts> {
        options.validate()?;
        let missing = |what: &str| {
            Error::new(Code::MissingInput, format!("activities: {what}, from which the cost of serving each account follows"))
                .with_hint("give the crm table `activities` with account, date, kind and cost, or hours and the option hour_rate")
        };
        let activities = self.activities().ok_or_else(|| missing("there is no such table"))?;
        let priced = activities.cost.is_some() || (activities.hours.is_some() && options.hour_rate.is_some());
        if !priced && !activities.date.is_empty() {
            return Err(missing("there is neither a column `cost` nor a column `hours` with the option hour_rate"));
        }
        let mut costs = ActivityCosts { assigned: vec![0; facts.len()], spread: vec![0; facts.len()], ..ActivityCosts::default() };
        let (mut unknown, mut unassigned, mut before, mut rest_before) = (0i128, 0i128, 0i128, 0i128);
        let (mut assigned, mut added) = (vec![0i128; facts.len()], vec![]);
        let start = facts.window_start();
        for row in activities.efforts(facts, None, facts.as_of(), options.hour_rate) {
            let (cost, day) = (row.effort.cost(), activities.date[row.row]);
            match row.whom {
                Whom::Account(at) => {
                    *(if day >= start { &mut assigned[at] } else { &mut before }) += cost;
                    added.push((at, facts.cell_grain().period(day), cost));
                }
                _ if day < start => rest_before += cost,
                Whom::Stranger => unknown += cost,
                Whom::Nobody => unassigned += cost,
            }
        }
        let total: i128 = assigned.iter().sum::<i128>() + unknown + unassigned;
        for sum in [total, before, rest_before] {
            minor(sum)?;
        }
        for (to, sum) in costs.assigned.iter_mut().zip(assigned) {
            *to = minor(sum)?;
        }
        (costs.unknown, costs.unassigned, costs.total) = (minor(unknown)?, minor(unassigned)?, minor(total)?);
        (costs.before_window, costs.rest_before_window) = (minor(before)?, minor(rest_before)?);
        costs.rest = costs.unknown + costs.unassigned;
        added.sort_unstable_by_key(|(at, period, _)| (*at, *period));
        for (account, period, cost) in added {
            costs.added.push(AddedCost { account, period, label: None, amount: minor(cost)? });
        }
        if let Some(driver) = options.spread {
            costs.spread_rest(facts, driver)?;
        }
        Ok(costs)
    }

    /// The facts with the cost of activities added to their cost to serve, so that profit, the whale curve and every other method count it.
    ///
    /// A cost stands in the period of its activity; what is spread is shared out over an account's lines of the window. Facts that hold the
    /// activities already are refused, so that nothing counts twice.
    pub fn with_cost_to_serve(&self, facts: &Facts, options: &CostToServeOptions) -> Result<Facts> {
        let costs = self.activity_costs(facts, options)?;
        facts.with_added_cost(&costs.added, options.spread.is_some())
    }
}

impl ActivityCosts {
    /// Shares the rest out over the accounts, and each account's part over its lines of the window.
    fn spread_rest(&mut self, facts: &Facts, driver: Driver) -> Result<()> {
        let window = facts.window();
        let weights: Vec<i64> = match driver {
            Driver::Revenue => window.revenue.iter().map(|revenue| (*revenue).max(0)).collect(),
            Driver::Lines => window.lines.clone(),
            Driver::Equal => window.lines.iter().map(|lines| i64::from(*lines > 0)).collect(),
            Driver::Orders => window.orders.clone().ok_or_else(|| {
                Error::new(Code::MissingInput, "ledger: spreading by orders needs the column `order`, which was not mapped")
                    .with_hint("name the ledger's column, order=…, or spread by revenue, lines or equally")
            })?,
        };
        let Some(shares) = largest_remainder(self.rest, &weights) else { return Ok(()) };
        for (account, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0) {
            let cells: Vec<_> = facts.cells(account).filter(|cell| facts.span().contains(facts.period_of(cell))).collect();
            let lines: Vec<i64> = cells.iter().map(|cell| i64::from(cell.lines)).collect();
            let parts = largest_remainder(*share, &lines).ok_or_else(|| Error::internal("a weight without a line in the window"))?;
            let parts = cells.iter().zip(parts).filter(|(_, amount)| *amount > 0);
            self.added.extend(parts.map(|(cell, amount)| AddedCost { account, period: cell.period, label: Some(cell.label), amount }));
        }
        self.added.sort_by_key(|added| added.account);
        (self.spread, self.rest) = (shares, 0);
        Ok(())
    }
}

fn minor(sum: i128) -> Result<i64> {
    i64::try_from(sum).map_err(|_| {
        Error::new(Code::Overflow, "activities: the costs add up to more than 63 bits of minor units").with_hint("choose a smaller scale")
    })
}
