//! Options of the win-back list.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::ValueBase;
use crate::error::{Error, Result};
use crate::method::Options;

/// An offer that may be made to a lost account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// What making it costs, in units of the currency, whether or not the account returns.
    #[serde(default)]
    pub cost: f64,
    /// The share of the price that is given away where the account returns, 0 to 1: it is taken off the revenue over the horizon, so it costs
    /// as much whatever the margin.
    #[serde(default)]
    pub discount: f64,
    /// The chance of a return is multiplied by this.
    #[serde(default = "one")]
    pub chance_factor: f64,
    /// And this is added to it, 0 to 1. A chance never passes 1.
    #[serde(default)]
    pub chance_added: f64,
}

fn one() -> f64 {
    1.0
}

impl Offer {
    /// An offer that costs nothing and changes nothing.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Offer { name: name.into(), cost: 0.0, discount: 0.0, chance_factor: 1.0, chance_added: 0.0 }
    }
}

/// Where the chance of a return comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnChanceSource {
    /// From how the silences of this ledger ended that lasted as long.
    #[default]
    History,
    /// The purchase model's probability of being alive.
    PAlive,
}

/// Where the value of an account that returns comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnValueSource {
    /// What the account brought before it was lost.
    #[default]
    History,
    /// Its lifetime value over the horizon, given that it is alive: `clv` divided by P(alive).
    Clv,
}

/// What the choice makes as large as it can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WinBackObjective {
    /// The sum of value × chance of return with the offer − cost.
    #[default]
    ExpectedValue,
    /// The same less value × chance of return without an offer: what the offers add to doing nothing.
    Uplift,
}

/// Options of [`win_back`](super::win_back).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WinBackOptions {
    /// The offers to choose from, each with name, cost, discount, chance_factor, chance_added; without any, a contact that costs nothing
    /// and changes nothing.
    pub offers: Vec<Offer>,
    /// What the offers may cost together, in units of the currency; no limit without.
    pub budget: Option<f64>,
    /// What the choice makes as large as it can be.
    pub objective: WinBackObjective,
    /// What the value of an account is of; without, profit where the ledger has costs and revenue where not.
    pub base: Option<ValueBase>,
    /// Where that value comes from. With `clv` it is the discounted margin of the purchases expected over the horizon, so `base` is not to be
    /// given; discount rate and margin rate are those of clv.
    pub value: ReturnValueSource,
    /// How many periods after `as_of` count: for the value of an account that returns, and for the chance that it does.
    #[schemars(range(min = 1))]
    pub horizon_periods: u32,
    /// Where the chance of a return comes from.
    pub chance: ReturnChanceSource,
    /// How many silences the average chance weighs, against those that lasted as long as the account's.
    pub smoothing: f64,
    /// How many states the search for the best choice may look at; beyond, the best one found is given with its gap to the bound.
    pub search_limit: u32,
}

impl Default for WinBackOptions {
    fn default() -> Self {
        WinBackOptions {
            offers: vec![],
            budget: None,
            objective: WinBackObjective::ExpectedValue,
            base: None,
            value: ReturnValueSource::History,
            horizon_periods: 12,
            chance: ReturnChanceSource::History,
            smoothing: 2.0,
            search_limit: 2_000_000,
        }
    }
}

impl Options for WinBackOptions {
    fn validate(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for offer in &self.offers {
            if offer.name.trim().is_empty() || !names.insert(&offer.name) {
                return Err(Error::option("offers.name", format!("`{}`", offer.name), "a name, each once"));
            }
            let at = |name: &str| format!("offers.{name} of `{}`", offer.name);
            if !(offer.cost >= 0.0 && offer.cost.is_finite()) {
                return Err(Error::option(&at("cost"), offer.cost, "an amount of 0 or more"));
            }
            if !(0.0..=1.0).contains(&offer.discount) {
                return Err(Error::option(&at("discount"), offer.discount, "a share between 0 and 1"));
            }
            if !(offer.chance_factor >= 0.0 && offer.chance_factor.is_finite()) {
                return Err(Error::option(&at("chance_factor"), offer.chance_factor, "a number of 0 or more"));
            }
            if !(0.0..=1.0).contains(&offer.chance_added) {
                return Err(Error::option(&at("chance_added"), offer.chance_added, "a share between 0 and 1"));
            }
        }
        if let Some(budget) = self.budget.filter(|budget| !(*budget >= 0.0 && budget.is_finite())) {
            return Err(Error::option("budget", budget, "an amount of 0 or more, or nothing"));
        }
        if let Some(base) = self.base.filter(|_| self.value == ReturnValueSource::Clv) {
            return Err(Error::option("base", base.name(), "nothing where the value is `clv`, which is of the margin"));
        }
        if self.value == ReturnValueSource::Clv && self.horizon_periods > 1_200 {
            return Err(Error::option("horizon_periods", self.horizon_periods, "at most 1,200 periods where the value is `clv`"));
        }
        if !(1..=10_000).contains(&self.horizon_periods) {
            return Err(Error::option("horizon_periods", self.horizon_periods, "a number of periods from 1 to 10,000"));
        }
        if !(self.smoothing >= 0.0 && self.smoothing.is_finite()) {
            return Err(Error::option("smoothing", self.smoothing, "a number of 0 or more"));
        }
        Ok(())
    }
}
