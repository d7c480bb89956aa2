//! From shards of days to facts: cut at `as_of`, put together to the cells of the grain, shard by shard.

use rayon::prelude::*;

use super::merge::each_account;
use super::{Shard, narrow};
use crate::error::Result;
use crate::facts::cells::{Cell, Cells, Chunk, Label, Labels, Run};
use crate::facts::finish::{Parts, orders_of};
use crate::facts::fold::{DayIndex, FirstDay, Order, merge_into};
use crate::facts::keys::Keys;
use crate::facts::state::Shape;
use crate::facts::{Facts, FactsOptions};
use crate::ledger::{Counts, Tally};
use crate::progress::{Progress, report};
use crate::time::{Date, Period};

/// Shares that are handed out to the threads at a time.
const WAVE: usize = 16;

/// Cells that wait to be written column by column.
const READY: usize = 512;

/// The accounts of one share of the keys, with the cells of the grain.
struct Coarse {
    shard: Shard,
    first_days: Vec<FirstDay>,
    after_as_of: Tally,
}

/// Facts of a run's or several runs' shards: `read` gives the shards of one share of the keys, labels numbered as `labels` are.
///
/// Only the shares that are just worked on are in memory with all their days.
pub(crate) fn facts_of(
    shares: usize,
    read: &(dyn Fn(usize) -> Result<Vec<Shard>> + Sync),
    labels: &[Label],
    mut counts: Counts,
    shape: &Shape,
    options: &FactsOptions,
    progress: &dyn Progress,
) -> Result<Facts> {
    options.validate()?;
    let (first, last) = counts.days.unwrap_or((options.as_of.0, options.as_of.0));
    let cell = options.grain.cell();
    let days = DayIndex::new(cell, Date(first), Date(last));
    let mut coarse: Vec<Coarse> = Vec::with_capacity(shares);
    for start in (0..shares).step_by(WAVE) {
        let wave = start..shares.min(start + WAVE);
        let done = wave.end;
        let wave = wave.into_par_iter().map(|share| coarsen(&read(share)?, &days, options.as_of, shape.extras.labels));
        coarse.extend(wave.collect::<Result<Vec<_>>>()?);
        report(progress, "reading the book", done as u64, Some(shares as u64))?;
    }
    for part in &coarse {
        counts.reconciliation.move_after_as_of(part.after_as_of);
    }
    let mut order: Vec<(u64, u32, u32)> = Vec::with_capacity(coarse.iter().map(|part| part.shard.keys.len()).sum());
    for (at, part) in (0u32..).zip(&coarse) {
        order.extend((0u32..).zip(part.shard.keys.iter()).map(|(account, key)| (key.prefix(), at, account)));
    }
    let key = |(_, at, account): &(u64, u32, u32)| coarse[*at as usize].shard.keys.get(*account as usize);
    order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| key(a).cmp(&key(b))));
    let mut keys = if shape.has_integer_keys() { Keys::Integers(vec![]) } else { Keys::Texts(crate::facts::Texts::default()) };
    let (mut runs, mut first_days) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
    for place in &order {
        let (_, chunk, account) = *place;
        let part = &coarse[chunk as usize];
        keys.push(key(place))?;
        let (start, end) = (part.shard.starts[account as usize], part.shard.starts[account as usize + 1]);
        runs.push(Run { chunk, start, len: end - start });
        first_days.push(part.first_days[account as usize]);
    }
    let (chunks, orders): (Vec<Chunk>, Vec<Vec<Order>>) = coarse.into_iter().map(|part| (part.shard.cells, part.shard.orders)).unzip();
    let (chunks, labels) = met_labels(chunks, labels, shape);
    let parts = Parts { keys, labels, cells: Cells { chunks, runs }, first_days, counts };
    Ok(Facts::assemble(parts, shape, options, &|at| orders_of(&orders[order[at].1 as usize], order[at].2)))
}

fn coarsen(shards: &[Shard], days: &DayIndex, as_of: Date, labelled: bool) -> Result<Coarse> {
    let none = shards.first().map_or(Keys::Integers(vec![]), |shard| shard.keys.none_like());
    let mut coarse = Coarse { shard: Shard::none_like(&none), first_days: vec![], after_as_of: Tally::default() };
    let (mut cells, mut ready): (Vec<Cell>, Vec<Cell>) = (vec![], vec![]);
    each_account(&shards.iter().collect::<Vec<_>>(), |account| {
        cells.clear();
        let mut first = FirstDay::NONE;
        for cell in account.cells {
            let day = cell.period.0;
            if day > as_of.0 {
                coarse.after_as_of.add(Tally { rows: u64::from(cell.lines), amount: i128::from(cell.revenue) });
                continue;
            }
            if cell.sale_lines > 0 && day <= first.day {
                // Days come in order, so this is the first day, under its first label or a further one.
                first = FirstDay { day, revenue: if day == first.day { first.revenue } else { 0 } + cell.revenue + cell.returns };
            }
            let (period, bit) = days.place(day);
            let days = if cell.sale_lines > 0 { bit } else { 0 };
            let free_days = if cell.free_days > 0 { bit } else { 0 };
            cells.push(Cell { period: Period(period), days, free_days, ..*cell });
        }
        if cells.is_empty() {
            return Ok(());
        }
        if labelled {
            merge_into(&mut ready, &mut cells);
        } else {
            add_up(&mut ready, &cells);
        }
        let at = narrow(coarse.shard.keys.len())?;
        coarse.shard.keys.push(account.key)?;
        coarse.shard.starts.push(narrow(coarse.shard.cells.len() + ready.len())?);
        coarse.first_days.push(first);
        let inside = account.orders.iter().filter(|(day, _)| *day <= as_of.0);
        coarse.shard.orders.extend(inside.map(|(day, hash)| (at, days.place(*day).0, *hash)));
        if ready.len() >= READY {
            coarse.shard.cells.extend(&ready)?;
            ready.clear();
        }
        Ok(())
    })?;
    coarse.shard.cells.extend(&ready)?;
    Ok(coarse)
}

/// Puts cells of one account, in the order of their periods and without labels, behind those that are ready.
fn add_up(ready: &mut Vec<Cell>, cells: &[Cell]) {
    let begin = ready.len();
    for cell in cells {
        match ready[begin..].last_mut() {
            Some(last) if last.period == cell.period => last.add(cell),
            _ => ready.push(*cell),
        }
    }
}

/// The labels that cells still have, and the cells numbered by them.
fn met_labels(mut chunks: Vec<Chunk>, labels: &[Label], shape: &Shape) -> (Vec<Chunk>, Labels) {
    let mut is_met = vec![!shape.extras.labels; labels.len()];
    for chunk in &chunks {
        chunk.labels().for_each(|label| is_met[label as usize] = true);
    }
    let mut next = 0;
    let places: Vec<u32> = is_met
        .iter()
        .map(|is_met| {
            let place = next;
            next += u32::from(*is_met);
            place
        })
        .collect();
    if places.iter().zip(0u32..).any(|(place, label)| *place != label) {
        for chunk in &mut chunks {
            chunk.label.map(|label| places.get(usize::try_from(label).unwrap_or(0)).map_or(0, |place| i64::from(*place)));
        }
    }
    // As the fold has it: a ledger without labels has one that says nothing, with or without rows.
    let nothing = Label::default();
    let labels = if labels.is_empty() && !shape.extras.labels { std::slice::from_ref(&nothing) } else { labels };
    let is_met = if is_met.is_empty() { vec![true; labels.len()] } else { is_met };
    let labels = labels.iter().zip(&is_met).filter(|(_, is_met)| **is_met).map(|(label, _)| label.clone()).collect();
    (chunks, Labels { labels, has_direction: shape.has_direction, has_manager: shape.has_manager })
}
