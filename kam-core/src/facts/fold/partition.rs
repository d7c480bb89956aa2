//! One partition: its accounts, their cells, and the two ways cells come in: from rows and from another partition.

use hashbrown::HashTable;

use super::days::DayIndex;
use super::key::KeyCode;
use super::waiting::Waiting;
use crate::error::{Code, Error, Result};
use crate::facts::cells::{Cell, Chunk};
use crate::ledger::Extras;
use crate::time::Period;

/// The first day with a sale and what was sold on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FirstDay {
    pub day: i32,
    pub revenue: i64,
}

impl FirstDay {
    /// No sale yet.
    pub const NONE: FirstDay = FirstDay { day: i32::MAX, revenue: 0 };

    #[inline]
    fn add(&mut self, other: FirstDay) {
        if other.day < self.day {
            *self = other;
        } else if other.day == self.day {
            self.revenue = self.revenue.wrapping_add(other.revenue);
        }
    }
}

/// An order with a sale: account, cell period, hash of the order's name.
pub(crate) type Order = (u32, i32, u64);

/// The accounts whose hash falls into one partition.
#[derive(Clone, Debug)]
pub(crate) struct Partition<C: KeyCode> {
    pub keys: C::Store,
    /// The first word of every key, so that most look-ups touch nothing else, and the account's number.
    table: HashTable<(u64, u32)>,
    pub first_days: Vec<FirstDay>,
    /// Where each account's cells begin; one more entry than accounts.
    pub starts: Vec<u32>,
    pub cells: Chunk,
    /// Sorted, each once.
    pub orders: Vec<Order>,
}

impl<C: KeyCode> Default for Partition<C> {
    fn default() -> Self {
        Partition {
            keys: C::Store::default(),
            table: HashTable::new(),
            first_days: vec![],
            starts: vec![0],
            cells: Chunk::default(),
            orders: vec![],
        }
    }
}

/// Vectors that a thread uses for one partition after the other.
pub(crate) struct Scratch<const W: usize> {
    ids: Vec<u32>,
    ends: Vec<u32>,
    sorted: Vec<[u64; W]>,
    dense: Vec<Cell>,
    sparse: Vec<Cell>,
    ready: Vec<Cell>,
}

impl<const W: usize> Default for Scratch<W> {
    fn default() -> Self {
        Scratch { ids: vec![], ends: vec![], sorted: vec![], dense: vec![], sparse: vec![], ready: vec![] }
    }
}

/// Cells that wait to be written column by column.
const READY: usize = 512;

/// Up to this many cells, of 64 bytes each, the accounts of a partition are summed in a dense array; beyond, by sorting.
const DENSE: usize = 1 << 16;

impl<C: KeyCode> Partition<C> {
    /// The number of accounts.
    pub fn len(&self) -> usize {
        C::len(&self.keys)
    }

    #[inline]
    fn id(&mut self, words: &[u64], arena: &[u8]) -> u32 {
        let hash = C::hash(words);
        let found = self.table.find(hash, |(word, id)| *word == words[0] && (C::WORDS == 1 || C::equals(&self.keys, *id, words, arena)));
        match found {
            Some((_, id)) => *id,
            None => self.new_id(hash, words, arena),
        }
    }

    #[cold]
    fn new_id(&mut self, hash: u64, words: &[u64], arena: &[u8]) -> u32 {
        let id = u32::try_from(self.len()).unwrap_or(u32::MAX);
        C::push(&mut self.keys, words, arena);
        let keys = &self.keys;
        self.table.insert_unique(hash, (words[0], id), |(_, id)| C::hash_of(keys, *id));
        self.first_days.push(FirstDay::NONE);
        id
    }

    /// Folds the waiting rows of partition `at` of every thread into the cells.
    pub fn fold<const W: usize>(
        &mut self,
        threads: &[&Waiting<W>],
        at: usize,
        days: &DayIndex,
        span: (i32, i32),
        extras: &Extras,
        scratch: &mut Scratch<W>,
    ) -> Result<()> {
        // First the number of each row's account, and with it the first days, which need no order of the rows.
        let mut ids = std::mem::take(&mut scratch.ids);
        ids.clear();
        for rows in threads {
            rows.each(at, |row| {
                let id = self.id(&row[..C::WORDS], &rows.arena);
                let (day, _, amount) = head::<C, W>(row);
                if amount > 0 {
                    self.first_days[id as usize].add(FirstDay { day, revenue: amount });
                }
                ids.push(id);
            });
        }
        scratch.ids = ids;
        if scratch.ids.is_empty() {
            return Ok(());
        }
        let width = usize::try_from(span.1 - span.0 + 1).unwrap_or(usize::MAX);
        let slots = self.len().saturating_mul(width);
        if !extras.labels && slots <= DENSE {
            self.fold_dense(threads, at, days, span.0, width, extras, scratch)?;
        } else {
            self.fold_sorted(threads, at, days, extras, scratch)?;
        }
        self.orders.sort_unstable();
        self.orders.dedup();
        Ok(())
    }

    /// Sums the rows in an array of every account's every period, which fits the cache.
    #[expect(clippy::too_many_arguments, reason = "the kernel of the fold, called once")]
    fn fold_dense<const W: usize>(
        &mut self,
        threads: &[&Waiting<W>],
        at: usize,
        days: &DayIndex,
        first: i32,
        width: usize,
        extras: &Extras,
        scratch: &mut Scratch<W>,
    ) -> Result<()> {
        let Scratch { ids, dense, ready, .. } = scratch;
        let slot = |period: i32| usize::try_from(period - first).unwrap_or(usize::MAX);
        if dense.len() < self.len() * width {
            dense.resize(self.len() * width, Cell::default());
        }
        for account in 0..self.len() {
            for place in run(&self.starts, account) {
                let cell = self.cells.get(place);
                dense[account * width + slot(cell.period.0)] = cell;
            }
        }
        let mut next = ids.iter();
        for rows in threads {
            rows.each(at, |row| {
                // There is a number for every row: they were given in the same order.
                let id = next.next().copied().unwrap_or(0);
                let (day, _, amount) = head::<C, W>(row);
                let (period, bit) = days.place(day);
                add_row::<C, W>(&mut dense[id as usize * width + slot(period)], row, bit, extras);
                if let Some(order) = extras.order.filter(|_| amount > 0) {
                    self.orders.push((id, period, row[C::WORDS + 2 + order]));
                }
            });
        }
        let mut cells = Chunk::with_capacity_like(&self.cells, ids.len().min(self.len() * width));
        self.starts.clear();
        self.starts.push(0);
        for account in dense[..self.len() * width].chunks_mut(width) {
            for (cell, period) in account.iter_mut().zip(first..) {
                if cell.lines > 0 {
                    cell.period = Period(period);
                    ready.push(*cell);
                    *cell = Cell::default();
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
        Ok(())
    }

    /// Sorts the rows by account, and the cells of each account by period and label.
    fn fold_sorted<const W: usize>(
        &mut self,
        threads: &[&Waiting<W>],
        at: usize,
        days: &DayIndex,
        extras: &Extras,
        scratch: &mut Scratch<W>,
    ) -> Result<()> {
        let Scratch { ids, ends, sorted, sparse, ready, .. } = scratch;
        ends.clear();
        ends.resize(self.len() + 1, 0);
        for id in ids.iter() {
            ends[*id as usize + 1] += 1;
        }
        for account in 0..self.len() {
            ends[account + 1] += ends[account];
        }
        // Every place is written, so what is left of the partition before need not be cleared.
        if sorted.len() < ids.len() {
            sorted.resize(ids.len(), [0; W]);
        }
        let mut next = ids.iter();
        for rows in threads {
            rows.each(at, |row| {
                let place = &mut ends[next.next().copied().unwrap_or(0) as usize];
                sorted[*place as usize] = *row;
                *place += 1;
            });
        }
        // Now ends[account] is where the account's rows end, and where those of the next begin.
        let old = std::mem::take(&mut self.cells);
        let old_starts = std::mem::take(&mut self.starts);
        let mut cells = Chunk::with_capacity_like(&old, ids.len());
        let mut starts = Vec::with_capacity(self.len() + 1);
        starts.push(0);
        let mut begin = 0;
        for account in 0..self.len() {
            let rows = &sorted[begin..ends[account] as usize];
            begin = ends[account] as usize;
            sparse.clear();
            sparse.extend(run(&old_starts, account).map(|cell| old.get(cell)));
            for row in rows {
                let (day, label, amount) = head::<C, W>(row);
                let (period, bit) = days.place(day);
                let mut cell = Cell { period: Period(period), label, ..Cell::default() };
                add_row::<C, W>(&mut cell, row, bit, extras);
                sparse.push(cell);
                if let Some(order) = extras.order.filter(|_| amount > 0) {
                    self.orders.push((u32::try_from(account).unwrap_or(u32::MAX), period, row[C::WORDS + 2 + order]));
                }
            }
            merge_into(ready, sparse);
            starts.push(u32::try_from(cells.len() + ready.len()).map_err(|_| too_many_cells())?);
            if ready.len() >= READY {
                cells.extend(ready)?;
                ready.clear();
            }
        }
        cells.extend(ready)?;
        ready.clear();
        self.cells = cells;
        self.starts = starts;
        Ok(())
    }

    /// Takes in the accounts and cells of another partition; `labels` says what its label numbers are here.
    pub fn merge(&mut self, other: &Partition<C>, labels: &[u32]) -> Result<()> {
        let mut places = vec![u32::MAX; 0];
        for account in 0..other.len() {
            let id = u32::try_from(account).unwrap_or(u32::MAX);
            let (words, arena) = C::words(&other.keys, id);
            let here = self.id(&words[..C::WORDS], arena);
            self.first_days[here as usize].add(other.first_days[account]);
            if places.len() < self.len() {
                places.resize(self.len(), u32::MAX);
            }
            places[here as usize] = id;
        }
        places.resize(self.len(), u32::MAX);
        let old = std::mem::take(&mut self.cells);
        let old_starts = std::mem::take(&mut self.starts);
        let mut cells = Chunk::with_capacity_like(&old, other.cells.len());
        let mut starts = vec![0];
        let mut merged: Vec<Cell> = vec![];
        for (account, there) in places.iter().enumerate() {
            merged.clear();
            merged.extend(run(&old_starts, account).map(|cell| old.get(cell)));
            if *there != u32::MAX {
                merged.extend(run(&other.starts, *there as usize).map(|cell| {
                    let mut cell = other.cells.get(cell);
                    cell.label = labels[cell.label as usize];
                    cell
                }));
            }
            push_merged(&mut cells, &mut merged)?;
            starts.push(u32::try_from(cells.len()).map_err(|_| too_many_cells())?);
        }
        let mut here_of = vec![0u32; other.len()];
        for (here, there) in (0u32..).zip(&places) {
            if *there != u32::MAX {
                here_of[*there as usize] = here;
            }
        }
        self.orders.extend(other.orders.iter().map(|(account, period, hash)| (here_of[*account as usize], *period, *hash)));
        self.orders.sort_unstable();
        self.orders.dedup();
        self.cells = cells;
        self.starts = starts;
        Ok(())
    }

    /// Adds an account that is not here yet, with its cells in order; for reading a state back.
    pub fn insert(&mut self, words: &[u64], arena: &[u8], first_day: FirstDay, cells: &[Cell]) -> Result<u32> {
        let id = self.id(words, arena);
        if id as usize + 1 != self.starts.len() {
            return Err(Error::new(Code::StateDamaged, "encoded facts: an account stands twice"));
        }
        self.first_days[id as usize] = first_day;
        self.cells.extend(cells)?;
        self.starts.push(u32::try_from(self.cells.len()).map_err(|_| too_many_cells())?);
        Ok(id)
    }

    /// An account's orders with a sale.
    pub fn orders_of(&self, account: usize) -> &[Order] {
        let account = u32::try_from(account).unwrap_or(u32::MAX);
        let start = self.orders.partition_point(|(of, _, _)| *of < account);
        let end = self.orders.partition_point(|(of, _, _)| *of <= account);
        &self.orders[start..end]
    }

    /// The places of an account's cells.
    pub fn run(&self, account: usize) -> std::ops::Range<usize> {
        run(&self.starts, account)
    }
}

/// An account that is new has no run yet.
fn run(starts: &[u32], account: usize) -> std::ops::Range<usize> {
    match (starts.get(account), starts.get(account + 1)) {
        (Some(start), Some(end)) => *start as usize..*end as usize,
        _ => 0..0,
    }
}

/// Day, label and amount of a row.
#[inline]
fn head<C: KeyCode, const W: usize>(row: &[u64; W]) -> (i32, u32, i64) {
    let word = row[C::WORDS];
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the word")]
    let (day, label) = ((word as u32).cast_signed(), (word >> 32) as u32);
    (day, label, row[C::WORDS + 1].cast_signed())
}

/// The word that [`head`] reads.
#[inline]
pub(crate) fn head_word(day: i32, label: u32) -> u64 {
    u64::from(day.cast_unsigned()) | u64::from(label) << 32
}

/// Sums cannot leave 63 bits: the state refuses rows whose absolute amounts add up to more, so the additions need no check.
#[inline]
fn add_row<C: KeyCode, const W: usize>(cell: &mut Cell, row: &[u64; W], bit: u32, extras: &Extras) {
    let (_, _, amount) = head::<C, W>(row);
    let is_sale = amount > 0;
    // A count that stops at its end is found when the cell is pushed.
    cell.lines = cell.lines.saturating_add(1);
    cell.revenue = cell.revenue.wrapping_add(amount);
    // Without branches: returns are too irregular to be predicted.
    cell.sale_lines = cell.sale_lines.saturating_add(u32::from(is_sale));
    cell.days |= if is_sale { bit } else { 0 };
    cell.returns = cell.returns.wrapping_sub(amount.min(0));
    let extra = |place: Option<usize>| place.map_or(0, |place| row[C::WORDS + 2 + place].cast_signed());
    cell.cost = cell.cost.wrapping_add(extra(extras.cost));
    cell.cost_to_serve = cell.cost_to_serve.wrapping_add(extra(extras.cost_to_serve));
    cell.list_amount = cell.list_amount.wrapping_add(extra(extras.list_amount));
}

/// Sorts cells of one account, adds up those of one period and label, and puts them at the end of a chunk.
pub(crate) fn push_merged(to: &mut Chunk, cells: &mut [Cell]) -> Result<()> {
    let mut merged = vec![];
    merge_into(&mut merged, cells);
    to.extend(&merged)
}

/// Sorts cells of one account and adds up those of one period and label.
pub(crate) fn merge_into(to: &mut Vec<Cell>, cells: &mut [Cell]) {
    cells.sort_unstable_by_key(|cell| (cell.period, cell.label));
    let mut cells = cells.iter().peekable();
    while let Some(first) = cells.next() {
        let mut sum = *first;
        while let Some(cell) = cells.next_if(|cell| (cell.period, cell.label) == (sum.period, sum.label)) {
            sum.add(cell);
        }
        to.push(sum);
    }
}

fn too_many_cells() -> Error {
    Error::new(Code::Overflow, "ledger: one partition of the accounts has more than 4,294,967,295 cells").with_hint("use a coarser grain")
}
