//! The finest sums that are kept: account × period × label, compactly and only where there is a line.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Facts;
use super::narrow::Narrow;
use crate::error::{Code, Error, Result};
use crate::time::{Date, Grain, Period};

/// One cell: what one account did in one period under one label. Money is in minor units; unmapped columns are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The period, of the [cell grain](Facts::cell_grain).
    pub period: Period,
    /// The place of the label in [`Labels`].
    pub label: u32,
    /// Lines of every sign.
    pub lines: u32,
    /// Lines with a positive amount.
    pub sale_lines: u32,
    /// The days with a sale, bit 0 for the first day of the period.
    pub days: u32,
    /// The days with a line of amount zero: something was bought, and nothing paid.
    pub free_days: u32,
    /// Net revenue.
    pub revenue: i64,
    /// Returns and credits, positive.
    pub returns: i64,
    /// Product cost.
    pub cost: i64,
    /// Cost to serve.
    pub cost_to_serve: i64,
    /// Amount before discount.
    pub list_amount: i64,
}

impl Cell {
    /// Takes in a cell of the same account, period and label. Sums cannot leave 63 bits; a count that stops at its end is found when the
    /// cell is kept.
    #[inline]
    pub(crate) fn add(&mut self, other: &Cell) {
        self.lines = self.lines.saturating_add(other.lines);
        self.sale_lines = self.sale_lines.saturating_add(other.sale_lines);
        self.days |= other.days;
        self.free_days |= other.free_days;
        self.revenue = self.revenue.wrapping_add(other.revenue);
        self.returns = self.returns.wrapping_add(other.returns);
        self.cost = self.cost.wrapping_add(other.cost);
        self.cost_to_serve = self.cost_to_serve.wrapping_add(other.cost_to_serve);
        self.list_amount = self.list_amount.wrapping_add(other.list_amount);
    }
}

/// What one account did in one period of the grain, over all labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodSums {
    /// The period of the facts' grain.
    pub period: Period,
    /// Lines of every sign.
    pub lines: i64,
    /// Lines with a positive amount.
    pub sale_lines: i64,
    /// Distinct days with a sale.
    pub active_days: i64,
    /// Net revenue.
    pub revenue: i64,
    /// Returns and credits, positive.
    pub returns: i64,
    /// Product cost.
    pub cost: i64,
    /// Cost to serve.
    pub cost_to_serve: i64,
    /// Amount before discount.
    pub list_amount: i64,
}

impl PeriodSums {
    /// Revenue less cost and cost to serve (less nothing where the ledger has no cost).
    #[must_use]
    pub fn profit(&self) -> i64 {
        self.revenue - self.cost - self.cost_to_serve
    }
}

/// The direction and the manager of a line; `None` where the ledger has no such column or the line no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    /// Product line, region or whatever the ledger's direction is.
    pub direction: Option<String>,
    /// The manager named on the line.
    pub manager: Option<String>,
}

/// The labels that occur, ascending, and which columns they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The labels; a [`Cell::label`] is a place in here.
    pub labels: Vec<Label>,
    /// Was a direction column mapped?
    pub has_direction: bool,
    /// Was a manager column mapped?
    pub has_manager: bool,
}

impl Labels {
    /// The directions that occur, ascending, each once.
    #[must_use]
    pub fn directions(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.labels.iter().filter_map(|label| label.direction.as_deref()).collect();
        all.dedup();
        all
    }
}

/// All cells: per account a run of rows in one of several chunks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub chunks: Vec<Chunk>,
    /// Per account in key order: chunk, first row, number of rows.
    pub runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub chunk: u32,
    pub start: u32,
    pub len: u32,
}

impl Run {
    /// The rows of the chunk.
    pub fn places(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

/// Rows of cells, one column a figure, each as narrow as its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub period: Narrow,
    pub label: Narrow,
    pub lines: Narrow,
    pub sale_lines: Narrow,
    pub days: Narrow,
    pub free_days: Narrow,
    pub revenue: Narrow,
    pub returns: Narrow,
    pub cost: Narrow,
    pub cost_to_serve: Narrow,
    pub list_amount: Narrow,
}

impl Chunk {
    const COLUMNS: [fn(&mut Chunk) -> &mut Narrow; 11] = [
        |chunk| &mut chunk.period,
        |chunk| &mut chunk.label,
        |chunk| &mut chunk.lines,
        |chunk| &mut chunk.sale_lines,
        |chunk| &mut chunk.days,
        |chunk| &mut chunk.free_days,
        |chunk| &mut chunk.revenue,
        |chunk| &mut chunk.returns,
        |chunk| &mut chunk.cost,
        |chunk| &mut chunk.cost_to_serve,
        |chunk| &mut chunk.list_amount,
    ];

    pub fn len(&self) -> usize {
        self.period.len()
    }

    #[inline]
    pub fn get(&self, at: usize) -> Cell {
        Cell {
            period: Period(self.period.get_i32(at)),
            label: self.label.get_u32(at),
            lines: self.lines.get_u32(at),
            sale_lines: self.sale_lines.get_u32(at),
            days: self.days.get_u32(at),
            free_days: self.free_days.get_u32(at),
            revenue: self.revenue.get(at),
            returns: self.returns.get(at),
            cost: self.cost.get(at),
            cost_to_serve: self.cost_to_serve.get(at),
            list_amount: self.list_amount.get(at),
        }
    }

    /// The first period that occurs.
    pub fn earliest(&self) -> Option<Period> {
        self.period.min().and_then(|period| i32::try_from(period).ok()).map(Period)
    }

    /// The labels that occur, most of them again and again.
    pub fn labels(&self) -> impl Iterator<Item = u32> + '_ {
        // Where all labels are the first, one look is enough.
        let cells = if self.label.is_zero() { self.len().min(1) } else { self.len() };
        (0..cells).map(|at| self.label.get_u32(at))
    }

    /// Adds cells at the end.
    pub fn extend(&mut self, cells: &[Cell]) -> Result<()> {
        if cells.iter().any(|cell| cell.lines == u32::MAX) {
            return Err(too_many_lines());
        }
        self.period.extend(cells.iter().map(|cell| i64::from(cell.period.0)));
        self.label.extend(cells.iter().map(|cell| i64::from(cell.label)));
        self.lines.extend(cells.iter().map(|cell| i64::from(cell.lines)));
        self.sale_lines.extend(cells.iter().map(|cell| i64::from(cell.sale_lines)));
        self.days.extend(cells.iter().map(|cell| i64::from(cell.days)));
        self.free_days.extend(cells.iter().map(|cell| i64::from(cell.free_days)));
        self.revenue.extend(cells.iter().map(|cell| cell.revenue));
        self.returns.extend(cells.iter().map(|cell| cell.returns));
        self.cost.extend(cells.iter().map(|cell| cell.cost));
        self.cost_to_serve.extend(cells.iter().map(|cell| cell.cost_to_serve));
        self.list_amount.extend(cells.iter().map(|cell| cell.list_amount));
        Ok(())
    }
}

/// A count of lines that has come to its end.
pub(crate) fn too_many_lines() -> Error {
    Error::new(Code::Overflow, "ledger: one account has more than 4,294,967,294 lines in one period")
        .with_hint("use a finer grain, or sum the lines of a document before they come in")
}

/// Accounts whose cells are put into one chunk.
const ACCOUNTS: usize = 1024;

impl Cells {
    /// The same cells in the order of their accounts' keys. Whoever goes through the accounts then goes through memory from one end to the
    /// other; where cells come out of the fold they lie by the hash of the key, and every look at one waits for memory.
    pub fn in_order(self) -> Self {
        let Cells { mut chunks, mut runs } = self;
        let mut ordered = vec![Chunk::default(); runs.len().div_ceil(ACCOUNTS)];
        // Column by column, so that the next one takes the room that the last one left.
        for column in Chunk::COLUMNS {
            let old: Vec<Narrow> = chunks.iter_mut().map(|chunk| std::mem::take(column(chunk))).collect();
            ordered.par_iter_mut().zip(runs.par_chunks(ACCOUNTS)).for_each(|(chunk, runs)| {
                *column(chunk) = Narrow::gather(runs.iter().map(|run| (&old[run.chunk as usize], run.places())));
            });
        }
        for (chunk, runs) in (0u32..).zip(runs.chunks_mut(ACCOUNTS)) {
            let mut start = 0;
            for run in runs {
                *run = Run { chunk, start, len: run.len };
                start += run.len;
            }
        }
        Cells { chunks: ordered, runs }
    }

    pub fn of(&self, account: usize) -> CellsOf<'_> {
        let run = self.runs[account];
        CellsOf { chunk: &self.chunks[run.chunk as usize], rows: run.places() }
    }
}

// Equal when every account has equal cells, wherever they are stored.
impl PartialEq for Cells {
    fn eq(&self, other: &Self) -> bool {
        self.runs.len() == other.runs.len() && (0..self.runs.len()).all(|account| self.of(account).eq(other.of(account)))
    }
}

/// One account's cells, by period and then label. A look at the next period reads no more than that.
pub(crate) struct CellsOf<'a> {
    chunk: &'a Chunk,
    rows: Range<usize>,
}

impl<'a> CellsOf<'a> {
    /// Periods and days alone.
    pub fn days(self) -> impl Iterator<Item = (Period, u32)> + 'a {
        let CellsOf { chunk, rows } = self;
        rows.map(|at| (Period(chunk.period.get_i32(at)), chunk.days.get_u32(at)))
    }

    /// The period of the next cell.
    #[inline]
    fn next_period(&self) -> Option<Period> {
        self.rows.clone().next().map(|at| Period(self.chunk.period.get_i32(at)))
    }

    /// The days of all further cells of one period: with a sale, or also those on which all that was bought was free.
    fn days_of(&mut self, period: Period, free: bool) -> u32 {
        let mut days = 0;
        while self.next_period() == Some(period) {
            let at = self.rows.start;
            days |= self.chunk.days.get_u32(at);
            if free {
                days |= self.chunk.free_days.get_u32(at);
            }
            self.rows.start += 1;
        }
        days
    }
}

impl Iterator for CellsOf<'_> {
    type Item = Cell;

    #[inline]
    fn next(&mut self) -> Option<Cell> {
        self.rows.next().map(|at| self.chunk.get(at))
    }
}

/// An account's cells put together to periods of the grain.
pub(crate) struct Periods<'a> {
    facts: &'a Facts,
    cells: CellsOf<'a>,
}

impl<'a> Periods<'a> {
    pub fn new(facts: &'a Facts, account: usize) -> Self {
        Periods { facts, cells: facts.cells.of(account) }
    }
}

impl Iterator for Periods<'_> {
    type Item = PeriodSums;

    #[inline]
    fn next(&mut self) -> Option<PeriodSums> {
        let (grain, of) = (self.facts.grain(), self.facts.cell_grain());
        let period = grain.of_cell(of, self.cells.next_period()?);
        let mut sums = PeriodSums { period, ..PeriodSums::default() };
        let (mut days, mut days_period) = (0u32, None);
        while self.cells.next_period().is_some_and(|next| grain.of_cell(of, next) == period) {
            let Some(cell) = self.cells.next() else { break };
            if days_period != Some(cell.period) {
                sums.active_days += i64::from(days.count_ones());
                (days, days_period) = (0, Some(cell.period));
            }
            days |= cell.days;
            sums.lines += i64::from(cell.lines);
            sums.sale_lines += i64::from(cell.sale_lines);
            sums.revenue += cell.revenue;
            sums.returns += cell.returns;
            sums.cost += cell.cost;
            sums.cost_to_serve += cell.cost_to_serve;
            sums.list_amount += cell.list_amount;
        }
        sums.active_days += i64::from(days.count_ones());
        Some(sums)
    }
}

/// What an account bought in one period of the grain: as much as most methods look at. A cell has eleven columns, and each that is read is
/// another place in memory to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bought {
    /// The period of the facts' grain.
    pub period: Period,
    /// Net revenue.
    pub revenue: i64,
    /// Was there a line with a positive amount?
    pub is_sale: bool,
}

/// An account's purchases, period by period.
pub(crate) struct Purchases<'a> {
    grain: Grain,
    of: Grain,
    cells: CellsOf<'a>,
}

impl<'a> Purchases<'a> {
    pub fn new(facts: &'a Facts, account: usize) -> Self {
        Purchases { grain: facts.grain(), of: facts.cell_grain(), cells: facts.cells.of(account) }
    }
}

impl Iterator for Purchases<'_> {
    type Item = Bought;

    #[inline]
    fn next(&mut self) -> Option<Bought> {
        let period = self.grain.of_cell(self.of, self.cells.next_period()?);
        let mut bought = Bought { period, revenue: 0, is_sale: false };
        while self.cells.next_period().is_some_and(|next| self.grain.of_cell(self.of, next) == period) {
            let at = self.cells.rows.start;
            bought.revenue += self.cells.chunk.revenue.get(at);
            bought.is_sale |= self.cells.chunk.sale_lines.get_u32(at) > 0;
            self.cells.rows.start += 1;
        }
        Some(bought)
    }
}

/// An account's days with a sale, or also those on which all it bought was free.
pub(crate) struct Days<'a> {
    cells: CellsOf<'a>,
    grain: Grain,
    free: bool,
    start: Date,
    days: u32,
}

impl<'a> Days<'a> {
    pub fn new(facts: &'a Facts, account: usize, free: bool) -> Self {
        Days { cells: facts.cells.of(account), grain: facts.cell_grain(), free, start: Date(0), days: 0 }
    }
}

impl Iterator for Days<'_> {
    type Item = Date;

    #[inline]
    fn next(&mut self) -> Option<Date> {
        while self.days == 0 {
            let period = self.cells.next_period()?;
            self.start = self.grain.start(period);
            self.days = self.cells.days_of(period, self.free);
        }
        let bit = self.days.trailing_zeros();
        self.days &= self.days - 1;
        Some(Date(self.start.0 + i32::try_from(bit).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FactsOptions;
    use crate::ledger::{Columns, Ledger};
    use crate::sample::{Company, SampleOptions};

    #[test]
    fn purchases_are_the_periods_with_fewer_columns() {
        let company = Company::generate(&SampleOptions { accounts: 60, ..SampleOptions::default() }).unwrap();
        let columns = Columns::new("account", "date", "amount").direction("direction").manager("manager").currency("currency");
        let ledger = Ledger::from_batches(vec![company.ledger], columns).unwrap();
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            let facts = ledger.facts(&FactsOptions { grain, ..FactsOptions::new(Date::parse("2025-12-31").unwrap()) }).unwrap();
            for at in 0..facts.len() {
                let bought = |sums: PeriodSums| Bought { period: sums.period, revenue: sums.revenue, is_sale: sums.sale_lines > 0 };
                assert!(facts.purchases(at).eq(facts.periods(at).map(bought)), "{grain:?} {at}");
            }
        }
    }
}
