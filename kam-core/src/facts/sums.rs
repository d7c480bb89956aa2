//! Sums per account, one vector a measure, in the order of the accounts' keys.

use super::cells::PeriodSums;
use super::state::Shape;

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

    /// Empty sums with the columns that a ledger of this shape has.
    pub(super) fn for_columns(shape: &Shape) -> Self {
        let column = |place: Option<usize>| place.map(|_| vec![]);
        Sums {
            orders: column(shape.extras.order),
            cost: column(shape.extras.cost),
            cost_to_serve: column(shape.extras.cost_to_serve),
            list_amount: column(shape.extras.list_amount),
            ..Sums::default()
        }
    }

    fn columns(&mut self) -> impl Iterator<Item = &mut Vec<i64>> {
        let always =
            [&mut self.lines, &mut self.sale_lines, &mut self.active_days, &mut self.active_periods, &mut self.revenue, &mut self.returns];
        let mapped = [&mut self.orders, &mut self.cost, &mut self.cost_to_serve, &mut self.list_amount];
        always.into_iter().chain(mapped.into_iter().flatten())
    }

    /// The next account, with nothing yet.
    pub(super) fn push_empty(&mut self) {
        self.columns().for_each(|column| column.push(0));
    }

    /// Adds a period to the last account.
    pub(super) fn add(&mut self, period: &PeriodSums) {
        fn add(column: &mut Vec<i64>, value: i64) {
            if let Some(last) = column.last_mut() {
                *last += value;
            }
        }
        add(&mut self.lines, period.lines);
        add(&mut self.sale_lines, period.sale_lines);
        add(&mut self.active_days, period.active_days);
        add(&mut self.active_periods, i64::from(period.sale_lines > 0));
        add(&mut self.revenue, period.revenue);
        add(&mut self.returns, period.returns);
        for (column, value) in
            [(&mut self.cost, period.cost), (&mut self.cost_to_serve, period.cost_to_serve), (&mut self.list_amount, period.list_amount)]
        {
            if let Some(column) = column {
                add(column, value);
            }
        }
    }

    /// The distinct orders of the last account.
    pub(super) fn set_orders(&mut self, orders: usize) {
        if let Some(last) = self.orders.as_mut().and_then(|orders| orders.last_mut()) {
            *last = i64::try_from(orders).unwrap_or(i64::MAX);
        }
    }

    /// The accounts of another, after these.
    pub(super) fn append(&mut self, mut other: Sums) {
        for (column, more) in self.columns().zip(other.columns()) {
            column.append(more);
        }
    }
}
