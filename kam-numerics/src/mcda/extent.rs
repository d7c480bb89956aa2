//! What a criterion's values span, found in one pass over the matrix.

use rayon::prelude::*;

use super::error::McdaError;
use super::matrix::{Matrix, PIECE, TILE};

/// A criterion's extremes and sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    pub least: f64,
    pub most: f64,
    /// Σ|x|
    pub absolute: f64,
    /// Σx²
    pub squares: f64,
}

impl Extent {
    const EMPTY: Extent = Extent { least: f64::INFINITY, most: f64::NEG_INFINITY, absolute: 0.0, squares: 0.0 };

    /// Half of most − least, so that two huge values of opposite sign stay finite.
    pub fn half_width(&self) -> f64 {
        self.most / 2.0 - self.least / 2.0
    }

    pub fn largest(&self) -> f64 {
        self.least.abs().max(self.most.abs())
    }

    fn and(self, other: Extent) -> Extent {
        Extent {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            absolute: self.absolute + other.absolute,
            squares: self.squares + other.squares,
        }
    }

    /// Of a tile, in eight lanes.
    fn of(values: &[f64]) -> Extent {
        const LANES: usize = 8;
        let (mut least, mut most) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let (mut absolute, mut squares) = ([0.0; LANES], [0.0; LANES]);
        let mut add = |lane: usize, x: f64| {
            least[lane] = if x < least[lane] { x } else { least[lane] };
            most[lane] = if x > most[lane] { x } else { most[lane] };
            absolute[lane] += x.abs();
            squares[lane] += x * x;
        };
        let eights = values.chunks_exact(LANES);
        let rest = eights.remainder();
        for eight in eights {
            for (lane, x) in eight.iter().enumerate() {
                add(lane, *x);
            }
        }
        for (lane, x) in rest.iter().enumerate() {
            add(lane, *x);
        }
        (0..LANES).fold(Extent::EMPTY, |sum, lane| {
            sum.and(Extent { least: least[lane], most: most[lane], absolute: absolute[lane], squares: squares[lane] })
        })
    }
}

/// The extents of all criteria; a missing value is an error. Without alternatives everything is 0.
pub(super) fn extents(matrix: &Matrix<'_>) -> Result<Vec<Extent>, McdaError> {
    let (alternatives, criteria) = (matrix.alternatives(), matrix.criteria());
    if alternatives == 0 {
        return Ok(vec![Extent { least: 0.0, most: 0.0, absolute: 0.0, squares: 0.0 }; criteria]);
    }
    let pieces: Vec<Vec<Extent>> = (0..alternatives.div_ceil(PIECE))
        .into_par_iter()
        .map(|piece| {
            let mut extents = vec![Extent::EMPTY; criteria];
            let mut scratch = [0.0; TILE];
            let until = ((piece + 1) * PIECE).min(alternatives);
            for first in (piece * PIECE..until).step_by(TILE) {
                let rows = TILE.min(until - first);
                matrix.tile(first, rows, &mut scratch, |criterion, values| {
                    extents[criterion] = extents[criterion].and(Extent::of(values));
                });
            }
            extents
        })
        .collect();
    let mut all = vec![Extent::EMPTY; criteria];
    for piece in pieces {
        for (sum, extent) in all.iter_mut().zip(piece) {
            *sum = sum.and(extent);
        }
    }
    // A sum of absolute values that is finite has only finite parts; otherwise it is a missing value or only a large one.
    if all.iter().any(|extent| !extent.absolute.is_finite())
        && let Some(missing) = matrix.missing()
    {
        return Err(missing);
    }
    Ok(all)
}

/// √Σx² of a criterion, without overflow or loss of the squares.
pub(super) fn length(matrix: &Matrix<'_>, criterion: usize, extent: &Extent) -> f64 {
    let most = extent.largest();
    if most == 0.0 || (1e-140..1e140).contains(&most) {
        return extent.squares.sqrt();
    }
    most * matrix.column(criterion).iter().map(|x| (x / most).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_pieces_as_in_one() {
        let values: Vec<f64> = (0..40_000).map(|at| f64::from(at % 977) - 300.0).collect();
        let columns: [&[f64]; 2] = [&values, &values[..]];
        let extent = extents(&Matrix::of_columns(&columns).unwrap()).unwrap()[1];
        assert_eq!((extent.least, extent.most), (-300.0, 676.0));
        assert_eq!(extent.absolute, values.iter().map(|x| x.abs()).sum::<f64>());
        assert_eq!(extent.squares, values.iter().map(|x| x * x).sum::<f64>());
    }

    #[test]
    fn huge_is_not_missing() {
        let columns: [&[f64]; 1] = [&[1e308, -1e308, 1e308]];
        let matrix = Matrix::of_columns(&columns).unwrap();
        let extent = extents(&matrix).unwrap()[0];
        assert!((length(&matrix, 0, &extent) / 3f64.sqrt() - 1e308).abs() < 1e294);
        assert_eq!(extent.half_width(), 1e308);
        let columns: [&[f64]; 2] = [&[1.0, 2.0], &[1.0, f64::NEG_INFINITY]];
        assert_eq!(
            extents(&Matrix::of_columns(&columns).unwrap()),
            Err(McdaError::Infinite { criterion: 1, alternative: 1, value: f64::NEG_INFINITY })
        );
    }
}
