//! Key account types as tables, and why an account is of a type in words.

use std::fmt::Write;
use std::sync::Arc;

use super::key_account_types::{KeyAccountType, KeyAccountTypes, KeyAccountTypesOptions, TypedAccount};
use super::subjects::{largest_first, sortable};
use crate::error::Result;
use crate::facts::{Facts, Measure};
use crate::method::Outcome;
use crate::table::{Column, Keyed, Places, Table, Unit, View};

/// The types as the registry gives them.
pub(super) fn outcome(facts: &Facts, result: KeyAccountTypes, options: &KeyAccountTypesOptions) -> Result<Outcome> {
    let types = types_table(facts, &result)?;
    let order = order(&result);
    let labels: Vec<(u32, KeyAccountType)> = order.iter().flat_map(|at| result.labels(at)).collect();
    let seen = Arc::new(Seen { facts: facts.clone(), result, options: options.clone(), labels });
    let main = Table::new("key_account_types", account_columns(&seen, &View::new(&seen, order)))?;
    let master = vec![types_column(&View::new(&seen, Places::Same(facts.len())))];
    Outcome::new(vec![main, labels_table(&seen)?, types], &seen.result.summary)?.with_accounts(master)
}

/// Why an account is of a type, in words.
fn describe(
    text: &mut String,
    kind: KeyAccountType,
    account: &TypedAccount,
    facts: &Facts,
    result: &KeyAccountTypes,
    options: &KeyAccountTypesOptions,
) {
    let summary = &result.summary;
    let money = |amount: f64| facts.spoken(amount);
    let base = if summary.base == Measure::Revenue { facts.perspective().words().revenue } else { summary.base.name() };
    // Writing to a text cannot fail.
    let _ = match kind {
        KeyAccountType::Breadwinner => write!(
            text,
            "brings {:.1} % of all {base}: {} of {} ({:.0} % make a breadwinner)",
            account.share.get().unwrap_or(0.0) * 100.0,
            money(facts.measure_number(summary.base, account.value.unwrap_or(0).into())),
            money(summary.base_total),
            options.breadwinner_share * 100.0,
        ),
        KeyAccountType::Prospect => {
            let _ = match account.first_date {
                Some(first) => write!(text, "new since {first}"),
                None => write!(text, "has not bought yet"),
            };
            write!(
                text,
                ", and spends {} a year on what we sell (large from {} on)",
                money(account.budget.get().unwrap_or(0.0)),
                money(summary.large_budget.unwrap_or(0.0)),
            )
        }
        KeyAccountType::CompetitorBreadwinner => match &account.competitor {
            Some(rival) => write!(text, "{} holds {:.0} % of its spend", rival.0, rival.1 * 100.0),
            None => Ok(()),
        },
        KeyAccountType::ImageMaker => image(text, account, &money),
        KeyAccountType::Expert => {
            let scores = options.expert_criteria.iter().zip(&account.scores);
            let each: Vec<String> =
                scores.map(|(criterion, score)| format!("{} {:.1}", criterion.replace('_', " "), score.get().unwrap_or(0.0))).collect();
            write!(text, "demands much and knows its market: {} (high from {:.1} on)", each.join(", "), summary.high_score.unwrap_or(0.0))
        }
    };
}

fn image<'a>(text: &mut String, account: &TypedAccount, money: &dyn Fn(f64) -> crate::money::Spoken<'a>) -> std::fmt::Result {
    let by_name = account.reference.get().is_some_and(|reference| reference > 0.0);
    match account.reference.get() {
        Some(1.0) => write!(text, "its name brings others")?,
        Some(reference) if by_name => write!(text, "its name brings others (reference {reference:.2})")?,
        _ => {}
    }
    for (nth, (what, compared)) in account.leads.iter().enumerate() {
        if by_name || nth > 0 {
            text.push_str("; ");
        }
        write!(text, "leads {what} with annual revenue of {} ({compared} compared)", money(account.annual_revenue.get().unwrap_or(0.0)))?;
    }
    Ok(())
}

/// What the tables read.
struct Seen {
    facts: Facts,
    result: KeyAccountTypes,
    options: KeyAccountTypesOptions,
    /// The accounts' types, one a row of the table labels.
    labels: Vec<(u32, KeyAccountType)>,
}

impl Seen {
    fn describe(&self, at: usize, kind: KeyAccountType, text: &mut String) {
        describe(text, kind, &self.result.accounts[at], &self.facts, &self.result, &self.options);
    }
}

impl KeyAccountTypes {
    fn labels(&self, at: usize) -> impl Iterator<Item = (u32, KeyAccountType)> {
        self.accounts[at].types().filter_map(move |kind| Some((u32::try_from(at).ok()?, kind)))
    }
}

/// Those with most types first, then by base and budget, largest first, then in the order of the keys.
fn order(result: &KeyAccountTypes) -> Places {
    largest_first(result.accounts.len(), |at| {
        let account = &result.accounts[at];
        (account.types().count(), account.value, sortable(account.budget.get()))
    })
}

fn types_column(view: &View<Seen>) -> Column {
    view.lists("key_account_types", |seen, at, list| {
        seen.result.accounts[at].types().for_each(|kind| list.push(|text| text.push_str(kind.name())));
    })
}

fn account_columns(seen: &Seen, view: &View<Seen>) -> Vec<Column> {
    let (facts, base) = (&seen.facts, seen.result.summary.base);
    let mut columns = vec![
        view.subjects(facts, &seen.result.candidates),
        view.flags("in_ledger", |seen, at| Some(at < seen.facts.len())),
        types_column(view),
        view.lists("evidence", |seen, at, list| {
            seen.result.accounts[at].types().for_each(|kind| list.push(|text| seen.describe(at, kind, text)));
        }),
    ];
    columns.extend(KeyAccountType::ALL.map(|kind| view.flags(kind.name(), move |seen, at| seen.result.accounts[at].is[kind as usize])));
    columns.extend([
        view.measure(base, facts.scale(), |seen, at| seen.result.accounts[at].value),
        view.floats("share", Unit::Share, |seen, at| seen.result.accounts[at].share),
        view.dates("first_date", |seen, at| seen.result.accounts[at].first_date),
        view.floats("budget", Unit::Money, |seen, at| seen.result.accounts[at].budget),
        view.texts("competitor", |seen, at| seen.result.accounts[at].competitor.as_ref().map(|rival| rival.0.as_str())),
        view.floats("competitor_share", Unit::Share, |seen, at| seen.result.accounts[at].competitor.as_ref().map(|rival| rival.1)),
        view.floats("reference", Unit::Share, |seen, at| seen.result.accounts[at].reference),
        view.floats("annual_revenue", Unit::Money, |seen, at| seen.result.accounts[at].annual_revenue),
    ]);
    columns
}

fn labels_table(seen: &Arc<Seen>) -> Result<Table> {
    let accounts = seen.labels.iter().map(|(at, _)| *at as usize).collect();
    let view = View::new(seen, Places::Same(seen.labels.len()));
    let columns = vec![
        Column::accounts(Keyed::new(&seen.facts, Arc::clone(&seen.result.candidates)), accounts),
        view.words("key_account_type", |seen, row| seen.labels[row].1.name()),
        view.sentences("evidence", |seen, row, text| seen.describe(seen.labels[row].0 as usize, seen.labels[row].1, text)),
    ];
    Table::new("labels", columns)
}

fn types_table(facts: &Facts, result: &KeyAccountTypes) -> Result<Table> {
    let count = |kind: KeyAccountType, is: Option<bool>, in_ledger: bool| {
        let of =
            result.accounts.iter().enumerate().filter(|(at, account)| (*at < facts.len()) == in_ledger && account.is[kind as usize] == is);
        i64::try_from(of.count()).unwrap_or(i64::MAX)
    };
    let all = || KeyAccountType::ALL.into_iter();
    Table::new(
        "types",
        vec![
            Column::words("key_account_type", all().map(KeyAccountType::name)),
            Column::counts("accounts", all().map(|kind| count(kind, Some(true), true))),
            Column::counts("candidates", all().map(|kind| count(kind, Some(true), false))),
            Column::counts("unknown", all().map(|kind| count(kind, None, true) + count(kind, None, false))),
        ],
    )
}
