//! The weighted sum of normalised criteria, with what each criterion gives to it.

use super::error::McdaError;
use super::matrix::Matrix;
use super::normalise::{Direction, Normalisation};
use super::scale::normalised;

/// Weights that add up to 1, in the given proportions.
pub fn unit_weights(weights: &[f64]) -> Result<Vec<f64>, McdaError> {
    if weights.is_empty() {
        return Err(McdaError::NoCriteria);
    }
    if let Some(criterion) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(McdaError::Weight { criterion, value: weights[criterion] });
    }
    // By the largest first, so that no sum overflows.
    let most = weights.iter().copied().fold(0.0, f64::max);
    if most == 0.0 {
        return Err(McdaError::NoWeight);
    }
    let total: f64 = weights.iter().map(|weight| weight / most).sum();
    Ok(weights.iter().map(|weight| weight / most / total).collect())
}

/// The same weight for every criterion.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of criteria are far below 2⁵³")]
pub fn equal_weights(criteria: usize) -> Vec<f64> {
    vec![1.0 / criteria as f64; criteria]
}

/// Scores and what they are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedSum {
    /// One score an alternative: the sum, in the order of the criteria, of its contributions.
    pub score: Vec<f64>,
    /// One column a criterion: weight × value of every alternative.
    pub contributions: Vec<Vec<f64>>,
    /// The weights, which add up to 1.
    pub weights: Vec<f64>,
}

/// Weighs and adds criteria that [`normalise`](super::normalise) made comparable: score = Σ wⱼ · xⱼ with the weights scaled to a sum of 1.
///
/// Every value must be there: what a missing value counts as is for the caller to say.
pub fn weighted_sum<C: AsRef<[f64]>>(criteria: &[C], weights: &[f64]) -> Result<WeightedSum, McdaError> {
    if weights.len() != criteria.len() {
        return Err(McdaError::Weights { found: weights.len(), expected: criteria.len() });
    }
    let weights = unit_weights(weights)?;
    let alternatives = criteria.first().map_or(0, |values| values.as_ref().len());
    for (criterion, values) in criteria.iter().enumerate() {
        let values = values.as_ref();
        if values.len() != alternatives {
            return Err(McdaError::Alternatives { criterion, found: values.len(), expected: alternatives });
        }
        if let Some(alternative) = values.iter().position(|value| !value.is_finite()) {
            return Err(McdaError::unusable(criterion, alternative, values[alternative]));
        }
    }
    let weigh = |(values, weight): (&C, &f64)| values.as_ref().iter().map(|value| value * weight).collect::<Vec<f64>>();
    let contributions: Vec<Vec<f64>> = criteria.iter().zip(&weights).map(weigh).collect();
    // From +0: the sum of an empty list of floats would be −0.
    let score = (0..alternatives).map(|at| contributions.iter().fold(0.0, |sum, column| sum + column[at])).collect();
    Ok(WeightedSum { score, contributions, weights })
}

/// Normalises the criteria and weighs and adds them: [`weighted_sum`] of [`normalised`]; `None` takes benefits as they are and costs negated.
pub fn scored_sum(
    matrix: &Matrix<'_>,
    weights: &[f64],
    directions: &[Direction],
    normalisation: Option<Normalisation>,
) -> Result<WeightedSum, McdaError> {
    weighted_sum(&normalised(matrix, directions, normalisation)?, weights)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{close, directions, matrices, two_dominated};
    use super::*;

    #[test]
    fn by_hand() {
        let sum = weighted_sum(&[[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]], &[3.0, 1.0]).unwrap();
        assert_eq!(sum.weights, [0.75, 0.25]);
        assert_eq!(sum.score, [0.75, 0.25, 0.5]);
        assert_eq!(sum.contributions, [vec![0.75, 0.0, 0.375], vec![0.0, 0.25, 0.125]]);
        assert_eq!(weighted_sum(&[[0.0; 0]], &[1.0]).unwrap().score, [0.0; 0]);
    }

    #[test]
    fn what_cannot_be_weighed_is_named() {
        assert_eq!(weighted_sum::<Vec<f64>>(&[], &[]), Err(McdaError::NoCriteria));
        assert_eq!(weighted_sum(&[[1.0]], &[1.0, 2.0]), Err(McdaError::Weights { found: 2, expected: 1 }));
        assert_eq!(weighted_sum(&[[1.0], [1.0]], &[1.0, -2.0]), Err(McdaError::Weight { criterion: 1, value: -2.0 }));
        assert_eq!(weighted_sum(&[[1.0]], &[0.0]), Err(McdaError::NoWeight));
        assert_eq!(weighted_sum(&[vec![1.0], vec![]], &[1.0, 1.0]), Err(McdaError::Alternatives { criterion: 1, found: 0, expected: 1 }));
        let missing = weighted_sum(&[[1.0, f64::NAN]], &[1.0]).unwrap_err();
        assert_eq!(missing.to_string(), "criterion 0 has no value for alternative 1");
    }

    #[test]
    fn cost_turns_the_scale_round() {
        let matrix = Matrix::of_rows(&[1.0, 10.0, 3.0, 30.0], 2).unwrap();
        let directions = [Direction::Benefit, Direction::Cost];
        let score = |way| scored_sum(&matrix, &[1.0, 3.0], &directions, way).unwrap().score;
        assert_eq!(score(Some(Normalisation::MinMax)), [0.75, 0.25]);
        assert_eq!(score(None), [-7.25, -21.75]);
        let short = scored_sum(&matrix, &[1.0, 3.0], &directions[..1], None);
        assert_eq!(short, Err(McdaError::Directions { found: 1, expected: 2 }));
    }

    proptest! {
        #[test]
        fn invariants((rows, weights, signs) in matrices(), factor in 0.01f64..100.0) {
            let criteria = weights.len();
            let directions = directions(&signs);
            let (rows, better, worse) = two_dominated(rows, &directions);
            for way in [Some(Normalisation::MinMax), Some(Normalisation::Rank), Some(Normalisation::Vector), None] {
                let run = |rows: &[f64], weights: &[f64]| scored_sum(&Matrix::of_rows(rows, criteria).unwrap(), weights, &directions, way).unwrap().score;
                let score = run(&rows, &weights);
                prop_assert!(score[better] >= score[worse] - 1e-9);
                let scaled: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
                close(&run(&rows, &scaled), &score, 1e-9);
                let reversed: Vec<f64> = rows.chunks(criteria).rev().flatten().copied().collect();
                let back: Vec<f64> = run(&reversed, &weights).into_iter().rev().collect();
                close(&back, &score, 1e-9);
            }
        }

        #[test]
        fn contributions_add_up_and_scores_stay_inside(
            rows in prop::collection::vec((0f64..=1.0, 0f64..=1.0, 0f64..=1.0), 0..20),
            weights in prop::array::uniform3(1e-6f64..1e9),
        ) {
            let columns: [Vec<f64>; 3] =
                [rows.iter().map(|row| row.0).collect(), rows.iter().map(|row| row.1).collect(), rows.iter().map(|row| row.2).collect()];
            let sum = weighted_sum(&columns, &weights).unwrap();
            prop_assert!((sum.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for at in 0..rows.len() {
                prop_assert_eq!(sum.score[at], sum.contributions.iter().fold(0.0, |total, column| total + column[at]));
                let values = columns.iter().map(|column| column[at]);
                prop_assert!(sum.score[at] >= values.clone().fold(1.0, f64::min) - 1e-12);
                prop_assert!(sum.score[at] <= values.fold(0.0, f64::max) + 1e-12);
            }
        }

        #[test]
        fn only_proportions_of_weights_count(weights in prop::collection::vec(0.001f64..1e3, 1..8)) {
            let scaled: Vec<f64> = weights.iter().map(|weight| weight * 4.0).collect();
            prop_assert_eq!(unit_weights(&weights), unit_weights(&scaled));
        }
    }
}
