//! Whom to win back, with which offer, within a budget.

use kam_numerics::knapsack::{Item, choose};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clv::{ClvOptions, clv};
use super::loss::{Loss, LossOptions, remembered_loss};
use super::purchase_model::PurchaseModel;
use super::return_chance::{ReturnChances, ReturnCurve};
use super::spend_model::SpendModel;
use super::value::ValueBase;
use super::win_back_options::{Offer, ReturnChanceSource, ReturnValueSource, WinBackObjective, WinBackOptions};
use super::win_back_tables::outcome;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, DAYS, Figures, MONEY};
use crate::method::{Context, Method, Options, Outcome};

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct WinBackInputs<'a> {
    /// The probability that the account will buy again; NaN where it is not known.
    pub p_alive: Option<&'a [f64]>,
    /// What the account would be worth over the horizon if it came back, in units of the currency; NaN where it is not known. Without, what
    /// it was worth before it was lost.
    pub value: Option<&'a [f64]>,
    /// The revenue behind that value, of which a discount takes its share. Without, the revenue before it was lost.
    pub revenue: Option<&'a [f64]>,
}

/// Why a lost account is not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotWorth {
    /// It brought nothing or a loss, or so little that not one minor unit is expected of it.
    NoValue,
    /// No account that was silent for as long came back, and no offer makes a chance of its own.
    NoChance,
    /// Its chance of a return is not known.
    NoChanceKnown,
    /// Every offer costs at least what it is expected to bring.
    CostsMore,
    /// Others bring more for the budget.
    BeyondBudget,
}

impl NotWorth {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NotWorth::NoValue => "no_value",
            NotWorth::NoChance => "no_chance",
            NotWorth::NoChanceKnown => "no_chance_known",
            NotWorth::CostsMore => "costs_more",
            NotWorth::BeyondBudget => "beyond_budget",
        }
    }
}

/// What an offer is expected to do for one account. Money is in minor units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfferOutcome {
    /// The offer's place in the list of offers.
    pub offer: usize,
    /// The chance of a return with it.
    pub chance: f64,
    /// That chance × what the account would be worth, less the discount on what it would buy.
    pub expected_value: i64,
    /// What it costs.
    pub cost: i64,
    /// Expected value less cost.
    pub net: i64,
    /// By how much that exceeds what is expected without any offer.
    pub uplift: i64,
}

/// A lost account. Money is in minor units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WinBackAccount {
    /// Its place in the facts' keys.
    pub account: usize,
    /// What it would be worth over the horizon.
    pub value: Option<i64>,
    /// Its chance of a return without an offer.
    pub chance: Option<f64>,
    /// How many silences of the ledger that chance rests on; `None` where it is from a model.
    pub silences: Option<u64>,
    /// The offer chosen, or where none is chosen the best one.
    pub best: Option<OfferOutcome>,
    /// Why it is not on the list; `None` for those on it.
    pub not_worth: Option<NotWorth>,
}

/// The result of [`win_back`].
#[derive(Clone, Debug, PartialEq)]
pub struct WinBack {
    /// The lost accounts: those on the list first, by what they are expected to bring net, then the others in the same order.
    pub accounts: Vec<WinBackAccount>,
    /// The offers chosen from.
    pub offers: Vec<Offer>,
    /// What the value is of.
    pub base: ValueBase,
    /// The sum that is made as large as it can be, in minor units.
    pub objective: i128,
    /// No choice within the budget can have a larger sum.
    pub bound: i128,
    /// Is it proved that no choice has a larger sum?
    pub is_optimal: bool,
    /// The days that a return may take.
    pub horizon_days: i32,
    /// The days of the horizon within which chances are those of a return: no more than the ledger's longest silence is longer than the shortest of the
    /// lost accounts. `None` where chances are a model's, which know no end.
    pub chance_days: Option<i32>,
}

impl WinBack {
    /// Those on the list.
    pub fn chosen(&self) -> impl Iterator<Item = &WinBackAccount> {
        self.accounts.iter().filter(|account| account.not_worth.is_none())
    }
}

/// Chooses among the lost accounts, and the offers to make them, for the largest sum of value × chance of return − cost within a budget.
///
/// ```
/// use kam_core::{LossInputs, LossOptions, WinBackInputs, WinBackOptions, loss, win_back};
/// use kam_core::retention::Offer;
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let losses = loss(&facts, &LossInputs::default(), &LossOptions::default())?;
/// let visit = Offer { cost: 400.0, chance_factor: 1.5, ..Offer::new("visit") };
/// let options = WinBackOptions { offers: vec![visit], budget: Some(5_000.0), ..WinBackOptions::default() };
/// let result = win_back(&facts, &losses, &WinBackInputs::default(), &options)?;
/// assert!(result.is_optimal && result.chosen().count() <= 12);
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn win_back(facts: &Facts, loss: &Loss, inputs: &WinBackInputs<'_>, options: &WinBackOptions) -> Result<WinBack> {
    options.validate()?;
    check(facts, loss, inputs, options)?;
    let base = match options.value {
        // Of the whole spend where neither a cost nor a margin rate is known.
        ReturnValueSource::Clv => ValueBase::Margin,
        _ => ValueBase::chosen(options.base, facts)?,
    };
    let horizon_days = horizon_days(facts, options.horizon_periods)?;
    let lost: Vec<usize> = loss.lost().collect();
    let (chances, chance_days) = match options.chance {
        ReturnChanceSource::PAlive => (None, None),
        ReturnChanceSource::History => {
            let shortest = lost.iter().filter_map(|at| loss.accounts[*at].silent_days).min();
            let curve = ReturnCurve::of(facts);
            // Beyond the longest silence nothing is known, however long the horizon.
            let days = shortest.map_or(horizon_days, |shortest| curve.reach(shortest).min(horizon_days));
            (Some(curve.chances(shortest.unwrap_or(0), days, options.smoothing)), Some(days))
        }
    };
    let offers = if options.offers.is_empty() { vec![Offer::new("contact")] } else { options.offers.clone() };
    let costs = offers.iter().map(|offer| minor(facts, offer.cost, "offers.cost")).collect::<Result<Vec<i64>>>()?;
    let lookup = Lookup { facts, loss, inputs, options, base, chances: chances.as_ref(), offers: &offers, costs: &costs };
    let judged: Vec<(WinBackAccount, Vec<OfferOutcome>)> = lost.par_iter().map(|at| lookup.judge(*at)).collect();
    let mut items = vec![];
    let mut ends = vec![];
    for (_, outcomes) in &judged {
        let gain = |outcome: &OfferOutcome| match options.objective {
            WinBackObjective::ExpectedValue => outcome.net,
            WinBackObjective::Uplift => outcome.uplift,
        };
        items.extend(outcomes.iter().map(|outcome| Item { cost: outcome.cost, gain: gain(outcome) }));
        ends.push(items.len());
    }
    let all: i64 = items.iter().map(|item| i128::from(item.cost)).sum::<i128>().try_into().unwrap_or(i64::MAX);
    let capacity = options.budget.map_or(Ok(all), |budget| minor(facts, budget, "budget"))?.min(all);
    let choice = choose(&items, &ends, capacity, options.search_limit as usize).ok_or_else(|| {
        Error::new(Code::Overflow, "win_back: the values and costs of all offers add up to more than 62 bits of minor units")
            .with_hint("leave out offers, or use a coarser scale")
    })?;
    let mut accounts: Vec<WinBackAccount> = judged
        .into_iter()
        .zip(&choice.items)
        .map(|((mut account, outcomes), chosen)| {
            match chosen {
                Some(at) => account.best = Some(outcomes[*at]),
                None if account.not_worth.is_none() => {
                    let is_worth = account.best.is_some_and(|best| match options.objective {
                        WinBackObjective::ExpectedValue => best.net > 0,
                        WinBackObjective::Uplift => best.uplift > 0,
                    });
                    let costs_nothing = account.best.is_some_and(|best| best.cost == 0 && best.net == 0);
                    account.not_worth = Some(match (is_worth, costs_nothing) {
                        (true, _) => NotWorth::BeyondBudget,
                        (false, true) => NotWorth::NoValue,
                        (false, false) => NotWorth::CostsMore,
                    });
                }
                None => {}
            }
            account
        })
        .collect();
    let net = |account: &WinBackAccount| account.best.map_or(i64::MIN, |best| best.net);
    accounts.sort_by_key(|account| (account.not_worth.is_some(), std::cmp::Reverse(net(account)), account.account));
    Ok(WinBack {
        accounts,
        offers,
        base,
        objective: choice.gain,
        bound: choice.bound,
        is_optimal: choice.is_optimal,
        horizon_days,
        chance_days,
    })
}

fn check(facts: &Facts, loss: &Loss, inputs: &WinBackInputs<'_>, options: &WinBackOptions) -> Result<()> {
    let lengths =
        [Some(loss.accounts.len()), inputs.p_alive.map(<[f64]>::len), inputs.value.map(<[f64]>::len), inputs.revenue.map(<[f64]>::len)];
    if lengths.into_iter().flatten().any(|len| len != facts.len()) {
        return Err(Error::new(Code::StateMismatch, "win_back: losses, chances or values are not those of these facts")
            .with_hint("give one of each per account of the facts, in key order"));
    }
    if options.chance == ReturnChanceSource::PAlive && inputs.p_alive.is_none() {
        return Err(Error::new(Code::MissingInput, "win_back: the chance p_alive needs each account's probability of being alive")
            .with_hint("it comes from a purchase model; take the chance from the ledger's history without one"));
    }
    if options.value == ReturnValueSource::Clv && inputs.value.is_none() {
        return Err(Error::new(Code::MissingInput, "win_back: the value clv needs each account's lifetime value, given that it is alive")
            .with_hint("it is clv divided by P(alive); take the value from the ledger's history without one"));
    }
    Ok(())
}

/// The days from `as_of` to the end of so many further periods.
fn horizon_days(facts: &Facts, periods: u32) -> Result<i32> {
    let grain = facts.grain();
    let last = grain.period(facts.as_of());
    let end = grain.after(last, i64::from(periods));
    let end = end.ok_or_else(|| Error::option("horizon_periods", periods, "a number of periods that ends before the year 10,000"))?;
    Ok(grain.end(end).days_since(grain.end(last)))
}

/// Units of the currency as minor units.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "refused beyond 2⁵³ minor units")]
fn minor(facts: &Facts, amount: f64, name: &str) -> Result<i64> {
    let minor = (amount * facts.scale().units() as f64).round();
    if minor.abs() > 9e15 {
        return Err(Error::option(name, amount, "an amount of less than 9·10¹⁵ minor units"));
    }
    Ok(minor as i64)
}

struct Lookup<'a> {
    facts: &'a Facts,
    loss: &'a Loss,
    inputs: &'a WinBackInputs<'a>,
    options: &'a WinBackOptions,
    base: ValueBase,
    chances: Option<&'a ReturnChances>,
    offers: &'a [Offer],
    costs: &'a [i64],
}

impl Lookup<'_> {
    /// One account with what each offer would do for it; no offers where it is not worth any.
    fn judge(&self, at: usize) -> (WinBackAccount, Vec<OfferOutcome>) {
        let silent = self.loss.accounts[at].silent_days.unwrap_or(0);
        let from_history = self.chances.map(|chances| chances.after(silent));
        let model = self.inputs.p_alive.map(|values| values[at]).filter(|p| p.is_finite());
        let chance = from_history.map_or(model, |history| Some(history.chance)).map(|chance| chance.clamp(0.0, 1.0));
        let value = self.value(at);
        let mut account = WinBackAccount {
            account: at,
            value,
            chance,
            silences: from_history.map(|history| history.silences),
            best: None,
            not_worth: None,
        };
        let (Some(value), Some(chance)) = (value.filter(|value| *value > 0), chance) else {
            account.not_worth = Some(if chance.is_none() { NotWorth::NoChanceKnown } else { NotWorth::NoValue });
            return (account, vec![]);
        };
        let revenue = self.revenue(at).unwrap_or(value);
        let without = expected(value, chance, 0.0);
        let outcomes: Vec<OfferOutcome> = (0..self.offers.len())
            .map(|offer| {
                let Offer { chance_factor, chance_added, discount, .. } = self.offers[offer];
                let chance = (chance * chance_factor + chance_added).clamp(0.0, 1.0);
                let (expected_value, cost) = (expected(value, chance, discount * to_float(revenue)), self.costs[offer]);
                let net = expected_value - cost;
                OfferOutcome { offer, chance, expected_value, cost, net, uplift: net - without }
            })
            .collect();
        let gain = |outcome: &OfferOutcome| match self.options.objective {
            WinBackObjective::ExpectedValue => outcome.net,
            WinBackObjective::Uplift => outcome.uplift,
        };
        account.best = outcomes.iter().copied().rev().max_by_key(gain);
        if outcomes.iter().all(|outcome| outcome.chance == 0.0) {
            account.not_worth = Some(NotWorth::NoChance);
            return (account, vec![]);
        }
        (account, outcomes)
    }

    /// What an account would be worth over the horizon, in minor units: as given, or what it brought in as many periods up to its last
    /// purchase.
    fn value(&self, at: usize) -> Option<i64> {
        self.given(self.inputs.value, at).unwrap_or_else(|| self.before(at, self.base))
    }

    /// What it would buy over the horizon, in minor units; nothing where it returned more than it bought.
    fn revenue(&self, at: usize) -> Option<i64> {
        self.given(self.inputs.revenue, at).unwrap_or_else(|| self.before(at, ValueBase::Revenue)).map(|revenue| revenue.max(0))
    }

    /// What was given for an account; the inner `None` is one that is not known.
    fn given(&self, values: Option<&[f64]>, at: usize) -> Option<Option<i64>> {
        let value = values?[at];
        Some(Some(value).filter(|value| value.is_finite()).and_then(|value| minor(self.facts, value, "value").ok()))
    }

    /// What an account brought in as many periods as the horizon has, up to its last purchase, in minor units.
    fn before(&self, at: usize, base: ValueBase) -> Option<i64> {
        let last = self.facts.grain().period(self.facts.last_date(at)?);
        let periods = self.loss.options.value_periods;
        let from = last.0.saturating_sub(i32::try_from(periods).unwrap_or(i32::MAX));
        let value: i128 =
            self.facts.periods(at).filter(|sums| sums.period.0 > from && sums.period <= last).map(|sums| base.of(&sums)).sum();
        let (horizon, periods) = (i128::from(self.options.horizon_periods), i128::from(periods));
        // Rounded to the nearest minor unit, halves up.
        i64::try_from((2 * value * horizon + periods).div_euclid(2 * periods)).ok()
    }
}

/// Chance × (value − what is given away), to the nearest minor unit.
#[expect(clippy::cast_possible_truncation, reason = "no more than value and revenue")]
fn expected(value: i64, chance: f64, given_away: f64) -> i64 {
    (chance * (to_float(value) - given_away)).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "an estimate is made of it")]
fn to_float(minor: i64) -> f64 {
    minor as f64
}

/// The lifetime value of each account over the horizon, given that it is alive, and the spend behind it; NaN where it has none.
fn value_if_alive(context: &Context<'_>, model: &PurchaseModel, options: &WinBackOptions) -> Result<(Vec<f64>, Vec<f64>)> {
    let asked = context.given::<ClvOptions>("clv")?;
    let horizon = ClvOptions { periods: options.horizon_periods, grain: context.facts.grain(), ..asked };
    let values = clv(context.facts, model, &*SpendModel::shared(context)?, &horizon)?;
    if let Some(why) = values.summary.why_not {
        return Err(Error::new(Code::MissingInput, format!("win_back: the lifetime values are not to be trusted: {why}"))
            .with_hint("take the value from the ledger's history, or give the models other options"));
    }
    let rate = values.summary.margin_rate;
    let of = |value: &Option<f64>, p_alive: &f64| value.map_or((f64::NAN, f64::NAN), |value| (value / p_alive, value / p_alive / rate));
    Ok(values.clv.iter().zip(&model.p_alive).map(|(value, p_alive)| of(value, p_alive)).unzip())
}

/// [`win_back`] in the registry.
pub struct WinBackMethod;

impl Method for WinBackMethod {
    const NAME: &'static str = "win_back";
    const TITLE: &'static str = "Win-back list";
    const ABOUT: &'static str = "Which lost accounts are worth winning back, and with which offer, within a budget.";
    const BUILDS_ON: &'static [&'static str] = &["loss", "purchase_model", "spend_model", "clv"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("win_back", "a lost account, those to win back first, by what they are expected to bring"),
        ("offers", "an offer, in the order given"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["lost", "chosen", "no_value", "no_chance", "costs_more", "beyond_budget"]),
        (MONEY, &["budget", "cost", "expected_value", "net", "uplift", "bound", "gap"]),
        (DAYS, &["horizon_days", "chance_days"]),
    ];
    type Options = WinBackOptions;

    fn run(context: &Context<'_>, options: &WinBackOptions) -> Result<Outcome> {
        let loss = remembered_loss(context, &context.given::<LossOptions>("loss")?)?;
        let model = PurchaseModel::shared(context)?;
        if let Some(why) = model.why_not.as_ref().filter(|_| options.chance == ReturnChanceSource::PAlive) {
            return Err(Error::new(
                Code::MissingInput,
                format!("win_back: the purchase model for the chance p_alive is not to be trusted: {why}"),
            )
            .with_hint("take the chance from the ledger's history, or give the purchase model other options"));
        }
        let value = match options.value {
            ReturnValueSource::History => None,
            ReturnValueSource::Clv => Some(value_if_alive(context, &model, options)?),
        };
        let (value, revenue) = value.unzip();
        let inputs = WinBackInputs { p_alive: model.trusted_p_alive(), value: value.as_deref(), revenue: revenue.as_deref() };
        let result = win_back(context.facts, &loss, &inputs, options)?;
        outcome(context.facts, &loss, options, &result)
    }
}
