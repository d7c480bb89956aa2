//! Methods on people and effort in the registry: what they take from other families is put together here.

use super::relationship::levels;
use super::{Context, Method, Outcome};
use crate::error::Result;
use crate::people::{self, EffortInputs, EffortOptions, PortfolioInputs, PortfolioOptions};
use crate::retention::{RevenueBridgeOptions, revenue_bridge};
use crate::segment::{AbcClass, AbcOptions, abc};

/// The ABC class of each account, in key order.
fn classes(context: &Context<'_>) -> Result<Vec<&'static str>> {
    let options = context.given::<AbcOptions>("abc")?;
    let abc = context.remember("abc", &options, || abc(context.facts, &options))?;
    Ok(abc.by_account().into_iter().map(AbcClass::name).collect())
}

/// [`effort`](people::effort()) in the registry.
pub struct EffortMethod;

impl Method for EffortMethod {
    const NAME: &'static str = "effort";
    const TITLE: &'static str = "Effort against value";
    const ABOUT: &'static str =
        "Who is served for more or less than they bring, who is neglected, and how the same effort could be shared out.";
    const NEEDS: &'static [&'static str] = &["activities"];
    const BUILDS_ON: &'static [&'static str] = &["abc"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("effort", "an account with a line or effort in the window, most effort first"),
        ("classes", "an ABC class"),
        ("managers", "a manager, by the accounts they look after"),
        ("groups", "whom the effort went to"),
        ("done_by", "a manager, by the activities they did"),
    ];
    type Options = EffortOptions;

    fn run(context: &Context<'_>, options: &EffortOptions) -> Result<Outcome> {
        let class = classes(context)?;
        let result = people::effort(context.facts, context.crm, &EffortInputs { class: Some(&class) }, options)?;
        people::effort_tables::outcome(context.facts, context.crm, &result, Some(("abc", &class)))
    }
}

/// [`portfolio`](people::portfolio()) in the registry.
pub struct PortfolioMethod;

impl Method for PortfolioMethod {
    const NAME: &'static str = "portfolio";
    const TITLE: &'static str = "Manager portfolios";
    const ABOUT: &'static str =
        "What each manager looks after, plan against actual, and how much of the accounts' growth the manager explains.";
    const NEEDS: &'static [&'static str] = &["accounts.manager or ledger.manager"];
    const BUILDS_ON: &'static [&'static str] =
        &["pyramid", "purchase_model", "selection_matrix", "attractiveness", "our_attractiveness", "revenue_bridge"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("portfolio", "a manager; at last what nobody looks after"),
        ("plans", "a time of the plans and a manager"),
        ("account_plans", "a time of the plans and an account with a target"),
        ("levels", "a manager and a level of the pyramid"),
        ("clauses", "a clause that is breached, overdue or due"),
    ];
    type Options = PortfolioOptions;

    fn run(context: &Context<'_>, options: &PortfolioOptions) -> Result<Outcome> {
        let facts = context.facts;
        let of_bridge = context.given::<RevenueBridgeOptions>("revenue_bridge")?;
        let bridge = context.remember("revenue_bridge", &of_bridge, || revenue_bridge(facts, &of_bridge))?;
        let revenue: Vec<(i64, i64)> = bridge.accounts.iter().map(|account| (account.opening, account.closing)).collect();
        let level = levels(context)?;
        let result = people::portfolio(facts, context.crm, &PortfolioInputs { level: Some(&level), revenue: Some(&revenue) }, options)?;
        people::portfolio_tables::outcome(facts, context.crm, &result)
    }
}
