//! What goes with what, by name: groups, series, risks.

use kam_numerics::stats;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Calculate;
use crate::error::{Error, Result};

fn confidence() -> f64 {
    0.95
}

/// [`stats::intraclass_correlation`].
pub(super) struct IntraclassCorrelation;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IntraclassInput {
    /// The values.
    values: Vec<f64>,
    /// The group of each value, a number from 0 to 9,999,999.
    groups: Vec<usize>,
    /// The confidence of the interval.
    #[serde(default = "confidence")]
    confidence: f64,
}

#[derive(Serialize)]
pub(super) struct IntraclassOutput {
    icc: f64,
    low: f64,
    high: f64,
    f: Option<f64>,
    p_value: f64,
    df_between: usize,
    df_within: usize,
    group_size: f64,
}

impl Calculate for IntraclassCorrelation {
    const NAME: &'static str = "stats.intraclass_correlation";
    const ABOUT: &'static str = "ICC(1): the share of the variance that lies between groups, with its confidence interval.";
    type Input = IntraclassInput;
    type Output = IntraclassOutput;

    fn calculate(input: &IntraclassInput) -> Result<IntraclassOutput> {
        if let Some(group) = input.groups.iter().find(|group| **group > 9_999_999) {
            return Err(Error::option("groups", group, "numbers from 0 to 9,999,999"));
        }
        let icc = stats::intraclass_correlation(&input.values, &input.groups, input.confidence).ok_or_else(|| {
            Error::option("values and groups", "too little to tell", "finite values of two groups or more, two in one of them, that vary")
        })?;
        let stats::IntraclassCorrelation { icc, low, high, f, p_value, df_between, df_within, group_size } = icc;
        Ok(IntraclassOutput { icc, low, high, f: Some(f).filter(|f| f.is_finite()), p_value, df_between, df_within, group_size })
    }
}

/// [`stats::cross_correlation`].
pub(super) struct CrossCorrelation;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CrossInput {
    /// One series.
    x: Vec<f64>,
    /// The other, of the same length.
    y: Vec<f64>,
    /// Up to how many steps one may go ahead of the other.
    max_lag: usize,
    /// The confidence of the interval.
    #[serde(default = "confidence")]
    confidence: f64,
}

#[derive(Serialize)]
pub(super) struct CrossOutput {
    lag: Vec<i64>,
    correlation: Vec<f64>,
    bartlett: f64,
    white_noise: f64,
}

impl Calculate for CrossCorrelation {
    const NAME: &'static str = "stats.cross_correlation";
    const ABOUT: &'static str = "The correlation of two series at every lag, and the interval that chance alone stays within.";
    type Input = CrossInput;
    type Output = CrossOutput;

    fn calculate(input: &CrossInput) -> Result<CrossOutput> {
        let lags = stats::cross_correlation(&input.x, &input.y, input.max_lag, input.confidence).ok_or_else(|| {
            Error::option(
                "x and y",
                "too little to tell",
                "two series of one length above max_lag + 1 that vary, and a confidence between 0 and 1",
            )
        })?;
        let first = lags.first().ok_or_else(|| Error::internal("a correlation without a lag"))?;
        Ok(CrossOutput {
            bartlett: first.bartlett,
            white_noise: first.white_noise,
            lag: lags.iter().map(|lag| lag.lag).collect(),
            correlation: lags.iter().map(|lag| lag.correlation).collect(),
        })
    }
}

/// [`stats::risk_ratio`].
pub(super) struct RiskRatio;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RiskInput {
    /// How many of the exposed it happened to.
    exposed_events: u64,
    /// How many are exposed.
    exposed: u64,
    /// How many of the others it happened to.
    other_events: u64,
    /// How many others there are.
    others: u64,
    /// The confidence of the interval.
    #[serde(default = "confidence")]
    confidence: f64,
}

#[derive(Serialize)]
pub(super) struct RiskOutput {
    exposed_risk: f64,
    other_risk: f64,
    ratio: f64,
    low: f64,
    high: f64,
    corrected: bool,
}

impl Calculate for RiskRatio {
    const NAME: &'static str = "stats.risk_ratio";
    const ABOUT: &'static str = "How much likelier something is with a condition than without it, with its confidence interval.";
    type Input = RiskInput;
    type Output = RiskOutput;

    fn calculate(input: &RiskInput) -> Result<RiskOutput> {
        let RiskInput { exposed_events, exposed, other_events, others, confidence } = *input;
        let ratio = stats::risk_ratio(exposed_events, exposed, other_events, others, confidence)
            .ok_or_else(|| Error::option("counts", "too little to tell", "two groups that are not empty, and an event in one of them"))?;
        let stats::RiskRatio { exposed_risk, other_risk, ratio, low, high, corrected } = ratio;
        Ok(RiskOutput { exposed_risk, other_risk, ratio, low, high, corrected })
    }
}
