//! One partition: its accounts, their cells, and the two ways cells come in: from rows and from another partition.

use hashbrown::HashTable;

use super::days::DayIndex;
use super::dense::Dense;
use super::key::KeyCode;
use super::waiting::Waiting;
use crate::error::{Code, Error, Result};
use crate::facts::cells::{Cell, Chunk};
use crate::ledger::Extras;

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
    pub(super) fn add_sale(&mut self, day: i32, amount: i64) {
        // Without branches: which sale of an account is an earlier one cannot be predicted.
        let is_sale = amount > 0;
        let day = if is_sale { day } else { i32::MAX };
        let before = if day < self.day { 0 } else { self.revenue };
        let more = if is_sale && day <= self.day { amount } else { 0 };
        *self = FirstDay { day: self.day.min(day), revenue: before.wrapping_add(more) };
    }

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

/// In the place of an order's hash: the line names none.
pub(crate) const NO_ORDER: u64 = 0;

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

/// The waiting rows of one partition, and what is the same for all partitions.
pub(crate) struct FoldRows<'a, const W: usize> {
    /// What every thread has put aside.
    pub threads: &'a [&'a Waiting<W>],
    pub partition: usize,
    pub days: &'a DayIndex,
    /// The first and the last cell period of the rows so far.
    pub span: (i32, i32),
    pub extras: &'a Extras,
}

/// Vectors that a thread uses for one partition after the other.
pub(crate) struct Scratch<const W: usize, const M: usize> {
    pub(super) ids: Vec<u32>,
    pub(super) ends: Vec<u32>,
    pub(super) sorted: Vec<[u64; W]>,
    pub(super) dense: Dense<M>,
    pub(super) sparse: Vec<Cell>,
    pub(super) ready: Vec<Cell>,
}

impl<const W: usize, const M: usize> Default for Scratch<W, M> {
    fn default() -> Self {
        Scratch { ids: vec![], ends: vec![], sorted: vec![], dense: Dense::default(), sparse: vec![], ready: vec![] }
    }
}

/// Cells that wait to be written column by column.
pub(super) const READY: usize = 512;

impl<C: KeyCode> Partition<C> {
    /// The number of accounts.
    pub fn len(&self) -> usize {
        C::len(&self.keys)
    }

    #[inline]
    pub(super) fn id(&mut self, words: &[u64], arena: &[u8]) -> u32 {
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
    pub fn fold<const W: usize, const M: usize>(&mut self, rows: &FoldRows<'_, W>, scratch: &mut Scratch<W, M>) -> Result<()> {
        if rows.threads.iter().all(|thread| thread.is_empty(rows.partition)) {
            return Ok(());
        }
        if rows.extras.labels || !self.fold_dense(rows, scratch)? {
            self.fold_sorted(rows, scratch)?;
        }
        self.orders.sort_unstable();
        self.orders.dedup();
        Ok(())
    }

    /// Takes in the accounts and cells of another partition; `labels` says what its label numbers are here.
    pub fn merge(&mut self, other: &Partition<C>, labels: &[u32]) -> Result<()> {
        // Parts of a state that was split have accounts in few partitions.
        if other.len() == 0 {
            return Ok(());
        }
        let mut places = vec![];
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
        let mut cells = Chunk::default();
        let mut starts = vec![0];
        let (mut merged, mut ready): (Vec<Cell>, Vec<Cell>) = (vec![], vec![]);
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
            merge_into(&mut ready, &mut merged);
            starts.push(u32::try_from(cells.len() + ready.len()).map_err(|_| too_many_cells())?);
            if ready.len() >= READY {
                cells.extend(&ready)?;
                ready.clear();
            }
        }
        cells.extend(&ready)?;
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
pub(super) fn run(starts: &[u32], account: usize) -> std::ops::Range<usize> {
    match (starts.get(account), starts.get(account + 1)) {
        (Some(start), Some(end)) => *start as usize..*end as usize,
        _ => 0..0,
    }
}

/// Day, label and amount of a row.
#[inline]
pub(super) fn head<C: KeyCode, const W: usize>(row: &[u64; W]) -> (i32, u32, i64) {
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

pub(super) fn too_many_cells() -> Error {
    Error::new(Code::Overflow, "ledger: one partition of the accounts has more than 4,294,967,295 cells").with_hint("use a coarser grain")
}
