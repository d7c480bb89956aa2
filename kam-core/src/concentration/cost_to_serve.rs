//! Cost to serve: what the ledger and the activities say that serving each account cost, and what is left of its profit.

use serde::Serialize;

use crate::crm::{ActivityCosts, CostToServeOptions, Crm, Driver};
use crate::error::Result;
use crate::facts::Facts;
use crate::facts::ranking::share;
use crate::method::figure::{COUNT, Figures, MONEY};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};

impl Options for CostToServeOptions {
    fn validate(&self) -> Result<()> {
        CostToServeOptions::validate(self)
    }
}

/// Cost to serve in figures. Money is in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostToServeSummary {
    /// How many accounts there are.
    pub accounts: usize,
    /// What the ledger says.
    pub ledger_cost_to_serve: f64,
    /// What the window's activities for accounts of the ledger cost.
    pub assigned: f64,
    /// What was spread.
    pub spread: f64,
    /// By what.
    pub driver: Option<Driver>,
    /// The window's activities for accounts that the ledger does not know.
    pub unknown: f64,
    /// The window's activities for nobody in particular.
    pub unassigned: f64,
    /// What of those two no account bears.
    pub rest: f64,
    /// All activities of the window: assigned, spread and the rest.
    pub activity_cost: f64,
    /// Accounts that make a profit by the ledger, and none once the activities are counted.
    pub turned_unprofitable: Option<usize>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`cost_to_serve`].
#[derive(Clone, Debug, PartialEq)]
pub struct CostToServe {
    /// The figures.
    pub summary: CostToServeSummary,
    /// The cost of activities by account, in minor units.
    pub costs: ActivityCosts,
    /// Cost to serve of each account: ledger, assigned and spread, in minor units.
    pub total: Vec<i64>,
    /// Profit after all of it; `None` without a cost column.
    pub profit: Option<Vec<i64>>,
}

/// Assigns the cost of the window's activities to the accounts and sets it against their profit.
pub fn cost_to_serve(facts: &Facts, crm: &Crm, options: &CostToServeOptions) -> Result<CostToServe> {
    // With the activities in them the facts know the total; the parts are told apart all the same.
    let (served, costs) = match facts.activity_cost() {
        Some(_) => (facts.clone(), crm.activity_costs(facts, options)?),
        None => (crm.with_cost_to_serve(facts, options)?, crm.activity_costs(facts, options)?),
    };
    let window = served.window();
    let total = window.cost_to_serve.clone().unwrap_or_else(|| vec![0; facts.len()]);
    let profit = window.cost.as_ref().map(|_| (0..facts.len()).map(|at| window.profit(at).unwrap_or(0)).collect::<Vec<_>>());
    let money = |sum: i128| facts.scale().wide_to_currency(sum);
    let sum = |values: &[i64]| values.iter().map(|value| i128::from(*value)).sum::<i128>();
    let turned = |at: usize, profit: i64| profit < 0 && profit + costs.assigned[at] + costs.spread[at] >= 0;
    let summary = CostToServeSummary {
        accounts: facts.len(),
        ledger_cost_to_serve: money(sum(&total) - sum(&costs.assigned) - sum(&costs.spread)),
        assigned: money(sum(&costs.assigned)),
        spread: money(sum(&costs.spread)),
        driver: options.spread,
        unknown: money(costs.unknown.into()),
        unassigned: money(costs.unassigned.into()),
        rest: money(costs.rest.into()),
        activity_cost: money(costs.total.into()),
        turned_unprofitable: profit.as_ref().map(|profit| profit.iter().enumerate().filter(|(at, profit)| turned(*at, **profit)).count()),
        note: facts.activity_cost().map(|_| "the facts hold the cost of activities already".to_owned()),
    };
    Ok(CostToServe { summary, costs, total, profit })
}

/// [`cost_to_serve`] in the registry.
pub struct CostToServeMethod;

impl Method for CostToServeMethod {
    const NAME: &'static str = "cost_to_serve";
    const TITLE: &'static str = "Cost to serve";
    const ABOUT: &'static str = "What serving each account costs by the ledger and the activities, and what profit is left of it.";
    const NEEDS: &'static [&'static str] = &["activities.cost"];
    const TABLES: &'static [(&'static str, &'static str)] = &[("cost_to_serve", "an account, the most expensive to serve first")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "turned_unprofitable"]),
        (MONEY, &["ledger_cost_to_serve", "assigned", "spread", "unknown", "unassigned", "rest", "activity_cost"]),
    ];
    type Options = CostToServeOptions;

    fn run(context: &Context<'_>, options: &CostToServeOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = cost_to_serve(facts, context.crm, options)?;
        let (costs, window) = (&result.costs, facts.window());
        let order = Facts::descending(0..facts.len(), &result.total);
        let of_activities = |at: usize| costs.assigned[at] + costs.spread[at];
        let money =
            |name: &str, value: &dyn Fn(usize) -> Option<i64>| Column::money(name, facts.scale(), order.iter().map(|at| value(*at)));
        let of_revenue = |at: usize| share(result.total[at].into(), window.revenue[at].into());
        let mut columns = vec![
            facts.account_column(order.iter().copied()),
            money("cost_to_serve", &|at| Some(result.total[at])),
            money("ledger_cost_to_serve", &|at| Some(result.total[at] - of_activities(at))),
            money("assigned", &|at| Some(costs.assigned[at])),
            money("spread", &|at| Some(costs.spread[at])),
            money("revenue", &|at| Some(window.revenue[at])),
            Column::floats("share_of_revenue", Unit::Share, order.iter().map(|at| of_revenue(*at))),
        ];
        if let Some(profit) = &result.profit {
            columns.push(money("profit_before_activities", &|at| Some(profit[at] + of_activities(at))));
            columns.push(money("profit", &|at| Some(profit[at])));
        }
        let mut accounts = vec![
            Column::money("activity_cost", facts.scale(), (0..facts.len()).map(|at| Some(of_activities(at)))),
            Column::floats("cost_to_serve_of_revenue", Unit::Share, (0..facts.len()).map(of_revenue)),
        ];
        if let Some(profit) = &result.profit {
            accounts.push(Column::money("served_profit", facts.scale(), profit.iter().copied().map(Some)));
        }
        Outcome::new(vec![Table::new("cost_to_serve", columns)?], &result.summary)?.with_accounts(accounts)
    }
}
