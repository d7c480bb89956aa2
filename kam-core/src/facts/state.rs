//! The mergeable state of a fold: everything that facts are made of, before a window is chosen.

use rayon::prelude::*;

use super::fold::{IntegerCode, KeyCode, PARTITIONS, Partition, TextCode};
use super::folding::{Run, kind_of_keys};
use super::labels::LabelTable;
use crate::error::{Code, Error, Result};
use crate::ledger::{Checks, Columns, Counts, Extras, KeyKind, Ledger, Quarantine, Reconciliation, refuse_rubbish};
use crate::money::Scale;
use crate::progress::Progress;
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
        let (kind, tasks) =
            kind_of_keys(columns, KeyKind::of(&columns.account, key.data_type()).map_err(|error| error.at("ledger"))?, opened.tasks)?;
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
        let mut run = Run::new(&checks, self.options.cell, std::mem::take(&mut self.labels), std::mem::take(&mut self.counts), progress);
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
        (self.labels, self.counts) = run.into_counted();
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
