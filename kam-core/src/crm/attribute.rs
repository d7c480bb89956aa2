//! Attributes: whatever else the accounts table says of an account.

use std::collections::BTreeMap;

use super::cell::{self, Cell};
use super::source::Source;
use crate::error::Result;

/// A column of the accounts table beyond the canonical ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its values, one a row of the table.
    pub values: Values,
}

/// The values of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Words; dates and yes-no count as words.
    Categorical(Vec<Option<String>>),
    /// Numbers.
    Numeric(Vec<Option<f64>>),
}

impl Attribute {
    /// The categories that occur, ascending, each with its number of rows; `None` for a numeric attribute.
    #[must_use]
    pub fn categories(&self) -> Option<BTreeMap<&str, usize>> {
        let Values::Categorical(values) = &self.values else { return None };
        let mut counts = BTreeMap::new();
        for value in values.iter().flatten() {
            *counts.entry(value.as_str()).or_insert(0) += 1;
        }
        Some(counts)
    }
}

/// Reads the caller's column `theirs` as the attribute `name`; `None` for an Arrow type that is neither words nor numbers.
pub(super) fn read(source: &Source<'_>, name: String, theirs: &str) -> Result<Option<Attribute>> {
    let Ok(batches) = source.cells(theirs)?.into_iter().collect::<Result<Vec<_>, String>>() else { return Ok(None) };
    let categorical = batches.iter().any(|(cells, _)| cells.is_categorical());
    let cells = batches.iter().flat_map(|(cells, rows)| (0..*rows).map(|row| cells.get(row)));
    let values = if categorical {
        let words =
            cells.enumerate().map(|(row, cell)| cell::text(&cell).map_err(|expected| source.value_error(row, theirs, cell, &expected)));
        Values::Categorical(words.collect::<Result<_>>()?)
    } else {
        // An infinite number says nothing that could be scored.
        Values::Numeric(cells.map(|cell| Cell::as_number(&cell).filter(|number| number.is_finite())).collect())
    };
    Ok(Some(Attribute { name, values }))
}
