//! The profile of the key accounts: what they have in common, how well a candidate fits, and how long such accounts stay.

use std::sync::Arc;

use kam_numerics::stats::{self, Lasting};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bins::{Binned, cut};
use super::fit::{Counts, Scorecard, cross_validated_auc, evidence};
use super::routes::{RoutesInputs, RoutesOptions, by_pareto, walk};
use super::subjects::{Subjects, largest_first, sortable};
use crate::crm::{Accounts, Crm, Values};
use crate::error::{Code, Error, Result};
use crate::facts::{Facts, Measure};
use crate::method::{Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// Which accounts of the ledger are key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyRule {
    /// Those that hold most of the base now: the route `pareto`, which is class A of the ABC analysis.
    #[default]
    Pareto,
    /// Those with any route. Budget and reference then decide in part who is key, and so tell it by design.
    AnyRoute,
}

/// Options of [`key_account_profile`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeyAccountProfileOptions {
    /// Which accounts of the ledger are key: those that hold most of the base now, or those with any route.
    pub key: KeyRule,
    /// A yes-or-no attribute of the accounts table that says who is key, in place of `key`.
    pub key_attribute: Option<String>,
    /// Of what the key accounts hold most, over the window.
    pub base: Measure,
    /// The share of the base that the key accounts hold, above 0 and up to 1.
    pub share: f64,
    /// The columns of the accounts table that describe an account; none: industry, region, employees, annual_revenue, budget, reference and
    /// every further attribute.
    pub attributes: Vec<String>,
    /// The quantile bins that numbers are cut into, 2 to 50.
    pub bins: usize,
    /// A word that fewer accounts have is put together with others of its kind.
    pub least_accounts: usize,
    /// What is added to the counts of every bin, so that a bin without key accounts keeps a finite weight.
    pub smoothing: f64,
    /// The information value from which on an attribute takes part in the fit.
    pub least_information: f64,
    /// The parts of the cross-validation, 2 to 20.
    pub folds: usize,
    /// Where chance begins in dealing accounts to these parts.
    pub seed: u64,
    /// The bands of the fit, for each of which the expected tenure is told, 1 to 20.
    pub fit_bands: usize,
    /// The days without a sale after which an account counts as left.
    pub lost_after_days: u32,
}

impl Default for KeyAccountProfileOptions {
    fn default() -> Self {
        KeyAccountProfileOptions {
            key: KeyRule::Pareto,
            key_attribute: None,
            base: Measure::Revenue,
            share: 0.80,
            attributes: vec![],
            bins: 5,
            least_accounts: 5,
            smoothing: 0.5,
            least_information: 0.02,
            folds: 5,
            seed: 1,
            fit_bands: 5,
            lost_after_days: 365,
        }
    }
}

impl Options for KeyAccountProfileOptions {
    fn validate(&self) -> Result<()> {
        if !(self.share > 0.0 && self.share <= 1.0) {
            return Err(Error::option("share", self.share, "a share above 0 and up to 1"));
        }
        for (name, value, (low, high)) in
            [("bins", self.bins, (2, 50)), ("folds", self.folds, (2, 20)), ("fit_bands", self.fit_bands, (1, 20))]
        {
            if !(low..=high).contains(&value) {
                return Err(Error::option(name, value, &format!("{low} to {high}")));
            }
        }
        for (name, value) in [("smoothing", self.smoothing), ("least_information", self.least_information)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::option(name, value, "a number of 0 or more"));
            }
        }
        if self.lost_after_days == 0 {
            return Err(Error::option("lost_after_days", 0, "at least 1"));
        }
        Ok(())
    }
}

/// A bin of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileBin {
    /// What it holds.
    pub label: String,
    /// How many accounts fall into it.
    pub accounts: u64,
    /// How many of them are key.
    pub key_accounts: u64,
    /// How often its accounts are key, compared with all accounts: 2 is twice as often.
    pub lift: Option<f64>,
    /// ln(share of the key accounts ÷ share of the others), smoothed.
    pub weight: Option<f64>,
    /// Its part of the attribute's information value.
    pub information: Option<f64>,
}

/// An attribute and what it tells.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileAttribute {
    /// The column.
    pub name: String,
    /// Numbers cut into quantiles, or words?
    pub is_numeric: bool,
    /// Its bins.
    pub bins: Vec<ProfileBin>,
    /// What it tells of being key; `None` where all or none are.
    pub information_value: Option<f64>,
    /// Does it take part in the fit?
    pub used: bool,
}

/// A band of the fit and how long its accounts stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitBand {
    /// The lowest fit in it.
    pub from: f64,
    /// The highest fit in it.
    pub to: f64,
    /// How many accounts of the ledger it has.
    pub accounts: usize,
    /// How many of them are key.
    pub key_accounts: usize,
    /// How long they stay, in days.
    pub tenure: Option<Lasting>,
}

/// How an account fits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AccountFit {
    /// Is it a key account of the ledger? `None` for a candidate, and where `key_attribute` says nothing of it.
    pub key: Option<bool>,
    /// The fit, 0 to 1; `None` where no attribute tells anything or the accounts table does not know the account.
    pub fit: Option<f64>,
    /// The place of its band, from 0 for the lowest.
    pub band: Option<usize>,
}

/// The profile in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyAccountProfileSummary {
    /// The ledger's accounts that the accounts table knows, and of which it is known whether they are key: those that the profile is made of.
    pub accounts: usize,
    /// The ledger's accounts that the accounts table knows, and of which `key_attribute` says nothing.
    pub unmarked: usize,
    /// How many of them are key.
    pub key_accounts: usize,
    /// Accounts that only the crm knows.
    pub candidates: usize,
    /// The attributes that take part in the fit, those that tell most first.
    pub used_attributes: Vec<String>,
    /// How often the fit of a key account is higher than that of another account, for accounts that the weights were not made of: 0.5 is
    /// chance, 1 is always.
    pub auc: Option<f64>,
    /// How long key accounts stay, in days, as far as has been seen.
    pub key_tenure_days: Option<f64>,
    /// How long the others stay.
    pub other_tenure_days: Option<f64>,
    /// With `any_route`, what routes could not look at for want of which table and column.
    pub missing: Vec<String>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`key_account_profile`].
#[derive(Clone, Debug, PartialEq)]
pub struct KeyAccountProfile {
    /// The attributes, those that tell most first.
    pub attributes: Vec<ProfileAttribute>,
    /// The ledger's accounts in the order of the facts' keys, then the candidates by key.
    pub accounts: Vec<AccountFit>,
    /// The candidates' keys.
    pub candidates: Arc<[String]>,
    /// The bands of the fit, the lowest first.
    pub bands: Vec<FitBand>,
    /// The figures.
    pub summary: KeyAccountProfileSummary,
    /// Per subject and used attribute: the place of the attribute, and the bin.
    reasons: Vec<Vec<u32>>,
}

impl KeyAccountProfile {
    /// The fit of every account, then of every candidate.
    pub(crate) fn fits(&self) -> Vec<Option<f64>> {
        self.accounts.iter().map(|account| account.fit).collect()
    }

    /// What speaks most for an account and what most against it: attributes and their bins, by their places.
    fn reasons(&self, at: usize) -> impl Iterator<Item = (usize, usize)> {
        let codes = self.attributes.iter().zip(&self.reasons).enumerate().filter(|(_, (attribute, _))| attribute.used);
        let mut bins: Vec<(f64, (usize, usize), bool)> = codes
            .filter_map(|(place, (attribute, codes))| {
                let bin = codes[at] as usize;
                let own = attribute.bins.get(bin)?;
                Some((own.weight.unwrap_or(0.0).abs(), (place, bin), own.lift.is_some()))
            })
            .collect();
        bins.sort_by(|a, b| b.0.total_cmp(&a.0));
        bins.into_iter().filter(|(.., is_known)| *is_known).take(3).map(|(_, place, _)| place)
    }

    /// What every bin of every attribute says of the accounts in it, in words.
    fn said(&self) -> Vec<Vec<String>> {
        let say = |attribute: &ProfileAttribute, bin: &ProfileBin| {
            let (name, often) = (attribute.name.replace('_', " "), bin.lift.unwrap_or(0.0));
            format!("{name} {}: key {often:.1} times as often as all ({} of {})", bin.label, bin.key_accounts, bin.accounts)
        };
        self.attributes.iter().map(|attribute| attribute.bins.iter().map(|bin| say(attribute, bin)).collect()).collect()
    }
}

/// Finds what the key accounts have in common, and how well every account and candidate fits.
///
/// `key` says of each account of the ledger, in key order, whether it is key; without, the options do. By any route then are those that
/// [`routes`](super::routes()) finds without a projection.
pub fn key_account_profile(
    facts: &Facts,
    crm: &Crm,
    key: Option<&[bool]>,
    options: &KeyAccountProfileOptions,
) -> Result<KeyAccountProfile> {
    options.validate()?;
    profile(&Subjects::new(facts, crm), crm, key, options)
}

fn profile(subjects: &Subjects<'_>, crm: &Crm, key: Option<&[bool]>, options: &KeyAccountProfileOptions) -> Result<KeyAccountProfile> {
    let facts = subjects.facts;
    let Some(accounts) = crm.accounts() else {
        let message = "key_account_profile: the table accounts says what accounts have in common, and it was not given";
        return Err(Error::new(Code::MissingInput, message)
            .with_hint("give the crm table accounts with industry, region, employees or attributes of yours"));
    };
    if let Some(len) = key.map(<[bool]>::len).filter(|len| *len != facts.len()) {
        let message = format!("key_account_profile: key has {len} values for {} accounts", facts.len());
        return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, in key order"));
    }
    let (key, missing) = match key {
        Some(key) => (key.iter().copied().map(Some).collect(), vec![]),
        None => keys(subjects, crm, accounts, options)?,
    };
    let known = || (0..facts.len()).filter(|at| subjects.row(*at).is_some());
    // Who may be key or not tells nothing of either.
    let population: Vec<(usize, bool)> = known().filter_map(|at| Some((at, key[at]?))).collect();
    let unmarked = known().filter(|at| key[*at].is_none()).count();
    let places: Vec<usize> = population.iter().map(|(at, _)| *at).collect();
    let without = options.key_attribute.as_deref();
    let mut binned = cut(subjects, accounts, &places, &options.attributes, without, options.bins, options.least_accounts)?;
    if binned.is_empty() {
        let message = "key_account_profile: the table accounts has no column that describes an account";
        return Err(Error::new(Code::MissingInput, message)
            .with_hint("add industry, region, employees, annual_revenue, budget or attributes of yours"));
    }
    let mut weights = evidence(&binned, &population, options.smoothing);
    // Those that tell most first, equal ones by name.
    let mut order: Vec<usize> = (0..binned.len()).collect();
    let value = |at: usize| weights[at].as_ref().map_or(-1.0, |evidence| evidence.information_value);
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then_with(|| binned[*a].name.cmp(&binned[*b].name)));
    weights = order.iter().map(|at| weights[*at].take()).collect();
    let mut taken: Vec<Option<Binned>> = binned.into_iter().map(Some).collect();
    binned = order.iter().filter_map(|at| taken[*at].take()).collect();
    let card = Scorecard::new(weights.clone(), options.least_information);
    let attributes: Vec<ProfileAttribute> = binned
        .iter()
        .zip(&weights)
        .zip(&card.used)
        .map(|((binned, evidence), used)| describe(binned, evidence.as_ref(), used.is_some(), &population))
        .collect();
    let auc = cross_validated_auc(&binned, &population, options.folds, options.seed, options.smoothing, options.least_information);
    let fit = |at: usize| subjects.row(at).and_then(|_| card.fit(card.score(&binned, at)));
    let fits: Vec<Option<f64>> = (0..subjects.len()).into_par_iter().with_min_len(4096).map(fit).collect();
    let mut ascending: Vec<f64> = places.iter().filter_map(|at| fits[*at]).collect();
    ascending.par_sort_unstable_by(f64::total_cmp);
    let mut cuts = stats::quantile_cuts(&ascending, options.fit_bands);
    cuts.dedup();
    cuts.retain(|cut| ascending.last().is_some_and(|last| cut < last));
    let band = |fit: f64| cuts.partition_point(|cut| *cut < fit);
    let band_of: Vec<Option<usize>> = fits.iter().map(|fit| fit.map(band)).collect();
    let stays = stays(subjects, accounts, options);
    let tenure = |of: &(dyn Fn(usize, bool) -> bool + Sync)| {
        let chosen = population.iter().filter(|(at, key)| of(*at, *key)).filter_map(|(at, _)| stays[*at]);
        let (durations, ended): (Vec<f64>, Vec<bool>) = chosen.unzip();
        stats::kaplan_meier(&durations, &ended)
    };
    let places = if ascending.is_empty() { 0 } else { cuts.len() + 1 };
    let bands = (0..places).into_par_iter().map(|place| {
        let here = |at: usize| band_of[at] == Some(place);
        let own = || population.iter().filter(|(at, _)| here(*at));
        FitBand {
            from: own().filter_map(|(at, _)| fits[*at]).fold(f64::INFINITY, f64::min),
            to: own().filter_map(|(at, _)| fits[*at]).fold(f64::NEG_INFINITY, f64::max),
            accounts: own().count(),
            key_accounts: own().filter(|(_, key)| *key).count(),
            tenure: tenure(&|at, _| here(at)),
        }
    });
    let bands: Vec<FitBand> = bands.collect();
    let key_accounts = population.iter().filter(|(_, key)| *key).count();
    let summary = KeyAccountProfileSummary {
        accounts: population.len(),
        unmarked,
        key_accounts,
        candidates: subjects.candidates.len(),
        used_attributes: attributes.iter().filter(|attribute| attribute.used).map(|attribute| attribute.name.clone()).collect(),
        auc,
        key_tenure_days: tenure(&|_, key| key).map(|tenure| tenure.restricted_mean),
        other_tenure_days: tenure(&|_, key| !key).map(|tenure| tenure.restricted_mean),
        missing,
        note: note(population.len(), unmarked, key_accounts, auc, &attributes),
    };
    let each = (0..subjects.len()).map(|at| AccountFit { key: key.get(at).copied().flatten(), fit: fits[at], band: band_of[at] });
    let accounts = each.collect();
    let reasons = binned.into_iter().map(|binned| binned.codes).collect();
    Ok(KeyAccountProfile { attributes, accounts, candidates: subjects.candidate_keys(), bands, summary, reasons })
}

fn note(accounts: usize, unmarked: usize, keys: usize, auc: Option<f64>, attributes: &[ProfileAttribute]) -> Option<String> {
    if accounts == 0 && unmarked > 0 {
        Some("key_attribute says of no account whether it is key".to_owned())
    } else if accounts == 0 {
        Some("the table accounts knows no account of the ledger".to_owned())
    } else if keys == 0 || keys == accounts {
        Some(format!("{} accounts are key: there is nobody to compare them with", if keys == 0 { "no" } else { "all" }))
    } else if attributes.iter().all(|attribute| !attribute.used) {
        Some("no attribute tells key accounts from the others".to_owned())
    } else if auc.is_none() {
        Some("too few accounts for the cross-validation: the fit is not checked".to_owned())
    } else {
        None
    }
}

/// Who is key by the options, where that is known; and what was not looked at.
fn keys(
    subjects: &Subjects<'_>,
    crm: &Crm,
    accounts: &Accounts,
    options: &KeyAccountProfileOptions,
) -> Result<(Vec<Option<bool>>, Vec<String>)> {
    if let Some(name) = &options.key_attribute {
        let refuse =
            |what: &str| Err(Error::option("key_attribute", format!("`{name}`, {what}"), "a yes-or-no column of the table accounts"));
        let marked: Vec<Option<bool>> = match accounts.attribute(name).map(|attribute| &attribute.values) {
            None => return refuse("which is not there"),
            Some(Values::Numeric(values)) => values.iter().map(|value| value.map(|value| value != 0.0)).collect(),
            Some(Values::Categorical(values)) => {
                let mut marked = vec![];
                for value in values {
                    marked.push(match value.as_deref().map(str::to_lowercase).as_deref() {
                        None => None,
                        Some("true" | "yes" | "y" | "1") => Some(true),
                        Some("false" | "no" | "n" | "0") => Some(false),
                        Some(other) => return refuse(&format!("which holds `{other}`")),
                    });
                }
                marked
            }
        };
        return Ok(((0..subjects.facts.len()).map(|at| subjects.row(at).and_then(|row| marked[row])).collect(), vec![]));
    }
    let routes_options = RoutesOptions { base: options.base, share: options.share, ..RoutesOptions::default() };
    let (key, missing) = match options.key {
        KeyRule::Pareto => (by_pareto(subjects.facts, &routes_options)?, vec![]),
        KeyRule::AnyRoute => {
            let routes = walk(subjects, crm, &RoutesInputs::default(), &routes_options)?;
            (routes.key_accounts(), routes.summary.missing)
        }
    };
    Ok((key.into_iter().map(Some).collect(), missing))
}

/// How long each account has stayed, in days, and whether it has left; `None` without a sale.
fn stays(subjects: &Subjects<'_>, accounts: &Accounts, options: &KeyAccountProfileOptions) -> Vec<Option<(f64, bool)>> {
    let facts = subjects.facts;
    let of = |at: usize| {
        let (first, last) = facts.first_date(at).zip(facts.last_date(at))?;
        // The crm may know of a beginning before the ledger's.
        let since = subjects.value(Some(&accounts.since), at).copied();
        let start = since.map_or(first, |since| since.min(first));
        let left = i64::from(facts.as_of().days_since(last)) > i64::from(options.lost_after_days);
        let end = if left { last } else { facts.as_of() };
        Some((f64::from(end.days_since(start)), left))
    };
    (0..facts.len()).map(of).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn describe(binned: &Binned, evidence: Option<&stats::WeightOfEvidence>, used: bool, population: &[(usize, bool)]) -> ProfileAttribute {
    let counts = Counts::of(binned, population.iter().copied());
    let keys = population.iter().filter(|(_, key)| *key).count() as f64;
    let overall = keys / population.len() as f64;
    let bin = |at: usize| {
        let (key_accounts, accounts) = (counts.keys[at], counts.keys[at] + counts.others[at]);
        ProfileBin {
            label: binned.labels[at].clone(),
            accounts,
            key_accounts,
            lift: (accounts > 0 && overall > 0.0).then(|| key_accounts as f64 / accounts as f64 / overall),
            weight: evidence.map(|evidence| evidence.weights[at]),
            information: evidence.map(|evidence| evidence.contributions[at]),
        }
    };
    ProfileAttribute {
        name: binned.name.clone(),
        is_numeric: binned.is_numeric,
        bins: (0..binned.labels.len()).map(bin).collect(),
        information_value: evidence.map(|evidence| evidence.information_value),
        used,
    }
}

/// How much an information value says, by Siddiqi's rule of thumb.
fn strength(information_value: f64) -> &'static str {
    match information_value {
        value if value < 0.02 => "nothing",
        value if value < 0.1 => "weak",
        value if value < 0.3 => "medium",
        _ => "strong",
    }
}

/// The profile as the registry gives it.
pub(crate) fn key_account_profile_outcome(facts: &Facts, result: KeyAccountProfile) -> Result<Outcome> {
    let order = largest_first(result.accounts.len(), |at| (at >= facts.len(), sortable(result.accounts[at].fit)));
    let seen = Arc::new(Seen { facts: facts.clone(), said: result.said(), result });
    let result = &seen.result;
    let fit = Table::new("fit", fit_columns(&seen, &View::new(&seen, order)))?;
    let tables = vec![main_table(result)?, attributes_table(result)?, fit, bands_table(result)?];
    let own = View::new(&seen, Places::Same(facts.len()));
    Outcome::new(tables, &result.summary)?
        .with_accounts(vec![own.floats("profile_fit", Unit::Share, |seen, at| seen.result.accounts[at].fit)])
}

/// What the table `fit` reads.
struct Seen {
    facts: Facts,
    result: KeyAccountProfile,
    /// The bins of the attributes in words.
    said: Vec<Vec<String>>,
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn main_table(result: &KeyAccountProfile) -> Result<Table> {
    let rows = || result.attributes.iter().flat_map(|attribute| attribute.bins.iter().map(move |bin| (attribute, bin)));
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let share = |bin: &ProfileBin| (bin.accounts > 0).then(|| bin.key_accounts as f64 / bin.accounts as f64);
    Table::new(
        "key_account_profile",
        vec![
            Column::words("attribute", rows().map(|(attribute, _)| &attribute.name)),
            Column::words("bin", rows().map(|(_, bin)| &bin.label)),
            Column::counts("accounts", rows().map(|(_, bin)| number(bin.accounts))),
            Column::counts("key_accounts", rows().map(|(_, bin)| number(bin.key_accounts))),
            Column::floats("key_share", Unit::Share, rows().map(|(_, bin)| share(bin))),
            Column::floats("lift", Unit::Number, rows().map(|(_, bin)| bin.lift)),
            Column::floats("weight_of_evidence", Unit::Number, rows().map(|(_, bin)| bin.weight)),
            Column::floats("information_value", Unit::Number, rows().map(|(_, bin)| bin.information)),
        ],
    )
}

fn attributes_table(result: &KeyAccountProfile) -> Result<Table> {
    let rows = || result.attributes.iter();
    Table::new(
        "attributes",
        vec![
            Column::words("attribute", rows().map(|row| &row.name)),
            Column::words("kind", rows().map(|row| if row.is_numeric { "numbers" } else { "words" })),
            Column::floats("information_value", Unit::Number, rows().map(|row| row.information_value)),
            Column::text("tells", rows().map(|row| row.information_value.map(strength))),
            Column::flags("used", rows().map(|row| Some(row.used))),
            Column::counts("bins", rows().map(|row| number(row.bins.len() as u64))),
        ],
    )
}

fn fit_columns(seen: &Seen, view: &View<Seen>) -> Vec<Column> {
    let tenure = |seen: &Seen, at: usize| {
        let tenure = seen.result.bands[seen.result.accounts[at].band?].tenure;
        tenure.map(|tenure| tenure.restricted_mean)
    };
    vec![
        view.subjects(&seen.facts, &seen.result.candidates),
        view.flags("in_ledger", |seen, at| Some(at < seen.facts.len())),
        view.flags("key_account", |seen, at| seen.result.accounts[at].key),
        view.floats("fit", Unit::Share, |seen, at| seen.result.accounts[at].fit),
        view.integers("fit_band", Unit::Count, |seen, at| seen.result.accounts[at].band.map(|band| number(band as u64 + 1))),
        view.floats("expected_tenure_days", Unit::Days, tenure),
        view.lists("reasons", |seen, at, list| {
            let reasons = seen.result.reasons(at);
            reasons.for_each(|(attribute, bin)| list.push(|text| text.push_str(&seen.said[attribute][bin])));
        }),
    ]
}

fn bands_table(result: &KeyAccountProfile) -> Result<Table> {
    let rows = || result.bands.iter();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let share = |row: &FitBand| (row.accounts > 0).then(|| row.key_accounts as f64 / row.accounts as f64);
    Table::new(
        "bands",
        vec![
            Column::counts("fit_band", (1..).take(result.bands.len())),
            Column::floats("from", Unit::Share, rows().map(|row| Some(row.from))),
            Column::floats("to", Unit::Share, rows().map(|row| Some(row.to))),
            Column::counts("accounts", rows().map(|row| number(row.accounts as u64))),
            Column::counts("key_accounts", rows().map(|row| number(row.key_accounts as u64))),
            Column::floats("key_share", Unit::Share, rows().map(share)),
            Column::floats("expected_tenure_days", Unit::Days, rows().map(|row| row.tenure.map(|tenure| tenure.restricted_mean))),
            Column::floats("median_tenure_days", Unit::Days, rows().map(|row| row.tenure.and_then(|tenure| tenure.median))),
            Column::flags("still_open", rows().map(|row| row.tenure.map(|tenure| tenure.is_open))),
        ],
    )
}
