//! The rows that could not be used, each with where it stands, which rule it broke, and the value that broke it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::money::Scale;
use crate::table::{Column, Table, Unit};

/// How many quarantined rows are kept in detail; all of them are counted.
pub const KEPT: usize = 100_000;

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rejected {
    /// The file, or the number of the stream in a list; `None` for a single frame.
    pub source: Option<String>,
    /// The row in its source, the first row of data being 1.
    pub row: u64,
    /// The ledger's own name of the column.
    pub column: String,
    /// The rule it broke, like `date_unreadable`.
    pub rule: Cow<'static, str>,
    /// The value that broke it, as text.
    pub value: String,
    /// The amount, where it could be read, in minor units.
    pub amount: Option<i64>,
}

impl Rejected {
    /// Where it stands and the value, in words; a row that broke as a whole has no column.
    pub(crate) fn spoken(&self) -> String {
        let column = if self.column.is_empty() { String::new() } else { format!(", column `{}`", self.column) };
        format!("row {}{column}: `{}`", self.row, self.value)
    }
}

/// All quarantined rows: the first in detail, every one counted by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    rows: Vec<Rejected>,
    counts: BTreeMap<Cow<'static, str>, u64>,
}

impl Quarantine {
    /// The first [`KEPT`] rows, by source and row.
    #[must_use]
    pub fn rows(&self) -> &[Rejected] {
        &self.rows
    }

    /// How many rows broke each rule.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<Cow<'static, str>, u64> {
        &self.counts
    }

    /// How many rows there are in all.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.counts.values().sum()
    }

    /// None at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    pub(crate) fn push(&mut self, rejected: Rejected) {
        *self.counts.entry(rejected.rule.clone()).or_default() += 1;
        self.rows.push(rejected);
        // Sorting and cutting only now and then keeps a flood of bad rows cheap.
        if self.rows.len() >= 2 * KEPT {
            self.settle();
        }
    }

    pub(crate) fn merge(&mut self, other: Quarantine) {
        for (rule, count) in other.counts {
            *self.counts.entry(rule).or_default() += count;
        }
        self.rows.extend(other.rows);
        self.settle();
    }

    /// The first rows by place, so that neither threads nor the order of merges decide which are kept.
    pub(crate) fn settle(&mut self) {
        self.rows.sort_unstable();
        self.rows.truncate(KEPT);
    }

    /// The same rows with the batch before their source: `batch`, or `batch: file`.
    pub(crate) fn of_batch(mut self, batch: &str) -> Quarantine {
        for row in &mut self.rows {
            row.source = Some(row.source.take().map_or_else(|| batch.to_owned(), |source| format!("{batch}: {source}")));
        }
        self.settle();
        self
    }

    /// `count rule (column: value)` of the three commonest rules, commonest first.
    pub(crate) fn commonest(&self) -> String {
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let reasons = counts.iter().take(3).map(|(rule, count)| {
            let example = self.rows.iter().find(|row| row.rule == **rule);
            let example = example.map_or(String::new(), |row| format!(" ({})", row.spoken()));
            format!("{count} × {rule}{example}")
        });
        reasons.collect::<Vec<_>>().join("; ")
    }

    /// One row a quarantined row: source, row, column, rule, value, amount.
    pub(crate) fn table(&self, scale: Scale) -> Result<Table> {
        let rows = &self.rows;
        Table::new(
            "quarantine",
            vec![
                Column::text("source", rows.iter().map(|row| row.source.as_deref())),
                Column::integers("row", Unit::Plain, rows.iter().map(|row| i64::try_from(row.row).ok())),
                Column::words("column", rows.iter().map(|row| &*row.column)),
                Column::words("rule", rows.iter().map(|row| &*row.rule)),
                Column::words("value", rows.iter().map(|row| row.value.as_str())),
                Column::money("amount", scale, rows.iter().map(|row| row.amount)),
            ],
        )
    }
}
