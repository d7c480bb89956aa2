//! TOPSIS: near to the ideal, far from its opposite.
//!
//! C. L. Hwang and K. Yoon, *Multiple Attribute Decision Making*, Springer 1981, chapter 3.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::{Extent, extents};
use super::matrix::{Matrix, PIECE, TILE};
use super::normalise::{Direction, Normalisation, normalise};
use super::scale::{Line, checked_weights};

/// Closeness to the ideal, and what it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Topsis {
    /// Closeness of every alternative, 0 (the anti-ideal) to 1 (the ideal): distance to the anti-ideal ÷ the sum of both distances.
    pub score: Vec<f64>,
    /// Euclidean distance of every alternative to the ideal.
    pub distance_to_ideal: Vec<f64>,
    /// Euclidean distance of every alternative to the anti-ideal.
    pub distance_to_anti_ideal: Vec<f64>,
    /// The best weighted, normalised value of every criterion.
    pub ideal: Vec<f64>,
    /// The worst weighted, normalised value of every criterion.
    pub anti_ideal: Vec<f64>,
    /// The weights, which add up to 1.
    pub weights: Vec<f64>,
}

/// Scores alternatives by their closeness to the ideal.
///
/// Values are normalised as benefits, keeping their sign; what is best, the largest or the smallest, is settled at the ideal by the
/// directions. `None` takes values as they are. A constant criterion tells nothing and moves nothing; where all are constant, or there
/// is one alternative, the score is 0.5.
pub fn topsis(
    matrix: &Matrix<'_>,
    weights: &[f64],
    directions: &[Direction],
    normalisation: Option<Normalisation>,
) -> Result<Topsis, McdaError> {
    let weights = checked_weights(matrix, weights, directions)?;
    let extents = extents(matrix)?;
    if normalisation == Some(Normalisation::Rank) {
        // Places are no straight line of the values.
        let places = |criterion| normalise(&matrix.column(criterion), Direction::Benefit, Normalisation::Rank);
        let columns: Vec<Vec<f64>> = (0..matrix.criteria()).into_par_iter().map(places).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        return topsis(&Matrix::of_columns(&columns)?, &weights, directions, None);
    }
    let lines: Vec<Line> = (0..matrix.criteria())
        .map(|criterion| {
            let line = normalisation.and_then(|way| Line::of(matrix, criterion, &extents[criterion], way));
            let Line { factor, offset } = line.unwrap_or(Line::IDENTITY);
            Line { factor: factor * weights[criterion], offset: offset * weights[criterion] }
        })
        .collect();
    let ends = |extent: &Extent, line: &Line, direction: &Direction| match direction {
        Direction::Benefit => (line.at(extent.most), line.at(extent.least)),
        Direction::Cost => (line.at(extent.least), line.at(extent.most)),
    };
    let (ideal, anti_ideal): (Vec<f64>, Vec<f64>) =
        extents.iter().zip(&lines).zip(directions).map(|((extent, line), direction)| ends(extent, line, direction)).unzip();

    let alternatives = matrix.alternatives();
    let (mut score, mut near, mut far) = (vec![0.0; alternatives], vec![0.0; alternatives], vec![0.0; alternatives]);
    let pieces = score.par_chunks_mut(PIECE).zip(near.par_chunks_mut(PIECE)).zip(far.par_chunks_mut(PIECE)).enumerate();
    pieces.for_each(|(piece, ((score, near), far))| {
        let mut scratch = [0.0; TILE];
        let tiles = score.chunks_mut(TILE).zip(near.chunks_mut(TILE)).zip(far.chunks_mut(TILE)).enumerate();
        for (tile, ((score, near), far)) in tiles {
            matrix.tile(piece * PIECE + tile * TILE, score.len(), &mut scratch, |criterion, values| {
                let Line { factor, offset } = lines[criterion];
                // The line's offset goes into what the value is compared with.
                let (best, worst) = (ideal[criterion] - offset, anti_ideal[criterion] - offset);
                for ((x, near), far) in values.iter().zip(near.iter_mut()).zip(far.iter_mut()) {
                    let r = x * factor;
                    *near += (r - best) * (r - best);
                    *far += (r - worst) * (r - worst);
                }
            });
            for ((score, near), far) in score.iter_mut().zip(near).zip(far) {
                (*near, *far) = (near.sqrt(), far.sqrt());
                let both = *near + *far;
                *score = if both > 0.0 { *far / both } else { 0.5 };
            }
        }
    });
    Ok(Topsis { score, distance_to_ideal: near, distance_to_anti_ideal: far, ideal, anti_ideal, weights })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BENEFIT, close, columns_of, directions, matrices, two_dominated};
    use super::*;
    use proptest::prelude::*;

    const ROWS: [f64; 12] = [5.0, 8.0, 4.0, 7.0, 6.0, 8.0, 8.0, 8.0, 6.0, 7.0, 4.0, 6.0];

    /// Tzeng & Huang 2011.
    #[test]
    fn published() {
        let matrix = Matrix::of_rows(&ROWS, 3).unwrap();
        let result = topsis(&matrix, &[0.3, 0.4, 0.3], &BENEFIT[..3], Some(Normalisation::Vector)).unwrap();
        close(&result.score, &[0.5037, 0.6581, 0.7482, 0.3340], 5e-5);
        let both: Vec<f64> = result.distance_to_ideal.iter().zip(&result.distance_to_anti_ideal).map(|(a, b)| b / (a + b)).collect();
        close(&both, &result.score, 1e-15);
    }

    #[test]
    fn as_they_are() {
        let matrix = Matrix::of_rows(&[1.0, 0.0, 3.0, 0.0, 5.0, 6.0], 3).unwrap();
        let result = topsis(&matrix, &[1.0; 3], &BENEFIT[..3], None).unwrap();
        close(&result.score, &[0.14639248, 0.85360752], 1e-8);
        close(&result.ideal, &[1.0 / 3.0, 5.0 / 3.0, 2.0], 1e-15);
    }

    #[test]
    fn cost_is_settled_at_the_ideal() {
        let matrix = Matrix::of_rows(&[3.0, 4.0], 1).unwrap();
        let result = topsis(&matrix, &[2.0], &[Direction::Cost], Some(Normalisation::Vector)).unwrap();
        assert_eq!((result.score, result.ideal, result.anti_ideal), (vec![1.0, 0.0], vec![0.6000000000000001], vec![0.8]));
    }

    #[test]
    fn constant_and_alone() {
        for way in [None, Some(Normalisation::Vector), Some(Normalisation::MinMax), Some(Normalisation::Rank), Some(Normalisation::ZScore)]
        {
            let run = |values: &[f64]| topsis(&Matrix::of_rows(values, 2).unwrap(), &[1.0, 1.0], &BENEFIT[..2], way).unwrap().score;
            assert_eq!(run(&[7.0, 7.0, 7.0, 7.0]), [0.5, 0.5], "{way:?}");
            assert_eq!(run(&[0.0, 3.0]), [0.5], "{way:?}");
            assert_eq!(run(&[]), [0.0; 0], "{way:?}");
            assert_eq!(run(&[1.0, 7.0, 2.0, 7.0]), [0.0, 1.0], "{way:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let run = |values: &[f64], weights: &[f64], directions: &[Direction]| {
            topsis(&Matrix::of_rows(values, 2).unwrap(), weights, directions, None).unwrap_err()
        };
        assert_eq!(run(&[1.0; 4], &[1.0], &BENEFIT[..2]), McdaError::Weights { found: 1, expected: 2 });
        assert_eq!(run(&[1.0; 4], &[1.0; 2], &BENEFIT[..3]), McdaError::Directions { found: 3, expected: 2 });
        assert_eq!(run(&[1.0, 2.0, 3.0, f64::NAN], &[1.0; 2], &BENEFIT[..2]), McdaError::Missing { criterion: 1, alternative: 1 });
    }

    #[test]
    fn rows_and_columns_give_the_same_bits() {
        let rows: Vec<f64> = (0..60_000).map(|at| f64::from((at * 7919) % 10_007) / 3.0).collect();
        let columns = columns_of(&rows, 6);
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let run =
            |matrix: &Matrix<'_>| topsis(matrix, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &BENEFIT[..6], Some(Normalisation::Vector)).unwrap();
        assert_eq!(run(&Matrix::of_rows(&rows, 6).unwrap()), run(&Matrix::of_columns(&columns).unwrap()));
    }

    proptest! {
        #[test]
        fn invariants((rows, weights, signs) in matrices(), factor in 0.01f64..100.0) {
            let criteria = weights.len();
            let directions = directions(&signs);
            let (rows, better, worse) = two_dominated(rows, &directions);
            for way in [Some(Normalisation::Vector), Some(Normalisation::MinMax), Some(Normalisation::Sum), Some(Normalisation::ZScore), None] {
                let score = |rows: &[f64], weights: &[f64]| topsis(&Matrix::of_rows(rows, criteria).unwrap(), weights, &directions, way).unwrap().score;
                let scores = score(&rows, &weights);
                prop_assert!(scores.iter().all(|x| (0.0..=1.0).contains(x)));
                prop_assert!(scores[better] >= scores[worse] - 1e-9, "{:?}", scores);
                let scaled: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
                close(&score(&rows, &scaled), &scores, 1e-9);
                let reversed: Vec<f64> = rows.chunks(criteria).rev().flatten().copied().collect();
                let back: Vec<f64> = score(&reversed, &weights).into_iter().rev().collect();
                close(&back, &scores, 1e-9);
            }
        }
    }
}
