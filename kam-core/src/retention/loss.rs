//! Which accounts are lost, since when, how often they were lost before, and whether they came back.

use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::loss_tables::outcome;
use super::purchase_model::{PurchaseModel, PurchaseModelMethod, PurchaseModelOptions};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, DAYS, Figures, MONEY, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::nullable::Nullable;
use crate::time::{Date, Period};

/// What makes an account lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LossCriterion {
    /// No purchase for `days`.
    #[default]
    Days,
    /// No purchase for longer than `gap_multiple` × the account's own median gap between purchases.
    Gap,
    /// A probability of being alive below `p_alive`.
    PAlive,
}

impl LossCriterion {
    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LossCriterion::Days => "days",
            LossCriterion::Gap => "gap",
            LossCriterion::PAlive => "p_alive",
        }
    }
}

/// Options of [`loss`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LossOptions {
    /// Which criterion decides; the other two are given beside it.
    pub criterion: LossCriterion,
    /// Lost by `days`: no purchase for this many days.
    #[schemars(range(min = 1))]
    pub days: u32,
    /// Lost by `gap`: no purchase for longer than this many times the account's own median gap.
    pub gap_multiple: f64,
    /// How many gaps between days with a sale an own median takes; with fewer, `days` stands in.
    #[schemars(range(min = 1))]
    pub min_gaps: u32,
    /// A silence shorter than this many days is never a loss by `gap`, however often the account buys.
    pub min_silence: u32,
    /// Lost by `p_alive`: the purchase model's probability that the account is alive is below this.
    pub p_alive: f64,
    /// The value of a lost account is its revenue in this many periods, the last of which holds its last purchase.
    #[schemars(range(min = 1))]
    pub value_periods: u32,
}

impl Default for LossOptions {
    fn default() -> Self {
        LossOptions {
            criterion: LossCriterion::Days,
            days: 180,
            gap_multiple: 3.0,
            min_gaps: 2,
            min_silence: 30,
            p_alive: 0.5,
            value_periods: 12,
        }
    }
}

impl Options for LossOptions {
    fn validate(&self) -> Result<()> {
        if !(1..=100_000).contains(&self.days) {
            return Err(Error::option("days", self.days, "a number of days from 1 to 100,000"));
        }
        if !(self.gap_multiple > 0.0 && self.gap_multiple <= 1_000.0) {
            return Err(Error::option("gap_multiple", self.gap_multiple, "a number above 0, at most 1,000"));
        }
        if self.min_gaps == 0 {
            return Err(Error::option("min_gaps", self.min_gaps, "at least 1"));
        }
        if self.min_silence > 100_000 {
            return Err(Error::option("min_silence", self.min_silence, "a number of days up to 100,000"));
        }
        if !(self.p_alive > 0.0 && self.p_alive <= 1.0) {
            return Err(Error::option("p_alive", self.p_alive, "a probability above 0, at most 1"));
        }
        if !(1..=10_000).contains(&self.value_periods) {
            return Err(Error::option("value_periods", self.value_periods, "a number of periods from 1 to 10,000"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct LossInputs<'a> {
    /// The probability that the account is alive; NaN where it is not known.
    pub p_alive: Option<&'a [f64]>,
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossState {
    /// It is lost.
    Lost,
    /// It was lost, came back, and is not lost now.
    Returned,
    /// It never was lost.
    Active,
    /// It never bought: there are only returns or credits.
    NeverBought,
}

impl LossState {
    /// All four, in the order of the table.
    pub const ALL: [LossState; 4] = [LossState::Lost, LossState::Returned, LossState::Active, LossState::NeverBought];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LossState::Lost => "lost",
            LossState::Returned => "returned",
            LossState::Active => "active",
            LossState::NeverBought => "never_bought",
        }
    }
}

/// One loss: a silence that became too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossEpisode {
    /// The account's place in the facts' keys.
    pub account: usize,
    /// The last purchase before it.
    pub last_sale: Date,
    /// The day on which the account was lost.
    pub lost_on: Date,
    /// The purchase that ended it, where there was one.
    pub returned_on: Option<Date>,
    /// Revenue of the `value_periods` up to the last purchase, in minor units.
    pub value: i64,
}

impl LossEpisode {
    /// How many days without a purchase made the loss.
    #[must_use]
    pub fn limit_days(&self) -> i32 {
        self.lost_on.days_since(self.last_sale)
    }
}

/// Where one account stands, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossAccount {
    /// Where it stands by the deciding criterion.
    pub state: LossState,
    /// The day since which it is lost; `None` where it is not, or where `p_alive` decides, which knows no day.
    pub lost_on: Option<Date>,
    /// The first day on which it was lost.
    pub first_loss: Option<Date>,
    /// How often it was lost, now included.
    pub losses: u32,
    /// How often it came back.
    pub returns: u32,
    /// The last time it came back.
    pub last_return: Option<Date>,
    /// Days from its last purchase to `as_of`.
    pub silent_days: Option<i32>,
    /// How many days without a purchase make it lost now, by days or gap; `None` where `p_alive` decides.
    pub limit_days: Option<i32>,
    /// The median of its gaps between days with a sale.
    pub median_gap: Nullable,
    /// How many gaps there are.
    pub gaps: u32,
    /// The probability that it is alive.
    pub p_alive: Nullable,
    /// Is it lost by days, by gap, by P(alive)? `None` where that cannot be said.
    pub lost_by: [Option<bool>; 3],
    /// Revenue of the `value_periods` up to the last purchase, in minor units.
    pub value: i64,
}

/// The result of [`loss`].
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// One an account, in the order of the facts' keys.
    pub accounts: Vec<LossAccount>,
    /// Every loss of the history, by account and then day. None where `p_alive` decides.
    pub episodes: Vec<LossEpisode>,
    /// The options it was made with.
    pub options: LossOptions,
    /// Why another criterion decides than the one that was asked for.
    pub fallback: Option<String>,
}

impl Loss {
    /// The accounts that are lost, by their places.
    pub fn lost(&self) -> impl Iterator<Item = usize> + '_ {
        self.accounts.iter().enumerate().filter(|(_, account)| account.state == LossState::Lost).map(|(at, _)| at)
    }
}

/// Which accounts are lost by one of three criteria, with every loss and return of the history as it was to be seen at its time.
///
/// ```
/// use kam_core::{LossInputs, LossOptions, loss};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = loss(&facts, &LossInputs::default(), &LossOptions::default())?;
/// for at in result.lost() {
///     println!("{} was lost on {:?}", facts.account(at), result.accounts[at].lost_on);
/// }
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn loss(facts: &Facts, inputs: &LossInputs<'_>, options: &LossOptions) -> Result<Loss> {
    options.validate()?;
    check_inputs(facts, inputs, options)?;
    const CHUNK: usize = 4096;
    let chunks: Vec<(Vec<LossAccount>, Vec<LossEpisode>)> = (0..facts.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut scratch = Scratch::default();
            let mut episodes = vec![];
            let range = chunk * CHUNK..facts.len().min((chunk + 1) * CHUNK);
            let accounts = range
                .map(|at| {
                    let p_alive = inputs.p_alive.map(|values| values[at]).filter(|value| value.is_finite());
                    account(facts, at, p_alive, options, &mut scratch, &mut episodes)
                })
                .collect();
            (accounts, episodes)
        })
        .collect();
    let (mut accounts, mut episodes) = (Vec::with_capacity(facts.len()), vec![]);
    for (some, theirs) in chunks {
        accounts.extend(some);
        episodes.extend(theirs);
    }
    Ok(Loss { accounts, episodes, options: options.clone(), fallback: None })
}

fn check_inputs(facts: &Facts, inputs: &LossInputs<'_>, options: &LossOptions) -> Result<()> {
    match inputs.p_alive {
        Some(values) if values.len() != facts.len() => {
            let message = format!("loss: p_alive has {} values for {} accounts", values.len(), facts.len());
            Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, in key order"))
        }
        None if options.criterion == LossCriterion::PAlive => {
            Err(Error::new(Code::MissingInput, "loss: the criterion p_alive needs each account's probability of being alive")
                .with_hint("it comes from a purchase model; choose the criterion days or gap without one"))
        }
        _ => Ok(()),
    }
}

/// Kept between accounts to spare the allocations.
#[derive(Default)]
struct Scratch {
    gaps: Vec<i32>,
    periods: Vec<(Period, i64)>,
}

fn account(
    facts: &Facts,
    at: usize,
    p_alive: Option<f64>,
    options: &LossOptions,
    scratch: &mut Scratch,
    episodes: &mut Vec<LossEpisode>,
) -> LossAccount {
    let Scratch { gaps, periods } = scratch;
    gaps.clear();
    periods.clear();
    periods.extend(facts.purchases(at).map(|bought| (bought.period, bought.revenue)));
    let value = |day: Date| value(periods, facts.grain().period(day), options.value_periods);
    let (first, before) = (episodes.len(), options.criterion != LossCriterion::PAlive);
    let mut last: Option<Date> = None;
    for day in facts.active_days(at) {
        if let Some(last) = last {
            let limit = limit(gaps, options.criterion, options);
            if before && day.days_since(last) > limit {
                let lost_on = Date(last.0 + limit);
                episodes.push(LossEpisode { account: at, last_sale: last, lost_on, returned_on: Some(day), value: value(last) });
            }
            let gap = day.days_since(last);
            gaps.insert(gaps.partition_point(|other| *other <= gap), gap);
        }
        last = Some(day);
    }
    let silent_days = last.map(|last| facts.as_of().days_since(last));
    let by_days = silent_days.map(|silent| silent >= limit(gaps, LossCriterion::Days, options));
    let has_gaps = gaps.len() >= options.min_gaps as usize;
    let by_gap = silent_days.filter(|_| has_gaps).map(|silent| silent >= limit(gaps, LossCriterion::Gap, options));
    let by_p_alive = p_alive.filter(|_| last.is_some()).map(|p| p < options.p_alive);
    let own_limit = last.filter(|_| before).map(|_| limit(gaps, options.criterion, options));
    let is_lost = match options.criterion {
        LossCriterion::PAlive => by_p_alive == Some(true),
        _ => silent_days.zip(own_limit).is_some_and(|(silent, limit)| silent >= limit),
    };
    let lost_on = last.zip(own_limit).filter(|_| is_lost).map(|(last, limit)| Date(last.0 + limit));
    if let Some((last_sale, lost_on)) = last.zip(lost_on) {
        episodes.push(LossEpisode { account: at, last_sale, lost_on, returned_on: None, value: value(last_sale) });
    }
    let own = &episodes[first..];
    let returns = own.iter().filter(|episode| episode.returned_on.is_some()).count();
    LossAccount {
        state: match last {
            None => LossState::NeverBought,
            Some(_) if is_lost => LossState::Lost,
            Some(_) if returns > 0 => LossState::Returned,
            Some(_) => LossState::Active,
        },
        lost_on,
        first_loss: own.first().map(|episode| episode.lost_on),
        losses: narrow(own.len().max(usize::from(is_lost))),
        returns: narrow(returns),
        last_return: own.iter().rev().find_map(|episode| episode.returned_on),
        silent_days,
        limit_days: own_limit,
        median_gap: median(gaps).into(),
        gaps: narrow(gaps.len()),
        p_alive: p_alive.into(),
        lost_by: [by_days, by_gap, by_p_alive],
        value: last.map_or(0, value),
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How many days without a purchase make a loss, by the gaps known so far.
fn limit(gaps: &[i32], criterion: LossCriterion, options: &LossOptions) -> i32 {
    let days = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
    match median(gaps).filter(|_| criterion == LossCriterion::Gap && gaps.len() >= options.min_gaps as usize) {
        // Longer than: the first whole number of days above.
        #[expect(clippy::cast_possible_truncation, reason = "cut to the days that there are")]
        Some(median) => ((options.gap_multiple * median).floor().min(1e6) as i32 + 1).max(days(options.min_silence)),
        None => days(options.days),
    }
}

/// The median of ascending values.
pub(super) fn median(ascending: &[i32]) -> Option<f64> {
    let middle = ascending.len() / 2;
    match ascending.len() {
        0 => None,
        len if len % 2 == 1 => Some(f64::from(ascending[middle])),
        _ => Some((f64::from(ascending[middle - 1]) + f64::from(ascending[middle])) / 2.0),
    }
}

/// The revenue of so many periods, the last of which is `last`.
fn value(periods: &[(Period, i64)], last: Period, count: u32) -> i64 {
    let from = last.0.saturating_sub(i32::try_from(count).unwrap_or(i32::MAX));
    let end = periods.partition_point(|(period, _)| *period <= last);
    periods[..end].iter().rev().take_while(|(period, _)| period.0 > from).map(|(_, revenue)| revenue).sum()
}

/// The losses with these options, worked out once in a context, with the purchase model that all its methods share. Where P(alive) is to
/// decide and the model cannot be trusted, each account's own median gap does.
pub(super) fn remembered_loss(context: &Context<'_>, options: &LossOptions) -> Result<Arc<Loss>> {
    let model = context.given::<PurchaseModelOptions>(PurchaseModelMethod::NAME)?;
    context.remember("loss", &(options, model), || {
        let model = PurchaseModel::shared(context)?;
        let mut options = options.clone();
        let untrusted = model.why_not.as_ref().filter(|_| options.criterion == LossCriterion::PAlive);
        let fallback =
            untrusted.map(|why| format!("the criterion gap stands in for p_alive, whose purchase model is not to be trusted: {why}"));
        if fallback.is_some() {
            options.criterion = LossCriterion::Gap;
        }
        let result = loss(context.facts, &LossInputs { p_alive: model.trusted_p_alive() }, &options)?;
        Ok(Loss { fallback, ..result })
    })
}

/// [`loss`] in the registry.
pub struct LossMethod;

impl Method for LossMethod {
    const NAME: &'static str = "loss";
    const TITLE: &'static str = "Lost accounts";
    const ABOUT: &'static str = "Which accounts are lost, since when, what they were worth, and which were lost before and came back.";
    const BUILDS_ON: &'static [&'static str] = &["purchase_model"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("loss", "an account, the lost ones first, largest value first"),
        ("episodes", "a loss in the history, newest first, with the return that ended it"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["buyers", "lost", "returned", "active", "never_bought", "losses", "returns", "lost_by"]),
        (SHARE, &["lost_share", "return_share"]),
        (MONEY, &["lost_value"]),
        (DAYS, &["median_days_to_return"]),
    ];
    type Options = LossOptions;

    fn run(context: &Context<'_>, options: &LossOptions) -> Result<Outcome> {
        outcome(context.facts, &remembered_loss(context, options)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap_limit(gaps: &[i32]) -> i32 {
        limit(gaps, LossCriterion::Gap, &LossOptions::default())
    }

    #[test]
    fn longer_than_three_median_gaps() {
        assert_eq!(gap_limit(&[20, 20]), 61);
        assert_eq!(gap_limit(&[20, 21]), 62, "3 × 20.5 = 61.5 is passed on day 62");
        assert_eq!(gap_limit(&[1, 1, 1, 400]), 30, "never before min_silence");
        assert_eq!(gap_limit(&[20]), 180, "one gap is no median: days stand in");
        assert_eq!(gap_limit(&[]), 180);
    }

    #[test]
    fn value_is_of_the_periods_up_to_the_last_purchase() {
        let periods = [(Period(1), 5), (Period(2), 7), (Period(13), 11), (Period(15), -100)];
        assert_eq!(value(&periods, Period(13), 12), 18);
        assert_eq!(value(&periods, Period(13), 1), 11);
        assert_eq!(value(&periods, Period(13), 13), 23);
        assert_eq!(value(&[], Period(13), 12), 0);
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        let refused = |change: fn(&mut LossOptions)| {
            let mut options = LossOptions::default();
            change(&mut options);
            options.validate().is_err()
        };
        assert!(refused(|options| options.days = 0));
        assert!(refused(|options| options.gap_multiple = f64::NAN));
        assert!(refused(|options| options.gap_multiple = 0.0));
        assert!(refused(|options| options.min_gaps = 0));
        assert!(refused(|options| options.p_alive = 1.5));
        assert!(refused(|options| options.value_periods = 0));
        assert!(LossOptions::default().validate().is_ok());
    }
}
