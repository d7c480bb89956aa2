//! Sums per account, one vector a measure, in the order of the accounts' keys.

/// Sums per account over a window or the whole history. Money is in minor units; a column that the ledger does not have is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Lines, of every sign.
    pub lines: Vec<i64>,
    /// Lines with a positive amount.
    pub sale_lines: Vec<i64>,
    /// Distinct days with a sale.
    pub active_days: Vec<i64>,
    /// Distinct periods of the grain with a sale.
    pub active_periods: Vec<i64>,
    /// Distinct orders with a sale.
    pub orders: Option<Vec<i64>>,
    /// Net revenue: sales less returns.
    pub revenue: Vec<i64>,
    /// Returns and credits, as a positive amount.
    pub returns: Vec<i64>,
    /// Product cost.
    pub cost: Option<Vec<i64>>,
    /// Cost to serve.
    pub cost_to_serve: Option<Vec<i64>>,
    /// Amounts before discount.
    pub list_amount: Option<Vec<i64>>,
}

impl Sums {
    /// Sales without returns.
    #[must_use]
    pub fn gross_sales(&self, at: usize) -> i64 {
        self.revenue[at] + self.returns[at]
    }

    /// Revenue less product cost; `None` without a cost column.
    #[must_use]
    pub fn margin(&self, at: usize) -> Option<i64> {
        self.cost.as_ref().map(|cost| self.revenue[at] - cost[at])
    }

    /// Revenue less product cost and cost to serve; `None` without a cost column.
    #[must_use]
    pub fn profit(&self, at: usize) -> Option<i64> {
        self.margin(at).map(|margin| margin - self.cost_to_serve.as_ref().map_or(0, |cost| cost[at]))
    }

    /// What was given off the list amount; `None` without a list amount.
    #[must_use]
    pub fn discount(&self, at: usize) -> Option<i64> {
        self.list_amount.as_ref().map(|list| list[at] - self.revenue[at])
    }
}
