//! Weights by entropy: a criterion whose values differ more tells more.
//!
//! C. E. Shannon's measure as used in M. Zeleny, *Multiple Criteria Decision Making*, McGraw-Hill 1982, chapter 7.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::extents;
use super::matrix::Matrix;
use super::weighted_sum::equal_weights;

/// Weights and what they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct EntropyWeights {
    /// The weights, which add up to 1.
    pub weights: Vec<f64>,
    /// −Σ p ln p ÷ ln n of every criterion, p a value's share of the criterion's sum: 1 where all are equal, 0 where one has everything.
    pub entropy: Vec<f64>,
    /// 1 − entropy.
    pub divergence: Vec<f64>,
}

/// The weights of criteria by the entropy of their values.
///
/// Values are shares of a whole, so they must be 0 or more; 0 · ln 0 counts 0. A constant criterion gets the weight 0. Where all are constant,
/// or there are fewer than two alternatives, no criterion tells more than another: all get the same.
pub fn entropy_weights(matrix: &Matrix<'_>) -> Result<EntropyWeights, McdaError> {
    let extents = extents(matrix)?;
    for (criterion, extent) in extents.iter().enumerate() {
        if extent.least < 0.0
            && let Some(alternative) = matrix.column(criterion).iter().position(|value| *value < 0.0)
        {
            return Err(McdaError::Negative { criterion, alternative, value: matrix.value(alternative, criterion) });
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
    let most = (matrix.alternatives() as f64).ln();
    let entropy: Vec<f64> = extents
        .par_iter()
        .enumerate()
        .map(|(criterion, extent)| {
            if extent.least == extent.most {
                return 1.0;
            }
            // By the largest first, so that no sum overflows.
            let column = matrix.column(criterion);
            let whole: f64 = column.iter().map(|x| x / extent.most).sum();
            let shares = column.iter().map(|x| x / extent.most / whole).filter(|share| *share > 0.0);
            -shares.map(|share| share * share.ln()).sum::<f64>() / most
        })
        .collect();
    let divergence: Vec<f64> = entropy.iter().map(|entropy| (1.0 - entropy).max(0.0)).collect();
    let total: f64 = divergence.iter().sum();
    let weights = if total > 0.0 { divergence.iter().map(|each| each / total).collect() } else { equal_weights(matrix.criteria()) };
    Ok(EntropyWeights { weights, entropy, divergence })
}

#[cfg(test)]
mod tests {
    use super::super::testing::close;
    use super::*;

    fn run(rows: &[f64], criteria: usize) -> Result<EntropyWeights, McdaError> {
        entropy_weights(&Matrix::of_rows(rows, criteria).unwrap())
    }

    #[test]
    fn by_hand() {
        let result = run(&[1.0, 2.0, 4.0, 16.0], 2).unwrap();
        close(&result.weights, &[0.358889, 0.641111], 1e-6);
        assert_eq!(
            run(&[0.0, 1.0, 5.0, 1.0], 2).unwrap(),
            EntropyWeights { weights: vec![1.0, 0.0], entropy: vec![0.0, 1.0], divergence: vec![1.0, 0.0] }
        );
    }

    #[test]
    fn constant_few_and_negative() {
        assert_eq!(run(&[0.0, 3.0, 0.0, 3.0], 2).unwrap().weights, [0.5, 0.5]);
        assert_eq!(run(&[1.0, 2.0], 2).unwrap().weights, [0.5, 0.5]);
        assert_eq!(run(&[], 2).unwrap().weights, [0.5, 0.5]);
        assert_eq!(run(&[1.0, 2.0, 1.0, -2.0], 2), Err(McdaError::Negative { criterion: 1, alternative: 1, value: -2.0 }));
        assert_eq!(run(&[1.0, f64::NAN], 2), Err(McdaError::Missing { criterion: 1, alternative: 0 }));
    }
}
