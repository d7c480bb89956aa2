//! What several calculations take: scales, directions, columns.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Matrix;
use crate::error::{Code, Error, Result};

/// How a criterion's values are brought to a common scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Not at all: the values are comparable already.
    None,
    /// The worst value is 0, the best is 1; a constant column is 0.5.
    #[default]
    MinMax,
    /// By the Euclidean length of the column.
    Vector,
    /// By the sum of the column.
    Sum,
    /// By the largest value of the column.
    Max,
    /// Standard deviations from the mean.
    ZScore,
    /// By place: the worst is 0, the best is 1, equal values share the middle of their places.
    Rank,
}

impl Scale {
    pub(super) fn vector() -> Self {
        Scale::Vector
    }

    /// The way it names; none for `none`.
    #[must_use]
    pub fn way(self) -> Option<mcda::Normalisation> {
        Some(match self {
            Scale::None => return None,
            Scale::MinMax => mcda::Normalisation::MinMax,
            Scale::Vector => mcda::Normalisation::Vector,
            Scale::Sum => mcda::Normalisation::Sum,
            Scale::Max => mcda::Normalisation::Max,
            Scale::ZScore => mcda::Normalisation::ZScore,
            Scale::Rank => mcda::Normalisation::Rank,
        })
    }
}

/// Columns of a matrix and their directions: all benefit where none are given.
pub(super) struct Criteria {
    pub columns: Vec<Vec<f64>>,
    pub directions: Vec<mcda::Direction>,
}

impl Criteria {
    pub fn read(matrix: &Matrix, directions: Option<&[f64]>) -> Result<Self> {
        let columns = matrix.columns()?;
        let directions = match directions {
            Some(signs) => self::directions(signs)?,
            None => vec![mcda::Direction::Benefit; columns.len()],
        };
        Ok(Criteria { columns, directions })
    }

    /// What `work` makes of the matrix.
    pub fn with<T>(&self, work: impl FnOnce(&mcda::Matrix<'_>) -> Result<T, mcda::McdaError>) -> Result<T> {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        mcda::Matrix::of_columns(&columns).and_then(|matrix| work(&matrix)).map_err(refuse)
    }
}

/// Directions from signs.
pub fn directions(signs: &[f64]) -> Result<Vec<mcda::Direction>> {
    let direction = |(criterion, sign): (usize, &f64)| match sign {
        1.0 => Ok(mcda::Direction::Benefit),
        -1.0 => Ok(mcda::Direction::Cost),
        other => {
            Err(Error::option("directions", format!("{other} for criterion {criterion}"), "+1 (more is better) or -1 (more is worse)"))
        }
    };
    signs.iter().enumerate().map(direction).collect()
}

/// An error of the numerics as the library's own.
pub fn refuse(error: mcda::McdaError) -> Error {
    use mcda::McdaError as M;
    if error == M::Stopped {
        return Error::new(Code::Interrupted, "stopped by the caller");
    }
    let hint = match &error {
        M::NoCriteria => "give at least one criterion",
        M::Missing { .. } => "fill it in, or leave the alternative or the criterion out: what a missing value counts as is yours to say",
        M::Infinite { .. } => "give the largest value that makes sense, or leave the alternative or the criterion out",
        M::Negative { .. } => "shift the criterion, or weigh by another rule",
        M::Weight { .. } | M::NoWeight | M::Weights { .. } => "give one weight of 0 or more for each criterion; only proportions count",
        M::Directions { .. } => "give +1 (more is better) or -1 (more is worse) for each criterion",
        M::Alternatives { .. } => "give every criterion one value an alternative",
        M::Parameter { expected, .. } => &format!("give {expected}"),
        M::Parameters { .. } => "give one for each criterion",
        M::Twice { .. } => "name each criterion at most once, the most important first",
        M::NotSquare { .. } => "give one row and one column for each element",
        M::Comparison { .. } => {
            "a comparison says how many times the row's element counts as much as the column's: above 0, and 1 with itself; a missing one is NaN"
        }
        M::Disconnected { .. } => "compare it with one of the others",
        M::NotReciprocal { .. } => "give one of the two and leave the other missing",
        M::NoWeightsMeet { .. } => "loosen the constraints",
        _ => return Error::new(Code::Option, error.to_string()),
    };
    Error::new(Code::Option, error.to_string()).with_hint(hint)
}

/// Column by column to row by row.
pub(super) fn rows(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let alternatives = columns.first().map_or(0, Vec::len);
    (0..alternatives).map(|at| columns.iter().map(|column| column[at]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        let said = |error: mcda::McdaError| format!("{:?}", refuse(error));
        for (error, expected) in [
            (
                mcda::McdaError::Parameter { name: "v", criterion: None, value: 2.0, expected: "a number from 0 to 1" },
                "[301] v is 2, not a number from 0 to 1 (give a number from 0 to 1)",
            ),
            (
                mcda::McdaError::Infinite { criterion: 1, alternative: 0, value: f64::INFINITY },
                "[301] criterion 1 has the value inf for alternative 0, which is not finite (give the largest value that makes sense, or \
                 leave the alternative or the criterion out)",
            ),
            (
                mcda::McdaError::Twice { criterion: 0 },
                "[301] order names criterion 0 twice (name each criterion at most once, the most important first)",
            ),
        ] {
            assert_eq!(said(error), expected);
        }
    }
}
