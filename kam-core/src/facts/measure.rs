//! The facts that a method can be based on, by name.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Facts;
use super::sums::Sums;
use crate::error::{Code, Error, Result};
use crate::money::Spoken;
use crate::table::{Column, Unit};

/// A fact per account, by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Net revenue: sales less returns.
    #[default]
    Revenue,
    /// Sales without returns.
    GrossSales,
    /// Returns and credits.
    Returns,
    /// Product cost.
    Cost,
    /// Cost to serve.
    CostToServe,
    /// Revenue less product cost.
    Margin,
    /// Revenue less product cost and cost to serve.
    Profit,
    /// Amounts before discount.
    ListAmount,
    /// List amount less revenue.
    Discount,
    /// Lines of every sign.
    Lines,
    /// Distinct days with a sale.
    ActiveDays,
    /// Distinct periods with a sale.
    ActivePeriods,
    /// Distinct orders with a sale.
    Orders,
}

impl Measure {
    /// Its name in options and columns.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Measure::Revenue => "revenue",
            Measure::GrossSales => "gross_sales",
            Measure::Returns => "returns",
            Measure::Cost => "cost",
            Measure::CostToServe => "cost_to_serve",
            Measure::Margin => "margin",
            Measure::Profit => "profit",
            Measure::ListAmount => "list_amount",
            Measure::Discount => "discount",
            Measure::Lines => "lines",
            Measure::ActiveDays => "active_days",
            Measure::ActivePeriods => "active_periods",
            Measure::Orders => "orders",
        }
    }

    /// The name of a column of it. A method takes it over the window; `active_days` and `active_periods` alone are words for the whole history,
    /// as in the table of accounts.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Measure::ActiveDays => "window_active_days",
            Measure::ActivePeriods => "window_active_periods",
            other => other.name(),
        }
    }

    /// Money, or a count?
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Measure::Lines | Measure::ActiveDays | Measure::ActivePeriods | Measure::Orders => Unit::Count,
            _ => Unit::Money,
        }
    }

    /// The ledger column without which there is no such fact.
    fn needs(self) -> Option<&'static str> {
        match self {
            Measure::Cost | Measure::Margin | Measure::Profit => Some("cost"),
            Measure::CostToServe => Some("cost_to_serve"),
            Measure::ListAmount | Measure::Discount => Some("list_amount"),
            Measure::Orders => Some("order"),
            _ => None,
        }
    }

    /// The measure of every account, in minor units or as a count; `None` where the ledger lacks its column.
    #[must_use]
    pub fn of(self, sums: &Sums) -> Option<Vec<i64>> {
        let each = |value: &dyn Fn(usize) -> Option<i64>| (0..sums.revenue.len()).map(value).collect::<Option<Vec<i64>>>();
        match self {
            Measure::Revenue => Some(sums.revenue.clone()),
            Measure::GrossSales => each(&|at| Some(sums.gross_sales(at))),
            Measure::Returns => Some(sums.returns.clone()),
            Measure::Cost => sums.cost.clone(),
            Measure::CostToServe => sums.cost_to_serve.clone(),
            // An empty ledger has no account to ask, so the column itself is asked first.
            Measure::Margin => sums.cost.as_ref().and_then(|_| each(&|at| sums.margin(at))),
            Measure::Profit => sums.cost.as_ref().and_then(|_| each(&|at| sums.profit(at))),
            Measure::ListAmount => sums.list_amount.clone(),
            Measure::Discount => sums.list_amount.as_ref().and_then(|_| each(&|at| sums.discount(at))),
            Measure::Lines => Some(sums.lines.clone()),
            Measure::ActiveDays => Some(sums.active_days.clone()),
            Measure::ActivePeriods => Some(sums.active_periods.clone()),
            Measure::Orders => sums.orders.clone(),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Facts {
    /// A measure of every account over the window, in minor units or as a count. Without the ledger column it needs, an error names it.
    pub fn measure(&self, measure: Measure) -> Result<Vec<i64>> {
        measure.of(&self.window).ok_or_else(|| {
            let column = measure.needs().unwrap_or_default();
            Error::new(Code::MissingInput, format!("ledger: {measure} needs the column `{column}`, which was not mapped"))
                .with_hint(format!("name the ledger's column, {column}=…, or choose another base such as revenue"))
        })
    }

    /// Money in a sentence.
    pub(crate) fn spoken(&self, amount: f64) -> Spoken<'_> {
        Spoken { amount, currency: self.currency() }
    }

    /// A column of a measure's values, money in units of the currency.
    pub(crate) fn measure_column(&self, measure: Measure, values: impl IntoIterator<Item = Option<i64>>) -> Column {
        match measure.unit() {
            Unit::Money => Column::money(measure.column(), self.scale(), values),
            unit => Column::integers(measure.column(), unit, values),
        }
    }
}
