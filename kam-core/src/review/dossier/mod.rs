//! The dossier of one account: everything that facts, crm and methods know of it, put together in one go.

mod history;
mod next_steps;
mod relations;
mod standing;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Review;
use super::near::near;
use super::source::Source;
use crate::crm::Values;
use crate::error::{Code, Error, Result};
use crate::facts::Perspective;
use crate::method::Options;
use crate::time::{Date, Grain};

pub use history::{ActivityCount, ActivityEntry, Deal, DealSums, DirectionEntry, History, PeriodEntry, Totals};
pub use next_steps::{NextStep, StepKind};
pub use relations::{ClauseEntry, CompetitorEntry, ContactEntry, DecisionScheme, PlanEntry, RatingEntry};
pub use standing::{Figure, Standing};

/// Options of [`Review::dossier`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DossierOptions {
    /// How many rows of each list are given, the latest or largest first; counts and sums are of all.
    pub rows: usize,
    /// How many periods with a line are given, the latest last.
    pub periods: usize,
    /// Clauses due within that many days are next steps.
    pub due_within_days: u32,
}

impl Default for DossierOptions {
    fn default() -> Self {
        DossierOptions { rows: 20, periods: 24, due_within_days: 90 }
    }
}

impl Options for DossierOptions {}

/// Everything known of one account. Money is in units of the currency; what the data do not say is null or empty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dossier<'a> {
    /// The account's key.
    pub account: Cow<'a, str>,
    /// What people call it: its name, else its key.
    pub title: Cow<'a, str>,
    /// The day it is seen from.
    pub as_of: Date,
    /// The first day of the window.
    pub window_start: Date,
    /// The grain of the periods.
    pub grain: Grain,
    /// The currency, where the ledger named it.
    pub currency: Option<&'a str>,
    /// From which end the ledger is seen.
    pub perspective: Perspective,
    /// Does the ledger know it? Otherwise it is a candidate.
    pub in_ledger: bool,
    /// Who it is.
    pub general: General<'a>,
    /// The group it belongs to.
    pub structure: Structure<'a>,
    /// Its classes and figures, method by method: what it is called and what put it there.
    pub classes: Vec<Standing<'a>>,
    /// What was delivered when, what was won and lost, and what was done for it.
    pub history: History<'a>,
    /// Who decides.
    pub decision_scheme: DecisionScheme<'a>,
    /// Who else sells to it, the largest share first.
    pub competitors: Vec<CompetitorEntry<'a>>,
    /// Clauses of its contracts, by the day they are due.
    pub contracts: Vec<ClauseEntry<'a>>,
    /// Its targets, and what came of them.
    pub plans: Vec<PlanEntry>,
    /// How we rate it, and it us and our competitors.
    pub ratings: Vec<RatingEntry<'a>>,
    /// What to do next, the most pressing first.
    pub next_steps: Vec<NextStep<'a>>,
}

/// Who an account is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct General<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Who looks after it.
    pub manager: Option<Cow<'a, str>>,
    /// Its industry.
    pub industry: Option<&'a str>,
    /// Its region.
    pub region: Option<&'a str>,
    /// The language it is to be spoken to in.
    pub language: Option<&'a str>,
    /// How many people it employs.
    pub employees: Option<f64>,
    /// Its own revenue in a year.
    pub annual_revenue: Option<f64>,
    /// What it spends in a year on what we sell.
    pub budget: Option<f64>,
    /// How many hours a year it needs.
    pub needed_hours: Option<f64>,
    /// How far its name brings others.
    pub reference: Option<f64>,
    /// Since when it is a customer, by the crm.
    pub since: Option<Date>,
    /// What else the accounts table says.
    pub attributes: Vec<Attribute<'a>>,
}

/// A further column of the accounts table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value: a word or a number.
    pub value: Value,
}

/// The group that an account belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Structure<'a> {
    /// The account above it.
    pub parent: Option<Relative<'a>>,
    /// The top of the chain, where that is another one.
    pub head_office: Option<Relative<'a>>,
    /// Those that name it as their parent, by key; the first of them.
    pub subsidiaries: Vec<Relative<'a>>,
    /// How many there are.
    pub subsidiary_count: usize,
}

/// Another account of the group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relative<'a> {
    /// Its key.
    pub account: Cow<'a, str>,
    /// Its name.
    pub name: Option<&'a str>,
}

impl Review {
    /// The dossier of an account of the ledger, or of a candidate, by its key.
    ///
    /// It reads a few rows of what the review holds, so it takes microseconds whatever the number of accounts. An account that is not there is an
    /// error that names accounts like it.
    pub fn dossier(&self, account: &str) -> Result<Dossier<'_>> {
        self.dossier_with(account, &DossierOptions::default())
    }

    /// The dossier with other options.
    pub fn dossier_with(&self, account: &str, options: &DossierOptions) -> Result<Dossier<'_>> {
        let source = &self.source;
        let place = source.place(account).ok_or_else(|| unknown(source, account))?;
        let key = source.key(place);
        let row = source.crm.accounts().and_then(|accounts| accounts.row_of(&key));
        let general = general(self, place, row);
        let classes = standing::standings(self, place);
        let next_steps = next_steps::next_steps(source, place, &classes, options);
        Ok(Dossier {
            title: general.name.map_or_else(|| key.clone(), Cow::Borrowed),
            as_of: source.facts.as_of(),
            window_start: source.facts.window_start(),
            grain: source.facts.grain(),
            currency: source.facts.currency(),
            perspective: source.facts.perspective(),
            in_ledger: place < source.facts.len(),
            general,
            structure: structure(source, place, &key, options),
            history: history::history(source, place, options),
            decision_scheme: relations::decision_scheme(source, place, options),
            competitors: relations::competitors(source, place, options),
            contracts: relations::contracts(source, place, options),
            plans: relations::plans(source, place, options),
            ratings: relations::ratings(source, place, options),
            classes,
            next_steps,
            account: key,
        })
    }
}

impl Dossier<'_> {
    /// The whole dossier as JSON.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|source| Error::internal(format!("dossier: {source}")))
    }
}

fn unknown(source: &Source, account: &str) -> Error {
    if let Some(head) = source.facts.head_office(account) {
        return Error::new(Code::UnknownAccount, format!("`{account}` is counted with its head office `{head}`"))
            .with_hint(format!("ask for `{head}`, or review facts that are not rolled up"));
    }
    let spoken = |(key, name): (String, Option<String>)| name.map_or_else(|| format!("`{key}`"), |name| format!("`{key}` ({name})"));
    let like: Vec<String> = near(source, account).into_iter().map(spoken).collect();
    let error = Error::new(Code::UnknownAccount, format!("there is no account `{account}`"));
    if like.is_empty() {
        return error.with_hint("accounts are looked up by their key in the ledger or the crm, exactly as it stands there");
    }
    error.with_hint(format!("did you mean {}? Accounts are looked up by their key", like.join(" or ")))
}

fn general(review: &Review, place: usize, row: Option<usize>) -> General<'_> {
    let crm = &review.source.crm;
    // Whom the methods take for its manager: the ledger may know one where the accounts table does not.
    let of_ledger = || {
        let column = review.accounts.position("manager")?;
        let value = (place < review.accounts.len()).then(|| review.accounts.value(column, place))?;
        value.as_str().map(|name| Cow::Owned(name.to_owned()))
    };
    let Some((accounts, row)) = crm.accounts().zip(row) else {
        return General { manager: of_ledger(), ..General::default() };
    };
    fn text(column: &Option<Vec<Option<String>>>, row: usize) -> Option<&str> {
        column.as_ref()?[row].as_deref().filter(|text| !text.trim().is_empty())
    }
    let number = |column: &Option<Vec<Option<f64>>>| column.as_ref().and_then(|column| column[row]);
    let attributes = accounts.attributes.iter().filter_map(|attribute| {
        let value = match &attribute.values {
            Values::Categorical(words) => Value::from(words[row].clone()?),
            Values::Numeric(numbers) => Value::from(numbers[row]?),
        };
        Some(Attribute { name: &attribute.name, value })
    });
    General {
        name: text(&accounts.name, row),
        manager: text(&accounts.manager, row).map(Cow::Borrowed).or_else(of_ledger),
        industry: text(&accounts.industry, row),
        region: text(&accounts.region, row),
        language: text(&accounts.language, row),
        employees: number(&accounts.employees),
        annual_revenue: number(&accounts.annual_revenue),
        budget: number(&accounts.budget),
        needed_hours: number(&accounts.needed_hours),
        reference: number(&accounts.reference),
        since: accounts.since.as_ref().and_then(|since| since[row]),
        attributes: attributes.collect(),
    }
}

fn structure<'a>(source: &'a Source, place: usize, key: &str, options: &DossierOptions) -> Structure<'a> {
    let Some(accounts) = source.crm.accounts() else { return Structure::default() };
    let relative = |account: Cow<'a, str>| Relative { name: source.name(&account), account };
    let parent_of = |account: &str| accounts.parent.as_ref()?[accounts.row_of(account)?].as_deref().filter(|parent| *parent != account);
    let parent = parent_of(key);
    // A chain that closes on itself has no top.
    let mut top = parent;
    let mut steps = 0;
    while let Some(next) = top.and_then(parent_of) {
        top = Some(next);
        steps += 1;
        if steps > 64 || next == key {
            top = None;
            break;
        }
    }
    let mut subsidiaries: Vec<&str> =
        source.children.of(place).map(|row| accounts.account[row].as_str()).filter(|child| *child != key).collect();
    subsidiaries.sort_unstable();
    Structure {
        parent: parent.map(|parent| relative(Cow::Borrowed(parent))),
        head_office: top.filter(|top| Some(*top) != parent).map(|top| relative(Cow::Borrowed(top))),
        subsidiary_count: subsidiaries.len(),
        subsidiaries: subsidiaries.into_iter().take(options.rows).map(|child| relative(Cow::Borrowed(child))).collect(),
    }
}
