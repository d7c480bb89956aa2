//! A table on its way in: named columns over all batches, and errors that say table, row, column and value.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};

use super::Optional;
use super::cell::{Cell, Cells, Refused};
use crate::error::{Code, Error, Result};
use crate::time::DateFormat;

/// Which of the caller's columns is which canonical column: canonical name → the caller's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, String>);

impl Mapping {
    /// A mapping of these pairs, canonical name first.
    pub fn new<C: Into<String>, T: Into<String>>(pairs: impl IntoIterator<Item = (C, T)>) -> Self {
        Mapping(pairs.into_iter().map(|(canonical, theirs)| (canonical.into(), theirs.into())).collect())
    }
}

/// A column that no rule reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// The crm table.
    pub table: &'static str,
    /// The caller's column.
    pub column: String,
    /// Why it is not read.
    pub reason: &'static str,
}

/// One table's batches.
pub(super) struct Source<'a> {
    table: &'static str,
    batches: &'a [RecordBatch],
    mapping: &'a Mapping,
    pub dates: &'a DateFormat,
    /// The caller's columns that a canonical column was read from.
    claimed: RefCell<BTreeSet<String>>,
}

impl<'a> Source<'a> {
    /// `canonical` lists the table's columns; a mapping of another name is an error unless the table keeps attributes.
    pub fn new(
        table: &'static str,
        batches: &'a [RecordBatch],
        mapping: &'a Mapping,
        canonical: &[&str],
        keeps_attributes: bool,
        dates: &'a DateFormat,
    ) -> Result<Self> {
        let source = Source { table, batches, mapping, dates, claimed: RefCell::default() };
        let names = source.names();
        for (at, batch) in batches.iter().enumerate() {
            let mut own: Vec<_> = batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect();
            own.sort_unstable();
            if let Some(twice) = own.windows(2).find(|pair| pair[0] == pair[1]) {
                let message = format!("{table}: the column `{}` stands there twice", twice[0]);
                return Err(Error::new(Code::ColumnType, message).with_hint("rename one of them"));
            }
            if own != names {
                let message = format!("{table}: batch {} has the columns {}, the first has {}", at + 1, own.join(", "), names.join(", "));
                return Err(Error::new(Code::ColumnChanged, message).with_hint("all batches of a table must have the same columns"));
            }
        }
        for (name, theirs) in &mapping.0 {
            if !keeps_attributes && !canonical.contains(&name.as_str()) {
                let message = format!("{table}: the mapping names `{name}`, which is not a column of this table");
                return Err(Error::new(Code::ColumnMissing, message).with_hint(format!("its columns are {}", canonical.join(", "))));
            }
            if !batches.is_empty() && !names.contains(&theirs.as_str()) {
                let message = format!("{table}: the mapping reads `{name}` from `{theirs}`, which is not there");
                return Err(Error::new(Code::ColumnMissing, message).with_hint(format!("the columns there are: {}", names.join(", "))));
            }
        }
        Ok(source)
    }

    /// Rows over all batches.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// A column that may be left out, read value by value.
    pub fn optional<T>(&self, name: &str, read: impl Fn(&Cell<'_>) -> Result<Option<T>, Refused>) -> Result<Optional<T>> {
        let theirs = self.theirs(name);
        // A column that is mapped to another name is not also this one.
        if self.is_taken(name, theirs) || !self.names().contains(&theirs) {
            return Ok(None);
        }
        self.claimed.borrow_mut().insert(theirs.to_owned());
        let mut values = Vec::with_capacity(self.rows());
        for cells in self.cells(theirs)? {
            let (cells, rows) = cells.map_err(|kind| {
                let message = format!("{}, column {}: the type {kind} cannot be read", self.table, self.label(name));
                Error::new(Code::ColumnType, message).with_hint("give text, numbers, dates or booleans")
            })?;
            for row in 0..rows {
                let cell = cells.get(row);
                values.push(read(&cell).map_err(|expected| self.value_error(values.len(), name, cell, &expected))?);
            }
        }
        Ok(Some(values))
    }

    /// A column that must be there; single values may be missing.
    pub fn required<T>(&self, name: &str, read: impl Fn(&Cell<'_>) -> Result<Option<T>, Refused>) -> Result<Vec<Option<T>>> {
        match self.optional(name, read)? {
            Some(values) => Ok(values),
            // An empty stream says nothing about columns.
            None if self.batches.is_empty() => Ok(vec![]),
            None => {
                let names = self.names();
                let there = if names.is_empty() { "there are none".to_owned() } else { format!("there are {}", names.join(", ")) };
                let message = format!("{}: there is no column `{name}`, and this table needs one", self.table);
                Err(Error::new(Code::ColumnMissing, message).with_hint(format!("name yours: {{\"{name}\": \"…\"}}; {there}")))
            }
        }
    }

    /// A column that must be there with a value in every row.
    pub fn filled<T>(&self, name: &str, read: impl Fn(&Cell<'_>) -> Result<Option<T>, Refused>) -> Result<Vec<T>> {
        let values = self.required(name, read)?.into_iter().enumerate();
        values.map(|(row, value)| value.ok_or_else(|| self.missing_error(row, name))).collect()
    }

    /// A value (of row `row`, from 0) that cannot be used.
    pub fn value_error(&self, row: usize, name: &str, value: impl std::fmt::Display, expected: &str) -> Error {
        let message = format!("{}, row {}, column {}: `{value}` cannot be used", self.table, row + 1, self.label(name));
        Error::new(Code::CrmValue, message).with_hint(format!("it must be {expected}"))
    }

    /// A value that is missing where there must be one.
    pub fn missing_error(&self, row: usize, name: &str) -> Error {
        let message = format!("{}, row {}, column {}: there is no value, and every row needs one", self.table, row + 1, self.label(name));
        Error::new(Code::CrmValue, message).with_hint("fill it in or leave the row out")
    }

    /// The columns that nothing has read yet: the name they are known by and the caller's name, in the order of the batches.
    pub fn unread(&self) -> Vec<(String, String)> {
        let claimed = self.claimed.borrow();
        let Some(batch) = self.batches.first() else { return vec![] };
        let own_name = |theirs: &str| {
            self.mapping.0.iter().find(|(_, mapped)| *mapped == theirs).map_or_else(|| theirs.to_owned(), |(name, _)| name.clone())
        };
        let names = batch.schema_ref().fields().iter().map(|field| field.name());
        names.filter(|theirs| !claimed.contains(theirs.as_str())).map(|theirs| (own_name(theirs), theirs.clone())).collect()
    }

    /// The unread columns as a list for the caller.
    pub fn ignored(&self, reason: &'static str) -> Vec<Ignored> {
        self.unread().into_iter().map(|(_, column)| Ignored { table: self.table, column, reason }).collect()
    }

    /// One of the caller's columns, batch by batch with the number of rows; the inner error is an Arrow type that cannot be read.
    pub fn cells(&self, theirs: &str) -> Result<Vec<Result<(Cells, usize), String>>> {
        let columns = self.batches.iter().filter_map(|batch| batch.column_by_name(theirs));
        columns
            .map(|array| match Cells::of(array, self.dates) {
                Ok(Some(cells)) => Ok(Ok((cells, array.len()))),
                Ok(None) => Ok(Err(array.data_type().to_string())),
                Err(source) => {
                    let message = format!("{}, column `{theirs}`: {source}", self.table);
                    Err(Error::new(Code::ColumnType, message).with_hint("a value does not fit 128 bits or the calendar"))
                }
            })
            .collect()
    }

    /// The caller's column names, ascending.
    fn names(&self) -> Vec<&'a str> {
        let fields = self.batches.first().map(|batch| batch.schema_ref().fields().iter().map(|field| field.name().as_str()));
        let mut names: Vec<_> = fields.into_iter().flatten().collect();
        names.sort_unstable();
        names
    }

    fn theirs<'b>(&'b self, name: &'b str) -> &'b str {
        self.mapping.0.get(name).map_or(name, String::as_str)
    }

    fn is_taken(&self, name: &str, theirs: &str) -> bool {
        !self.mapping.0.contains_key(name) && self.mapping.0.values().any(|mapped| mapped == theirs)
    }

    fn label(&self, name: &str) -> String {
        match self.theirs(name) {
            theirs if theirs == name => format!("`{name}`"),
            theirs => format!("`{theirs}` ({name})"),
        }
    }
}
