//! Assignment: who should look after which account, under the managers' capacity and languages.

use kam_numerics::assignment::{Assigned, AssignmentError, Pair, assign};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::managers::Managers;
use crate::crm::{AccountManagers, Crm};
use crate::error::{Code, Error, Result};
use crate::facts::{Facts, Measure};
use crate::method::Options;

/// Options of [`assignment`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AssignmentOptions {
    /// What an account weighs: its share of this over the window, negative values counting as nothing.
    pub base: Measure,
    /// How many accounts are given to managers anew, the weightiest first; the others stay where they are and take their hours.
    #[schemars(range(min = 1))]
    pub max_accounts: u32,
    /// How much it is worth that an account keeps its manager, in points of competence.
    pub continuity: f64,
    /// Hours a year for an account that neither `accounts.needed_hours` nor the window's activities know.
    pub default_hours: f64,
    /// Hours a year of a manager whose capacity is not known.
    pub default_capacity: f64,
    /// An account that has a language needs a manager who speaks it.
    pub languages: bool,
    /// How many nodes the search looks at before it stops and states the gap.
    #[schemars(range(min = 1))]
    pub nodes: u32,
}

impl Default for AssignmentOptions {
    fn default() -> Self {
        AssignmentOptions {
            base: Measure::Revenue,
            max_accounts: 200,
            continuity: 5.0,
            default_hours: 8.0,
            default_capacity: 1_600.0,
            languages: true,
            nodes: 2_000,
        }
    }
}

/// The most pairs of accounts and managers that one program holds.
pub const MOST_PAIRS: usize = 100_000;

impl Options for AssignmentOptions {
    fn validate(&self) -> Result<()> {
        for (name, value) in [("max_accounts", self.max_accounts), ("nodes", self.nodes)] {
            if value == 0 {
                return Err(Error::option(name, value, "1 or more"));
            }
        }
        for (name, value) in
            [("continuity", self.continuity), ("default_hours", self.default_hours), ("default_capacity", self.default_capacity)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::option(name, value, "a number of 0 or more"));
            }
        }
        Ok(())
    }
}

/// What other methods worked out.
#[derive(Clone, Copy, Debug, Default)]
pub struct AssignmentInputs<'a> {
    /// Managers by name with their competence from 0 to 100; without, all are as good.
    pub competence: Option<&'a [(String, f64)]>,
}

/// One of the managers who can be given accounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignee {
    /// The name.
    pub manager: String,
    /// 0 to 100; `None` where the manager was not rated.
    pub competence: Option<f64>,
    /// Hours a year.
    pub capacity: f64,
    /// Was the capacity given?
    pub capacity_known: bool,
    /// Of them, hours of accounts that stay where they are.
    pub reserved: f64,
    /// The languages, in small letters; `None` where nothing is known of them.
    pub languages: Option<Vec<String>>,
}

/// One account of those that were given anew.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignedAccount {
    /// Its place among the facts' keys.
    pub account: usize,
    /// Its share of the base of all accounts that were given anew.
    pub weight: f64,
    /// Hours a year.
    pub hours: f64,
    /// Where the hours come from.
    pub hours_from: &'static str,
    /// Its language, in small letters.
    pub language: Option<String>,
    /// Who looks after it today, by name.
    pub today: Option<String>,
    /// The same as a place in the managers, where it is one of them.
    pub today_place: Option<usize>,
    /// Who should, as a place in the managers.
    pub proposed: Option<usize>,
    /// How many managers could take it.
    pub eligible: usize,
}

impl AssignedAccount {
    /// Should somebody else look after it?
    #[must_use]
    pub fn moves(&self) -> bool {
        self.proposed.is_some() && self.proposed != self.today_place
    }
}

/// The result of [`assignment`].
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The managers who can be given accounts, by name.
    pub managers: Vec<Assignee>,
    /// The accounts, the weightiest first.
    pub accounts: Vec<AssignedAccount>,
    /// How many accounts stay where they are because they weigh less, or nothing.
    pub left_as_they_are: usize,
    /// The objective of today's managers: competence weighted by the accounts, and what continuity is worth.
    pub today: f64,
    /// The objective of the proposal.
    pub proposed: f64,
    /// No assignment of as many accounts has a larger objective.
    pub bound: f64,
    /// Was it proved that none has?
    pub optimal: bool,
    /// How many nodes the search looked at.
    pub nodes: u64,
    /// Competence weighted by the accounts, today and proposed, without continuity.
    pub competence: (f64, f64),
    /// Hours over the managers' capacity today.
    pub over_capacity_today: f64,
    /// Accounts whose manager today does not speak their language.
    pub language_gaps_today: usize,
}

/// Proposes who looks after which account: as many accounts as fit have a manager, and their weighted competence is the largest there is.
pub fn assignment(facts: &Facts, crm: &Crm, inputs: &AssignmentInputs<'_>, options: &AssignmentOptions) -> Result<Assignment> {
    options.validate()?;
    let table = crm.managers().filter(|table| !table.manager.is_empty()).ok_or_else(|| {
        Error::new(Code::MissingInput, "managers: there is no such table; it says who can be given accounts, and for how many hours")
            .with_hint("give the crm table `managers` with manager, and languages and capacity where you know them")
    })?;
    let weights: Vec<i64> = facts.measure(options.base)?.into_iter().map(|value| value.max(0)).collect();
    let all = Managers::of(facts, crm);
    let mut managers: Vec<Assignee> = (0..table.manager.len()).map(|row| assignee(table, row, inputs, options)).collect();
    // The solver takes one of equally good proposals by the managers' places, so these must not be those of their rows.
    managers.sort_unstable_by(|a, b| a.manager.cmp(&b.manager));
    let mut order: Vec<usize> = (0..facts.len()).filter(|at| weights[*at] > 0).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(weights[*at]), *at));
    order.truncate(options.max_accounts as usize);
    if order.len().saturating_mul(managers.len()) > MOST_PAIRS {
        let (accounts, managers) = (order.len(), managers.len());
        return Err(Error::option(
            "max_accounts",
            format!("{accounts} for {managers} managers"),
            "so few that accounts times managers are at most 100,000",
        ));
    }
    let (hours, source) = hours(facts, crm, options);
    let today = |at: usize| all.name(all.of_account[at]);
    let place = |name: Option<&str>| name.and_then(|name| managers.iter().position(|manager| manager.manager == name));
    let total: i128 = order.iter().map(|at| i128::from(weights[*at])).sum();
    let language = |at: usize| {
        let accounts = crm.accounts()?;
        let row = accounts.row_of(&facts.account(at))?;
        accounts.language.as_ref()?[row].as_ref().map(|language| language.trim().to_lowercase())
    };
    let mut accounts: Vec<AssignedAccount> = order
        .iter()
        .map(|at| AssignedAccount {
            account: *at,
            #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
            weight: weights[*at] as f64 / total as f64,
            hours: hours[*at],
            hours_from: source[*at].word(),
            language: language(*at).filter(|_| options.languages),
            today: today(*at).map(str::to_owned),
            today_place: place(today(*at)),
            proposed: None,
            eligible: 0,
        })
        .collect();
    let mut is_given = vec![false; facts.len()];
    order.iter().for_each(|at| is_given[*at] = true);
    let mut reserved = vec![0.0; managers.len()];
    // In key order, so that sums do not depend on anything else.
    for at in (0..facts.len()).filter(|at| !is_given[*at]) {
        // Who buys nothing needs nobody, unless effort or the crm says so.
        if let Some(place) = place(today(at)).filter(|_| source[at] != Source::Default) {
            reserved[place] += hours[at];
        }
    }
    managers.iter_mut().zip(reserved).for_each(|(manager, hours)| manager.reserved = hours);
    let assigned = propose(&managers, &mut accounts, options)?;
    let worth = |account: &AssignedAccount, place: Option<usize>| place.map_or(0.0, |place| value(&managers, account, place, options));
    let competence = |place: Option<usize>| place.map_or(0.0, |place| score(&managers[place]));
    // From 0, for Rust's own sum of nothing is −0.
    let sum = |of: &dyn Fn(&AssignedAccount) -> f64| accounts.iter().map(of).fold(0.0, |sum, part| sum + part);
    let mut load: Vec<f64> = managers.iter().map(|manager| manager.reserved).collect();
    accounts.iter().for_each(|account| {
        if let Some(place) = account.today_place {
            load[place] += account.hours;
        }
    });
    Ok(Assignment {
        today: sum(&|account| worth(account, account.today_place)),
        proposed: assigned.value,
        bound: assigned.bound,
        optimal: assigned.optimal,
        nodes: assigned.nodes,
        competence: (
            sum(&|account| account.weight * competence(account.today_place)),
            sum(&|account| account.weight * competence(account.proposed)),
        ),
        over_capacity_today: managers.iter().zip(&load).map(|(manager, load)| (load - manager.capacity).max(0.0)).sum(),
        language_gaps_today: accounts
            .iter()
            .filter(|account| account.today_place.is_some_and(|place| !speaks(&managers[place], account.language.as_deref())))
            .count(),
        left_as_they_are: facts.len() - accounts.len(),
        managers,
        accounts,
    })
}

fn assignee(table: &AccountManagers, row: usize, inputs: &AssignmentInputs<'_>, options: &AssignmentOptions) -> Assignee {
    let name = &table.manager[row];
    let competence = inputs.competence.and_then(|rated| rated.iter().find(|(rated, _)| rated == name)).map(|(_, score)| *score);
    let capacity = table.capacity.as_ref().and_then(|capacity| capacity[row]);
    Assignee {
        manager: name.clone(),
        // Without any competence, all are as good.
        competence: if inputs.competence.is_some() { competence } else { Some(100.0) },
        capacity: capacity.unwrap_or(options.default_capacity),
        capacity_known: capacity.is_some(),
        reserved: 0.0,
        languages: table.languages_of(row),
    }
}

/// Where the hours of an account come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Given,
    Activities,
    Default,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Source::Given => "accounts.needed_hours",
            Source::Activities => "activities",
            Source::Default => "default_hours",
        }
    }
}

/// Hours a year by account.
fn hours(facts: &Facts, crm: &Crm, options: &AssignmentOptions) -> (Vec<f64>, Vec<Source>) {
    #[expect(clippy::cast_precision_loss, reason = "a count of periods")]
    let years = facts.span().periods() as f64 / facts.grain().per_year();
    let mut found = vec![(options.default_hours, Source::Default); facts.len()];
    if let Some(activities) = crm.activities() {
        let efforts = crate::crm::Efforts::of(facts, activities, facts.window_start(), facts.as_of(), None);
        for (own, effort) in found.iter_mut().zip(&efforts.accounts) {
            if effort.hours() > 0.0 {
                *own = (effort.hours() / years, Source::Activities);
            }
        }
    }
    if let Some((accounts, needed)) = crm.accounts().and_then(|accounts| Some((accounts, accounts.needed_hours.as_ref()?))) {
        for (own, row) in found.iter_mut().zip(accounts.rows_of(facts).iter()) {
            if let Some(hours) = row.and_then(|row| needed[row]) {
                *own = (hours, Source::Given);
            }
        }
    }
    found.into_iter().unzip()
}

/// Who was not rated counts as the least competent of those who were.
fn score(manager: &Assignee) -> f64 {
    manager.competence.unwrap_or(0.0)
}

fn speaks(manager: &Assignee, language: Option<&str>) -> bool {
    language.is_none_or(|language| manager.languages.as_ref().is_none_or(|spoken| spoken.iter().any(|word| word == language)))
}

fn value(managers: &[Assignee], account: &AssignedAccount, place: usize, options: &AssignmentOptions) -> f64 {
    let kept = if account.today_place == Some(place) { options.continuity } else { 0.0 };
    account.weight * (score(&managers[place]) + kept)
}

fn propose(managers: &[Assignee], accounts: &mut [AssignedAccount], options: &AssignmentOptions) -> Result<Assigned> {
    let mut pairs = vec![];
    for (task, account) in accounts.iter_mut().enumerate() {
        for worker in (0..managers.len()).filter(|worker| speaks(&managers[*worker], account.language.as_deref())) {
            account.eligible += 1;
            pairs.push(Pair { task, worker, value: value(managers, account, worker, options), load: account.hours });
        }
    }
    let capacity: Vec<f64> = managers.iter().map(|manager| (manager.capacity - manager.reserved).max(0.0)).collect();
    let today: Vec<Option<usize>> = accounts.iter().map(|account| account.today_place).collect();
    let assigned = assign(accounts.len(), &capacity, &pairs, &today, options.nodes.into()).map_err(|error| match error {
        AssignmentError::Stopped => Error::option("nodes", options.nodes, "larger: the search ended without a proposal"),
        other => Error::internal(format!("assignment: {other}")),
    })?;
    accounts.iter_mut().zip(&assigned.worker).for_each(|(account, worker)| account.proposed = *worker);
    Ok(assigned)
}
