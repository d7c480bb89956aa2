//! The thresholds of the pyramid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::method::Options;

/// What a gate without data does to the level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownGates {
    /// The level stands and is marked provisional. The two gates of synergy are what synergy is: unknown, they always block it.
    #[default]
    Provisional,
    /// The level is not reached.
    Block,
}

/// Options of [`pyramid`](super::pyramid()).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PyramidOptions {
    /// Cooperation: days with a sale that it takes to know each other.
    pub active_days: u32,
    /// Cooperation: calendar months since the first sale that it takes to know each other.
    pub tenure_months: u32,
    /// Partnership: the share of periods with a sale, of the window's periods since the first sale, 0 to 1.
    pub activity: f64,
    /// Partnership: the fall of revenue from the window's first to its second half that does not yet count as shrinking, 0 to 1.
    pub shrinkage: f64,
    /// Partnership: the last periods in which no complaint may be left unresolved.
    pub trust_periods: u32,
    /// Partnership: the least probability of being alive, 0 to 1.
    pub p_alive: f64,
    /// Partnership: without P(alive) and a running contract, take the future as likely while the account is silent for no longer
    /// than most gaps in the ledger (`usual_gap`). The level is then provisional.
    pub future_proxy: bool,
    /// The share of all gaps between two days with a sale that a usual gap does not exceed, 0 to 1.
    pub usual_gap: f64,
    /// Synergy: joint activities in the window.
    pub joint_activities: u32,
    /// What a gate without data does to the level.
    pub unknown_gates: UnknownGates,
    /// Golden shot: the share of accounts whose margin rate must be exceeded, 0 to 1.
    pub golden_margin: f64,
    /// Golden shot: the discount up to which the customer did not haggle, as a share of the list amount.
    pub golden_discount: f64,
    /// Golden shot: the P(alive) up to which the customer will hardly return.
    pub golden_return: f64,
}

impl Default for PyramidOptions {
    fn default() -> Self {
        PyramidOptions {
            active_days: 2,
            tenure_months: 3,
            activity: 0.5,
            shrinkage: 0.0,
            trust_periods: 2,
            p_alive: 0.8,
            future_proxy: false,
            usual_gap: 0.9,
            joint_activities: 1,
            unknown_gates: UnknownGates::default(),
            golden_margin: 0.75,
            golden_discount: 0.01,
            golden_return: 0.2,
        }
    }
}

impl Options for PyramidOptions {
    fn validate(&self) -> Result<()> {
        let shares = [
            ("activity", self.activity),
            ("shrinkage", self.shrinkage),
            ("p_alive", self.p_alive),
            ("usual_gap", self.usual_gap),
            ("golden_margin", self.golden_margin),
            ("golden_discount", self.golden_discount),
            ("golden_return", self.golden_return),
        ];
        if let Some((name, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return Err(Error::option(name, value, "a share between 0 and 1"));
        }
        let counts =
            [("active_days", self.active_days), ("trust_periods", self.trust_periods), ("joint_activities", self.joint_activities)];
        if let Some((name, value)) = counts.into_iter().find(|(_, value)| *value == 0 || *value > 1_000_000) {
            return Err(Error::option(name, value, "at least 1 and at most 1,000,000"));
        }
        if self.tenure_months > 12_000 {
            return Err(Error::option("tenure_months", self.tenure_months, "at most 12,000"));
        }
        Ok(())
    }
}
