//! Portfolios as tables.

use serde::Serialize;

use super::plans::PlanRow;
use super::portfolio::{MISTAKES, ManagedPortfolio, Portfolio};
use crate::crm::Crm;
use crate::error::Result;
use crate::facts::Facts;
use crate::facts::ranking::{count_share, share};
use crate::method::Outcome;
use crate::table::{Column, Table, Unit};

#[derive(Serialize)]
struct Summary {
    managers: usize,
    accounts: usize,
    accounts_without_manager: usize,
    revenue: f64,
    plan_attainment: Option<f64>,
    plans_left_out: usize,
    target_left_out: f64,
    clauses_due: usize,
    clauses_overdue: usize,
    clauses_breached: usize,
    growth_explained: Option<f64>,
    growth_explained_low: Option<f64>,
    growth_explained_high: Option<f64>,
    growth_f: Option<f64>,
    growth_p_value: Option<f64>,
    accounts_with_growth: usize,
    note: Option<String>,
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn outcome(facts: &Facts, crm: &Crm, result: &Portfolio) -> Result<Outcome> {
    let all = &result.portfolios;
    let icc = result.growth_explained.as_ref();
    let plan = all.iter().filter_map(|own| own.plan).fold((0, 0), |sum, plan| (sum.0 + plan.0, sum.1 + plan.1));
    let left_out = all.iter().map(|own| own.left_out).fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    let clauses = |place: usize| all.iter().map(|own| own.clauses[place]).sum();
    let summary = Summary {
        managers: result.managers.len(),
        accounts: facts.len(),
        accounts_without_manager: all.last().map_or(0, |own| own.accounts),
        revenue: facts.scale().wide_to_currency(all.iter().map(|own| own.revenue).sum()),
        plan_attainment: share(plan.1, plan.0),
        plans_left_out: left_out.0,
        target_left_out: facts.scale().wide_to_currency(left_out.1),
        clauses_due: clauses(0),
        clauses_overdue: clauses(1),
        clauses_breached: clauses(2),
        growth_explained: icc.map(|icc| icc.icc),
        growth_explained_low: icc.map(|icc| icc.low),
        growth_explained_high: icc.map(|icc| icc.high),
        growth_f: icc.map(|icc| icc.f).filter(|f| f.is_finite()),
        growth_p_value: icc.map(|icc| icc.p_value),
        accounts_with_growth: result.accounts_with_growth,
        note: note(facts, icc.is_some(), left_out),
    };
    let tables = vec![
        portfolio_table(facts, result)?,
        plan_table(facts, "plans", "manager", &result.plans.managers)?,
        plan_table(facts, "account_plans", "account", &result.plans.accounts)?,
        levels_table(facts, result)?,
        clauses_table(facts, crm, result)?,
    ];
    let of_account = &result.managers.of_account;
    Outcome::new(tables, &summary)?
        .with_accounts(vec![Column::text("manager", of_account.iter().map(|place| result.managers.name(*place)))])
}

fn note(facts: &Facts, is_growth_explained: bool, (plans, target): (usize, i128)) -> Option<String> {
    let mut notes = vec![];
    if plans > 0 {
        let target = facts.spoken(facts.scale().wide_to_currency(target));
        notes.push(format!(
            "{plans} plans with targets of {target} lie in the time of a longer plan of the same manager, and only that one counts"
        ));
    }
    if !is_growth_explained {
        notes.push(
            "how much of the growth the manager explains cannot be told: it takes two managers, one of them with two accounts whose growth is known"
                .to_owned(),
        );
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn portfolio_table(facts: &Facts, result: &Portfolio) -> Result<Table> {
    let revenue: i128 = result.portfolios.iter().map(|own| own.revenue).sum();
    // What nobody looks after and nobody did stands there only where there is some.
    let is_used = |own: &ManagedPortfolio| own.accounts > 0 || own.effort.activities > 0 || own.clauses != [0; 3] || own.plan.is_some();
    let rows: Vec<(Option<&str>, &ManagedPortfolio)> = result
        .portfolios
        .iter()
        .enumerate()
        .filter(|(place, own)| *place < result.managers.len() || is_used(own))
        .map(|(place, own)| (result.managers.name(place), own))
        .collect();
    let each = || rows.iter().map(|(_, own)| *own);
    let money = |value: i128| facts.scale().wide_to_currency(value);
    let amounts = |name: &str, value: fn(&ManagedPortfolio) -> Option<i128>| {
        Column::floats(name, Unit::Money, each().map(|own| value(own).map(money)))
    };
    let counts = |name: &str, value: &dyn Fn(&ManagedPortfolio) -> usize| Column::counts(name, each().map(|own| count(value(own))));
    let shares = |name: &str, value: &dyn Fn(&ManagedPortfolio) -> Option<f64>| Column::floats(name, Unit::Share, each().map(value));
    let mut columns = vec![
        Column::text("manager", rows.iter().map(|(name, _)| *name)),
        counts("accounts", &|own| own.accounts),
        counts("active_accounts", &|own| own.active_accounts),
        amounts("revenue", |own| Some(own.revenue)),
        shares("revenue_share", &|own| share(own.revenue, revenue)),
        amounts("profit", |own| own.profit),
        Column::text("largest_account", each().map(|own| own.largest.map(|(at, _)| facts.account(at).into_owned()))),
        shares("dependency", &|own| share(own.largest?.1.into(), own.positive)),
        amounts("target", |own| own.plan.map(|plan| plan.0)),
        amounts("actual", |own| own.plan.map(|plan| plan.1)),
        shares("attainment", &|own| share(own.plan?.1, own.plan?.0)),
        shares("account_retention", &|own| own.retention?.accounts),
        shares("gross_revenue_retention", &|own| own.retention?.gross),
        shares("net_revenue_retention", &|own| own.retention?.net),
        counts("activities", &|own| own.effort.activities),
        Column::floats("hours", Unit::Number, each().map(|own| Some(own.effort.hours()))),
        #[expect(clippy::cast_precision_loss, reason = "a count of accounts")]
        Column::floats(
            "hours_per_account",
            Unit::Number,
            each().map(|own| (own.accounts > 0).then(|| own.effort.hours() / own.accounts as f64)),
        ),
        amounts("activity_cost", |own| Some(own.effort.cost())),
        counts("mistakes", &|own| own.mistakes.iter().sum()),
    ];
    for (place, kind) in MISTAKES.iter().enumerate() {
        columns.push(counts(kind.word(), &|own| own.mistakes[place]));
    }
    for (place, name) in ["clauses_due", "clauses_overdue", "clauses_breached"].into_iter().enumerate() {
        columns.push(counts(name, &|own| own.clauses[place]));
    }
    Table::new("portfolio", columns)
}

fn plan_table(facts: &Facts, name: &str, key: &str, rows: &[PlanRow]) -> Result<Table> {
    let money = |value: Option<i128>| value.map(|value| facts.scale().wide_to_currency(value));
    let difference = |row: &PlanRow| Some(row.actual? - row.target?);
    Table::new(
        name,
        vec![
            Column::text(key, rows.iter().map(|row| row.whose.as_deref())),
            Column::dates("from", rows.iter().map(|row| Some(row.span.0))),
            Column::dates("until", rows.iter().map(|row| Some(row.span.1))),
            Column::flags("past", rows.iter().map(|row| Some(row.span.1 <= facts.as_of()))),
            Column::floats("target", Unit::Money, rows.iter().map(|row| money(row.target))),
            Column::floats("actual", Unit::Money, rows.iter().map(|row| money(row.actual))),
            Column::floats("difference", Unit::Money, rows.iter().map(|row| money(difference(row)))),
            Column::floats("attainment", Unit::Share, rows.iter().map(|row| share(row.actual?, row.target?))),
        ],
    )
}

fn levels_table(facts: &Facts, result: &Portfolio) -> Result<Table> {
    let rows = &result.levels;
    let own = |manager: usize| result.portfolios[manager].accounts;
    Table::new(
        "levels",
        vec![
            Column::text("manager", rows.iter().map(|(manager, ..)| result.managers.name(*manager))),
            Column::words("level", rows.iter().map(|(_, level, _)| *level)),
            Column::counts("accounts", rows.iter().map(|(.., part)| count(part.accounts))),
            Column::floats("accounts_share", Unit::Share, rows.iter().map(|(manager, _, part)| count_share(part.accounts, own(*manager)))),
            Column::floats("revenue", Unit::Money, rows.iter().map(|(.., part)| Some(facts.scale().wide_to_currency(part.revenue)))),
        ],
    )
}

fn clauses_table(facts: &Facts, crm: &Crm, result: &Portfolio) -> Result<Table> {
    let rows = &result.clauses;
    let contracts = crm.contracts();
    let of = |row: usize| contracts.map(|contracts| (contracts, row));
    let account =
        |row: usize| of(row).map(|(contracts, row)| facts.head_office(&contracts.account[row]).unwrap_or(&contracts.account[row]));
    let due = |row: usize| of(row).and_then(|(contracts, row)| contracts.due.as_ref()?[row]);
    Table::new(
        "clauses",
        vec![
            Column::text("account", rows.iter().map(|clause| account(clause.row))),
            Column::text("manager", rows.iter().map(|clause| result.managers.name(clause.manager))),
            Column::words("state", rows.iter().map(|clause| clause.state.name())),
            Column::text(
                "clause",
                rows.iter().map(|clause| of(clause.row).and_then(|(contracts, row)| contracts.clause.as_ref()?[row].as_deref())),
            ),
            Column::dates("due", rows.iter().map(|clause| due(clause.row))),
            Column::integers("days", Unit::Days, rows.iter().map(|clause| due(clause.row).map(|due| due.days_since(facts.as_of()).into()))),
            Column::floats(
                "value",
                Unit::Money,
                rows.iter().map(|clause| of(clause.row).and_then(|(contracts, row)| contracts.value.as_ref()?[row])),
            ),
        ],
    )
}
