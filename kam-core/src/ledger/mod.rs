//! From sources to checked rows: columns, rules, quarantine, reconciliation.

mod check;
mod columns;
mod quarantine;
mod read;
mod reconciliation;
mod rules;
mod source;
mod whole;

use std::sync::Arc;

pub use columns::{Columns, OnBadRows};
pub use quarantine::{KEPT, Quarantine, Rejected};
pub use reconciliation::{Reconciliation, Tally};
pub use source::{Source, Stream, at_least_one, read_file};

pub(crate) use check::{Bound, Checked, Checks, Counts, Extras, Part};
pub(crate) use read::{KeyColumn, KeyKind, TextColumn};
pub(crate) use source::Task;
pub(crate) use whole::Whole;

use arrow::array::RecordBatch;

use crate::error::{Code, Error, Result};
use crate::money::Rates;

/// A sales ledger: where its rows are and what its columns mean. Nothing is read before its facts are asked for.
///
/// ```no_run
/// use kam_core::{Columns, FactsOptions, Ledger, time::Date};
/// let ledger = Ledger::scan("sales.parquet", Columns::new("customer", "day", "net").cost("cost"))?;
/// let facts = ledger.facts(&FactsOptions::new(Date::parse("2011-12-09")?))?;
/// println!("{} accounts", facts.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ledger {
    source: Source,
    columns: Columns,
    rates: Option<Arc<Rates>>,
}

impl Ledger {
    /// A ledger in files (a path, or a glob), in batches or in a stream.
    pub fn scan(source: impl Into<Source>, columns: Columns) -> Result<Self> {
        columns.validate()?;
        Ok(Ledger { source: source.into(), columns, rates: None })
    }

    /// A ledger in memory.
    pub fn from_batches(batches: Vec<RecordBatch>, columns: Columns) -> Result<Self> {
        Self::scan(batches, columns)
    }

    /// Converts all money to the base currency of these rates; needs a currency column.
    pub fn with_rates(mut self, rates: Rates) -> Result<Self> {
        if self.columns.currency.is_none() {
            return Err(Error::new(Code::Option, "rates were given, but no currency column")
                .with_hint("name the column that says the currency of a row, currency=…"));
        }
        self.rates = Some(Arc::new(rates));
        Ok(self)
    }

    /// What the columns mean.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    pub(crate) fn rates(&self) -> Option<&Arc<Rates>> {
        self.rates.as_ref()
    }
}

/// Refuses a ledger of which too much is bad.
pub(crate) fn refuse_rubbish(columns: &Columns, reconciliation: &Reconciliation, quarantine: &Quarantine) -> Result<()> {
    if let (OnBadRows::Raise, Some(row)) = (columns.on_bad_rows, quarantine.rows().first()) {
        let place = row.source.as_deref().unwrap_or("ledger");
        return Err(Error::new(Code::TooManyBadRows, format!("{place}: {} is {}", row.spoken(), row.rule))
            .with_hint("mend the row, or set on_bad_rows to quarantine"));
    }
    let share = reconciliation.bad_share();
    if share > columns.max_bad_share {
        let read = reconciliation.read().rows;
        return Err(Error::new(
            Code::TooManyBadRows,
            format!(
                "ledger: {} of {read} rows ({:.1} %) cannot be used, more than max_bad_share = {} %: {}",
                reconciliation.quarantined.rows,
                share * 100.0,
                columns.max_bad_share * 100.0,
                quarantine.commonest()
            ),
        )
        .with_hint("are the columns and formats right? if so, allow more with max_bad_share"));
    }
    Ok(())
}
