//! Which account of a method's result stands in which row of a table.

use std::sync::Arc;

/// Which account stands in which row. A place past the facts' last account is of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Places {
    /// Each of so many in the row of its own place.
    Same(usize),
    /// Row by row.
    Rows(Arc<[u32]>),
}

impl Places {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Places::Same(rows) => *rows,
            Places::Rows(rows) => rows.len(),
        }
    }

    /// Who stands in a row, which must be there.
    pub fn get(&self, row: usize) -> usize {
        match self {
            Places::Same(_) => row,
            Places::Rows(rows) => rows[row] as usize,
        }
    }

    /// Everybody, row by row.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Those of these rows.
    pub fn pick(&self, rows: impl Iterator<Item = usize>) -> Self {
        rows.map(|row| self.get(row)).collect()
    }
}

impl FromIterator<usize> for Places {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        // Nobody keeps four billion accounts in one table: facts hold no more.
        Places::Rows(places.into_iter().map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect())
    }
}
