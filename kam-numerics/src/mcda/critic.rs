//! CRITIC weights: a criterion counts by how much its values differ and how little it repeats the others.
//!
//! D. Diakoulaki, G. Mavrotas and L. Papayannakis, "Determining objective weights in multiple criteria problems: the CRITIC method",
//! *Computers & Operations Research* 22 (1995), 763–770.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::extents;
use super::matrix::Matrix;
use super::normalise::{Direction, Normalisation, mean_and_deviation, normalise};
use super::scale::check_directions;
use super::weighted_sum::equal_weights;

/// Weights and what they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticWeights {
    /// The weights, which add up to 1: deviation · Σ (1 − correlation), scaled.
    pub weights: Vec<f64>,
    /// The standard deviation of the values on the min-max scale, with divisor n.
    pub deviation: Vec<f64>,
    /// Pearson's correlations, one row a criterion; with a constant criterion 0.
    pub correlation: Vec<Vec<f64>>,
}

/// The weights of criteria by their contrast and their conflict with the others.
///
/// A constant criterion gets the weight 0 and conflicts with none. Where no criterion conflicts with another (there is one, or all say the
/// same) the deviation alone counts; where all are constant, or there are fewer than two alternatives, all get the same.
pub fn critic_weights(matrix: &Matrix<'_>, directions: &[Direction]) -> Result<CriticWeights, McdaError> {
    check_directions(matrix, directions)?;
    extents(matrix)?;
    let criteria = matrix.criteria();
    // Standardised columns: zero throughout where the criterion is constant.
    let columns: Vec<(f64, Vec<f64>)> = (0..criteria)
        .into_par_iter()
        .map(|criterion| {
            let mut values = normalise(&matrix.column(criterion), directions[criterion], Normalisation::MinMax);
            let (mean, deviation) = mean_and_deviation(&values);
            let factor = if deviation == 0.0 { 0.0 } else { 1.0 / deviation };
            values.iter_mut().for_each(|x| *x = (*x - mean) * factor);
            (deviation, values)
        })
        .collect();
    let deviation: Vec<f64> = columns.iter().map(|(deviation, _)| *deviation).collect();
    let pairs: Vec<(usize, usize)> = (0..criteria).flat_map(|a| (a + 1..criteria).map(move |b| (a, b))).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
    let n = matrix.alternatives() as f64;
    let found: Vec<f64> = pairs
        .par_iter()
        .map(|(a, b)| {
            let sum: f64 = columns[*a].1.iter().zip(&columns[*b].1).map(|(x, y)| x * y).sum();
            if deviation[*a] == 0.0 || deviation[*b] == 0.0 { 0.0 } else { (sum / n).clamp(-1.0, 1.0) }
        })
        .collect();
    let mut correlation = vec![vec![0.0; criteria]; criteria];
    for (criterion, row) in correlation.iter_mut().enumerate() {
        row[criterion] = 1.0;
    }
    for ((a, b), each) in pairs.into_iter().zip(found) {
        (correlation[a][b], correlation[b][a]) = (each, each);
    }
    let conflict = |a: usize| (0..criteria).filter(|b| *b != a && deviation[*b] > 0.0).map(|b| 1.0 - correlation[a][b]).sum::<f64>();
    let information: Vec<f64> = (0..criteria).map(|a| deviation[a] * conflict(a)).collect();
    let shares = |parts: &[f64], total: f64| parts.iter().map(|part| part / total).collect();
    let (of_all, of_deviation): (f64, f64) = (information.iter().sum(), deviation.iter().sum());
    let weights = match () {
        // What rounding leaves of 1 − 1 is no conflict.
        () if of_all > of_deviation * 1e-12 => shares(&information, of_all),
        () if of_deviation > 0.0 => shares(&deviation, of_deviation),
        () => equal_weights(criteria),
    };
    Ok(CriticWeights { weights, deviation, correlation })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BENEFIT, close};
    use super::*;

    const GREEK_COMPANIES: [[f64; 3]; 8] = [
        [61.0, 1.08, 4.33],
        [20.7, 0.26, 4.34],
        [16.3, 1.98, 2.53],
        [9.0, 3.29, 1.65],
        [5.4, 2.77, 2.33],
        [4.0, 4.12, 1.21],
        [-6.1, 3.52, 2.10],
        [-34.6, 3.31, 0.98],
    ];

    fn run(rows: &[f64], directions: &[Direction]) -> CriticWeights {
        critic_weights(&Matrix::of_rows(rows, directions.len()).unwrap(), directions).unwrap()
    }

    #[test]
    fn published() {
        close(&run(GREEK_COMPANIES.as_flattened(), &BENEFIT[..3]).weights, &[0.20222554, 0.48090173, 0.31687273], 1e-8);
    }

    #[test]
    fn a_constant_criterion_changes_nothing() {
        let with: Vec<f64> = GREEK_COMPANIES.iter().flat_map(|row| [row[0], row[1], 7.0, row[2]]).collect();
        close(&run(&with, &BENEFIT[..4]).weights, &[0.20222554, 0.48090173, 0.0, 0.31687273], 1e-8);
    }

    #[test]
    fn no_conflict_and_no_contrast() {
        assert_eq!(run(&[1.0, 2.0, 5.0], &BENEFIT[..1]).weights, [1.0]);
        close(&run(&[1.0, 10.0, 2.0, 20.0, 4.0, 40.0], &BENEFIT[..2]).weights, &[0.5, 0.5], 1e-12);
        assert_eq!(run(&[1.0, 10.0, 1.0, 10.0], &BENEFIT[..2]).weights, [0.5, 0.5]);
        assert_eq!(run(&[], &BENEFIT[..2]).weights, [0.5, 0.5]);
        let matrix = Matrix::of_rows(&[1.0, f64::NAN], 1).unwrap();
        assert_eq!(critic_weights(&matrix, &BENEFIT[..1]), Err(McdaError::Missing { criterion: 0, alternative: 1 }));
    }
}
