//! Sums per account, one vector a measure, in the order of the accounts' keys.

use super::cells::Cell;
use crate::ledger::Extras;

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

    /// The columns of the accounts' totals; those that the ledger does not have are left out.
    pub(super) fn of<T>(accounts: &[T], totals: fn(&T) -> &Totals, extras: &Extras, orders: Option<Vec<i64>>) -> Self {
        let column = || Vec::with_capacity(accounts.len());
        let mapped = |place: Option<usize>| place.map(|_| column());
        let mut sums = Sums {
            lines: column(),
            sale_lines: column(),
            active_days: column(),
            active_periods: column(),
            orders,
            revenue: column(),
            returns: column(),
            cost: mapped(extras.cost),
            cost_to_serve: mapped(extras.cost_to_serve),
            list_amount: mapped(extras.list_amount),
        };
        // In blocks that stay in the cache while one column after the other is taken out of them.
        for block in accounts.chunks(1024) {
            let fill = |column: &mut Vec<i64>, value: fn(&Totals) -> i64| column.extend(block.iter().map(|account| value(totals(account))));
            fill(&mut sums.lines, |totals| totals.lines);
            fill(&mut sums.sale_lines, |totals| totals.sale_lines);
            fill(&mut sums.active_days, |totals| totals.active_days);
            fill(&mut sums.active_periods, |totals| totals.active_periods);
            fill(&mut sums.revenue, |totals| totals.revenue);
            fill(&mut sums.returns, |totals| totals.returns);
            let fill_mapped = |column: &mut Option<Vec<i64>>, value: fn(&Totals) -> i64| {
                if let Some(column) = column {
                    fill(column, value);
                }
            };
            fill_mapped(&mut sums.cost, |totals| totals.cost);
            fill_mapped(&mut sums.cost_to_serve, |totals| totals.cost_to_serve);
            fill_mapped(&mut sums.list_amount, |totals| totals.list_amount);
        }
        sums
    }
}

/// One account's sums on their way into the columns of [`Sums`].
#[derive(Clone, Copy, Default)]
pub(super) struct Totals {
    lines: i64,
    sale_lines: i64,
    active_days: i64,
    active_periods: i64,
    revenue: i64,
    returns: i64,
    cost: i64,
    cost_to_serve: i64,
    list_amount: i64,
}

impl Totals {
    /// Adds a cell; of its days and its period those that no cell before it had.
    #[inline]
    pub fn add(&mut self, cell: &Cell, new_days: i64, is_new_period: bool) {
        self.lines += i64::from(cell.lines);
        self.sale_lines += i64::from(cell.sale_lines);
        self.active_days += new_days;
        self.active_periods += i64::from(is_new_period);
        self.revenue += cell.revenue;
        self.returns += cell.returns;
        self.cost += cell.cost;
        self.cost_to_serve += cell.cost_to_serve;
        self.list_amount += cell.list_amount;
    }
}
