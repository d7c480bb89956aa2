//! Loss over time: how many accounts and how much value were lost per period, and from where, from whom, after what.

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bridge_steps::Directions;
use super::loss::{Loss, LossCriterion, LossEpisode, LossOptions, LossState, remembered_loss};
use super::loss_dynamics_tables::outcome;
use super::loss_reasons::{Reason, Reasons};
use crate::crm::{Accounts, Crm, Values};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, MONEY, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::time::{Date, Period};

/// Options of [`loss_dynamics`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LossDynamicsOptions {
    /// A reason is what happened from this many days before the last purchase until the account was lost.
    pub reason_days: u32,
    /// The column of the crm table `accounts` whose words are the segments: `industry`, `region` or a further column.
    pub segment: String,
}

impl Default for LossDynamicsOptions {
    fn default() -> Self {
        LossDynamicsOptions { reason_days: 180, segment: "industry".to_owned() }
    }
}

impl Options for LossDynamicsOptions {
    fn validate(&self) -> Result<()> {
        if self.reason_days > 100_000 {
            return Err(Error::option("reason_days", self.reason_days, "a number of days up to 100,000"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct LossDynamicsInputs<'a> {
    /// The segments; without, those of the accounts table.
    pub segments: Option<&'a [Option<&'a str>]>,
}

/// What was lost and what came back. Money is in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossSums {
    /// How many losses.
    pub losses: usize,
    /// What the lost accounts were worth.
    pub value: i128,
    /// How many returns.
    pub returns: usize,
    /// What the returning accounts had been worth when they were lost.
    pub returned_value: i128,
}

impl LossSums {
    pub(super) fn add(&mut self, value: i64, returned: bool) {
        self.losses += 1;
        self.value += i128::from(value);
        self.returns += usize::from(returned);
        self.returned_value += if returned { i128::from(value) } else { 0 };
    }
}

/// One period of [`LossDynamics`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossPeriod {
    /// The period of the facts' grain.
    pub period: Period,
    /// Accounts that had bought and were not lost when it began.
    pub accounts: i64,
    /// What was lost and what came back in it.
    pub sums: LossSums,
}

/// One loss with where it happened and what came before it.
#[derive(Clone, Debug, PartialEq)]
pub struct LossCase {
    /// The place of the loss in [`Loss::episodes`].
    pub episode: usize,
    /// The direction with most of the value.
    pub direction: Option<String>,
    /// Who looked after the account on the day of its last purchase.
    pub manager: Option<String>,
    /// The account's segment.
    pub segment: Option<String>,
    /// What happened before it, each once.
    pub reasons: Vec<Reason>,
}

/// The result of [`loss_dynamics`].
#[derive(Clone, Debug, PartialEq)]
pub struct LossDynamics {
    /// Every period of the history from the first purchase on, oldest first.
    pub periods: Vec<LossPeriod>,
    /// By direction: the value of each loss is split by what it was made of. Losses count in every direction that the account had bought in.
    pub directions: Vec<(Option<String>, LossSums)>,
    /// By segment.
    pub segments: Vec<(Option<String>, LossSums)>,
    /// By manager.
    pub managers: Vec<(Option<String>, LossSums)>,
    /// By reason; a loss counts in each of its reasons.
    pub reasons: Reasons,
    /// One a loss, in the order of [`Loss::episodes`].
    pub cases: Vec<LossCase>,
    /// What could not be said, and why.
    pub missing: Vec<String>,
}

/// Losses per period, by direction, segment, manager and by what happened before.
///
/// ```
/// use kam_core::{Crm, LossDynamicsInputs, LossDynamicsOptions, LossInputs, LossOptions, loss, loss_dynamics};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let crm = Crm::builder().activities(vec![company.activities])?.build()?;
/// let losses = loss(&facts, &LossInputs::default(), &LossOptions::default())?;
/// let result = loss_dynamics(&facts, &crm, &losses, &LossDynamicsInputs::default(), &LossDynamicsOptions::default())?;
/// assert_eq!(result.periods.iter().map(|period| period.sums.losses).sum::<usize>(), losses.episodes.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn loss_dynamics(
    facts: &Facts,
    crm: &Crm,
    loss: &Loss,
    inputs: &LossDynamicsInputs<'_>,
    options: &LossDynamicsOptions,
) -> Result<LossDynamics> {
    options.validate()?;
    check(facts, loss, inputs)?;
    let mut missing = vec![];
    let directions = Directions::of(facts);
    if directions.is_none() {
        missing.push("ledger: without the column `direction` nothing can be said by direction".to_owned());
    }
    let segments = match inputs.segments {
        Some(given) => Some(given.to_vec()),
        None => segments(facts, crm, &options.segment, &mut missing),
    };
    let managers = managers(facts, crm, &mut missing);
    let episodes = &loss.episodes;
    let parts: Vec<Parts> =
        episodes.par_iter().map(|episode| Parts::of(facts, episode, directions.as_ref(), loss.options.value_periods)).collect();
    let reasons = Reasons::of(facts, crm, loss, options.reason_days, &mut missing);
    let name = |direction: u32| directions.as_ref().and_then(|all| all.names[direction as usize]).map(str::to_owned);
    let cases: Vec<LossCase> = episodes
        .iter()
        .enumerate()
        .zip(&parts)
        .map(|((at, episode), parts)| LossCase {
            episode: at,
            direction: parts.main_direction().and_then(name),
            manager: match parts.manager {
                Some(label) => facts.labels().labels[label as usize].manager.clone(),
                None => managers.as_ref().and_then(|managers| managers[episode.account]).map(str::to_owned),
            },
            segment: segments.as_ref().and_then(|segments| segments[episode.account]).map(str::to_owned),
            reasons: reasons.of_episode(at),
        })
        .collect();
    let mut by_direction: BTreeMap<u32, LossSums> = BTreeMap::new();
    for (episode, parts) in episodes.iter().zip(&parts) {
        for (direction, value, bought) in &parts.directions {
            let sums = by_direction.entry(*direction).or_default();
            sums.add(*value, episode.returned_on.is_some());
            if !bought {
                // Credits alone are value, and no account lost there.
                sums.losses -= 1;
                sums.returns -= usize::from(episode.returned_on.is_some());
            }
        }
    }
    let group = |key: fn(&LossCase) -> &Option<String>| {
        let mut groups: BTreeMap<&Option<String>, LossSums> = BTreeMap::new();
        for (case, episode) in cases.iter().zip(episodes) {
            groups.entry(key(case)).or_default().add(episode.value, episode.returned_on.is_some());
        }
        sorted(groups.into_iter().map(|(name, sums)| (name.clone(), sums)))
    };
    let by_segment = if segments.is_some() { group(|case| &case.segment) } else { vec![] };
    let by_manager = if facts.labels().has_manager || managers.is_some() { group(|case| &case.manager) } else { vec![] };
    Ok(LossDynamics {
        periods: periods(facts, loss),
        directions: sorted(by_direction.into_iter().map(|(direction, sums)| (name(direction), sums))),
        segments: by_segment,
        managers: by_manager,
        reasons,
        cases,
        missing,
    })
}

fn check(facts: &Facts, loss: &Loss, inputs: &LossDynamicsInputs<'_>) -> Result<()> {
    if loss.options.criterion == LossCriterion::PAlive {
        return Err(Error::new(Code::MissingInput, "loss_dynamics: the criterion p_alive knows no day on which an account was lost")
            .with_hint("let loss decide by days or gap: given = {\"loss\": {\"criterion\": \"days\"}}"));
    }
    let segments = inputs.segments.map_or(facts.len(), <[_]>::len);
    if loss.accounts.len() != facts.len() || segments != facts.len() {
        return Err(Error::new(Code::StateMismatch, "loss_dynamics: losses or segments are not those of these facts")
            .with_hint("give the losses of the same facts, and one segment per account in key order"));
    }
    Ok(())
}

/// Groups by value lost, largest first, equal values by name.
fn sorted(groups: impl Iterator<Item = (Option<String>, LossSums)>) -> Vec<(Option<String>, LossSums)> {
    let mut groups: Vec<_> = groups.collect();
    groups.sort_by(|(a, left), (b, right)| right.value.cmp(&left.value).then_with(|| a.cmp(b)));
    groups
}

/// What one loss was made of.
struct Parts {
    /// Direction, value, bought in it?
    directions: Vec<(u32, i64, bool)>,
    /// A label of the manager who sold most around the last day with a sale, where the ledger has managers.
    manager: Option<u32>,
}

impl Parts {
    fn of(facts: &Facts, episode: &LossEpisode, directions: Option<&Directions<'_>>, value_periods: u32) -> Self {
        let mut parts = Parts { directions: vec![], manager: None };
        let has_manager = facts.labels().has_manager;
        if directions.is_none() && !has_manager {
            return parts;
        }
        let last = facts.grain().period(episode.last_sale);
        let from = last.0.saturating_sub(i32::try_from(value_periods).unwrap_or(i32::MAX));
        let cell_period = facts.cell_grain().period(episode.last_sale);
        let bit = episode.last_sale.days_since(facts.cell_grain().start(cell_period));
        let mut sold: Vec<(Option<&str>, i64, u32)> = vec![];
        for cell in facts.cells(episode.account) {
            let period = facts.period_of(&cell);
            if period > last {
                break;
            }
            if period.0 <= from {
                continue;
            }
            if let Some(directions) = directions {
                parts.directions.push((directions.place(&cell), cell.revenue, cell.sale_lines > 0));
            }
            let is_last_day = cell.period == cell_period && cell.days >> bit & 1 == 1;
            if has_manager && is_last_day {
                // Cells keep days but no sums of a day: these are the day's own where nothing was sold under the label on another day, and
                // never less than those, so that whoever sold most for certain is found.
                let name = facts.labels().labels.get(cell.label as usize).and_then(|label| label.manager.as_deref());
                let sales = cell.revenue + cell.returns;
                match sold.iter_mut().find(|(known, ..)| *known == name) {
                    Some((_, sum, _)) => *sum += sales,
                    None => sold.push((name, sales, cell.label)),
                }
            }
        }
        // Of equal sums the first by name, and a name before none.
        let order = |name: Option<&str>| std::cmp::Reverse(name.map_or((true, String::new()), |name| (false, name.to_owned())));
        parts.manager = sold.into_iter().max_by_key(|(name, sum, _)| (*sum, order(*name))).map(|(.., label)| label);
        parts.directions.sort_unstable_by_key(|(direction, ..)| *direction);
        parts.directions.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                *kept = (kept.0, kept.1 + next.1, kept.2 || next.2);
            }
            same
        });
        parts
    }

    /// The direction with most of the value, the first of equals.
    fn main_direction(&self) -> Option<u32> {
        self.directions.iter().rev().max_by_key(|(_, value, _)| *value).map(|(direction, ..)| *direction)
    }
}

/// The accounts' segments by a column of the accounts table.
fn segments<'a>(facts: &Facts, crm: &'a Crm, column: &str, missing: &mut Vec<String>) -> Option<Vec<Option<&'a str>>> {
    let values = crm.accounts().and_then(|accounts| words(accounts, column));
    match (crm.accounts(), values) {
        (Some(accounts), Some(values)) => Some(accounts.rows_of(facts).iter().map(|row| values.get(row?)?.as_deref()).collect()),
        (Some(_), None) => {
            missing.push(format!("accounts: without a column `{column}` of words nothing can be said by segment"));
            None
        }
        (None, _) => {
            missing.push(format!("accounts: without this table and its column `{column}` nothing can be said by segment"));
            None
        }
    }
}

fn words<'a>(accounts: &'a Accounts, column: &str) -> Option<&'a [Option<String>]> {
    match column {
        "industry" => accounts.industry.as_deref(),
        "region" => accounts.region.as_deref(),
        "manager" => accounts.manager.as_deref(),
        name => match &accounts.attribute(name)?.values {
            Values::Categorical(values) => Some(values),
            Values::Numeric(_) => None,
        },
    }
}

/// Who looks after the accounts by the accounts table, for ledgers that do not say it.
fn managers<'a>(facts: &Facts, crm: &'a Crm, missing: &mut Vec<String>) -> Option<Vec<Option<&'a str>>> {
    if facts.labels().has_manager {
        return None;
    }
    let managers = crm.accounts().and_then(|accounts| Some((accounts, accounts.manager.as_ref()?)));
    if managers.is_none() {
        missing.push("ledger, accounts: without a column `manager` in either nothing can be said by manager".to_owned());
    }
    managers.map(|(accounts, values)| accounts.rows_of(facts).iter().map(|row| values[row?].as_deref()).collect())
}

/// Losses and returns by the period in which they happened, and how many accounts there were to lose when it began.
fn periods(facts: &Facts, loss: &Loss) -> Vec<LossPeriod> {
    let grain = facts.grain();
    let last = grain.period(facts.as_of()).0;
    let Some(first) = (0..facts.len()).filter_map(|at| facts.first_date(at)).min().map(|day| grain.period(day).0) else { return vec![] };
    let mut all: Vec<LossPeriod> = (first..=last).map(|period| LossPeriod { period: Period(period), ..LossPeriod::default() }).collect();
    let place = |day: Date| usize::try_from(grain.period(day).0 - first).unwrap_or(0);
    // How the number of accounts changes within each period.
    let mut changes = vec![0i64; all.len()];
    for at in (0..facts.len()).filter(|at| loss.accounts[*at].state != LossState::NeverBought) {
        if let Some(day) = facts.first_date(at) {
            changes[place(day)] += 1;
        }
    }
    for episode in &loss.episodes {
        let of = place(episode.lost_on);
        all[of].sums.losses += 1;
        all[of].sums.value += i128::from(episode.value);
        changes[of] -= 1;
        if let Some(day) = episode.returned_on {
            let of = place(day);
            all[of].sums.returns += 1;
            all[of].sums.returned_value += i128::from(episode.value);
            changes[of] += 1;
        }
    }
    let mut accounts = 0;
    for (period, change) in all.iter_mut().zip(changes) {
        period.accounts = accounts;
        accounts += change;
    }
    all
}

/// [`loss_dynamics`] in the registry.
pub struct LossDynamicsMethod;

impl Method for LossDynamicsMethod {
    const NAME: &'static str = "loss_dynamics";
    const TITLE: &'static str = "Loss dynamics";
    const ABOUT: &'static str = "How many accounts and how much value were lost per period, by direction, segment, manager and reason.";
    const BUILDS_ON: &'static [&'static str] = &["loss", "purchase_model"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("loss_dynamics", "a period, oldest first"),
        ("directions", "a direction, largest value lost first"),
        ("segments", "a segment, largest value lost first"),
        ("managers", "a manager, largest value lost first"),
        ("reasons", "what happened before losses, most frequent first"),
        ("details", "what is noted as the reason, most frequent first"),
        ("losses", "a loss, newest first"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["losses", "returns", "window_losses"]),
        (MONEY, &["lost_value", "returned_value", "window_lost_value"]),
        (SHARE, &["window_loss_rate"]),
    ];
    type Options = LossDynamicsOptions;

    fn run(context: &Context<'_>, options: &LossDynamicsOptions) -> Result<Outcome> {
        let loss = remembered_loss(context, &context.given::<LossOptions>("loss")?)?;
        let result = loss_dynamics(context.facts, context.crm, &loss, &LossDynamicsInputs::default(), options)?;
        outcome(context.facts, &loss, &result)
    }
}
