//! The fold of a partition's rows in an array of every account's every period, which fits the cache.

use super::days::DayIndex;
use super::key::KeyCode;
use super::partition::{FirstDay, FoldRows, NO_ORDER, Partition, READY, Scratch, head, run, too_many_cells};
use super::waiting::TakeRow;
use crate::error::Result;
use crate::facts::cells::{Cell, Chunk};
use crate::ledger::Extras;
use crate::time::Period;

/// Up to this many bytes of cells the accounts of a partition are summed in an array; beyond, by sorting.
const MOST_BYTES: usize = 4 << 20;

/// Sums of the rows of one account and period, with `M` money columns beside the amount: no wider than the ledger's columns need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DenseCell<const M: usize> {
    revenue: i64,
    returns: i64,
    more: [i64; M],
    lines: u32,
    sale_lines: u32,
    days: u32,
    free_days: u32,
}

impl<const M: usize> DenseCell<M> {
    const EMPTY: Self = DenseCell { revenue: 0, returns: 0, more: [0; M], lines: 0, sale_lines: 0, days: 0, free_days: 0 };

    fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Adds a row: its amount, its day's bit, and its other money.
    ///
    /// Sums cannot leave 63 bits: the state refuses rows whose absolute amounts add up to more, so the additions need no check.
    #[inline(always)]
    fn add(&mut self, amount: i64, bit: u32, more: &[u64]) {
        let is_sale = amount > 0;
        // A count that stops at its end is found when the cell is pushed.
        self.lines = self.lines.saturating_add(1);
        self.revenue = self.revenue.wrapping_add(amount);
        // Without branches: returns are too irregular to be predicted.
        self.sale_lines = self.sale_lines.saturating_add(u32::from(is_sale));
        self.days |= if is_sale { bit } else { 0 };
        self.free_days |= if amount == 0 { bit } else { 0 };
        self.returns = self.returns.wrapping_sub(amount.min(0));
        for (sum, value) in self.more.iter_mut().zip(more) {
            *sum = sum.wrapping_add(value.cast_signed());
        }
    }

    /// The sums of a cell that was kept.
    fn of(cell: &Cell, extras: &Extras) -> Self {
        let mut more = [0; M];
        for (place, value) in [(extras.cost, cell.cost), (extras.cost_to_serve, cell.cost_to_serve), (extras.list_amount, cell.list_amount)]
        {
            if let Some(slot) = place.and_then(|place| more.get_mut(place)) {
                *slot = value;
            }
        }
        DenseCell {
            revenue: cell.revenue,
            returns: cell.returns,
            more,
            lines: cell.lines,
            sale_lines: cell.sale_lines,
            days: cell.days,
            free_days: cell.free_days,
        }
    }

    /// The cell to keep.
    #[inline]
    fn cell(&self, period: i32, extras: &Extras) -> Cell {
        let more = |place: Option<usize>| place.and_then(|place| self.more.get(place)).copied().unwrap_or(0);
        Cell {
            period: Period(period),
            label: 0,
            lines: self.lines,
            sale_lines: self.sale_lines,
            days: self.days,
            free_days: self.free_days,
            revenue: self.revenue,
            returns: self.returns,
            cost: more(extras.cost),
            cost_to_serve: more(extras.cost_to_serve),
            list_amount: more(extras.list_amount),
        }
    }
}

/// The array while rows are added to it.
struct Adding<'a, C: KeyCode, const M: usize> {
    partition: &'a mut Partition<C>,
    cells: &'a mut Vec<DenseCell<M>>,
    arena: &'a [u8],
    days: &'a DayIndex,
    first: i32,
    /// Periods of an account.
    width: usize,
    most_accounts: usize,
    order: Option<usize>,
    /// No account has been met for which there is no room.
    fits: bool,
}

impl<C: KeyCode, const M: usize> Adding<'_, C, M> {
    /// Makes room for this many accounts.
    fn room(&mut self, accounts: usize) {
        if self.cells.len() < accounts * self.width {
            let most = self.most_accounts * self.width;
            self.cells.resize((accounts * self.width).next_power_of_two().min(most), DenseCell::EMPTY);
        }
    }

    fn slot(&self, account: usize, period: i32) -> usize {
        account * self.width + usize::try_from(period - self.first).unwrap_or(usize::MAX)
    }
}

impl<C: KeyCode, const W: usize, const M: usize> TakeRow<W> for Adding<'_, C, M> {
    #[inline(always)]
    fn take(&mut self, row: &[u64; W]) {
        let account = self.partition.id(&row[..C::WORDS], self.arena);
        let at = account as usize;
        if (at + 1) * self.width > self.cells.len() {
            if at >= self.most_accounts {
                self.fits = false;
                return;
            }
            self.room(at + 1);
        }
        let (day, _, amount) = head::<C, W>(row);
        let (period, bit) = self.days.place(day);
        self.partition.first_days[at].add_sale(day, amount);
        let slot = self.slot(at, period);
        self.cells[slot].add(amount, bit, &row[C::WORDS + 2..][..M]);
        if let Some(order) = self.order
            && amount > 0
            && row[C::WORDS + 2 + order] != NO_ORDER
        {
            self.partition.orders.push((account, period, row[C::WORDS + 2 + order]));
        }
    }
}

impl<C: KeyCode> Partition<C> {
    /// Sums the rows in an array. `false`, and nothing has changed but numbers given to accounts, where that array would leave the cache.
    pub(super) fn fold_dense<const W: usize, const M: usize>(
        &mut self,
        rows: &FoldRows<'_, W>,
        scratch: &mut Scratch<W, M>,
    ) -> Result<bool> {
        let Scratch { dense, ready, .. } = scratch;
        let (first, last) = rows.span;
        let width = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let most_accounts = MOST_BYTES / size_of::<DenseCell<M>>() / width;
        let old_len = self.len();
        if old_len > most_accounts {
            return Ok(false);
        }
        let orders_before = self.orders.len();
        let first_days_before = self.first_days.clone();
        let order = rows.extras.order;
        let mut adding =
            Adding { partition: &mut *self, cells: dense, arena: &[], days: rows.days, first, width, most_accounts, order, fits: true };
        adding.room(old_len);
        for account in 0..old_len {
            for place in run(&adding.partition.starts, account) {
                let cell = adding.partition.cells.get(place);
                let slot = adding.slot(account, cell.period.0);
                adding.cells[slot] = DenseCell::of(&cell, rows.extras);
            }
        }
        for thread in rows.threads {
            adding.arena = &thread.arena;
            C::each(thread, rows.partition, &mut adding);
        }
        if !adding.fits {
            dense.fill(DenseCell::EMPTY);
            self.orders.truncate(orders_before);
            self.first_days = first_days_before;
            self.first_days.resize(self.len(), FirstDay::NONE);
            return Ok(false);
        }
        let mut cells = Chunk::with_capacity_like(&self.cells, rows.count().min(self.len() * width));
        self.starts.clear();
        self.starts.push(0);
        for account in dense[..self.len() * width].chunks_mut(width) {
            for (sums, period) in account.iter_mut().zip(first..) {
                if !sums.is_empty() {
                    ready.push(sums.cell(period, rows.extras));
                    *sums = DenseCell::EMPTY;
                }
            }
            self.starts.push(u32::try_from(cells.len() + ready.len()).map_err(|_| too_many_cells())?);
            if ready.len() >= READY {
                cells.extend(ready)?;
                ready.clear();
            }
        }
        cells.extend(ready)?;
        ready.clear();
        self.cells = cells;
        Ok(true)
    }
}
