//! The fold of a partition's rows by sorting them by account: for labels, and where an array of all cells would leave the cache.

use super::key::KeyCode;
use super::partition::{FoldRows, NO_ORDER, Partition, READY, Scratch, head, merge_into, run, too_many_cells};
use super::waiting::TakeRows;
use crate::error::Result;
use crate::facts::cells::{Cell, Chunk};
use crate::ledger::Extras;
use crate::time::Period;

/// Notes the number of each row's account.
struct Numbering<'a, C: KeyCode> {
    partition: &'a mut Partition<C>,
    arena: &'a [u8],
    ids: &'a mut Vec<u32>,
}

impl<C: KeyCode, const W: usize> TakeRows<W> for Numbering<'_, C> {
    #[inline(always)]
    fn take(&mut self, rows: &[[u64; W]]) {
        self.ids.extend(rows.iter().map(|row| self.partition.id(&row[..C::WORDS], self.arena)));
    }
}

/// Puts each row where its account's next row goes.
struct Placing<'a, const W: usize> {
    ids: std::slice::Iter<'a, u32>,
    next: &'a mut [u32],
    sorted: &'a mut [[u64; W]],
}

impl<const W: usize> TakeRows<W> for Placing<'_, W> {
    #[inline(always)]
    fn take(&mut self, rows: &[[u64; W]]) {
        // There is a number for every row: they were given in the same order.
        for (row, account) in rows.iter().zip(&mut self.ids) {
            let place = &mut self.next[*account as usize];
            self.sorted[*place as usize] = *row;
            *place += 1;
        }
    }
}

/// The cell of one row. Sums of cells cannot leave 63 bits: the state refuses rows whose absolute amounts add up to more.
#[inline]
fn cell_of<C: KeyCode, const W: usize>(row: &[u64; W], period: i32, bit: u32, extras: &Extras) -> Cell {
    let (_, label, amount) = head::<C, W>(row);
    let is_sale = amount > 0;
    let extra = |place: Option<usize>| place.map_or(0, |place| row[C::WORDS + 2 + place].cast_signed());
    Cell {
        period: Period(period),
        label,
        lines: 1,
        sale_lines: u32::from(is_sale),
        days: if is_sale { bit } else { 0 },
        free_days: if amount == 0 { bit } else { 0 },
        revenue: amount,
        returns: 0i64.wrapping_sub(amount.min(0)),
        cost: extra(extras.cost),
        cost_to_serve: extra(extras.cost_to_serve),
        list_amount: extra(extras.list_amount),
    }
}

impl<C: KeyCode> Partition<C> {
    /// Sorts the rows by account, and the cells of each account by period and label.
    pub(super) fn fold_sorted<const W: usize, const M: usize>(
        &mut self,
        rows: &FoldRows<'_, W>,
        scratch: &mut Scratch<W, M>,
    ) -> Result<()> {
        let Scratch { ids, ends, sorted, sparse, ready, .. } = scratch;
        let (at, extras) = (rows.partition, rows.extras);
        ids.clear();
        for thread in rows.threads {
            C::each(thread, at, &mut Numbering { partition: &mut *self, arena: &thread.arena, ids: &mut *ids });
        }
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
        let mut placing = Placing { ids: ids.iter(), next: &mut *ends, sorted: &mut *sorted };
        for thread in rows.threads {
            C::each(thread, at, &mut placing);
        }
        // Now ends[account] is where the account's rows end, and where those of the next begin.
        let old = std::mem::take(&mut self.cells);
        let old_starts = std::mem::take(&mut self.starts);
        let mut cells = Chunk::default();
        let mut starts = Vec::with_capacity(self.len() + 1);
        starts.push(0);
        let mut begin = 0;
        for account in 0..self.len() {
            let sorted = &sorted[begin..ends[account] as usize];
            begin = ends[account] as usize;
            sparse.clear();
            sparse.extend(run(&old_starts, account).map(|cell| old.get(cell)));
            for row in sorted {
                let (day, _, amount) = head::<C, W>(row);
                let (period, bit) = rows.days.place(day);
                self.first_days[account].add_sale(day, amount);
                sparse.push(cell_of::<C, W>(row, period, bit, extras));
                let named = |order: &usize| amount > 0 && row[C::WORDS + 2 + *order] != NO_ORDER;
                if let Some(order) = extras.order.filter(named) {
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
}
