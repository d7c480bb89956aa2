//! Key account types: breadwinner, prospect, image maker, expert; an account may be several.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::base::Base;
use super::key_account_types_tables::outcome;
use super::subjects::{Subjects, largest, sum};
use crate::crm::{Crm, Grouped, Optional, Side};
use crate::error::{Error, Result};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figure, Figures, MONEY, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::nullable::Nullable;
use crate::time::Date;

/// Options of [`key_account_types`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeyAccountTypesOptions {
    /// Breadwinner: what it brings a share of, over the window.
    pub base: Measure,
    /// Breadwinner: without the ledger column that `base` needs, take revenue and say so; otherwise that is an error.
    pub fallback_to_revenue: bool,
    /// Breadwinner: the share of the total from which on an account is one, above 0 and up to 1.
    pub breadwinner_share: f64,
    /// Prospect: the calendar months since the first sale during which an account is new.
    pub new_months: u32,
    /// Prospect: the budget from which on it is large; without, the quantile below.
    pub large_budget: Option<f64>,
    /// Prospect: without `large_budget`, a budget is large from this quantile of all known budgets on, 0 to 1.
    pub budget_quantile: f64,
    /// Competitor's breadwinner: a prospect of whose spend one competitor holds more than this share, 0 to 1.
    pub competitor_share: f64,
    /// Image maker: how far the account's name brings others (`accounts.reference`) from which on it is one, 0 to 1.
    pub reference: f64,
    /// Image maker: the leader of an industry or region by annual revenue, where so many accounts of it have one.
    pub leader_accounts: u32,
    /// Expert: the criteria of our ratings of the customer; all of them must be high.
    pub expert_criteria: Vec<String>,
    /// Expert: the score that is high; without, the share below of the scale.
    pub expert_score: Option<f64>,
    /// Expert: without `expert_score`, high is from this share of the way from the lowest to the highest score of our ratings on, 0 to 1.
    pub expert_level: f64,
}

impl Default for KeyAccountTypesOptions {
    fn default() -> Self {
        KeyAccountTypesOptions {
            base: Measure::Profit,
            fallback_to_revenue: true,
            breadwinner_share: 0.10,
            new_months: 6,
            large_budget: None,
            budget_quantile: 0.75,
            competitor_share: 0.5,
            reference: 0.5,
            leader_accounts: 5,
            expert_criteria: ["quality_requirements", "service_requirements", "market_knowledge"].map(str::to_owned).into(),
            expert_score: None,
            expert_level: 0.8,
        }
    }
}

impl Options for KeyAccountTypesOptions {
    fn validate(&self) -> Result<()> {
        if !(self.breadwinner_share > 0.0 && self.breadwinner_share <= 1.0) {
            return Err(Error::option("breadwinner_share", self.breadwinner_share, "a share above 0 and up to 1"));
        }
        let shares = [
            ("budget_quantile", self.budget_quantile),
            ("competitor_share", self.competitor_share),
            ("reference", self.reference),
            ("expert_level", self.expert_level),
        ];
        if let Some((name, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return Err(Error::option(name, value, "a share between 0 and 1"));
        }
        if let Some(budget) = self.large_budget.filter(|budget| !(*budget > 0.0 && budget.is_finite())) {
            return Err(Error::option("large_budget", budget, "an amount above 0"));
        }
        if let Some(score) = self.expert_score.filter(|score| !score.is_finite()) {
            return Err(Error::option("expert_score", score, "a number"));
        }
        if self.leader_accounts < 2 {
            return Err(Error::option("leader_accounts", self.leader_accounts, "at least 2: nobody leads alone"));
        }
        if self.new_months > 1_200 {
            return Err(Error::option("new_months", self.new_months, "at most 1,200"));
        }
        if self.expert_criteria.is_empty() {
            return Err(Error::option("expert_criteria", "empty", "at least one criterion"));
        }
        Ok(())
    }
}

/// A type of key account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyAccountType {
    /// Brings a large share of the profit.
    Breadwinner,
    /// New or not yet buying, with a large budget.
    Prospect,
    /// A prospect most of whose spend one competitor holds.
    CompetitorBreadwinner,
    /// Its name brings others.
    ImageMaker,
    /// Demands much and knows its market.
    Expert,
}

impl KeyAccountType {
    /// All types.
    pub const ALL: [KeyAccountType; 5] = [
        KeyAccountType::Breadwinner,
        KeyAccountType::Prospect,
        KeyAccountType::CompetitorBreadwinner,
        KeyAccountType::ImageMaker,
        KeyAccountType::Expert,
    ];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            KeyAccountType::Breadwinner => "breadwinner",
            KeyAccountType::Prospect => "prospect",
            KeyAccountType::CompetitorBreadwinner => "competitor_breadwinner",
            KeyAccountType::ImageMaker => "image_maker",
            KeyAccountType::Expert => "expert",
        }
    }
}

/// What one account is, and by what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypedAccount {
    /// Per type, in the order of [`KeyAccountType::ALL`]: is it one? `None` where data are missing.
    pub is: [Option<bool>; 5],
    /// Its base over the window, in minor units or as a count; `None` for a candidate.
    pub value: Option<i64>,
    /// Its share of the total.
    pub share: Nullable,
    /// The first sale.
    pub first_date: Option<Date>,
    /// What it spends in a year on what we sell.
    pub budget: Nullable,
    /// The competitor with the largest share of its spend, and that share.
    pub competitor: Option<Box<(String, f64)>>,
    /// How far its name brings others.
    pub reference: Nullable,
    /// What it leads by annual revenue, and how many accounts of that were compared.
    pub leads: Box<[(String, usize)]>,
    /// Its own revenue in a year.
    pub annual_revenue: Nullable,
    /// Its mean score per criterion of `expert_criteria`.
    pub scores: Box<[Nullable]>,
}

impl TypedAccount {
    /// The types it has.
    pub fn types(&self) -> impl Iterator<Item = KeyAccountType> {
        KeyAccountType::ALL.into_iter().filter(|kind| self.is[*kind as usize] == Some(true))
    }
}

/// Key account types in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyAccountTypesSummary {
    /// The ledger's accounts.
    pub accounts: usize,
    /// Accounts that only the crm knows.
    pub candidates: usize,
    /// How many have at least one type.
    pub key_accounts: usize,
    /// How many have each type.
    pub types: BTreeMap<&'static str, usize>,
    /// What breadwinners bring a share of.
    pub base: Measure,
    /// Its total, losses included; money in units of the currency.
    pub base_total: f64,
    /// The budget from which on one is large.
    pub large_budget: Option<f64>,
    /// The score from which on one is high.
    pub high_score: Option<f64>,
    /// What could not be judged for want of which table and column.
    pub missing: Vec<String>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`key_account_types`].
#[derive(Clone, Debug, PartialEq)]
pub struct KeyAccountTypes {
    /// The ledger's accounts in the order of the facts' keys, then the candidates by key.
    pub accounts: Vec<TypedAccount>,
    /// The candidates' keys.
    pub candidates: Arc<[String]>,
    /// The figures.
    pub summary: KeyAccountTypesSummary,
}

/// Says of every account, and of every candidate that the crm knows, which types of key account it is.
pub fn key_account_types(facts: &Facts, crm: &Crm, options: &KeyAccountTypesOptions) -> Result<KeyAccountTypes> {
    options.validate()?;
    let subjects = Subjects::new(facts, crm);
    judge(&subjects, crm, options)
}

fn judge(subjects: &Subjects<'_>, crm: &Crm, options: &KeyAccountTypesOptions) -> Result<KeyAccountTypes> {
    let facts = subjects.facts;
    let base = Base::of(facts, options.base, options.fallback_to_revenue)?;
    let mut accounts = vec![TypedAccount::default(); subjects.len()];
    let mut missing = vec![];
    breadwinners(&mut accounts, facts, &base, options);
    let large_budget = prospects(&mut accounts, subjects, crm, options, &mut missing);
    image_makers(&mut accounts, subjects, crm, options, &mut missing);
    let high_score = experts(&mut accounts, subjects, crm, options, &mut missing);
    let count = |kind: KeyAccountType| accounts.iter().filter(|account| account.is[kind as usize] == Some(true)).count();
    let total = facts.measure_number(base.measure, base.total);
    let note = match &base.note {
        Some(note) => Some(note.clone()),
        None if base.total <= 0 => Some(format!("the total {} is not positive: nobody brings a share of it", base.name(facts))),
        None => None,
    };
    let summary = KeyAccountTypesSummary {
        accounts: facts.len(),
        candidates: subjects.candidates.len(),
        key_accounts: accounts.iter().filter(|account| account.types().next().is_some()).count(),
        types: KeyAccountType::ALL.into_iter().map(|kind| (kind.name(), count(kind))).collect(),
        base: base.measure,
        base_total: total,
        large_budget,
        high_score,
        missing,
        note,
    };
    Ok(KeyAccountTypes { accounts, candidates: subjects.candidate_keys(), summary })
}

fn breadwinners(accounts: &mut [TypedAccount], facts: &Facts, base: &Base, options: &KeyAccountTypesOptions) {
    accounts.par_iter_mut().enumerate().for_each(|(at, account)| {
        account.first_date = (at < facts.len()).then(|| facts.first_date(at)).flatten();
        account.value = base.values.get(at).copied();
        let share = account.value.and_then(|value| crate::facts::ranking::share(value.into(), base.total));
        account.share = share.into();
        // Who has bought nothing brings nothing, whatever the base.
        account.is[KeyAccountType::Breadwinner as usize] = Some(share.is_some_and(|share| share >= options.breadwinner_share));
    });
}

/// Judges prospects and gives the budget from which on one is large.
fn prospects(
    accounts: &mut [TypedAccount],
    subjects: &Subjects<'_>,
    crm: &Crm,
    options: &KeyAccountTypesOptions,
    missing: &mut Vec<String>,
) -> Option<f64> {
    let budgets = crm.accounts().and_then(|accounts| accounts.budget.as_ref());
    let known = || Some(crm.accounts()?.own_rows(subjects.facts).filter_map(|row| budgets?[row]));
    let large = options.large_budget.or_else(|| quantile(known()?, options.budget_quantile));
    if budgets.is_none() {
        missing.push("prospect: accounts.budget says what an account spends in a year on what we sell, and it was not given".to_owned());
    }
    if crm.competitors().is_none_or(|competitors| competitors.share.is_none()) {
        missing.push(
            "competitor_breadwinner: competitors.share says how much of its spend a competitor holds, and it was not given".to_owned(),
        );
    }
    let rivals = subjects.group(crm.competitors());
    let facts = subjects.facts;
    accounts.par_iter_mut().enumerate().for_each(|(at, account)| {
        let budget = subjects.number(crm.accounts().map(|accounts| &accounts.budget), at);
        account.budget = budget.into();
        account.competitor = largest_rival(crm, &rivals, at).map(Box::new);
        // No month is longer than 31 days, so most need no calendar.
        let is_old = |first: Date| i64::from(facts.as_of().days_since(first)) > 31 * i64::from(options.new_months);
        let is_young = |first: Date| months_between(first, facts.as_of()) < i64::from(options.new_months);
        let is_new = account.first_date.is_none_or(|first| !is_old(first) && is_young(first));
        let is_large = budget.zip(large).map(|(budget, large)| budget > 0.0 && budget >= large);
        let prospect = if is_new { is_large } else { Some(false) };
        let held = account.competitor.as_ref().map(|rival| rival.1 > options.competitor_share);
        account.is[KeyAccountType::Prospect as usize] = prospect;
        account.is[KeyAccountType::CompetitorBreadwinner as usize] = match (prospect, held) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    });
    large
}

/// The competitor with the largest share of the account's spend, the first by name of equal ones.
fn largest_rival(crm: &Crm, rivals: &Grouped, at: usize) -> Option<(String, f64)> {
    let competitors = crm.competitors()?;
    let shares = competitors.share.as_ref()?;
    let known = rivals.of(at).filter_map(|row| Some((&competitors.competitor[row], shares[row]?)));
    known.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0))).map(|(name, share)| (name.clone(), share))
}

/// Calendar months from one day to another, part months counted by their days.
fn months_between(first: Date, last: Date) -> i64 {
    let ((year, month, day), (last_year, last_month, last_day)) = (first.ymd(), last.ymd());
    (i64::from(last_year) - i64::from(year)) * 12 + i64::from(last_month) - i64::from(month) - i64::from(last_day < day)
}

/// The smallest value that this share of all values do not exceed.
fn quantile(values: impl Iterator<Item = f64>, share: f64) -> Option<f64> {
    let mut ascending: Vec<f64> = values.collect();
    ascending.sort_unstable_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of accounts")]
    let place = (share * ascending.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    ascending.get(place.wrapping_sub(1)).copied()
}

fn image_makers(
    accounts: &mut [TypedAccount],
    subjects: &Subjects<'_>,
    crm: &Crm,
    options: &KeyAccountTypesOptions,
    missing: &mut Vec<String>,
) {
    let table = crm.accounts();
    let revenues = table.and_then(|table| table.annual_revenue.as_ref());
    let groups: Vec<(&str, &Optional<String>)> =
        table.map_or_else(Vec::new, |table| vec![("industry", &table.industry), ("region", &table.region)]);
    let groups: Vec<_> = groups.into_iter().filter(|(_, column)| column.is_some() && revenues.is_some()).collect();
    if table.is_none_or(|table| table.reference.is_none()) {
        missing.push("image_maker: accounts.reference says whether a name brings others, and it was not given".to_owned());
    }
    if groups.is_empty() {
        missing.push("image_maker: who leads an industry or region needs accounts.annual_revenue with industry or region".to_owned());
    }
    let rows = || table.into_iter().flat_map(|table| table.own_rows(subjects.facts));
    let leaders: Vec<Leaders<'_>> =
        groups.iter().map(|(_, column)| leaders(rows().filter_map(|row| column.as_ref()?[row].as_deref().zip(revenues?[row])))).collect();
    accounts.par_iter_mut().enumerate().for_each(|(at, account)| {
        let reference = subjects.number(table.map(|table| &table.reference), at);
        let annual_revenue = subjects.number(table.map(|table| &table.annual_revenue), at);
        (account.reference, account.annual_revenue) = (reference.into(), annual_revenue.into());
        let led = groups.iter().zip(&leaders).filter_map(|((kind, column), leaders)| {
            let (name, revenue) = subjects.value(Some(column), at).zip(annual_revenue)?;
            let (most, compared) = leaders.get(name.as_str())?;
            let leads = revenue > 0.0 && revenue == *most && *compared >= options.leader_accounts as usize;
            leads.then(|| (format!("the {kind} {name}"), *compared))
        });
        account.leads = led.collect();
        let by_name = reference.map(|reference| reference >= options.reference && reference > 0.0);
        let leads = if account.leads.is_empty() { (!groups.is_empty()).then_some(false) } else { Some(true) };
        account.is[KeyAccountType::ImageMaker as usize] = match (by_name, leads) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, None) => None,
            _ => Some(false),
        };
    });
}

/// Per word of a column the largest annual revenue, and how many rows have one.
type Leaders<'a> = HashMap<&'a str, (f64, usize), FixedState>;

fn leaders<'a>(revenues: impl Iterator<Item = (&'a str, f64)>) -> Leaders<'a> {
    let mut leaders = Leaders::default();
    for (name, revenue) in revenues {
        let (most, compared) = leaders.entry(name).or_insert((revenue, 0));
        *most = most.max(revenue);
        *compared += 1;
    }
    leaders
}

/// Judges experts and gives the score from which on one is high.
fn experts(
    accounts: &mut [TypedAccount],
    subjects: &Subjects<'_>,
    crm: &Crm,
    options: &KeyAccountTypesOptions,
    missing: &mut Vec<String>,
) -> Option<f64> {
    let criteria = &options.expert_criteria;
    let Some(ratings) = crm.ratings() else {
        missing.push(format!("expert: the table ratings with our scores for {} was not given", criteria.join(", ")));
        return None;
    };
    let ours = || (0..ratings.score.len()).filter(|row| ratings.side[*row] == Side::OfCustomer);
    for criterion in criteria.iter().filter(|criterion| !ours().any(|row| ratings.criterion[row] == **criterion)) {
        missing.push(format!("expert: ratings of the side of_customer have no score for `{criterion}`"));
    }
    let scores = || ours().map(|row| ratings.score[row]);
    let scale = largest(scores().map(|score| -score)).map(|lowest| -lowest).zip(largest(scores())).filter(|(low, high)| low < high);
    let high = options.expert_score.or_else(|| scale.map(|(lowest, highest)| lowest + options.expert_level * (highest - lowest)))?;
    let rows = subjects.group(Some(ratings));
    for (at, account) in accounts.iter_mut().enumerate() {
        let mean = |criterion: &String| {
            let of_it = rows.of(at).filter(|row| ratings.side[*row] == Side::OfCustomer && ratings.criterion[*row] == *criterion);
            let count = of_it.clone().count();
            #[expect(clippy::cast_precision_loss, reason = "a count of ratings")]
            (count > 0).then(|| sum(of_it.map(|row| ratings.score[row])) / count as f64).into()
        };
        account.scores = criteria.iter().map(mean).collect();
        // A little below the mark is at it: scales are divided in floats.
        let is_high = |score: &Nullable| score.get().map(|score| score >= high - 1e-9);
        account.is[KeyAccountType::Expert as usize] = match account.scores.iter().map(is_high).collect::<Vec<_>>() {
            each if each.contains(&Some(false)) => Some(false),
            each if each.contains(&None) => None,
            _ => Some(true),
        };
    }
    Some(high)
}

/// [`key_account_types`] in the registry.
pub struct KeyAccountTypesMethod;

impl Method for KeyAccountTypesMethod {
    const NAME: &'static str = "key_account_types";
    const TITLE: &'static str = "Key account types";
    const ABOUT: &'static str = "Who is a breadwinner, a prospect, an image maker or an expert, and why; candidates included.";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("key_account_types", "an account of the ledger or a candidate; those with most types first"),
        ("labels", "an account and one of its types, with the evidence"),
        ("types", "a type"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "candidates", "key_accounts", "types"]),
        (Figure::Of("base"), &["base_total"]),
        (MONEY, &["large_budget"]),
        (NUMBER, &["high_score"]),
    ];
    type Options = KeyAccountTypesOptions;

    fn run(context: &Context<'_>, options: &KeyAccountTypesOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = judge(&Subjects::new(facts, context.crm), context.crm, options)?;
        outcome(facts, result, options)
    }
}
