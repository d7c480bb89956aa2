//! One run over the parts of a ledger: threads check rows and put them aside, and fold what has been put aside.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::Array;
use rayon::prelude::*;

use super::fold::{DayIndex, FoldRows, KeyCode, NO_ORDER, Partition, Scratch, Waiting, head_word};
use super::labels::{LabelCache, LabelTable};
use super::read_key::ReadKey;
use super::state::refuse_overflow;
use crate::error::{Code, Error, Result};
use crate::ledger::{Checked, Checks, Columns, Counts, KeyKind, Part, Task, Whole};
use crate::progress::{Progress, report};
use crate::time::{Date, Grain};

/// Rows that a thread checks at a time: their columns stay in the second-level cache.
const MORSEL: usize = 16_384;

/// Rows that the threads read before they wait for each other: to report, and to fold if many rows are waiting.
const WAVE: usize = 1 << 21;

/// Bytes of waiting rows beyond which they are folded, so that memory does not grow with the ledger.
const WAITING: usize = 640 << 20;

/// What a thread works with.
struct Slot<const W: usize> {
    rows: Waiting<W>,
    checked: Checked,
    counts: Counts,
    labels: LabelCache,
    /// What is left of a part of a file that the thread reads itself.
    open: Option<Box<dyn Iterator<Item = Result<Part>> + Send>>,
}

type Tasks = Box<dyn Iterator<Item = Result<Task>> + Send>;

/// One run over the tasks of a source.
pub(super) struct Run<'a> {
    checks: &'a Checks,
    cell: Grain,
    labels: Mutex<LabelTable>,
    counts: Counts,
    progress: &'a dyn Progress,
}

impl<'a> Run<'a> {
    pub fn new(checks: &'a Checks, cell: Grain, labels: LabelTable, counts: Counts, progress: &'a dyn Progress) -> Self {
        Run { checks, cell, labels: Mutex::new(labels), counts, progress }
    }

    /// The labels and the counts, with those of this run.
    pub fn into_counted(self) -> (LabelTable, Counts) {
        (self.labels.into_inner().unwrap_or_default(), self.counts)
    }

    /// Folds all rows into the partitions.
    pub fn all<C: ReadKey, const W: usize, const M: usize>(
        &mut self,
        partitions: &mut [Partition<C>],
        mut tasks: Tasks,
        total: Option<u64>,
    ) -> Result<()> {
        let mut slots: Vec<Mutex<Slot<W>>> = (0..rayon::current_num_threads().max(1))
            .map(|_| {
                Mutex::new(Slot {
                    rows: Waiting::default(),
                    checked: Checked::default(),
                    counts: Counts::default(),
                    labels: LabelCache::default(),
                    open: None,
                })
            })
            .collect();
        let mut queue = VecDeque::new();
        let mut done = 0u64;
        loop {
            // The source is asked by this thread alone: streams of other languages want that.
            let mut queued: usize = queue.iter().map(Task::rows).sum();
            while queued < WAVE || queue.len() < slots.len() {
                let Some(task) = tasks.next() else { break };
                let task = task?;
                queued += task.rows();
                split(task, &mut queue);
            }
            let is_open = |slot: &mut Mutex<Slot<W>>| slot.get_mut().is_ok_and(|slot| slot.open.is_some());
            if queue.is_empty() && !slots.iter_mut().any(is_open) {
                break;
            }
            let (tasks, rows) = (Mutex::new(queue), AtomicUsize::new(0));
            slots.par_iter_mut().with_max_len(1).try_for_each(|slot| {
                let slot = slot.get_mut().map_err(|_| Error::internal("a thread of the fold failed"))?;
                self.wave::<C, W>(slot, &tasks, &rows)
            })?;
            queue = tasks.into_inner().map_err(|_| Error::internal("a thread of the fold failed"))?;
            done += rows.into_inner() as u64;
            report(self.progress, "reading the ledger", done, total)?;
            let waiting: usize = slots.iter_mut().filter_map(|slot| slot.get_mut().ok()).map(|slot| slot.rows.bytes()).sum();
            if waiting >= WAITING {
                self.flush::<C, W, M>(partitions, &mut slots)?;
            }
        }
        self.flush::<C, W, M>(partitions, &mut slots)
    }

    /// What one thread does until all of them together have read a wave: a part of its own row group, or else the next task.
    fn wave<C: ReadKey, const W: usize>(&self, slot: &mut Slot<W>, tasks: &Mutex<VecDeque<Task>>, rows: &AtomicUsize) -> Result<()> {
        while rows.load(Ordering::Relaxed) < WAVE {
            if let Some(open) = &mut slot.open {
                match open.next() {
                    Some(part) => {
                        let part = part?;
                        rows.fetch_add(part.batch.num_rows(), Ordering::Relaxed);
                        self.part::<C, W>(&part, slot)?;
                    }
                    None => slot.open = None,
                }
                continue;
            }
            let task = tasks.lock().map_err(|_| Error::internal("a thread of the fold failed"))?.pop_front();
            match task {
                Some(Task::Part(part)) => {
                    rows.fetch_add(part.batch.num_rows(), Ordering::Relaxed);
                    self.part::<C, W>(&part, slot)?;
                }
                Some(Task::RowGroup(group)) => slot.open = Some(Box::new(group.parts(MORSEL)?)),
                None => break,
            }
        }
        Ok(())
    }

    /// Checks the rows of a part and puts the used ones with those of their partition.
    fn part<C: ReadKey, const W: usize>(&self, part: &Part, slot: &mut Slot<W>) -> Result<()> {
        let place = |error: Error| match &part.source {
            Some(source) => error.at(source),
            None => error.at("ledger"),
        };
        let bound = self.checks.bind(&part.batch).map_err(place)?;
        // Keys that are all missing are of any kind, as a frame without a single one may call them what it likes.
        if C::KIND != bound.keys.kind() && bound.keys.has_any() {
            let column = &self.checks.columns.account;
            return Err(place(
                Error::new(
                    Code::ColumnChanged,
                    format!("column `{column}` is {} from row {} on, and was not before", bound.keys.kind(), part.first_row),
                )
                .with_hint("make the column the same type in every part of the ledger"),
            ));
        }
        let Slot { rows, checked, counts, labels, .. } = slot;
        let extras = &self.checks.extras;
        let can_be_narrow = W <= C::WORDS + 3 && !extras.labels && extras.order.is_none();
        if can_be_narrow && let Some(whole) = Whole::of(self.checks, part, &bound, counts) {
            return C::read_all(&bound, &whole, rows);
        }
        checked.check(self.checks, part, &bound, counts);
        if can_be_narrow && let Some(whole) = checked.whole() {
            return C::read_all(&bound, &whole, rows);
        }
        for row in 0..part.batch.num_rows() {
            if !checked.is_used(row) {
                continue;
            }
            let key = C::read(&bound, row, &mut rows.arena);
            let label = if extras.labels { labels.number(&bound, row, &self.labels) } else { 0 };
            let mut words = [0u64; W];
            words[..C::WORDS].copy_from_slice(&key[..C::WORDS]);
            words[C::WORDS] = head_word(checked.days[row], label);
            words[C::WORDS + 1] = checked.amounts[row].cast_unsigned();
            let rest = C::WORDS + 2;
            for (place, column) in
                [(extras.cost, &checked.cost), (extras.cost_to_serve, &checked.cost_to_serve), (extras.list_amount, &checked.list_amount)]
            {
                if let Some(place) = place {
                    words[rest + place] = column[row].cast_unsigned();
                }
            }
            if let (Some(place), Some(orders)) = (extras.order, &bound.orders) {
                words[rest + place] = orders.filled(row).map_or(NO_ORDER, |order| super::fold::hash_bytes(order.as_bytes()).max(1));
            }
            let hash = C::hash(&words[..C::WORDS]);
            if can_be_narrow { C::push_narrow(rows, hash, words) } else { rows.push(hash, words) }?;
        }
        Ok(())
    }

    /// Folds the waiting rows, partition by partition.
    fn flush<C: KeyCode, const W: usize, const M: usize>(
        &mut self,
        partitions: &mut [Partition<C>],
        slots: &mut [Mutex<Slot<W>>],
    ) -> Result<()> {
        for slot in slots.iter_mut().filter_map(|slot| slot.get_mut().ok()) {
            self.counts.merge(std::mem::take(&mut slot.counts));
        }
        refuse_overflow(self.counts.absolute, self.checks.columns.scale)?;
        let Some((first, last)) = self.counts.days else { return Ok(()) };
        let days = DayIndex::new(self.cell, Date(first), Date(last));
        let span = (days.place(first).0, days.place(last).0);
        let threads: Vec<&Waiting<W>> = slots.iter_mut().filter_map(|slot| slot.get_mut().ok()).map(|slot| &slot.rows).collect();
        let extras = &self.checks.extras;
        partitions.par_iter_mut().enumerate().try_for_each_init(Scratch::<W, M>::default, |scratch, (at, partition)| {
            partition.fold(&FoldRows { threads: &threads, partition: at, days: &days, span, extras }, scratch)
        })?;
        for slot in slots.iter_mut().filter_map(|slot| slot.get_mut().ok()) {
            slot.rows.clear();
        }
        Ok(())
    }
}

/// The kind of the keys: that of the first part with a key, or what the schema says where the first million rows have none. The tasks
/// come back whole.
pub(super) fn kind_of_keys(columns: &Columns, said: KeyKind, mut tasks: Tasks) -> Result<(KeyKind, Tasks)> {
    let (mut seen, mut rows, mut kind) = (vec![], 0, said);
    while rows < WAVE {
        let Some(task) = tasks.next() else { break };
        let task = task?;
        rows += task.rows();
        let found = match &task {
            Task::Part(part) => match part.batch.column_by_name(&columns.account) {
                Some(keys) if keys.logical_null_count() == keys.len() => None,
                Some(keys) => Some(KeyKind::of(&columns.account, keys.data_type()).unwrap_or(said)),
                None => Some(said),
            },
            // A file has one type throughout.
            Task::RowGroup(_) => Some(said),
        };
        seen.push(Ok(task));
        if let Some(found) = found {
            kind = found;
            break;
        }
    }
    Ok((kind, Box::new(seen.into_iter().chain(tasks))))
}

/// Large batches in pieces, so that threads share them.
fn split(task: Task, to: &mut VecDeque<Task>) {
    match task {
        Task::Part(part) if part.batch.num_rows() > MORSEL && part.ragged.is_empty() => {
            for start in (0..part.batch.num_rows()).step_by(MORSEL) {
                let batch = part.batch.slice(start, MORSEL.min(part.batch.num_rows() - start));
                to.push_back(Task::Part(Part {
                    batch,
                    source: part.source.clone(),
                    first_row: part.first_row + start as u64,
                    ragged: vec![],
                }));
            }
        }
        task => to.push_back(task),
    }
}
