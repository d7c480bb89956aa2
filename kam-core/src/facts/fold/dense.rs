//! The fold of a partition's rows in an array of every account's every period, which fits the cache.

use super::days::DayIndex;
use super::key::KeyCode;
use super::partition::{FirstDay, FoldRows, NO_ORDER, Partition, Scratch, head, run, too_many_cells};
use super::waiting::{HANDFUL, TakeRows};
use crate::error::Result;
use crate::facts::cells::{Cell, Chunk, too_many_lines};
use crate::facts::narrow::{Bits, Narrow};
use crate::ledger::Extras;

/// Up to this many bytes of cells the accounts of a partition are summed in an array; beyond, by sorting.
const MOST_BYTES: usize = 4 << 20;

/// Sums of the rows of one account and period, with `M` money columns beside the amount: no wider than the ledger's columns need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DenseCell<const M: usize> {
    revenue: i64,
    more: [i64; M],
    lines: u32,
    days: u32,
}

/// What only lines that are no sales add to. They are few, so it stands apart, where it does not take up the cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoSales {
    returns: i64,
    lines: u32,
    free_days: u32,
}

/// The cells of a partition's accounts, all of them empty between two partitions.
#[derive(Debug)]
pub(crate) struct Dense<const M: usize> {
    cells: Vec<DenseCell<M>>,
    no_sales: Vec<NoSales>,
    /// The cells with a line that is no sale, so that what such lines add to is looked at nowhere else.
    without_sale: Vec<u32>,
    /// The periods of the cells with a line.
    periods: Vec<i32>,
    /// Of every cell, its place among those with a line.
    places: Vec<u32>,
}

impl<const M: usize> Default for Dense<M> {
    fn default() -> Self {
        Dense { cells: vec![], no_sales: vec![], without_sale: vec![], periods: vec![], places: vec![] }
    }
}

impl<const M: usize> DenseCell<M> {
    const EMPTY: Self = DenseCell { revenue: 0, more: [0; M], lines: 0, days: 0 };
}

impl NoSales {
    const EMPTY: Self = NoSales { returns: 0, lines: 0, free_days: 0 };
}

/// The place of a cell: the array is smaller than 2³² bytes.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "as said")]
fn narrow(slot: usize) -> u32 {
    slot as u32
}

impl<const M: usize> Dense<M> {
    /// Makes room for this many cells, of at most `most`.
    fn room(&mut self, cells: usize, most: usize) {
        if self.cells.len() < cells {
            let room = cells.next_power_of_two().min(most);
            self.cells.resize(room, DenseCell::EMPTY);
            self.no_sales.resize(room, NoSales::EMPTY);
        }
    }

    /// Puts the sums of a cell that was kept where they can be added to.
    fn put(&mut self, slot: usize, cell: &Cell, extras: &Extras) {
        let dense = &mut self.cells[slot];
        (dense.revenue, dense.lines, dense.days) = (cell.revenue, cell.lines, cell.days);
        for (place, value) in [(extras.cost, cell.cost), (extras.cost_to_serve, cell.cost_to_serve), (extras.list_amount, cell.list_amount)]
        {
            if let Some(slot) = place.and_then(|place| dense.more.get_mut(place)) {
                *slot = value;
            }
        }
        if cell.lines > cell.sale_lines {
            self.no_sales[slot] = NoSales { returns: cell.returns, lines: cell.lines - cell.sale_lines, free_days: cell.free_days };
            self.without_sale.push(narrow(slot));
        }
    }

    /// The cells with a line of so many accounts, which are empty afterwards, and where each account's begin.
    fn take(&mut self, accounts: usize, width: usize, first: i32, extras: &Extras, starts: &mut Vec<u32>) -> Result<Chunk> {
        let used = accounts * width;
        if self.periods.len() <= used {
            self.periods.resize(used + 1, 0);
            self.places.resize(used + 1, 0);
        }
        let (cells, periods, places) = (&mut self.cells[..used], &mut self.periods[..=used], &mut self.places[..used]);
        starts.clear();
        starts.push(0);
        let (mut count, mut slot) = (0usize, 0usize);
        let (mut lines, mut days, mut revenue, mut more) = (0u32, 0u32, Bits::default(), [Bits::default(); M]);
        for _ in 0..accounts {
            for period in (first..).take(width) {
                // Every cell is put where the next one with a line goes, and the place is taken if it has one: which cells have a line
                // cannot be predicted.
                let cell = cells[slot];
                (cells[count], periods[count], places[slot]) = (cell, period, narrow(count));
                count = count.wrapping_add(usize::from(cell.lines != 0));
                slot = slot.wrapping_add(1);
                lines |= cell.lines;
                days |= cell.days;
                revenue.take(cell.revenue);
                more.iter_mut().zip(&cell.more).for_each(|(bits, value)| bits.take(*value));
            }
            starts.push(u32::try_from(count).map_err(|_| too_many_cells())?);
        }
        let (cells, periods) = (&mut cells[..count], &periods[..count]);
        if lines > u32::MAX >> 1 && cells.iter().any(|cell| cell.lines == u32::MAX) {
            return Err(too_many_lines());
        }
        let width_of = |all: u32| Bits::of(i64::from(all)).width();
        let mut span = Bits::of(i64::from(first));
        span.take(i64::from(first) + i64::try_from(width).unwrap_or(i64::MAX));
        let money = |place: Option<usize>| match place.filter(|place| *place < M) {
            Some(place) => Narrow::of(more[place].width(), cells.iter().map(|cell| cell.more[place])),
            None => Narrow::Zeros(count),
        };
        let mut chunk = Chunk {
            period: Narrow::of(span.width(), periods.iter().map(|period| i64::from(*period))),
            label: Narrow::Zeros(count),
            lines: Narrow::of(width_of(lines), cells.iter().map(|cell| i64::from(cell.lines))),
            sale_lines: Narrow::default(),
            days: Narrow::of(width_of(days), cells.iter().map(|cell| i64::from(cell.days))),
            free_days: Narrow::Zeros(count),
            revenue: Narrow::of(revenue.width(), cells.iter().map(|cell| cell.revenue)),
            returns: Narrow::Zeros(count),
            cost: money(extras.cost),
            cost_to_serve: money(extras.cost_to_serve),
            list_amount: money(extras.list_amount),
        };
        if self.without_sale.is_empty() {
            chunk.sale_lines = chunk.lines.clone();
        } else {
            let (mut returns, mut free_days) = (Bits::default(), 0u32);
            for slot in &self.without_sale {
                let none = &self.no_sales[*slot as usize];
                returns.take(none.returns);
                free_days |= none.free_days;
                let cell = &mut cells[places[*slot as usize] as usize];
                cell.lines = cell.lines.wrapping_sub(none.lines);
            }
            let none = || self.without_sale.iter().map(|slot| (places[*slot as usize] as usize, &self.no_sales[*slot as usize]));
            chunk.sale_lines = Narrow::of(width_of(lines), cells.iter().map(|cell| i64::from(cell.lines)));
            chunk.returns = Narrow::scattered(returns.width(), count, none().map(|(place, none)| (place, none.returns)));
            let free = none().map(|(place, none)| (place, i64::from(none.free_days)));
            chunk.free_days = Narrow::scattered(width_of(free_days), count, free);
        }
        self.clear(used);
        Ok(chunk)
    }

    fn clear(&mut self, used: usize) {
        self.cells[..used].fill(DenseCell::EMPTY);
        self.without_sale.drain(..).for_each(|slot| self.no_sales[slot as usize] = NoSales::EMPTY);
    }
}

/// The array while rows are added to it.
struct Adding<'a, C: KeyCode, const M: usize> {
    partition: &'a mut Partition<C>,
    dense: &'a mut Dense<M>,
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
        self.dense.room(accounts * self.width, self.most_accounts * self.width);
    }

    fn slot(&self, account: usize, period: i32) -> usize {
        account * self.width + usize::try_from(period - self.first).unwrap_or(usize::MAX)
    }
}

impl<C: KeyCode, const W: usize, const M: usize> TakeRows<W> for Adding<'_, C, M> {
    /// In steps, each with all rows, so that the processor works at several rows at once: what a row's sums wait for is its account's
    /// number and its cell, and those of the next row need not wait for them.
    #[inline(always)]
    fn take(&mut self, rows: &[[u64; W]]) {
        let mut accounts = [0u32; HANDFUL];
        for (account, row) in accounts.iter_mut().zip(rows) {
            *account = self.partition.id(&row[..C::WORDS], self.arena);
        }
        let count = self.partition.len();
        if count > self.most_accounts {
            self.fits = false;
            return;
        }
        self.room(count);
        let Dense { cells, no_sales, without_sale, .. } = &mut *self.dense;
        // Every cell is looked at before any is added to, so that the cache asks for all of them at once.
        let (mut slots, mut bits, mut looked_at) = ([0u32; HANDFUL], [0u32; HANDFUL], 0);
        let (mut none, mut nones) = ([0u8; HANDFUL], 0usize);
        for (at, (row, account)) in (0u8..).zip(rows.iter().zip(&accounts)) {
            let (day, _, amount) = head::<C, W>(row);
            let (period, bit) = self.days.place(day);
            let slot = (*account as usize).wrapping_mul(self.width).wrapping_add(period.wrapping_sub(self.first).cast_unsigned() as usize);
            looked_at ^= cells[slot].lines;
            (slots[at as usize % HANDFUL], bits[at as usize % HANDFUL]) = (narrow(slot), bit);
            none[nones % HANDFUL] = at;
            nones = nones.wrapping_add(usize::from(amount <= 0));
        }
        let none = &none[..nones];
        looked_at = none.iter().fold(looked_at, |all, at| all ^ no_sales[slots[*at as usize] as usize].lines);
        std::hint::black_box(looked_at);
        for (row, (slot, bit)) in rows.iter().zip(slots.iter().zip(&bits)) {
            let (_, _, amount) = head::<C, W>(row);
            let cell = &mut cells[*slot as usize];
            // Sums cannot leave 63 bits: the state refuses rows whose absolute amounts add up to more, so the additions need no check. A
            // count that stops at its end is found when the cell is taken.
            cell.lines = cell.lines.saturating_add(1);
            cell.revenue = cell.revenue.wrapping_add(amount);
            cell.days |= if amount > 0 { *bit } else { 0 };
            for (sum, value) in cell.more.iter_mut().zip(&row[C::WORDS + 2..]) {
                *sum = sum.wrapping_add(value.cast_signed());
            }
        }
        let first_days = &mut self.partition.first_days[..];
        for (row, account) in rows.iter().zip(&accounts) {
            let (day, _, amount) = head::<C, W>(row);
            first_days[*account as usize].add_sale(day, amount);
        }
        for at in none {
            let at = *at as usize;
            let (_, _, amount) = head::<C, W>(&rows[at]);
            let cell = &mut no_sales[slots[at] as usize];
            if cell.lines == 0 {
                without_sale.push(slots[at]);
            }
            cell.lines = cell.lines.saturating_add(1);
            cell.returns = cell.returns.wrapping_sub(amount);
            cell.free_days |= if amount == 0 { bits[at] } else { 0 };
        }
        if let Some(order) = self.order {
            for (row, account) in rows.iter().zip(&accounts) {
                let (day, _, amount) = head::<C, W>(row);
                if amount > 0 && row[C::WORDS + 2 + order] != NO_ORDER {
                    self.partition.orders.push((*account, self.days.place(day).0, row[C::WORDS + 2 + order]));
                }
            }
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
        let dense = &mut scratch.dense;
        let (first, last) = rows.span;
        let width = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let most_accounts = MOST_BYTES / (size_of::<DenseCell<M>>() + size_of::<NoSales>()) / width;
        let old_len = self.len();
        if old_len > most_accounts {
            return Ok(false);
        }
        let orders_before = self.orders.len();
        let first_days_before = self.first_days.clone();
        let order = rows.extras.order;
        let mut adding =
            Adding { partition: &mut *self, dense, arena: &[], days: rows.days, first, width, most_accounts, order, fits: true };
        adding.room(old_len);
        for account in 0..old_len {
            for place in run(&adding.partition.starts, account) {
                let cell = adding.partition.cells.get(place);
                let slot = adding.slot(account, cell.period.0);
                adding.dense.put(slot, &cell, rows.extras);
            }
        }
        for thread in rows.threads {
            adding.arena = &thread.arena;
            C::each(thread, rows.partition, &mut adding);
        }
        if !adding.fits {
            let used = dense.cells.len();
            dense.clear(used);
            self.orders.truncate(orders_before);
            self.first_days = first_days_before;
            self.first_days.resize(self.len(), FirstDay::NONE);
            return Ok(false);
        }
        self.cells = dense.take(self.len(), width, first, rows.extras, &mut self.starts)?;
        Ok(true)
    }
}
