//! The four routes to a key account: it brings most today, it could, it is about to be won, or it matters by its name.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::base::{Base, Ladder};
use super::subjects::{Subjects, largest_first, sortable, sum};
use super::unknown_directions::{UnknownDirection, unknown_directions, unknown_directions_table};
use crate::crm::{Crm, Outcome as DealOutcome};
use crate::error::{Code, Error, Result};
use crate::facts::{Facts, Measure};
use crate::method::{Options, Outcome};
use crate::nullable::Nullable;
use crate::table::{Column, Places, Table, Unit, View};

/// Options of [`routes`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoutesOptions {
    /// Of what the key accounts hold most, over the window.
    pub base: Measure,
    /// Without the ledger column that `base` needs, take revenue and say so; otherwise that is an error.
    pub fallback_to_revenue: bool,
    /// `pareto`: an account is among those that hold most while larger ones hold less than this share, above 0 and up to 1.
    pub share: f64,
    /// `likely`: the probability of an open opportunity from which on the account is likely to be won, 0 to 1.
    pub probability: f64,
    /// `likely`: the value from which on an open opportunity counts.
    pub likely_value: f64,
    /// `strategic`: how far the account's name brings others (`accounts.reference`) from which on it matters, 0 to 1.
    pub reference: f64,
}

impl Default for RoutesOptions {
    fn default() -> Self {
        RoutesOptions {
            base: Measure::Revenue,
            fallback_to_revenue: true,
            share: 0.80,
            probability: 0.7,
            likely_value: 0.0,
            reference: 0.5,
        }
    }
}

impl Options for RoutesOptions {
    fn validate(&self) -> Result<()> {
        if !(self.share > 0.0 && self.share <= 1.0) {
            return Err(Error::option("share", self.share, "a share above 0 and up to 1"));
        }
        for (name, value) in [("probability", self.probability), ("reference", self.reference)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::option(name, value, "between 0 and 1"));
            }
        }
        if !(self.likely_value.is_finite() && self.likely_value >= 0.0) {
            return Err(Error::option("likely_value", self.likely_value, "an amount of 0 or more"));
        }
        Ok(())
    }
}

/// What other methods worked out, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoutesInputs<'a> {
    /// What each account is projected to bring over a time as long as the window, in the base, money in units of the currency; NaN where it is
    /// not known. The purchase model and the spend model give it.
    pub projected: Option<&'a [f64]>,
    /// Why nothing was projected, where the models were asked and could not tell.
    pub why_not_projected: Option<&'a str>,
}

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Among those that hold most of the base now.
    Pareto,
    /// Not among them, but what it is projected to bring, or its budget, would put it there.
    Potential,
    /// An open opportunity is likely to be won.
    Likely,
    /// Its name brings others.
    Strategic,
}

impl Route {
    /// All routes.
    pub const ALL: [Route; 4] = [Route::Pareto, Route::Potential, Route::Likely, Route::Strategic];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Route::Pareto => "pareto",
            Route::Potential => "potential",
            Route::Likely => "likely",
            Route::Strategic => "strategic",
        }
    }
}

/// By which routes one account is key, and the numbers that say so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RoutedAccount {
    /// Per route, in the order of [`Route::ALL`]; `None` where data are missing.
    pub is: [Option<bool>; 4],
    /// Its base over the window, in minor units or as a count; `None` for a candidate.
    pub value: Option<i64>,
    /// The share that larger ones hold; `None` where its base is not positive.
    pub share_before: Nullable,
    /// What the purchase model projects, money in units of the currency.
    pub projected: Nullable,
    /// What it spends in a year on what we sell.
    pub budget: Nullable,
    /// What the projection or the budget would bring in the window: the larger.
    pub potential: Nullable,
    /// Does the potential come from the budget?
    pub by_budget: bool,
    /// The share that larger ones would hold if the account brought its potential.
    pub potential_share_before: Nullable,
    /// Open opportunities that are worth enough.
    pub open_opportunities: u32,
    /// What they are worth together.
    pub open_value: Nullable,
    /// The highest probability among them.
    pub probability: Nullable,
    /// The value of the most probable one.
    pub likely_value: Nullable,
    /// How far its name brings others.
    pub reference: Nullable,
}

impl RoutedAccount {
    /// Its routes.
    pub fn routes(&self) -> impl Iterator<Item = Route> + use<> {
        let is = self.is;
        Route::ALL.into_iter().filter(move |route| is[*route as usize] == Some(true))
    }

    /// Is it a key account by any route?
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.is.contains(&Some(true))
    }
}

/// Routes in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoutesSummary {
    /// The ledger's accounts.
    pub accounts: usize,
    /// Accounts that only the crm knows.
    pub candidates: usize,
    /// How many have at least one route.
    pub key_accounts: usize,
    /// How many have each route.
    pub routes: BTreeMap<&'static str, usize>,
    /// Of what the key accounts hold most.
    pub base: Measure,
    /// The sum of its positive values, money in units of the currency.
    pub base_total: f64,
    /// The least value in the 20/80 now: what it takes.
    pub least_key_value: Option<f64>,
    /// Opportunities that name no account, and what they are worth: they belong to nobody's route.
    pub opportunities_without_account: usize,
    /// What those are worth together.
    pub value_without_account: f64,
    /// Directions of opportunities that the ledger does not know.
    pub unknown_directions: Vec<UnknownDirection>,
    /// What could not be judged for want of which table and column.
    pub missing: Vec<String>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`routes`].
#[derive(Clone, Debug, PartialEq)]
pub struct Routes {
    /// The ledger's accounts in the order of the facts' keys, then the candidates by key.
    pub accounts: Vec<RoutedAccount>,
    /// The candidates' keys.
    pub candidates: Arc<[String]>,
    /// The figures.
    pub summary: RoutesSummary,
}

impl Routes {
    /// For each account of the ledger, in key order: is it key by any route?
    #[must_use]
    pub fn key_accounts(&self) -> Vec<bool> {
        self.accounts[..self.accounts.len() - self.candidates.len()].iter().map(RoutedAccount::is_key).collect()
    }
}

/// Says of every account, and of every candidate that the crm knows, by which routes it is key.
pub fn routes(facts: &Facts, crm: &Crm, inputs: &RoutesInputs<'_>, options: &RoutesOptions) -> Result<Routes> {
    options.validate()?;
    walk(&Subjects::new(facts, crm), crm, inputs, options)
}

/// Which of the ledger's accounts are key by the route `pareto`.
pub(super) fn by_pareto(facts: &Facts, options: &RoutesOptions) -> Result<Vec<bool>> {
    let ladder = Base::of(facts, options.base, options.fallback_to_revenue)?.ladder();
    Ok(ladder.own_shares_before(facts.len()).into_iter().map(|before| hold_less(before, options.share)).collect())
}

/// Do larger ones hold less than this share? Nobody's share is before a value that is not positive.
fn hold_less(before: Nullable, share: f64) -> bool {
    before.get().is_some_and(|before| before < share)
}

pub(super) fn walk(subjects: &Subjects<'_>, crm: &Crm, inputs: &RoutesInputs<'_>, options: &RoutesOptions) -> Result<Routes> {
    let facts = subjects.facts;
    if let Some(len) = inputs.projected.map(<[f64]>::len).filter(|len| *len != facts.len()) {
        let message = format!("routes: projected has {len} values for {} accounts", facts.len());
        return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, in key order"));
    }
    let base = Base::of(facts, options.base, options.fallback_to_revenue)?;
    let ladder = base.ladder();
    let before = ladder.own_shares_before(facts.len());
    let mut missing = vec![];
    let mut accounts = vec![RoutedAccount::default(); subjects.len()];
    accounts.par_iter_mut().enumerate().for_each(|(at, account)| {
        account.value = base.values.get(at).copied();
        account.share_before = before.get(at).copied().unwrap_or_default();
        account.is[Route::Pareto as usize] = Some(hold_less(account.share_before, options.share));
    });
    drop(before);
    potential(&mut accounts, subjects, crm, &base, &ladder, inputs, options, &mut missing);
    likely(&mut accounts, subjects, crm, options, &mut missing);
    strategic(&mut accounts, subjects, crm, options, &mut missing);
    let without_account = crm.opportunities().map_or_else(Vec::new, |opportunities| {
        let known = |row: &usize| opportunities.outcome_on(*row, facts.as_of()).is_some();
        let rows = (0..opportunities.outcome.len()).filter(|row| opportunities.account[*row].is_none()).filter(known);
        rows.map(|row| opportunities.value.as_ref().and_then(|values| values[row])).collect()
    });
    let least = accounts.iter().filter(|account| account.is[0] == Some(true)).filter_map(|account| account.value).min();
    let count = |route: Route| accounts.iter().filter(|account| account.is[route as usize] == Some(true)).count();
    let nothing = || format!("no account has a positive {}: none is in the 20/80", base.name(facts));
    let summary = RoutesSummary {
        accounts: facts.len(),
        candidates: subjects.candidates.len(),
        key_accounts: accounts.iter().filter(|account| account.is_key()).count(),
        routes: Route::ALL.into_iter().map(|route| (route.name(), count(route))).collect(),
        base: base.measure,
        base_total: facts.measure_number(base.measure, ladder.total),
        least_key_value: least.map(|value| facts.measure_number(base.measure, value.into())),
        opportunities_without_account: without_account.len(),
        value_without_account: sum(without_account.into_iter().flatten()),
        unknown_directions: unknown_directions(facts, crm),
        missing,
        note: base.note.clone().or_else(|| (ladder.total == 0).then(nothing)),
    };
    Ok(Routes { accounts, candidates: subjects.candidate_keys(), summary })
}

/// A budget is spend of a year. In the base and over the window it is that spend at the base's average part of revenue.
fn budget_rate(facts: &Facts, base: &Base) -> Option<f64> {
    let revenue: i128 = facts.window().revenue.iter().map(|value| i128::from(*value)).sum();
    #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums, and a count of periods")]
    let (part, years) = (base.total as f64 / revenue as f64, facts.span().periods() as f64 / facts.grain().per_year());
    let part = if base.measure == Measure::Revenue { 1.0 } else { part };
    (base.measure.unit() == Unit::Money && part > 0.0 && part.is_finite()).then_some(part * years)
}

#[expect(clippy::too_many_arguments, reason = "what the route looks at")]
fn potential(
    accounts: &mut [RoutedAccount],
    subjects: &Subjects<'_>,
    crm: &Crm,
    base: &Base,
    ladder: &Ladder,
    inputs: &RoutesInputs<'_>,
    options: &RoutesOptions,
    missing: &mut Vec<String>,
) {
    let facts = subjects.facts;
    let rate = budget_rate(facts, base);
    let has_budget = crm.accounts().is_some_and(|accounts| accounts.budget.is_some());
    if !has_budget {
        missing.push("potential: accounts.budget says what an account could spend in a year, and it was not given".to_owned());
    } else if rate.is_none() {
        missing.push(format!("potential: a budget cannot be compared with the base {}", base.name(facts)));
    }
    if inputs.projected.is_none() {
        let why = inputs.why_not_projected.map_or_else(String::new, |why| format!(": {why}"));
        missing.push(format!("potential: no purchase model projected what the accounts will bring{why}"));
    }
    let units = if base.measure.unit() == Unit::Money { facts.scale().units() } else { 1 };
    accounts.par_iter_mut().enumerate().for_each(|(at, account)| {
        let budget = subjects.number(crm.accounts().map(|accounts| &accounts.budget), at);
        let projected = inputs.projected.and_then(|values| values.get(at)).copied().filter(|value| value.is_finite());
        let by_budget = budget.zip(rate).map(|(budget, rate)| budget * rate);
        account.by_budget = by_budget.is_some_and(|budget| projected.is_none_or(|projected| budget > projected));
        let potential = if account.by_budget { by_budget } else { projected };
        (account.budget, account.projected, account.potential) = (budget.into(), projected.into(), potential.into());
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "a plan's figure to the minor unit; floats past 128 bits saturate"
        )]
        let minor = potential.map(|potential| (potential * units as f64).round().min(1e30) as i128);
        let share_before = minor.and_then(|minor| ladder.share_before(minor, account.value.unwrap_or(0)));
        account.potential_share_before = share_before.into();
        account.is[Route::Potential as usize] = match (account.is[Route::Pareto as usize], potential) {
            // Who is there already does not come to be there.
            (Some(true), _) => Some(false),
            (_, Some(_)) => Some(share_before.is_some_and(|before| before < options.share)),
            (_, None) => None,
        };
    });
}

fn likely(accounts: &mut [RoutedAccount], subjects: &Subjects<'_>, crm: &Crm, options: &RoutesOptions, missing: &mut Vec<String>) {
    let Some(opportunities) = crm.opportunities() else {
        missing.push("likely: the table opportunities with open ones and their probability was not given".to_owned());
        return;
    };
    if opportunities.probability.is_none() {
        missing.push("likely: opportunities.probability says how likely an open one is to be won, and it was not given".to_owned());
    }
    let rows = subjects.group(Some(opportunities));
    let value = |row: usize| opportunities.value.as_ref().and_then(|values| values[row]);
    let probability = |row: usize| opportunities.probability.as_ref().and_then(|values| values[row]);
    let today = subjects.facts.as_of();
    let is_open = |row: usize| {
        opportunities.outcome_on(row, today) == Some(DealOutcome::Open)
            && (options.likely_value == 0.0 || value(row).is_some_and(|value| value >= options.likely_value))
    };
    accounts.par_iter_mut().enumerate().with_min_len(512).for_each(|(at, account)| {
        let open = || rows.of(at).filter(|row| is_open(*row));
        account.open_opportunities = u32::try_from(open().count()).unwrap_or(u32::MAX);
        let worth = open().filter_map(value);
        account.open_value = (worth.clone().count() > 0).then(|| sum(worth)).into();
        let best = open()
            .filter_map(|row| Some((probability(row)?, value(row))))
            .max_by_key(|(probability, value)| (sortable(Some(*probability)), sortable(*value)));
        account.probability = best.map(|(probability, _)| probability).into();
        account.likely_value = best.and_then(|(_, value)| value).into();
        account.is[Route::Likely as usize] = match best {
            Some((probability, _)) => Some(probability >= options.probability),
            // The table speaks for every account: without an open opportunity there is none to win.
            None if account.open_opportunities == 0 => Some(false),
            None => None,
        };
    });
}

fn strategic(accounts: &mut [RoutedAccount], subjects: &Subjects<'_>, crm: &Crm, options: &RoutesOptions, missing: &mut Vec<String>) {
    if crm.accounts().is_none_or(|accounts| accounts.reference.is_none()) {
        missing.push("strategic: accounts.reference says whether a name brings others, and it was not given".to_owned());
    }
    for (at, account) in accounts.iter_mut().enumerate() {
        let reference = subjects.number(crm.accounts().map(|accounts| &accounts.reference), at);
        account.reference = reference.into();
        account.is[Route::Strategic as usize] = reference.map(|reference| reference >= options.reference && reference > 0.0);
    }
}

/// Why an account has a route, in words.
fn describe(text: &mut String, route: Route, account: &RoutedAccount, facts: &Facts, summary: &RoutesSummary, options: &RoutesOptions) {
    let words = facts.perspective().words();
    let base = if summary.base == Measure::Revenue { words.revenue } else { summary.base.name() };
    let money = |amount: f64| facts.spoken(amount);
    let per_cent = |share: Nullable| share.get().unwrap_or(0.0) * 100.0;
    // Writing to a text cannot fail.
    let _ = match route {
        Route::Pareto => write!(
            text,
            "among those that hold {:.0} % of {base}: brings {}, and larger ones hold {:.1} %",
            options.share * 100.0,
            money(facts.measure_number(summary.base, account.value.unwrap_or(0).into())),
            per_cent(account.share_before),
        ),
        Route::Potential => {
            let potential = money(account.potential.get().unwrap_or(0.0));
            let _ = match account.by_budget {
                true => write!(text, "its budget would bring {potential}"),
                false => write!(text, "the purchase model expects {potential}"),
            };
            let _ = match account.value {
                Some(value) => write!(text, " (now {})", money(facts.measure_number(summary.base, value.into()))),
                None => write!(text, " (no {} yet)", words.sale),
            };
            write!(
                text,
                ", which puts it among those that hold {:.0} % of {base}: larger ones would hold {:.1} %",
                options.share * 100.0,
                per_cent(account.potential_share_before)
            )
        }
        Route::Likely => {
            let _ = write!(text, "an open opportunity");
            if let Some(value) = account.likely_value.get() {
                let _ = write!(text, " worth {}", money(value));
            }
            write!(text, " is likely to be won: {:.0} % ({:.0} % needed)", per_cent(account.probability), options.probability * 100.0)
        }
        Route::Strategic => match account.reference.get() {
            Some(reference) if reference < 1.0 => {
                write!(text, "its name brings others (reference {reference:.2}, {:.2} needed)", options.reference)
            }
            _ => write!(text, "its name brings others"),
        },
    };
}

/// What the tables read.
struct Seen {
    facts: Facts,
    result: Routes,
    options: RoutesOptions,
}

/// The routes as the registry gives them.
pub(crate) fn routes_outcome(facts: &Facts, result: Routes, options: &RoutesOptions) -> Result<Outcome> {
    let others = vec![counts_table(facts, &result)?, unknown_directions_table(&result.summary.unknown_directions)?];
    let order = order(&result);
    let seen = Arc::new(Seen { facts: facts.clone(), result, options: options.clone() });
    let main = Table::new("routes", account_columns(&seen, &View::new(&seen, order)))?;
    let master = standing_columns(&View::new(&seen, Places::Same(facts.len()))).into();
    Outcome::new([vec![main], others].concat(), &seen.result.summary)?.with_accounts(master)
}

/// Those with most routes first, then by base and potential, largest first, then in the order of the keys.
fn order(result: &Routes) -> Places {
    largest_first(result.accounts.len(), |at| {
        let account = &result.accounts[at];
        (account.routes().count(), account.value, sortable(account.potential.get().or(account.open_value.get())))
    })
}

fn standing_columns(view: &View<Seen>) -> [Column; 2] {
    [
        view.flags("key_account", |seen, at| Some(seen.result.accounts[at].is_key())),
        view.lists("routes", |seen, at, list| {
            seen.result.accounts[at].routes().for_each(|route| list.push(|text| text.push_str(route.name())));
        }),
    ]
}

fn account_columns(seen: &Seen, view: &View<Seen>) -> Vec<Column> {
    let (facts, base) = (&seen.facts, seen.result.summary.base);
    let mut columns = vec![view.subjects(facts, &seen.result.candidates), view.flags("in_ledger", |seen, at| Some(at < seen.facts.len()))];
    columns.extend(standing_columns(view));
    columns.push(view.lists("evidence", |seen, at, list| {
        let account = &seen.result.accounts[at];
        let describe = |route: Route, text: &mut String| describe(text, route, account, &seen.facts, &seen.result.summary, &seen.options);
        account.routes().for_each(|route| list.push(|text| describe(route, text)));
    }));
    columns.extend(Route::ALL.map(|route| view.flags(route.name(), move |seen, at| seen.result.accounts[at].is[route as usize])));
    columns.extend([
        view.measure(base, facts.scale(), |seen, at| seen.result.accounts[at].value),
        view.floats("cumulative_share_before", Unit::Share, |seen, at| seen.result.accounts[at].share_before),
        view.floats("projected", Unit::Money, |seen, at| seen.result.accounts[at].projected),
        view.floats("budget", Unit::Money, |seen, at| seen.result.accounts[at].budget),
        view.floats("potential_share_before", Unit::Share, |seen, at| seen.result.accounts[at].potential_share_before),
        view.counts("open_opportunities", |seen, at| seen.result.accounts[at].open_opportunities),
        view.floats("open_value", Unit::Money, |seen, at| seen.result.accounts[at].open_value),
        view.floats("probability", Unit::Share, |seen, at| seen.result.accounts[at].probability),
        view.floats("reference", Unit::Share, |seen, at| seen.result.accounts[at].reference),
    ]);
    columns
}

fn counts_table(facts: &Facts, result: &Routes) -> Result<Table> {
    let of =
        |route: Route, is: Option<bool>| result.accounts.iter().enumerate().filter(move |(_, account)| account.is[route as usize] == is);
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let all = || Route::ALL.into_iter();
    let value = |route: Route| of(route, Some(true)).filter_map(|(_, account)| account.value).map(i128::from).sum::<i128>();
    let base = result.summary.base;
    Table::new(
        "route_counts",
        vec![
            Column::words("route", all().map(Route::name)),
            Column::counts("accounts", all().map(|route| number(of(route, Some(true)).filter(|(at, _)| *at < facts.len()).count()))),
            Column::counts("candidates", all().map(|route| number(of(route, Some(true)).filter(|(at, _)| *at >= facts.len()).count()))),
            Column::counts("unknown", all().map(|route| number(of(route, None).count()))),
            Column::floats(base.column(), base.unit(), all().map(|route| Some(facts.measure_number(base, value(route))))),
        ],
    )
}
