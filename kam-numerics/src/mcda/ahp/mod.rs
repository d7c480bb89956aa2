//! AHP: weights from comparisons of pairs.
//!
//! T. L. Saaty, "Decision making with the analytic hierarchy process", *International Journal of Services Sciences* 1 (2008), 83–98.

mod complete;
mod eigen;
mod hierarchy;
mod random_index;

pub use hierarchy::{AhpHierarchy, AhpNode, ahp_hierarchy};
pub use random_index::RandomIndex;

use super::error::McdaError;

/// Weights, and how consistent the comparisons are.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahp {
    /// The weights, which add up to 1: the principal eigenvector.
    pub weights: Vec<f64>,
    /// The largest eigenvalue; as many as there are elements where the comparisons are consistent, and more otherwise.
    pub lambda_max: f64,
    /// (λmax − n) ÷ (n − 1); 0 for one element.
    pub consistency_index: f64,
    /// What the consistency index of random comparisons is on average; `None` where none was published for so many elements.
    pub random_index: Option<f64>,
    /// Consistency index ÷ random index; 0 for up to two elements. Saaty takes up to 0.10 for consistent enough.
    pub consistency_ratio: Option<f64>,
    /// The comparisons, row by row, with the missing ones filled in.
    pub completed: Vec<Vec<f64>>,
    /// How many pairs were missing.
    pub missing_pairs: usize,
}

/// How far two comparisons of one pair may be from each other's reciprocal: 0.33 for ⅓ is meant well.
const RECIPROCAL: f64 = 0.02;

/// The weights of elements from their pairwise comparisons: `comparisons[i][j]` says how many times i counts as much as j.
///
/// NaN marks a missing comparison; one direction of a pair is enough, and of two the geometric mean counts. Pairs that are missing both ways are
/// filled in so that λmax is least (Bozóki, Fülöp & Rónyai 2010); for that every element must be linked to every other by a chain of
/// comparisons.
pub fn ahp<R: AsRef<[f64]>>(comparisons: &[R], index: RandomIndex) -> Result<Ahp, McdaError> {
    let (mut matrix, missing) = read(comparisons)?;
    let n = comparisons.len();
    if !missing.is_empty() {
        complete::complete(&mut matrix, n, &missing)?;
    }
    let (lambda_max, weights) = eigen::principal(&matrix, n, None);
    #[expect(clippy::cast_precision_loss, reason = "numbers of elements are far below 2⁵³")]
    let size = n as f64;
    // λmax of reciprocal comparisons is never less than n, but for rounding.
    let lambda_max = lambda_max.max(size);
    let consistency_index = if n > 1 { (lambda_max - size) / (size - 1.0) } else { 0.0 };
    let random_index = index.of(n);
    let consistency_ratio = if n < 3 { Some(0.0) } else { random_index.map(|random| consistency_index / random) };
    let completed = matrix.chunks(n).map(<[f64]>::to_vec).collect();
    Ok(Ahp { weights, lambda_max, consistency_index, random_index, consistency_ratio, completed, missing_pairs: missing.len() })
}

/// Places in a matrix: row and column.
type Pairs = Vec<(usize, usize)>;

/// The matrix, reciprocal and row by row, with 1 at the missing pairs, and those pairs.
fn read<R: AsRef<[f64]>>(comparisons: &[R]) -> Result<(Vec<f64>, Pairs), McdaError> {
    let n = comparisons.len();
    if n == 0 {
        return Err(McdaError::NoCriteria);
    }
    if let Some(row) = comparisons.iter().position(|row| row.as_ref().len() != n) {
        return Err(McdaError::NotSquare { row, found: comparisons[row].as_ref().len(), expected: n });
    }
    let mut matrix = vec![1.0; n * n];
    let mut missing = vec![];
    for row in 0..n {
        for column in 0..n {
            let value = comparisons[row].as_ref()[column];
            let is_possible = if row == column { (value - 1.0).abs() < 1e-9 } else { value > 0.0 && value.is_finite() };
            if !value.is_nan() && !is_possible {
                return Err(McdaError::Comparison { row, column, value });
            }
        }
        for column in row + 1..n {
            let (there, back) = (comparisons[row].as_ref()[column], comparisons[column].as_ref()[row]);
            let value = match (there.is_nan(), back.is_nan()) {
                (true, true) => {
                    missing.push((row, column));
                    continue;
                }
                (false, true) => there,
                (true, false) => 1.0 / back,
                (false, false) if (there * back - 1.0).abs() > RECIPROCAL => {
                    return Err(McdaError::NotReciprocal { row, column, value: there, reverse: back });
                }
                (false, false) if there * back == 1.0 => there,
                (false, false) => (there / back).sqrt(),
            };
            matrix[row * n + column] = value;
            matrix[column * n + row] = 1.0 / value;
        }
    }
    Ok((matrix, missing))
}

#[cfg(test)]
mod tests {
    use super::super::testing::close;
    use super::*;
    use proptest::prelude::*;

    const GAP: f64 = f64::NAN;

    /// Saaty 2008: coffee, wine, tea, beer, soda, milk, water.
    fn drinks() -> Vec<[f64; 7]> {
        vec![
            [1.0, 9.0, 5.0, 2.0, 1.0, 1.0, GAP],
            [GAP, 1.0, GAP, GAP, GAP, GAP, GAP],
            [GAP, 3.0, 1.0, GAP, GAP, GAP, GAP],
            [GAP, 9.0, 3.0, 1.0, GAP, 1.0, GAP],
            [GAP, 9.0, 4.0, 2.0, 1.0, 2.0, GAP],
            [GAP, 9.0, 3.0, GAP, GAP, 1.0, GAP],
            [2.0, 9.0, 9.0, 3.0, 2.0, 3.0, 1.0],
        ]
    }

    #[test]
    fn published() {
        let result = ahp(&drinks(), RandomIndex::Saaty).unwrap();
        close(&result.weights, &[0.1775, 0.0191, 0.0418, 0.1164, 0.1896, 0.1288, 0.3268], 5e-5);
        assert_eq!(format!("{:.4} {:.3}", result.lambda_max, result.consistency_ratio.unwrap()), "7.1766 0.022");
        assert_eq!(format!("{:.4}", ahp(&drinks(), RandomIndex::DoneganDodd).unwrap().consistency_ratio.unwrap()), "0.0235");
        assert_eq!(result.missing_pairs, 0);
        assert_eq!(result.completed[1][0], 1.0 / 9.0);
    }

    /// Bozóki, Fülöp & Rónyai 2010.
    #[test]
    fn published_incomplete() {
        let comparisons = [[1.0, 1.0, 5.0, 2.0], [1.0, 1.0, 3.0, 4.0], [GAP, GAP, 1.0, GAP], [GAP, GAP, GAP, 1.0]];
        let result = ahp(&comparisons, RandomIndex::DoneganDodd).unwrap();
        assert!((result.completed[2][3] - 0.730297).abs() < 1e-6, "{}", result.completed[2][3]);
        close(&result.weights, &[0.3738, 0.392, 0.0985, 0.1357], 5e-5);
        assert_eq!(format!("{:.4}", result.consistency_ratio.unwrap()), "0.0372");
        // Housing, with twelve pairs missing.
        let mut house = [[GAP; 8]; 8];
        for (row, column, value) in [
            (0, 1, 5.0),
            (0, 2, 3.0),
            (0, 3, 7.0),
            (0, 4, 6.0),
            (0, 5, 6.0),
            (1, 3, 5.0),
            (1, 5, 3.0),
            (2, 4, 3.0),
            (2, 6, 6.0),
            (5, 3, 4.0),
            (6, 0, 3.0),
            (6, 4, 5.0),
            (7, 0, 4.0),
            (7, 1, 7.0),
            (7, 3, 8.0),
            (7, 5, 6.0),
        ] {
            house[row][column] = value;
        }
        let result = ahp(&house, RandomIndex::Saaty).unwrap();
        assert_eq!(result.missing_pairs, 12);
        for (row, column, value) in [(1, 2, 0.33), (1, 4, 1.72), (2, 3, 9.92), (4, 7, 0.1093), (6, 7, 0.403)] {
            assert!((result.completed[row][column] / value - 1.0).abs() < 3e-3, "{row} {column}: {}", result.completed[row][column]);
        }
    }

    #[test]
    fn small_and_large() {
        let one = ahp(&[[1.0]], RandomIndex::Saaty).unwrap();
        assert_eq!((one.weights, one.lambda_max, one.consistency_ratio), (vec![1.0], 1.0, Some(0.0)));
        let two = ahp(&[[1.0, 4.0], [GAP, 1.0]], RandomIndex::Saaty).unwrap();
        close(&two.weights, &[0.8, 0.2], 1e-15);
        assert_eq!(two.consistency_ratio, Some(0.0));
        let equal = vec![vec![1.0; 16]; 16];
        assert_eq!(ahp(&equal, RandomIndex::Saaty).unwrap().consistency_ratio, None);
        assert_eq!(ahp(&equal, RandomIndex::DoneganDodd).unwrap().consistency_ratio, Some(0.0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |rows: &[Vec<f64>]| ahp(rows, RandomIndex::Saaty).unwrap_err();
        assert_eq!(refused(&[]), McdaError::NoCriteria);
        assert_eq!(refused(&[vec![1.0, 2.0], vec![1.0]]), McdaError::NotSquare { row: 1, found: 1, expected: 2 });
        assert_eq!(refused(&[vec![2.0]]), McdaError::Comparison { row: 0, column: 0, value: 2.0 });
        assert_eq!(refused(&[vec![1.0, -2.0], vec![GAP, 1.0]]), McdaError::Comparison { row: 0, column: 1, value: -2.0 });
        let both = McdaError::NotReciprocal { row: 0, column: 1, value: 2.0, reverse: 2.0 };
        assert_eq!(refused(&[vec![1.0, 2.0], vec![2.0, 1.0]]), both);
        let apart = [vec![1.0, 2.0, GAP, GAP], vec![GAP, 1.0, GAP, GAP], vec![GAP, GAP, 1.0, 3.0], vec![GAP, GAP, GAP, 1.0]];
        assert_eq!(refused(&apart), McdaError::Disconnected { element: 2 });
        // ⅓ as 0.33.
        assert!(ahp(&[[1.0, 3.0], [0.33, 1.0]], RandomIndex::Saaty).is_ok());
    }

    proptest! {
        #[test]
        fn consistent_comparisons_give_their_weights(
            weights in prop::collection::vec(0.05f64..1.0, 3..12),
            gaps in prop::collection::vec(any::<bool>(), 144),
        ) {
            let n = weights.len();
            let total: f64 = weights.iter().sum();
            // The chain from each to the next stays, whatever else is missing.
            let at = |i: usize, j: usize| if i.abs_diff(j) > 1 && gaps[i.min(j) * 12 + i.max(j)] { GAP } else { weights[i] / weights[j] };
            let comparisons: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| at(i, j)).collect()).collect();
            let result = ahp(&comparisons, RandomIndex::Saaty).unwrap();
            close(&result.weights, &weights.iter().map(|x| x / total).collect::<Vec<f64>>(), 1e-7);
            prop_assert!(result.consistency_ratio.unwrap() < 1e-9);
        }

        #[test]
        fn completion_is_the_least(values in prop::collection::vec(0.2f64..5.0, 10), nudge in -0.3f64..0.3) {
            // Five elements, of whose ten pairs three are missing.
            let missing = [(0, 3), (1, 4), (2, 4)];
            let mut comparisons = vec![vec![GAP; 5]; 5];
            let pairs: Vec<(usize, usize)> = (0..5).flat_map(|i| (i + 1..5).map(move |j| (i, j))).collect();
            for ((i, j), value) in pairs.iter().zip(&values).filter(|(pair, _)| !missing.contains(pair)) {
                comparisons[*i][*j] = *value;
            }
            let least = ahp(&comparisons, RandomIndex::Saaty).unwrap();
            for (i, j) in missing {
                let mut other = least.completed.clone();
                other[i][j] *= nudge.exp();
                other[j][i] = 1.0 / other[i][j];
                prop_assert!(ahp(&other, RandomIndex::Saaty).unwrap().lambda_max >= least.lambda_max - 1e-10);
            }
        }
    }
}
