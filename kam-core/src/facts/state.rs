//! The mergeable state of a fold: everything that facts are made of, before a window is chosen.

use std::sync::Mutex;

use arrow::array::{Array, GenericStringArray, OffsetSizeTrait};
use rayon::prelude::*;

use super::fold::{DayIndex, FoldRows, IntegerCode, KeyCode, NO_ORDER, PARTITIONS, Partition, Scratch, TextCode, Waiting, head_word};
use super::labels::{LabelCache, LabelTable};
use crate::error::{Code, Error, Result};
use crate::ledger::{
    Bound, Checked, Checks, Columns, Counts, Extras, KeyColumn, KeyKind, Ledger, Part, Quarantine, Reconciliation, Task, TextColumn,
    refuse_rubbish,
};
use crate::money::Scale;
use crate::progress::{Progress, report};
use crate::time::{Date, Grain};

/// What a state is folded for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateOptions {
    /// Rows after this day are counted and left out. Without one, a state of days can be asked for facts of any day.
    pub as_of: Option<Date>,
    /// The grain of the cells: day, week or month. Days can become every grain, months only months, quarters and years.
    pub cell: Grain,
}

/// What rows of one ledger have in common. States of different shapes cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub kind: KeyKind,
    pub extras: Extras,
    pub has_direction: bool,
    pub has_manager: bool,
    pub scale: Scale,
    pub currency: Option<String>,
    pub converted: bool,
}

impl Shape {
    pub fn has_integer_keys(&self) -> bool {
        self.kind == KeyKind::Integer
    }

    /// What differs from another shape, in words; `None` where nothing does.
    pub fn difference(&self, other: &Shape) -> Option<&'static str> {
        if self == other {
            None
        } else if self.kind != other.kind {
            Some("the kind of their account keys")
        } else if self.scale != other.scale {
            Some("their scale")
        } else if self.currency != other.currency || self.converted != other.converted {
            Some("their currency")
        } else {
            Some("the columns they map")
        }
    }
}

/// The accounts by the kind of their keys.
#[derive(Clone, Debug, Default)]
pub(crate) enum Accounts {
    #[default]
    None,
    Integers(Vec<Partition<IntegerCode>>),
    Texts(Vec<Partition<TextCode>>),
}

/// Exact sums of ledgers, to which more can be folded and merged in any order with the same result.
///
/// ```no_run
/// # use kam_core::{Columns, FactsOptions, FactsState, Ledger, facts::StateOptions, time::{Date, Grain}};
/// # fn main() -> kam_core::Result<()> {
/// let options = StateOptions { as_of: None, cell: Grain::Day };
/// let columns = Columns::new("customer", "day", "net");
/// let mut january = FactsState::new(&options);
/// january.fold(&Ledger::scan("2024-01.parquet", columns.clone())?)?;
/// let mut february = FactsState::new(&options);
/// february.fold(&Ledger::scan("2024-02.parquet", columns)?)?;
/// january.merge(&february)?;
/// let facts = january.finish(&FactsOptions::new(Date::parse("2024-02-29")?))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct FactsState {
    pub(crate) options: StateOptions,
    pub(crate) shape: Option<Shape>,
    pub(crate) accounts: Accounts,
    pub(crate) labels: LabelTable,
    pub(crate) counts: Counts,
}

/// Rows that a thread checks at a time: their columns stay in the second-level cache.
const MORSEL: usize = 16_384;

/// Rows that are handed out to the threads at a time.
const WAVE: usize = 1 << 20;

/// Bytes of waiting rows beyond which they are folded, so that memory does not grow with the ledger.
const WAITING: usize = 640 << 20;

impl FactsState {
    /// A state without rows.
    #[must_use]
    pub fn new(options: &StateOptions) -> Self {
        FactsState {
            options: options.clone(),
            shape: None,
            accounts: Accounts::None,
            labels: LabelTable::default(),
            counts: Counts::default(),
        }
    }

    /// What the state is folded for.
    #[must_use]
    pub fn options(&self) -> &StateOptions {
        &self.options
    }

    /// How the rows so far add up; used rows are all `in_window` until a window is chosen.
    #[must_use]
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.counts.reconciliation
    }

    /// The rows so far that could not be used.
    #[must_use]
    pub fn quarantine(&self) -> &Quarantine {
        &self.counts.quarantine
    }

    /// Refuses more bad rows so far than these columns allow, naming the commonest reasons.
    pub fn refuse_bad_rows(&self, columns: &Columns) -> Result<()> {
        columns.validate()?;
        refuse_rubbish(columns, self.reconciliation(), self.quarantine())
    }

    /// Folds all rows of a ledger into the state.
    pub fn fold(&mut self, ledger: &Ledger) -> Result<()> {
        self.fold_with(ledger, &())
    }

    /// [`FactsState::fold`] that reports its progress and can be stopped; a stopped state must not be used any more.
    pub fn fold_with(&mut self, ledger: &Ledger, progress: &dyn Progress) -> Result<()> {
        self.options.validate()?;
        let checks = Checks::new(ledger.columns(), ledger.rates().cloned(), self.options.as_of)?;
        let opened = ledger.source().open(&checks)?;
        let columns = ledger.columns();
        let key = opened.schema.field_with_name(&columns.account).map_err(|_| {
            let names: Vec<String> = opened.schema.fields().iter().map(|field| field.name().clone()).collect();
            columns.missing(&columns.account, &names)
        })?;
        let (kind, tasks) = kind_of_keys(columns, KeyKind::of(&columns.account, key.data_type())?, opened.tasks)?;
        let shape = Shape {
            kind,
            extras: checks.extras,
            has_direction: columns.direction.is_some(),
            has_manager: columns.manager.is_some(),
            scale: columns.scale,
            currency: ledger.rates().map(|rates| rates.base().to_owned()).or_else(|| columns.base_currency.clone()),
            converted: ledger.rates().is_some(),
        };
        self.take_shape(&shape)?;
        let mut run = Run {
            checks: &checks,
            cell: self.options.cell,
            labels: Mutex::new(std::mem::take(&mut self.labels)),
            counts: std::mem::take(&mut self.counts),
            progress,
        };
        // The width of a row, and how many of its words are money beside the amount.
        let shape = (checks.extras.money(), checks.extras.order.is_some());
        let rows = opened.rows;
        let result = match &mut self.accounts {
            Accounts::Integers(partitions) => match shape {
                (0, false) => run.all::<IntegerCode, 3, 0>(partitions, tasks, rows),
                (0, true) => run.all::<IntegerCode, 4, 0>(partitions, tasks, rows),
                (1, false) => run.all::<IntegerCode, 4, 1>(partitions, tasks, rows),
                (1, true) => run.all::<IntegerCode, 5, 1>(partitions, tasks, rows),
                (2, false) => run.all::<IntegerCode, 5, 2>(partitions, tasks, rows),
                (2, true) => run.all::<IntegerCode, 6, 2>(partitions, tasks, rows),
                (_, false) => run.all::<IntegerCode, 6, 3>(partitions, tasks, rows),
                (_, true) => run.all::<IntegerCode, 7, 3>(partitions, tasks, rows),
            },
            Accounts::Texts(partitions) => match shape {
                (0, false) => run.all::<TextCode, 4, 0>(partitions, tasks, rows),
                (0, true) => run.all::<TextCode, 5, 0>(partitions, tasks, rows),
                (1, false) => run.all::<TextCode, 5, 1>(partitions, tasks, rows),
                (1, true) => run.all::<TextCode, 6, 1>(partitions, tasks, rows),
                (2, false) => run.all::<TextCode, 6, 2>(partitions, tasks, rows),
                (2, true) => run.all::<TextCode, 7, 2>(partitions, tasks, rows),
                (_, false) => run.all::<TextCode, 7, 3>(partitions, tasks, rows),
                (_, true) => run.all::<TextCode, 8, 3>(partitions, tasks, rows),
            },
            Accounts::None => Ok(()),
        };
        self.labels = run.labels.into_inner().unwrap_or_default();
        self.counts = run.counts;
        result
    }

    /// Adds the rows of another state. Both must have been folded with the same options from ledgers with the same columns.
    pub fn merge(&mut self, other: &FactsState) -> Result<()> {
        if self.options != other.options {
            return Err(mismatch("their as_of or the grain of their cells"));
        }
        // Asked before anything changes: a state that refuses another stays as it was. A shape holds the kind of the keys.
        if let Some(shape) = &other.shape {
            self.take_shape(shape)?;
        }
        let absolute = self.counts.absolute.saturating_add(other.counts.absolute);
        refuse_overflow(absolute, self.shape.as_ref().map_or(Scale::default(), |shape| shape.scale))?;
        self.counts.merge(other.counts.clone());
        let labels: Vec<u32> =
            other.labels.labels().iter().map(|label| self.labels.number(label.direction.as_deref(), label.manager.as_deref())).collect();
        match (&mut self.accounts, &other.accounts) {
            (Accounts::Integers(here), Accounts::Integers(there)) => merge_all(here, there, &labels),
            (Accounts::Texts(here), Accounts::Texts(there)) => merge_all(here, there, &labels),
            (_, Accounts::None) => Ok(()),
            _ => Err(mismatch("the kind of their account keys")),
        }
    }

    /// The first ledger gives the shape; every other must have it too.
    pub(crate) fn take_shape(&mut self, shape: &Shape) -> Result<()> {
        match &self.shape {
            None => {
                self.accounts = match shape.kind {
                    KeyKind::Integer => Accounts::Integers(vec![Partition::default(); PARTITIONS]),
                    KeyKind::Text => Accounts::Texts(vec![Partition::default(); PARTITIONS]),
                };
                // Label 0 is that of a ledger without labels.
                self.labels.number(None, None);
                self.shape = Some(shape.clone());
                Ok(())
            }
            Some(here) => here.difference(shape).map_or(Ok(()), |what| Err(mismatch(what))),
        }
    }
}

impl StateOptions {
    /// Refuses cells of a grain that is made of others.
    pub fn validate(&self) -> Result<()> {
        if self.cell == self.cell.cell() { Ok(()) } else { Err(Error::option("cell", self.cell, "day, week or month")) }
    }
}

pub(crate) fn mismatch(what: &str) -> Error {
    Error::new(Code::StateMismatch, format!("facts that differ in {what} cannot be put together"))
        .with_hint("fold them with the same columns and options")
}

fn merge_all<C: KeyCode>(here: &mut [Partition<C>], there: &[Partition<C>], labels: &[u32]) -> Result<()> {
    here.par_iter_mut().zip(there).try_for_each(|(here, there)| here.merge(there, labels))
}

/// Money is summed in 63 bits without a check per row, which is safe as long as all absolute values together fit.
pub(crate) fn refuse_overflow(absolute: i128, scale: Scale) -> Result<()> {
    if absolute <= i128::from(i64::MAX) {
        return Ok(());
    }
    Err(Error::new(
        Code::Overflow,
        format!("ledger: its money adds up to {} in absolute values, more than 63 bits hold in minor units", scale.to_text(absolute)),
    )
    .with_hint(format!("use a smaller scale than {}, or look for absurd amounts", scale.decimals())))
}

/// What a thread works with.
struct Slot<const W: usize> {
    rows: Waiting<W>,
    checked: Checked,
    counts: Counts,
    labels: LabelCache,
}

type Tasks = Box<dyn Iterator<Item = Result<Task>> + Send>;

/// One run over the tasks of a source.
struct Run<'a> {
    checks: &'a Checks,
    cell: Grain,
    labels: Mutex<LabelTable>,
    counts: Counts,
    progress: &'a dyn Progress,
}

impl Run<'_> {
    fn all<C: ReadKey, const W: usize, const M: usize>(
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
                })
            })
            .collect();
        let mut done = 0u64;
        loop {
            let mut wave = vec![];
            let mut rows = 0;
            while rows < WAVE {
                let Some(task) = tasks.next() else { break };
                let task = task?;
                rows += task.rows();
                split(task, &mut wave);
            }
            if wave.is_empty() {
                break;
            }
            wave.into_par_iter().try_for_each(|task| {
                let slot = &slots[rayon::current_thread_index().unwrap_or(0) % slots.len()];
                let mut slot = slot.lock().map_err(|_| Error::internal("a thread of the fold failed"))?;
                match task {
                    Task::Part(part) => self.part::<C, W>(&part, &mut slot),
                    Task::RowGroup(group) => group.parts(MORSEL)?.try_for_each(|part| self.part::<C, W>(&part?, &mut slot)),
                }
            })?;
            done += rows as u64;
            report(self.progress, "reading the ledger", done, total)?;
            let waiting: usize = slots.iter_mut().filter_map(|slot| slot.get_mut().ok()).map(|slot| slot.rows.bytes()).sum();
            if waiting >= WAITING {
                self.flush::<C, W, M>(partitions, &mut slots)?;
            }
        }
        self.flush::<C, W, M>(partitions, &mut slots)
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
        let Slot { rows, checked, counts, labels } = slot;
        checked.check(self.checks, part, &bound, counts);
        let extras = &self.checks.extras;
        let can_be_narrow = W <= C::WORDS + 3 && !extras.labels && extras.order.is_none();
        if can_be_narrow && checked.is_clean() {
            return C::read_all(&bound, checked, rows);
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
fn kind_of_keys(columns: &Columns, said: KeyKind, mut tasks: Tasks) -> Result<(KeyKind, Tasks)> {
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
fn split(task: Task, to: &mut Vec<Task>) {
    match task {
        Task::Part(part) if part.batch.num_rows() > MORSEL && part.ragged.is_empty() => {
            for start in (0..part.batch.num_rows()).step_by(MORSEL) {
                let batch = part.batch.slice(start, MORSEL.min(part.batch.num_rows() - start));
                to.push(Task::Part(Part { batch, source: part.source.clone(), first_row: part.first_row + start as u64, ragged: vec![] }));
            }
        }
        task => to.push(task),
    }
}

/// Keys as they come out of a batch.
pub(crate) trait ReadKey: KeyCode {
    const KIND: KeyKind;
    /// The words of the key of a used row.
    fn read(bound: &Bound, row: usize, arena: &mut Vec<u8>) -> [u64; 2];
    /// Puts all rows of a part aside that has nothing but used rows, which may be narrow.
    fn read_all<const W: usize>(bound: &Bound, checked: &Checked, rows: &mut Waiting<W>) -> Result<()>;
}

/// Puts rows aside that may be narrow, from whole columns.
#[inline(always)]
fn put_aside<C: KeyCode, const W: usize>(keys: impl Iterator<Item = [u64; 2]>, checked: &Checked, rows: &mut Waiting<W>) -> Result<()> {
    // At most one of them is mapped, or the rows would not be narrow.
    let more = [&checked.cost, &checked.cost_to_serve, &checked.list_amount].into_iter().find(|column| !column.is_empty());
    let more = more.map_or(&[][..], Vec::as_slice);
    let mut put = |key: [u64; 2], day: i32, amount: i64, more: i64| {
        let mut words = [0u64; W];
        words[..C::WORDS].copy_from_slice(&key[..C::WORDS]);
        words[C::WORDS] = head_word(day, 0);
        words[C::WORDS + 1] = amount.cast_unsigned();
        if W > C::WORDS + 2 {
            words[C::WORDS + 2] = more.cast_unsigned();
        }
        C::push_narrow(rows, C::hash(&words[..C::WORDS]), words)
    };
    let columns = keys.zip(&checked.days).zip(&checked.amounts);
    if W > C::WORDS + 2 {
        columns.zip(more).try_for_each(|(((key, day), amount), more)| put(key, *day, *amount, *more))
    } else {
        columns.into_iter().try_for_each(|((key, day), amount)| put(key, *day, *amount, 0))
    }
}

impl ReadKey for IntegerCode {
    const KIND: KeyKind = KeyKind::Integer;

    #[inline]
    fn read(bound: &Bound, row: usize, _: &mut Vec<u8>) -> [u64; 2] {
        let key = match &bound.keys {
            KeyColumn::Integers(array) => array.value(row),
            keys => keys.integer(row).and_then(|key| key.ok()).unwrap_or(0),
        };
        [key.cast_unsigned(), 0]
    }

    fn read_all<const W: usize>(bound: &Bound, checked: &Checked, rows: &mut Waiting<W>) -> Result<()> {
        let KeyColumn::Integers(array) = &bound.keys else { return Err(Error::internal("keys without gaps are not whole numbers")) };
        put_aside::<Self, W>(array.values().iter().map(|key| [key.cast_unsigned(), 0]), checked, rows)
    }
}

impl ReadKey for TextCode {
    const KIND: KeyKind = KeyKind::Text;

    #[inline]
    fn read(bound: &Bound, row: usize, arena: &mut Vec<u8>) -> [u64; 2] {
        TextCode::encode(bound.keys.text(row).unwrap_or_default().as_bytes(), arena)
    }

    fn read_all<const W: usize>(bound: &Bound, checked: &Checked, rows: &mut Waiting<W>) -> Result<()> {
        let KeyColumn::Texts(column) = &bound.keys else { return Err(Error::internal("keys without gaps are not text")) };
        let mut arena = std::mem::take(&mut rows.arena);
        let result = match column {
            TextColumn::Small(array) => put_aside::<Self, W>(texts(array).map(|text| TextCode::encode(text, &mut arena)), checked, rows),
            TextColumn::Large(array) => put_aside::<Self, W>(texts(array).map(|text| TextCode::encode(text, &mut arena)), checked, rows),
            TextColumn::View(array) => {
                let texts = (0..array.len()).map(|row| TextCode::encode(array.value(row).as_bytes(), &mut arena));
                put_aside::<Self, W>(texts, checked, rows)
            }
        };
        rows.arena = arena;
        result
    }
}

/// The bytes of every text of a column without gaps.
fn texts<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> impl Iterator<Item = &[u8]> {
    let bytes = array.value_data();
    array.value_offsets().windows(2).map(|ends| bytes.get(ends[0].as_usize()..ends[1].as_usize()).unwrap_or_default())
}

impl KeyColumn {
    fn kind(&self) -> KeyKind {
        match self {
            KeyColumn::Texts(_) => KeyKind::Text,
            _ => KeyKind::Integer,
        }
    }
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            KeyKind::Integer => "a whole number",
            KeyKind::Text => "text",
        })
    }
}
