//! From a state to facts: accounts in the order of their keys, a window, and the sums inside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::cells::{Cell, Cells, Chunk, Labels, Run};
use super::fold::{FirstDay, KeyCode, Partition, push_merged};
use super::keys::{Key, Keys, Texts};
use super::options::{FactsOptions, Span, Window};
use super::place::PlaceIndex;
use super::state::{Accounts, FactsState, Shape};
use super::sums::{Sums, Totals};
use super::{Facts, fold};
use crate::error::{Code, Error, Result};
use crate::ledger::{Counts, Extras, Tally};
use crate::time::{Date, Grain, Period};

impl FactsState {
    /// Facts of this state as of a day.
    ///
    /// A state that was folded with an `as_of`, or into months, can only be asked for that day and for grains its cells make up.
    pub fn finish(mut self, options: &FactsOptions) -> Result<Facts> {
        options.validate()?;
        self.check_question(options)?;
        let Some(shape) = self.shape.clone() else {
            return Err(Error::new(Code::StateMismatch, "these facts have no ledger yet")
                .with_hint("fold at least one ledger, even one without rows"));
        };
        if !shape.converted {
            refuse_currencies(&self.counts.currencies)?;
        }
        let accounts = std::mem::take(&mut self.accounts);
        match accounts {
            Accounts::Integers(partitions) => self.finish_side(partitions, &shape, options),
            Accounts::Texts(partitions) => self.finish_side(partitions, &shape, options),
            Accounts::None => Err(Error::internal("a state with a shape has no accounts")),
        }
    }

    fn check_question(&self, options: &FactsOptions) -> Result<()> {
        let refuse =
            |why: String| Err(Error::new(Code::StateMismatch, why).with_hint("fold the ledger with cells of a day and without an as_of"));
        if !options.grain.is_made_of(self.options.cell) {
            return refuse(format!("cells of a {} cannot be put together to the grain {}", self.options.cell, options.grain));
        }
        match self.options.as_of {
            Some(day) if options.as_of > day => {
                refuse(format!("the facts were folded as of {day}, so they cannot be seen from {}", options.as_of))
            }
            Some(day) if options.as_of == day => Ok(()),
            _ if self.options.cell == Grain::Day => Ok(()),
            _ => refuse(format!("cells of a {} cannot be cut at {}", self.options.cell, options.as_of)),
        }
    }

    fn finish_side<C: KeyCode>(mut self, mut partitions: Vec<Partition<C>>, shape: &Shape, options: &FactsOptions) -> Result<Facts> {
        self.cut(&mut partitions, options)?;
        let labels = self.sort_labels(&mut partitions, shape)?;
        let order = order(&partitions);
        let keys = keys(&partitions, &order);
        let runs: Vec<Run> = order
            .par_iter()
            .map(|(partition, id)| {
                let range = partitions[*partition as usize].run(*id as usize);
                let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
                Run { chunk: *partition, start: narrow(range.start), len: narrow(range.len()) }
            })
            .collect();
        let first_days: Vec<FirstDay> =
            order.par_iter().map(|(partition, id)| partitions[*partition as usize].first_days[*id as usize]).collect();
        let orders: Vec<Vec<fold::Order>> = partitions.iter_mut().map(|partition| std::mem::take(&mut partition.orders)).collect();
        let chunks = partitions.into_iter().map(|partition| partition.cells).collect();
        let cells = Cells { chunks, runs };
        let parts = Parts { keys, labels, cells, first_days, counts: self.counts };
        Ok(Facts::assemble(parts, shape, options, &|at| {
            let (partition, id) = order[at];
            orders_of(&orders[partition as usize], id)
        }))
    }

    /// Leaves out what is later than `as_of` and puts days together to the cells of the facts' grain.
    fn cut<C: KeyCode>(&mut self, partitions: &mut [Partition<C>], options: &FactsOptions) -> Result<()> {
        let (from, to) = (self.options.cell, options.grain.cell());
        let later = self.counts.days.is_some_and(|(_, last)| last > options.as_of.0);
        if from == to && !later {
            return Ok(());
        }
        let cut: Vec<Tally> = partitions
            .par_iter_mut()
            .map(|partition| {
                let mut tally = Tally::default();
                partition.rebuild(&mut |cell| {
                    if later && cell.period.0 > options.as_of.0 {
                        tally.add(Tally { rows: u64::from(cell.lines), amount: i128::from(cell.revenue) });
                        return None;
                    }
                    let mut cell = *cell;
                    if from != to {
                        let day = Date(cell.period.0);
                        let period = to.period(day);
                        let bit = 1 << (day.0 - to.start(period).0);
                        cell.days = if cell.days == 0 { 0 } else { bit };
                        cell.free_days = if cell.free_days == 0 { 0 } else { bit };
                        cell.period = period;
                    }
                    Some(cell)
                })?;
                for first in &mut partition.first_days {
                    if first.day > options.as_of.0 {
                        *first = FirstDay::NONE;
                    }
                }
                partition.orders.retain(|(_, day, _)| !later || *day <= options.as_of.0);
                for (_, period, _) in &mut partition.orders {
                    *period = if from == to { *period } else { to.period(Date(*period)).0 };
                }
                Ok(tally)
            })
            .collect::<Result<_>>()?;
        for tally in cut {
            self.counts.reconciliation.move_after_as_of(tally);
        }
        Ok(())
    }

    /// Renumbers the labels in ascending order, so that the order in which they were met cannot be seen.
    fn sort_labels<C: KeyCode>(&self, partitions: &mut [Partition<C>], shape: &Shape) -> Result<Labels> {
        let met = self.labels.labels();
        let mut order: Vec<u32> = (0u32..).take(met.len()).collect();
        order.sort_by_key(|number| &met[*number as usize]);
        // The label of a ledger without labels stands in the table even where every row has one.
        let mut is_met = vec![!shape.extras.labels; met.len()];
        for partition in partitions.iter() {
            partition.cells.labels().for_each(|label| is_met[label as usize] = true);
        }
        order.retain(|number| is_met[*number as usize]);
        let mut number = vec![0; met.len()];
        for (new, old) in (0u32..).zip(&order) {
            number[*old as usize] = new;
        }
        if shape.extras.labels {
            partitions.par_iter_mut().try_for_each(|partition| {
                partition.rebuild(&mut |cell| {
                    let mut cell = *cell;
                    cell.label = number[cell.label as usize];
                    Some(cell)
                })
            })?;
        }
        let labels = order.iter().map(|old| met[*old as usize].clone()).collect();
        Ok(Labels { labels, has_direction: shape.has_direction, has_manager: shape.has_manager })
    }
}

impl<C: KeyCode> Partition<C> {
    /// Makes every account's cells anew from what `change` makes of each; `None` drops a cell.
    fn rebuild(&mut self, change: &mut dyn FnMut(&Cell) -> Option<Cell>) -> Result<()> {
        let old = std::mem::take(&mut self.cells);
        let mut cells = Chunk::default();
        let mut starts = vec![0];
        let mut kept = vec![];
        for account in 0..self.len() {
            kept.clear();
            kept.extend(self.run(account).filter_map(|at| change(&old.get(at))));
            push_merged(&mut cells, &mut kept)?;
            starts.push(u32::try_from(cells.len()).unwrap_or(u32::MAX));
        }
        self.cells = cells;
        self.starts = starts;
        Ok(())
    }
}

/// Everything of facts that is not summed up yet.
pub(super) struct Parts {
    /// Ascending; the cells' runs and the first days stand in this order.
    pub keys: Keys,
    pub labels: Labels,
    /// Of the grain's cell grain, up to `as_of`.
    pub cells: Cells,
    pub first_days: Vec<FirstDay>,
    /// With everything later than `as_of` counted as such.
    pub counts: Counts,
}

/// One account's orders of many accounts', which are sorted by account.
pub(super) fn orders_of(orders: &[fold::Order], account: u32) -> &[fold::Order] {
    let start = orders.partition_point(|(of, _, _)| *of < account);
    let end = orders.partition_point(|(of, _, _)| *of <= account);
    &orders[start..end]
}

/// Amounts in several currencies without rates are an error that names them.
pub(crate) fn refuse_currencies(currencies: &BTreeSet<String>) -> Result<()> {
    if currencies.len() <= 1 {
        return Ok(());
    }
    let names: Vec<_> = currencies.iter().cloned().collect();
    Err(Error::new(Code::CurrencyWithoutRate, format!("ledger: amounts are in {} currencies: {}", names.len(), names.join(", ")))
        .with_hint("pass rates to one base currency, or make one ledger per currency"))
}

/// The accounts that have cells, by partition and number, in ascending order of their keys.
fn order<C: KeyCode>(partitions: &[Partition<C>]) -> Vec<(u32, u32)> {
    let of = |(at, partition): (usize, &Partition<C>)| {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let with_cells = (0u32..).take(partition.len()).filter(|id| !partition.run(*id as usize).is_empty());
        with_cells.map(|id| (C::get(&partition.keys, id).prefix(), at, id)).collect::<Vec<_>>()
    };
    let mut order: Vec<(u64, u32, u32)> = partitions.par_iter().enumerate().flat_map_iter(of).collect();
    order.par_sort_unstable_by(|a, b| {
        let key = |(_, at, id): &(u64, u32, u32)| C::get(&partitions[*at as usize].keys, *id);
        a.0.cmp(&b.0).then_with(|| key(a).cmp(&key(b)))
    });
    order.into_iter().map(|(_, at, id)| (at, id)).collect()
}

fn keys<C: KeyCode>(partitions: &[Partition<C>], order: &[(u32, u32)]) -> Keys {
    let key = |(at, id): &(u32, u32)| C::get(&partitions[*at as usize].keys, *id);
    if C::WORDS == 1 {
        let number = |place: &(u32, u32)| if let Key::Integer(number) = key(place) { number } else { 0 };
        return Keys::Integers(order.par_iter().map(number).collect());
    }
    let mut texts = Texts::default();
    for place in order {
        if let Key::Text(text) = key(place) {
            texts.push(text);
        }
    }
    Keys::Texts(texts)
}

impl Facts {
    /// Chooses the window and sums up. `orders` gives an account's orders by period.
    pub(super) fn assemble<'a>(
        parts: Parts,
        shape: &Shape,
        options: &FactsOptions,
        orders: &(dyn Fn(usize) -> &'a [fold::Order] + Sync),
    ) -> Facts {
        let Parts { keys, labels, cells, first_days, counts } = parts;
        let cells = cells.in_order();
        let last = options.grain.period(options.as_of);
        let earliest = cells.chunks.iter().filter_map(Chunk::earliest).min();
        let earliest = earliest.map(|period| options.grain.of_cell(options.grain.cell(), period));
        let first = match options.window {
            Window::Periods(periods) => Period(last.0 - i32::try_from(periods).unwrap_or(i32::MAX) + 1),
            Window::All(_) => earliest.unwrap_or(last).min(last),
        };
        let mut facts = Facts {
            options: options.clone(),
            span: Span { first, last },
            scale: shape.scale,
            currency: shape.currency.clone().or_else(|| counts.currencies.first().cloned()),
            keys: Arc::new(keys),
            places: PlaceIndex::default(),
            labels,
            cells: Arc::new(cells),
            first_date: Arc::new(first_days.iter().map(|first| (first.day != i32::MAX).then_some(Date(first.day))).collect()),
            last_date: Arc::default(),
            first_day_revenue: Arc::new(first_days.iter().map(|first| first.revenue).collect()),
            history: Arc::default(),
            window: Arc::default(),
            reconciliation: counts.reconciliation,
            quarantine: counts.quarantine,
            activity_cost: None,
            head_offices: Arc::default(),
        };
        facts.sum_up(&shape.extras, orders);
        facts.reconciliation.split_window(facts.window_tally());
        facts.quarantine.settle();
        facts
    }

    /// Fills the sums of window and history and the last dates from the cells. `orders` gives an account's orders by period.
    pub(super) fn sum_up<'a>(&mut self, extras: &Extras, orders: &(dyn Fn(usize) -> &'a [fold::Order] + Sync)) {
        let totals: Vec<AccountTotals> = self.cells.runs.par_iter().with_min_len(1024).map(|run| self.total(*run)).collect();
        let counted =
            extras.order.map(|_| (0..self.len()).into_par_iter().map(|at| self.count_orders(orders(at))).unzip::<_, _, Vec<_>, Vec<_>>());
        let (window_orders, history_orders) = counted.unzip();
        let ((window, history), last_date) = rayon::join(
            || {
                rayon::join(
                    || Sums::of(&totals, |totals| &totals.window, extras, window_orders),
                    || Sums::of(&totals, |totals| &totals.history, extras, history_orders),
                )
            },
            || totals.iter().map(|totals| totals.last_day.map(Date)).collect::<Vec<_>>(),
        );
        self.history = Arc::new(history);
        // A window that holds the whole history has its sums, which are kept once.
        self.window = if window == *self.history { Arc::clone(&self.history) } else { Arc::new(window) };
        self.last_date = Arc::new(last_date);
    }

    fn total(&self, run: Run) -> AccountTotals {
        let chunk = &self.cells.chunks[run.chunk as usize];
        let mut totals = AccountTotals::default();
        let (mut seen, mut sold) = (None, None);
        let mut days = 0;
        let mut last = None;
        for at in run.places() {
            let cell = chunk.get(at);
            let period = self.period_of(&cell);
            // Cells of one period differ in their labels; a day or a period with a sale counts once for all of them.
            if seen != Some(cell.period) {
                (seen, days) = (Some(cell.period), 0);
            }
            let new_days = i64::from((cell.days & !days).count_ones());
            days |= cell.days;
            let is_new_period = cell.sale_lines > 0 && sold != Some(period);
            if cell.sale_lines > 0 {
                (sold, last) = (Some(period), Some((cell.period, days)));
            }
            totals.history.add(&cell, new_days, is_new_period);
            if self.span.contains(period) {
                totals.window.add(&cell, new_days, is_new_period);
            }
        }
        totals.last_day =
            last.map(|(period, days)| self.cell_grain().start(period).0 + 31 - i32::try_from(days.leading_zeros()).unwrap_or(0));
        totals
    }

    /// Distinct orders inside the window, and in the whole history.
    fn count_orders(&self, orders: &[fold::Order]) -> (i64, i64) {
        let is_inside = |period: i32| self.span.contains(self.grain().of_cell(self.cell_grain(), Period(period)));
        let distinct = |orders: &mut dyn Iterator<Item = u64>| {
            let mut hashes: Vec<u64> = orders.collect();
            hashes.sort_unstable();
            hashes.dedup();
            i64::try_from(hashes.len()).unwrap_or(i64::MAX)
        };
        let inside = distinct(&mut orders.iter().filter(|(_, period, _)| is_inside(*period)).map(|(_, _, hash)| *hash));
        (inside, distinct(&mut orders.iter().map(|(_, _, hash)| *hash)))
    }

    /// Lines and revenue inside the window.
    pub(super) fn window_tally(&self) -> Tally {
        Tally {
            rows: self.window.lines.iter().map(|lines| lines.unsigned_abs()).sum(),
            amount: self.window.revenue.iter().map(|minor| i128::from(*minor)).sum(),
        }
    }
}

/// One account's sums.
#[derive(Clone, Copy, Default)]
struct AccountTotals {
    window: Totals,
    history: Totals,
    last_day: Option<i32>,
}
