//! What accounts bring in a span of periods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::facts::{Facts, Measure, PeriodSums};

/// What the value of an account is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueBase {
    /// Net revenue.
    Revenue,
    /// Revenue less product cost.
    Margin,
    /// Revenue less product cost and cost to serve.
    Profit,
}

impl ValueBase {
    /// The one asked for, or profit where the ledger has costs and revenue where not. An error names the column that is missing.
    pub(super) fn chosen(asked: Option<Self>, facts: &Facts) -> Result<Self> {
        let base = asked.unwrap_or(if facts.window().cost.is_some() { ValueBase::Profit } else { ValueBase::Revenue });
        facts.measure(match base {
            ValueBase::Revenue => Measure::Revenue,
            ValueBase::Margin => Measure::Margin,
            ValueBase::Profit => Measure::Profit,
        })?;
        Ok(base)
    }

    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ValueBase::Revenue => "revenue",
            ValueBase::Margin => "margin",
            ValueBase::Profit => "profit",
        }
    }

    /// A period's value in minor units.
    pub(super) fn of(self, sums: &PeriodSums) -> i128 {
        match self {
            ValueBase::Revenue => i128::from(sums.revenue),
            ValueBase::Margin => i128::from(sums.revenue) - i128::from(sums.cost),
            ValueBase::Profit => i128::from(sums.profit()),
        }
    }
}
