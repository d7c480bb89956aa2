//! The three-P check of a candidate: the need, the purse, and the power to decide.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subjects::{Subjects, largest_first, sortable, sum};
use super::unknown_directions::{UnknownDirection, unknown_directions, unknown_directions_table};
use crate::crm::{ByValue, Crm, Grouped, Outcome as DealOutcome, Role, Values};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, MONEY};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};
use crate::time::Date;

/// Who is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// The ledger's accounts and the candidates.
    #[default]
    All,
    /// The candidates alone: accounts that the crm knows and the ledger does not.
    Candidates,
}

/// A column of the accounts table that says whether an account can pay: a credit score, days overdue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Solvency {
    /// The column: an attribute with numbers.
    pub attribute: String,
    /// Solvent from this value on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Solvent up to this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// Options of [`three_p`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThreePOptions {
    /// Who is checked: the ledger's accounts and the candidates, or the candidates alone.
    pub accounts: Checked,
    /// Purse: how many times the value of its open opportunities the budget must be.
    pub cover: f64,
    /// Purse: a column of the accounts table that says whether an account can pay, as `{"attribute": "days_overdue", "at_most": 30}`.
    pub solvency: Option<Solvency>,
    /// Power: the roles of contacts that decide.
    pub power_roles: Vec<Role>,
    /// Power: the influence from which on a contact of any role decides; without, the role alone says it.
    pub power_influence: Option<f64>,
}

impl Default for ThreePOptions {
    fn default() -> Self {
        ThreePOptions { accounts: Checked::All, cover: 1.0, solvency: None, power_roles: vec![Role::DecisionMaker], power_influence: None }
    }
}

impl Options for ThreePOptions {
    fn validate(&self) -> Result<()> {
        if !(self.cover.is_finite() && self.cover >= 0.0) {
            return Err(Error::option("cover", self.cover, "a number of 0 or more"));
        }
        if let Some(influence) = self.power_influence.filter(|influence| !(0.0..=1.0).contains(influence)) {
            return Err(Error::option("power_influence", influence, "between 0 and 1"));
        }
        if self.power_roles.is_empty() && self.power_influence.is_none() {
            return Err(Error::option("power_roles", "empty", "at least one role, unless power_influence is given"));
        }
        match &self.solvency {
            Some(Solvency { at_least: None, at_most: None, attribute }) => {
                Err(Error::option("solvency", format!("`{attribute}` without a limit"), "given with at_least, at_most or both"))
            }
            _ => Ok(()),
        }
    }
}

/// Is a P met?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// No data say.
    #[default]
    Unknown,
}

impl CheckState {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CheckState::Met => "met",
            CheckState::NotMet => "not_met",
            CheckState::Unknown => "unknown",
        }
    }
}

/// What the three say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreePVerdict {
    /// All three are met.
    Passed,
    /// None fails, and at least one is unknown.
    Open,
    /// At least one is not met.
    Failed,
}

impl ThreePVerdict {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ThreePVerdict::Passed => "passed",
            ThreePVerdict::Open => "open",
            ThreePVerdict::Failed => "failed",
        }
    }
}

/// The check of one account and the numbers behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckedAccount {
    /// Does it need what we sell?
    pub need: CheckState,
    /// Can it pay?
    pub purse: CheckState,
    /// Do we know who can decide?
    pub power: CheckState,
    /// Open opportunities.
    pub open_opportunities: usize,
    /// What they are worth, as far as they have a value.
    pub open_value: Option<f64>,
    /// How many of its open opportunities have no value.
    pub open_unvalued: usize,
    /// Decided opportunities, and when the last of them was lost, where it was.
    pub decided_opportunities: usize,
    /// The last decided opportunity was lost on that day; the day may be unknown.
    pub last_lost: Option<Option<Date>>,
    /// Days with a sale in the window; `None` for a candidate.
    pub active_days: Option<i64>,
    /// What it bought in the window, money in units of the currency.
    pub bought: Option<f64>,
    /// What it spends in a year on what we sell.
    pub budget: Option<f64>,
    /// The value of the column `solvency` names.
    pub solvency: Option<f64>,
    /// Contacts.
    pub contacts: usize,
    /// The row of the contact that decides: the one with most influence.
    pub decider: Option<usize>,
}

impl CheckedAccount {
    /// What the three say together.
    #[must_use]
    pub fn verdict(&self) -> ThreePVerdict {
        let all = [self.need, self.purse, self.power];
        if all.contains(&CheckState::NotMet) {
            ThreePVerdict::Failed
        } else if all.contains(&CheckState::Unknown) {
            ThreePVerdict::Open
        } else {
            ThreePVerdict::Passed
        }
    }

    /// How many of the three are met.
    #[must_use]
    pub fn met(&self) -> usize {
        [self.need, self.purse, self.power].iter().filter(|state| **state == CheckState::Met).count()
    }
}

/// The check in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThreePSummary {
    /// How many were checked.
    pub accounts: usize,
    /// How many of them are candidates.
    pub candidates: usize,
    /// How many passed, failed, or are open.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// How many times each P is unknown.
    pub unknown: BTreeMap<&'static str, usize>,
    /// Directions of opportunities that the ledger does not know.
    pub unknown_directions: Vec<UnknownDirection>,
    /// What could not be judged for want of which table and column.
    pub missing: Vec<String>,
}

/// The result of [`three_p`].
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeP {
    /// The ledger's accounts in the order of the facts' keys, then the candidates by key.
    pub accounts: Vec<CheckedAccount>,
    /// The candidates' keys.
    pub candidates: Arc<[String]>,
    /// The figures.
    pub summary: ThreePSummary,
}

impl ThreeP {
    /// The verdict on every account, then on every candidate, with its need, purse and power.
    pub(crate) fn verdicts(&self) -> Vec<(ThreePVerdict, [CheckState; 3])> {
        self.accounts.iter().map(|account| (account.verdict(), [account.need, account.purse, account.power])).collect()
    }
}

/// Checks need, purse and power of every account and candidate.
pub fn three_p(facts: &Facts, crm: &Crm, options: &ThreePOptions) -> Result<ThreeP> {
    options.validate()?;
    check(&Subjects::new(facts, crm), crm, options)
}

fn check(subjects: &Subjects<'_>, crm: &Crm, options: &ThreePOptions) -> Result<ThreeP> {
    let facts = subjects.facts;
    let has_budget = crm.accounts().is_some_and(|accounts| accounts.budget.is_some());
    if crm.opportunities().is_none() && crm.contacts().is_none() && !has_budget {
        let message =
            "three_p: need, purse and power are judged by opportunities, accounts.budget and contacts, and none of them was given";
        return Err(
            Error::new(Code::MissingInput, message).with_hint("give the crm table opportunities, contacts, or accounts with budget")
        );
    }
    let mut missing = vec![];
    let mut lacks = |what: &str| missing.push(what.to_owned());
    if crm.opportunities().is_none() {
        lacks("need: the table opportunities says what an account wants from us, and it was not given");
    } else if crm.opportunities().is_some_and(|opportunities| opportunities.value.is_none()) {
        lacks("purse: opportunities.value says what the budget must cover, and it was not given");
    }
    if !has_budget {
        lacks("purse: accounts.budget says what an account can spend in a year on what we sell, and it was not given");
    }
    if crm.contacts().is_none() {
        lacks("power: the table contacts says who decides, and it was not given");
    } else if crm.contacts().is_some_and(|contacts| contacts.role.is_none()) && options.power_influence.is_none() {
        lacks("power: contacts.role says who decides, and it was not given");
    }
    let solvency = solvency_column(crm, options)?;
    let mut accounts = vec![CheckedAccount::default(); subjects.len()];
    let (deals, people) = (subjects.group(crm.opportunities()), subjects.group(crm.contacts()));
    accounts.par_iter_mut().enumerate().with_min_len(512).for_each(|(at, account)| {
        account.active_days = subjects.sum(&facts.window().active_days, at);
        account.bought = subjects.sum(&facts.window().revenue, at).map(|minor| facts.scale().to_currency(minor));
        need(account, crm, &deals, at, facts.as_of());
        account.budget = subjects.number(crm.accounts().map(|accounts| &accounts.budget), at);
        account.solvency = solvency.and_then(|column| column[subjects.row(at)?]);
        account.purse = purse(account, options);
        power(account, crm, &people, at, options);
    });
    let checked = || accounts.iter().enumerate().filter(|(at, _)| is_checked(subjects, *at, options)).map(|(_, account)| account);
    let verdict = |verdict: ThreePVerdict| checked().filter(|account| account.verdict() == verdict).count();
    let unknown = |of: fn(&CheckedAccount) -> CheckState| checked().filter(|account| of(account) == CheckState::Unknown).count();
    let summary = ThreePSummary {
        accounts: checked().count(),
        candidates: subjects.candidates.len(),
        verdicts: [ThreePVerdict::Passed, ThreePVerdict::Open, ThreePVerdict::Failed].map(|each| (each.name(), verdict(each))).into(),
        unknown: [
            ("need", unknown(|account| account.need)),
            ("purse", unknown(|account| account.purse)),
            ("power", unknown(|account| account.power)),
        ]
        .into(),
        unknown_directions: unknown_directions(facts, crm),
        missing,
    };
    Ok(ThreeP { accounts, candidates: subjects.candidate_keys(), summary })
}

fn is_checked(subjects: &Subjects<'_>, at: usize, options: &ThreePOptions) -> bool {
    options.accounts == Checked::All || !subjects.is_in_ledger(at)
}

fn solvency_column<'a>(crm: &'a Crm, options: &ThreePOptions) -> Result<Option<&'a [Option<f64>]>> {
    let Some(rule) = &options.solvency else { return Ok(None) };
    let refuse = |what: &str| {
        Err(Error::option("solvency", format!("on accounts.{}, {what}", rule.attribute), "on a column of numbers in accounts"))
    };
    let Some(accounts) = crm.accounts() else { return refuse("and the table accounts was not given") };
    let numbers = match rule.attribute.as_str() {
        "annual_revenue" => accounts.annual_revenue.as_deref(),
        "employees" => accounts.employees.as_deref(),
        name => match accounts.attribute(name).map(|attribute| &attribute.values) {
            Some(Values::Numeric(numbers)) => Some(numbers.as_slice()),
            Some(Values::Categorical(_)) => return refuse("which holds words"),
            None => None,
        },
    };
    if numbers.is_some() { Ok(numbers) } else { refuse("which is not there") }
}

fn need(account: &mut CheckedAccount, crm: &Crm, deals: &Grouped, at: usize, today: Date) {
    if let Some(opportunities) = crm.opportunities() {
        let closed = |row: usize| opportunities.closed_day(row);
        let outcome = |row: usize| opportunities.outcome_on(row, today);
        let open = || deals.of(at).filter(|row| outcome(*row) == Some(DealOutcome::Open));
        let decided = || deals.of(at).filter(|row| outcome(*row).is_some_and(|outcome| outcome != DealOutcome::Open));
        account.open_opportunities = open().count();
        let worth = open().filter_map(|row| opportunities.value.as_ref().and_then(|values| values[row]));
        account.open_unvalued = account.open_opportunities - worth.clone().count();
        account.open_value = (worth.clone().count() > 0).then(|| sum(worth));
        account.decided_opportunities = decided().count();
        // Of several that were decided on the last day, one that was won counts.
        let last = decided().map(closed).max();
        let lost = decided().filter(|row| Some(closed(*row)) == last).all(|row| opportunities.outcome[row] == DealOutcome::Lost);
        account.last_lost = last.filter(|_| lost);
    }
    let buys = account.active_days.is_some_and(|days| days > 0);
    account.need = if buys || account.open_opportunities > 0 {
        CheckState::Met
    } else if account.last_lost.is_some() {
        CheckState::NotMet
    } else {
        CheckState::Unknown
    };
}

fn met_if(is_known: bool) -> CheckState {
    if is_known { CheckState::Met } else { CheckState::Unknown }
}

/// The purse must cover what is open: by the budget or, where that does not reach, by what the account already spends with us.
fn purse(account: &CheckedAccount, options: &ThreePOptions) -> CheckState {
    let rule = options.solvency.as_ref().zip(account.solvency);
    if let Some((rule, value)) = rule {
        let solvent = rule.at_least.is_none_or(|limit| value >= limit) && rule.at_most.is_none_or(|limit| value <= limit);
        if !solvent {
            return CheckState::NotMet;
        }
    }
    let asked = account.open_value.unwrap_or(0.0).max(0.0) * options.cover;
    // What nobody has put a value on may be more than any purse.
    let is_asked = account.open_unvalued == 0;
    let covers = |amount: f64| amount > 0.0 && amount >= asked;
    match (account.budget, account.bought) {
        (Some(budget), bought) if covers(budget) || bought.is_some_and(covers) => met_if(is_asked),
        (None, Some(bought)) if covers(bought) => met_if(is_asked || rule.is_some()),
        (Some(_), _) => CheckState::NotMet,
        // Whom a score calls solvent can pay, whatever is not known of its budget.
        (None, _) if rule.is_some() => CheckState::Met,
        (None, _) => CheckState::Unknown,
    }
}

fn power(account: &mut CheckedAccount, crm: &Crm, people: &Grouped, at: usize, options: &ThreePOptions) {
    let Some(contacts) = crm.contacts() else { return };
    let rows = people.of(at);
    let influence = |row: usize| contacts.influence.as_ref().and_then(|values| values[row]);
    let role = |row: usize| contacts.role.as_ref().and_then(|roles| roles[row]);
    let decides = |row: &usize| {
        role(*row).is_some_and(|role| options.power_roles.contains(&role))
            || options.power_influence.is_some_and(|limit| influence(*row).is_some_and(|influence| influence >= limit))
    };
    let rank = |row: usize| (influence(row).unwrap_or(-1.0), &contacts.name[row]);
    account.contacts = rows.len();
    account.decider = rows
        .clone()
        .filter(decides)
        .max_by(|a, b| rank(*a).0.total_cmp(&rank(*b).0).then_with(|| rank(*b).1.cmp(rank(*a).1)).then_with(|| contacts.compare(*b, *a)));
    let somebody_is_rated = rows.clone().any(|row| role(row).is_some() || (options.power_influence.is_some() && influence(row).is_some()));
    account.power = match account.decider {
        Some(_) => CheckState::Met,
        // Contacts without a role may decide or not.
        None if somebody_is_rated => CheckState::NotMet,
        None => CheckState::Unknown,
    };
}

fn describe_need(text: &mut String, account: &CheckedAccount, facts: &Facts) {
    let words = facts.perspective().words();
    let deals = |count: usize| if count == 1 { "opportunity" } else { "opportunities" };
    let start = text.len();
    if account.open_opportunities > 0 {
        let _ = write!(text, "{} open {}", account.open_opportunities, deals(account.open_opportunities));
        if let Some(value) = account.open_value {
            let _ = write!(text, " worth {}", facts.spoken(value));
        }
    }
    if let Some(days) = account.active_days.filter(|days| *days > 0) {
        let days_word = if days == 1 { "day" } else { "days" };
        let _ = write!(text, "{}{days} {days_word} with a {} in the window", if text.len() == start { "" } else { ", " }, words.sale);
    }
    if text.len() == start {
        let _ = match account.last_lost {
            Some(Some(day)) => write!(text, "nothing open, and the last opportunity was lost on {day}"),
            Some(None) => write!(text, "nothing open, and its opportunities were lost"),
            None if account.decided_opportunities > 0 => {
                write!(text, "nothing open after {} decided {}", account.decided_opportunities, deals(account.decided_opportunities))
            }
            None => write!(text, "no opportunity and no {} known", words.sale),
        };
    }
}

fn describe_purse(text: &mut String, account: &CheckedAccount, facts: &Facts, options: &ThreePOptions) {
    let money = |amount: f64| facts.spoken(amount);
    if let (Some(rule), Some(value)) = (&options.solvency, account.solvency) {
        let _ = write!(text, "{} {value}", rule.attribute.replace('_', " "));
        let _ = rule.at_least.map_or(Ok(()), |limit| write!(text, " (at least {limit})"));
        let _ = rule.at_most.map_or(Ok(()), |limit| write!(text, " (at most {limit})"));
        text.push_str(", ");
    }
    let _ = match account.budget {
        Some(budget) => write!(text, "budget of {} a year", money(budget)),
        None => write!(text, "budget unknown"),
    };
    if let Some(bought) = account.bought.filter(|bought| *bought > 0.0) {
        let _ = write!(text, ", {} spent with us in the window", money(bought));
    }
    if let Some(open) = account.open_value.filter(|open| *open > 0.0) {
        let _ = write!(text, ", against {} that is open", money(open));
    }
    if account.open_unvalued > 0 {
        let _ = write!(text, ", and nobody has valued {} of its open opportunities", account.open_unvalued);
    }
}

fn describe_power(text: &mut String, account: &CheckedAccount, crm: &Crm) {
    let person = if account.contacts == 1 { "contact" } else { "contacts" };
    let _ = match (crm.contacts(), account.decider) {
        (Some(contacts), Some(row)) => {
            text.push_str(&contacts.name[row]);
            if let Some(title) = contacts.title.as_ref().and_then(|titles| titles[row].as_deref()) {
                let _ = write!(text, ", {title},");
            }
            text.push_str(" decides");
            match contacts.support.as_ref().and_then(|support| support[row]) {
                Some(support) => write!(text, " (support {support:+.2})"),
                None => Ok(()),
            }
        }
        (Some(_), None) if account.contacts == 0 => write!(text, "no contact known"),
        (Some(_), None) if account.power == CheckState::Unknown => write!(text, "{} {person} known, without a role", account.contacts),
        (Some(_), None) => write!(text, "{} {person} known, none of whom decides", account.contacts),
        (None, _) => write!(text, "who decides is unknown (needs the table contacts)"),
    };
}

/// [`three_p`] in the registry.
pub struct ThreePMethod;

impl Method for ThreePMethod {
    const NAME: &'static str = "three_p";
    const TITLE: &'static str = "Three-P check";
    const ABOUT: &'static str = "Does a candidate need what we sell, can it pay, and do we know who decides?";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("three_p", "a candidate or an account of the ledger, candidates first"),
        ("unknown_directions", "a direction of opportunities that the ledger does not know"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "candidates", "verdicts", "unknown", "unknown_directions.opportunities"]),
        (MONEY, &["unknown_directions"]),
    ];
    type Options = ThreePOptions;

    fn run(context: &Context<'_>, options: &ThreePOptions) -> Result<Outcome> {
        let (facts, crm) = (context.facts, context.crm);
        let result = check(&Subjects::new(facts, crm), crm, options)?;
        context.remember(Self::NAME, options, || Ok(result.verdicts()))?;
        let unknown = unknown_directions_table(&result.summary.unknown_directions)?;
        let order = order(&result, facts.len(), options);
        let seen = Arc::new(Seen { facts: facts.clone(), crm: crm.clone(), result, options: options.clone() });
        let main = Table::new("three_p", account_columns(&seen, &View::new(&seen, order)))?;
        let outcome = Outcome::new(vec![main, unknown], &seen.result.summary)?;
        match options.accounts {
            Checked::Candidates => Ok(outcome),
            Checked::All => outcome.with_accounts(vec![verdict_column(&View::new(&seen, Places::Same(facts.len())))]),
        }
    }
}

/// What the tables read.
struct Seen {
    facts: Facts,
    crm: Crm,
    result: ThreeP,
    options: ThreePOptions,
}

impl Seen {
    fn account(&self, at: usize) -> &CheckedAccount {
        &self.result.accounts[at]
    }
}

/// Candidates first, then those that passed, those with most met, and the largest open value.
fn order(result: &ThreeP, in_ledger: usize, options: &ThreePOptions) -> Places {
    let order = largest_first(result.accounts.len(), |at| {
        let account = &result.accounts[at];
        (at >= in_ledger, Reverse(account.verdict()), account.met(), sortable(account.open_value))
    });
    match options.accounts {
        Checked::All => order,
        Checked::Candidates => order.iter().filter(|at| *at >= in_ledger).collect(),
    }
}

fn verdict_column(view: &View<Seen>) -> Column {
    view.words("three_p", |seen, at| seen.account(at).verdict().name())
}

fn account_columns(seen: &Seen, view: &View<Seen>) -> Vec<Column> {
    vec![
        view.subjects(&seen.facts, &seen.result.candidates),
        view.flags("in_ledger", |seen, at| Some(at < seen.facts.len())),
        verdict_column(view),
        view.words("need", |seen, at| seen.account(at).need.name()),
        view.words("purse", |seen, at| seen.account(at).purse.name()),
        view.words("power", |seen, at| seen.account(at).power.name()),
        view.sentences("need_evidence", |seen, at, text| describe_need(text, seen.account(at), &seen.facts)),
        view.sentences("purse_evidence", |seen, at, text| describe_purse(text, seen.account(at), &seen.facts, &seen.options)),
        view.sentences("power_evidence", |seen, at, text| describe_power(text, seen.account(at), &seen.crm)),
        view.counts("met", |seen, at| seen.account(at).met()),
        view.counts("open_opportunities", |seen, at| seen.account(at).open_opportunities),
        view.floats("open_value", Unit::Money, |seen, at| seen.account(at).open_value),
        view.floats("budget", Unit::Money, |seen, at| seen.account(at).budget),
        view.counts("contacts", |seen, at| seen.account(at).contacts),
    ]
}
