//! Normalisations as straight lines: r = x · factor + offset, increasing, so that a tile is scaled while it is read.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::{Extent, length};
use super::matrix::Matrix;
use super::normalise::{Direction, Normalisation, mean_and_deviation, normalise};
use super::weighted_sum::unit_weights;

/// One criterion's line. The factor is never negative: what cost means is left to whoever compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub factor: f64,
    pub offset: f64,
}

impl Line {
    pub const IDENTITY: Line = Line { factor: 1.0, offset: 0.0 };

    pub fn at(&self, x: f64) -> f64 {
        x * self.factor + self.offset
    }

    /// The line of a normalisation; `rank` has none.
    pub fn of(matrix: &Matrix<'_>, criterion: usize, extent: &Extent, way: Normalisation) -> Option<Line> {
        let ratio = |whole: f64| Some(Line { factor: if whole == 0.0 { 0.0 } else { 1.0 / whole }, offset: 0.0 });
        match way {
            Normalisation::MinMax => {
                let half = extent.half_width();
                if half == 0.0 {
                    return Some(Line { factor: 0.0, offset: 0.5 });
                }
                let factor = 0.5 / half;
                Some(Line { factor, offset: -extent.least * factor })
            }
            Normalisation::Vector => ratio(length(matrix, criterion, extent)),
            Normalisation::Sum => ratio(extent.absolute),
            Normalisation::Max => ratio(extent.largest()),
            Normalisation::ZScore => {
                let (mean, deviation) = mean_and_deviation(&matrix.column(criterion));
                let factor = if deviation == 0.0 { 0.0 } else { 1.0 / deviation };
                Some(Line { factor, offset: -mean * factor })
            }
            Normalisation::Rank => None,
        }
    }
}

/// Checks that there are as many weights and directions as criteria, and scales the weights to a sum of 1.
pub(super) fn checked_weights(matrix: &Matrix<'_>, weights: &[f64], directions: &[Direction]) -> Result<Vec<f64>, McdaError> {
    check_directions(matrix, directions)?;
    if weights.len() != matrix.criteria() {
        return Err(McdaError::Weights { found: weights.len(), expected: matrix.criteria() });
    }
    unit_weights(weights)
}

/// Checks that there are as many directions as criteria.
pub(super) fn check_directions(matrix: &Matrix<'_>, directions: &[Direction]) -> Result<(), McdaError> {
    if directions.len() == matrix.criteria() {
        return Ok(());
    }
    Err(McdaError::Directions { found: directions.len(), expected: matrix.criteria() })
}

/// All criteria on a common scale, one column each, where more is better; `None` takes benefits as they are and costs negated. What is missing
/// stays missing.
pub fn normalised(matrix: &Matrix<'_>, directions: &[Direction], normalisation: Option<Normalisation>) -> Result<Vec<Vec<f64>>, McdaError> {
    check_directions(matrix, directions)?;
    let column = |criterion: usize| match normalisation {
        Some(way) => normalise(&matrix.column(criterion), directions[criterion], way),
        None => matrix.column(criterion).iter().map(|x| directions[criterion].sign() * x).collect(),
    };
    Ok((0..matrix.criteria()).into_par_iter().map(column).collect())
}
