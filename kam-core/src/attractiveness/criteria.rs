//! What an account is judged by.

use std::collections::BTreeMap;
use std::fmt;

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::facts::{Measure, Perspective};

/// Is more of a criterion better or worse?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CriterionDirection {
    /// More is better.
    #[default]
    Benefit,
    /// More is worse.
    Cost,
}

impl CriterionDirection {
    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CriterionDirection::Benefit => "benefit",
            CriterionDirection::Cost => "cost",
        }
    }
}

impl From<CriterionDirection> for mcda::Direction {
    fn from(direction: CriterionDirection) -> Self {
        match direction {
            CriterionDirection::Benefit => mcda::Direction::Benefit,
            CriterionDirection::Cost => mcda::Direction::Cost,
        }
    }
}

/// A fact of the ledger that a criterion can be based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CriterionFact {
    /// The share of the window's gross sales that was kept: 1 − returns ÷ gross sales, at least 0. Missing without a sale in the window.
    Reliability,
    /// Days from the first sale of the whole history to `as_of`.
    TenureDays,
    /// (second half − first half) ÷ (|second half| + |first half|) of the window's revenue, −1 to 1. Missing without revenue in the window.
    Growth,
    /// Directions bought in for the first time inside the window.
    DirectionsOpened,
    /// Days from the last sale to `as_of`.
    DaysSinceLastSale,
    /// Margin ÷ revenue of the window.
    MarginRate,
    /// Discount ÷ list amount of the window.
    DiscountRate,
    /// Returns ÷ gross sales of the window.
    ReturnRate,
    /// Net revenue of the window.
    Revenue,
    /// Sales of the window without returns.
    GrossSales,
    /// Returns and credits of the window.
    Returns,
    /// Product cost of the window.
    Cost,
    /// Cost to serve of the window.
    CostToServe,
    /// Revenue less product cost of the window.
    Margin,
    /// Revenue less product cost and cost to serve of the window.
    Profit,
    /// Amounts before discount of the window.
    ListAmount,
    /// List amount less revenue of the window.
    Discount,
    /// Lines of the window.
    Lines,
    /// Distinct days of the window with a sale.
    ActiveDays,
    /// Distinct periods of the window with a sale.
    ActivePeriods,
    /// Distinct orders of the window with a sale.
    Orders,
}

impl CriterionFact {
    /// The measure it is, unless it is derived from several.
    #[must_use]
    pub fn measure(self) -> Option<Measure> {
        Some(match self {
            CriterionFact::Revenue => Measure::Revenue,
            CriterionFact::GrossSales => Measure::GrossSales,
            CriterionFact::Returns => Measure::Returns,
            CriterionFact::Cost => Measure::Cost,
            CriterionFact::CostToServe => Measure::CostToServe,
            CriterionFact::Margin => Measure::Margin,
            CriterionFact::Profit => Measure::Profit,
            CriterionFact::ListAmount => Measure::ListAmount,
            CriterionFact::Discount => Measure::Discount,
            CriterionFact::Lines => Measure::Lines,
            CriterionFact::ActiveDays => Measure::ActiveDays,
            CriterionFact::ActivePeriods => Measure::ActivePeriods,
            CriterionFact::Orders => Measure::Orders,
            _ => return None,
        })
    }

    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CriterionFact::Reliability => "reliability",
            CriterionFact::TenureDays => "tenure_days",
            CriterionFact::Growth => "growth",
            CriterionFact::DirectionsOpened => "directions_opened",
            CriterionFact::DaysSinceLastSale => "days_since_last_sale",
            CriterionFact::MarginRate => "margin_rate",
            CriterionFact::DiscountRate => "discount_rate",
            CriterionFact::ReturnRate => "return_rate",
            _ => self.measure().unwrap_or_default().name(),
        }
    }
}

/// Where a criterion's values come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CriterionSource {
    /// A fact of the ledger, by its name.
    Fact(CriterionFact),
    /// A column of the table accounts.
    Attribute(String),
    /// A criterion of the table ratings, side `of_customer`: the mean of its scores.
    Rating(String),
}

impl fmt::Display for CriterionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CriterionSource::Fact(fact) => write!(f, "fact {}", fact.name()),
            CriterionSource::Attribute(column) => write!(f, "attribute {column}"),
            CriterionSource::Rating(criterion) => write!(f, "rating {criterion}"),
        }
    }
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name: letters, digits and underscores; the columns of the result are named after it.
    pub name: String,
    /// Where its values come from: `{"fact": …}`, `{"attribute": …}` or `{"rating": …}`.
    pub source: CriterionSource,
    /// Is more better (benefit) or worse (cost)?
    #[serde(default)]
    pub direction: CriterionDirection,
    /// Its weight against the other criteria; only proportions count.
    #[serde(default = "one")]
    pub weight: f64,
    /// What each word of a categorical attribute is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<BTreeMap<String, f64>>,
}

fn one() -> f64 {
    1.0
}

impl Criterion {
    /// A benefit criterion of weight 1.
    #[must_use]
    pub fn new(name: &str, source: CriterionSource) -> Self {
        Criterion { name: name.to_owned(), source, direction: CriterionDirection::Benefit, weight: 1.0, values: None }
    }

    pub(super) fn validate(&self) -> Result<()> {
        let refuse = |value: &dyn fmt::Display, expected: &str| Err(Error::option("criteria", value, expected));
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if self.name.is_empty() || !letters(&self.name) {
            return refuse(&format!("a criterion named `{}`", self.name), "named with small letters, digits and underscores");
        }
        if !self.weight.is_finite() || self.weight < 0.0 {
            return refuse(&format!("`{}` with the weight {}", self.name, self.weight), "a weight of 0 or more");
        }
        let values = self.values.iter().flatten();
        if let Some((word, value)) = values.into_iter().find(|(_, value)| !value.is_finite()) {
            return refuse(&format!("`{}` with the value {value} for `{word}`", self.name), "a finite value for every word");
        }
        if self.values.is_some() && !matches!(self.source, CriterionSource::Attribute(_)) {
            return refuse(&format!("`{}` with values for the {}", self.name, self.source), "values only for an attribute's words");
        }
        Ok(())
    }
}

/// The default set, of equal weight. Of a customer: reliability, profit, length of the relationship, growth, new opportunities, reputation. Of a
/// supplier, whose profit is not ours to see: how we rate its quality, delivery, price, service and innovation.
#[must_use]
pub fn default_criteria(perspective: Perspective) -> Vec<Criterion> {
    let fact = |name, fact| Criterion::new(name, CriterionSource::Fact(fact));
    match perspective {
        Perspective::Customer => vec![
            fact("reliability", CriterionFact::Reliability),
            fact("profit", CriterionFact::Profit),
            fact("tenure", CriterionFact::TenureDays),
            fact("growth", CriterionFact::Growth),
            fact("new_opportunities", CriterionFact::DirectionsOpened),
            Criterion::new("reputation", CriterionSource::Attribute("reference".to_owned())),
        ],
        Perspective::Supplier => ["quality", "delivery", "price", "service", "innovation"]
            .into_iter()
            .map(|name| Criterion::new(name, CriterionSource::Rating(name.to_owned())))
            .collect(),
    }
}
