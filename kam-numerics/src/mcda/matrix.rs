//! Alternatives × criteria, in either order of memory.

use std::borrow::Cow;

use super::error::McdaError;

/// Rows that are worked on together: few enough that their values stay in the first cache.
///
/// Sums are added tile by tile and in lanes, so the order of additions depends neither on the order in memory nor on threads.
pub(super) const TILE: usize = 512;
/// Tiles per piece of parallel work. The number of threads decides who does a piece, not what it is.
pub(super) const PIECE: usize = 16 * TILE;

/// Values of alternatives by criteria.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: Values<'a>,
    alternatives: usize,
    criteria: usize,
}

#[derive(Clone, Copy, Debug)]
enum Values<'a> {
    Columns(&'a [&'a [f64]]),
    Rows(&'a [f64]),
}

impl<'a> Matrix<'a> {
    /// One slice a criterion, one value an alternative.
    pub fn of_columns(columns: &'a [&'a [f64]]) -> Result<Self, McdaError> {
        let expected = columns.first().ok_or(McdaError::NoCriteria)?.len();
        match columns.iter().position(|column| column.len() != expected) {
            Some(criterion) => Err(McdaError::Alternatives { criterion, found: columns[criterion].len(), expected }),
            None => Ok(Matrix { values: Values::Columns(columns), alternatives: expected, criteria: columns.len() }),
        }
    }

    /// The values alternative by alternative, `criteria` of them each.
    pub fn of_rows(values: &'a [f64], criteria: usize) -> Result<Self, McdaError> {
        if criteria == 0 {
            return Err(McdaError::NoCriteria);
        }
        let alternatives = values.len() / criteria;
        let left = values.len() % criteria;
        if left > 0 {
            return Err(McdaError::Alternatives { criterion: left, found: alternatives, expected: alternatives + 1 });
        }
        Ok(Matrix { values: Values::Rows(values), alternatives, criteria })
    }

    /// How many alternatives there are.
    #[must_use]
    pub fn alternatives(&self) -> usize {
        self.alternatives
    }

    /// How many criteria there are.
    #[must_use]
    pub fn criteria(&self) -> usize {
        self.criteria
    }

    /// One value.
    #[must_use]
    pub fn value(&self, alternative: usize, criterion: usize) -> f64 {
        match self.values {
            Values::Columns(columns) => columns[criterion][alternative],
            Values::Rows(values) => values[alternative * self.criteria + criterion],
        }
    }

    /// One criterion's values; copied where they stand row by row.
    #[must_use]
    pub fn column(&self, criterion: usize) -> Cow<'a, [f64]> {
        match self.values {
            Values::Columns(columns) => Cow::Borrowed(columns[criterion]),
            Values::Rows(values) => values.iter().skip(criterion).step_by(self.criteria).copied().collect(),
        }
    }

    /// Calls `work` with each criterion and its values of the rows `first..first + rows`, at most a tile of them.
    pub(super) fn tile(&self, first: usize, rows: usize, scratch: &mut [f64; TILE], mut work: impl FnMut(usize, &[f64])) {
        match self.values {
            Values::Columns(columns) => {
                for (criterion, column) in columns.iter().enumerate() {
                    work(criterion, &column[first..first + rows]);
                }
            }
            Values::Rows(values) => {
                let values = &values[first * self.criteria..(first + rows) * self.criteria];
                for criterion in 0..self.criteria {
                    for (place, value) in scratch.iter_mut().zip(values[criterion..].iter().step_by(self.criteria)) {
                        *place = *value;
                    }
                    work(criterion, &scratch[..rows]);
                }
            }
        }
    }

    /// The first missing or infinite value, by criterion.
    pub(super) fn missing(&self) -> Option<McdaError> {
        (0..self.criteria).find_map(|criterion| {
            let alternative = (0..self.alternatives).find(|alternative| !self.value(*alternative, criterion).is_finite())?;
            Some(McdaError::unusable(criterion, alternative, self.value(alternative, criterion)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_the_same_matrix() {
        let rows = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let columns: [&[f64]; 2] = [&[1.0, 3.0, 5.0], &[2.0, 4.0, 6.0]];
        let (rows, columns) = (Matrix::of_rows(&rows, 2).unwrap(), Matrix::of_columns(&columns).unwrap());
        for matrix in [rows, columns] {
            assert_eq!((matrix.alternatives(), matrix.criteria()), (3, 2));
            assert_eq!(matrix.column(1).as_ref(), [2.0, 4.0, 6.0]);
            assert_eq!(matrix.value(2, 0), 5.0);
            let mut seen = vec![];
            matrix.tile(1, 2, &mut [0.0; TILE], |criterion, values| seen.push((criterion, values.to_vec())));
            assert_eq!(seen, [(0, vec![3.0, 5.0]), (1, vec![4.0, 6.0])]);
        }
    }

    #[test]
    fn shapes() {
        assert_eq!(Matrix::of_columns(&[]).unwrap_err(), McdaError::NoCriteria);
        assert_eq!(Matrix::of_rows(&[], 0).unwrap_err(), McdaError::NoCriteria);
        assert!(Matrix::of_rows(&[1.0, 2.0, 3.0], 2).is_err());
        let uneven: [&[f64]; 2] = [&[1.0], &[1.0, 2.0]];
        assert_eq!(Matrix::of_columns(&uneven).unwrap_err(), McdaError::Alternatives { criterion: 1, found: 2, expected: 1 });
        assert_eq!(Matrix::of_rows(&[], 3).unwrap().alternatives(), 0);
        let gap = [1.0, f64::NAN, 2.0, 3.0];
        assert_eq!(Matrix::of_rows(&gap, 2).unwrap().missing(), Some(McdaError::Missing { criterion: 1, alternative: 0 }));
    }
}
