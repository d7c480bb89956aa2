//! The win-back list as tables.

use serde::Serialize;

use super::loss::Loss;
use super::value::ValueBase;
use super::win_back::{NotWorth, OfferOutcome, WinBack, WinBackAccount};
use super::win_back_options::{ReturnChanceSource, ReturnValueSource, WinBackObjective, WinBackOptions};
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit, columns};

/// The list in figures; money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct WinBackSummary {
    /// Accounts that are lost.
    lost: usize,
    /// Those on the list.
    chosen: usize,
    /// What the offers may cost.
    budget: Option<f64>,
    /// What the chosen ones cost.
    cost: f64,
    /// Value × chance of return with the offer, less discounts, of those on the list.
    expected_value: f64,
    /// The same less the cost.
    net: f64,
    /// What that is above what is expected of them without an offer.
    uplift: f64,
    /// What was made as large as it can be.
    objective: WinBackObjective,
    /// No choice within the budget reaches more of it.
    bound: f64,
    /// What the choice may fall short of the best one: 0 where it is proved to be the best.
    gap: f64,
    /// Is it proved to be the best?
    is_optimal: bool,
    /// What the values are of.
    base: ValueBase,
    /// Where they come from.
    value: ReturnValueSource,
    /// Where the chances come from.
    chance: ReturnChanceSource,
    /// How many days a return may take.
    horizon_days: i32,
    /// Within how many of those days chances are those of a return: the ledger tells nothing beyond its longest silence.
    chance_days: Option<i32>,
    /// Lost accounts that brought nothing, or a loss.
    no_value: usize,
    /// Lost accounts after whose silence nobody came back, and to whom no offer gives a chance.
    no_chance: usize,
    /// Lost accounts for whom every offer costs more than it is expected to bring.
    costs_more: usize,
    /// Lost accounts that would be worth it with a larger budget.
    beyond_budget: usize,
    /// What is special about this result.
    note: Option<String>,
}

impl WinBackSummary {
    fn of(facts: &Facts, options: &WinBackOptions, result: &WinBack) -> Self {
        let money = |minor: i128| facts.scale().wide_to_currency(minor);
        let sum =
            |value: fn(&OfferOutcome) -> i64| money(result.chosen().filter_map(|row| row.best).map(|best| i128::from(value(&best))).sum());
        let not = |why: NotWorth| result.accounts.iter().filter(|row| row.not_worth == Some(why)).count();
        WinBackSummary {
            lost: result.accounts.len(),
            chosen: result.chosen().count(),
            budget: options.budget,
            cost: sum(|best| best.cost),
            expected_value: sum(|best| best.expected_value),
            net: sum(|best| best.net),
            uplift: sum(|best| best.uplift),
            objective: options.objective,
            bound: money(result.bound),
            gap: money(result.bound - result.objective),
            is_optimal: result.is_optimal,
            base: result.base,
            value: options.value,
            chance: options.chance,
            horizon_days: result.horizon_days,
            chance_days: result.chance_days,
            no_value: not(NotWorth::NoValue),
            no_chance: not(NotWorth::NoChance),
            costs_more: not(NotWorth::CostsMore),
            beyond_budget: not(NotWorth::BeyondBudget),
            note: note(options, result),
        }
    }
}

fn note(options: &WinBackOptions, result: &WinBack) -> Option<String> {
    let mut notes: Vec<String> = vec![];
    if result.accounts.is_empty() {
        notes.push("no account is lost".to_owned());
    } else if options.offers.is_empty() {
        notes.push("no offers were given: the list is by value × chance of return, and a contact is taken to cost nothing".to_owned());
    }
    if let Some(days) = result.chance_days.filter(|days| *days < result.horizon_days) {
        notes.push(format!(
            "chances are of a return within the first {days} of the horizon's {} days, because the ledger tells nothing beyond its longest \
             silence; values are of the whole horizon",
            result.horizon_days
        ));
    }
    if result.base == ValueBase::Revenue && !result.accounts.is_empty() {
        notes.push("values are revenue, of which costs are yet to be paid: the offers look better than they are".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

pub(super) fn outcome(facts: &Facts, loss: &Loss, options: &WinBackOptions, result: &WinBack) -> Result<Outcome> {
    let mut by_account: Vec<Option<&WinBackAccount>> = vec![None; facts.len()];
    for row in &result.accounts {
        by_account[row.account] = Some(row);
    }
    let chosen = |row: &Option<&WinBackAccount>| row.filter(|row| row.not_worth.is_none()).and_then(|row| row.best);
    let tables = vec![accounts(facts, loss, result)?, offers(facts, result)?];
    Outcome::new(tables, &WinBackSummary::of(facts, options, result))?.with_accounts(vec![
        Column::flags("win_back", by_account.iter().map(|row| row.map(|row| row.not_worth.is_none()))),
        Column::text("win_back_offer", by_account.iter().map(|row| chosen(row).map(|best| result.offers[best.offer].name.as_str()))),
        Column::money("win_back_net", facts.scale(), by_account.iter().map(|row| chosen(row).map(|best| best.net))),
    ])
}

fn accounts(facts: &Facts, loss: &Loss, result: &WinBack) -> Result<Table> {
    let rows = &result.accounts;
    let scale = facts.scale();
    let money =
        |name: &str, value: fn(&OfferOutcome) -> i64| Column::money(name, scale, rows.iter().map(|row| row.best.map(|best| value(&best))));
    let lost = || rows.iter().map(|row| &loss.accounts[row.account]);
    Table::new(
        "win_back",
        columns![
            facts.account_column(rows.iter().map(|row| row.account)),
            Column::flags("win_back", rows.iter().map(|row| Some(row.not_worth.is_none()))),
            Column::text("offer", rows.iter().map(|row| row.best.map(|best| result.offers[best.offer].name.as_str()))),
            money("net", |best| best.net),
            money("expected_value", |best| best.expected_value),
            money("cost", |best| best.cost),
            money("uplift", |best| best.uplift),
            Column::money("value", scale, rows.iter().map(|row| row.value)),
            Column::floats("chance", Unit::Share, rows.iter().map(|row| row.chance)),
            Column::floats("chance_with_offer", Unit::Share, rows.iter().map(|row| row.best.map(|best| best.chance))),
            Column::integers("silences", Unit::Count, rows.iter().map(|row| row.silences.and_then(|count| i64::try_from(count).ok()))),
            Column::integers("silent_days", Unit::Days, lost().map(|row| row.silent_days.map(i64::from))),
            Column::dates("lost_on", lost().map(|row| row.lost_on)),
            Column::counts("returns", lost().map(|row| i64::from(row.returns))),
            Column::text("not_worth", rows.iter().map(|row| row.not_worth.map(NotWorth::name))),
        ],
    )
}

fn offers(facts: &Facts, result: &WinBack) -> Result<Table> {
    let chosen = |offer: usize| result.chosen().filter_map(|row| row.best).filter(move |best| best.offer == offer);
    let numbers = 0..result.offers.len();
    let money = |name: &str, value: fn(&OfferOutcome) -> i64| {
        let sums = numbers.clone().map(|offer| chosen(offer).map(|best| i128::from(value(&best))).sum::<i128>());
        Column::floats(name, Unit::Money, sums.map(|sum| Some(facts.scale().wide_to_currency(sum))))
    };
    Table::new(
        "offers",
        vec![
            Column::words("offer", result.offers.iter().map(|offer| &offer.name)),
            Column::counts("accounts", numbers.clone().map(|offer| i64::try_from(chosen(offer).count()).unwrap_or(i64::MAX))),
            money("cost", |best| best.cost),
            money("expected_value", |best| best.expected_value),
            money("net", |best| best.net),
            money("uplift", |best| best.uplift),
        ],
    )
}
