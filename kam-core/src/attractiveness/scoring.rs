//! From criteria on a common scale to scores: which weights, which method, and how sure the best are.

use kam_numerics::mcda::{self, Direction, Matrix, McdaError, Preference};
use serde::Serialize;

use super::options::{AttractivenessOptions, PreferenceFunction, RandomIndex, Scoring, WeightRule};
use crate::error::{Code, Error, Result};

/// The pairwise comparisons behind the weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparisons {
    /// The largest eigenvalue.
    pub lambda_max: f64,
    /// Consistency index ÷ random index; `None` where no random index was published for so many criteria.
    pub consistency_ratio: Option<f64>,
    /// Is the consistency ratio at most 0.10?
    pub consistent: Option<bool>,
    /// How many pairs were filled in.
    pub missing_pairs: usize,
}

/// How sure it is who is among the best, whatever the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Sureness {
    /// How many places count as the best.
    pub top: usize,
    /// How many sets of weights were drawn.
    pub samples: usize,
    /// The share of the weights under which each account is among the best.
    pub among_top: Vec<f64>,
    /// The share of the weights under which each account is the very first.
    pub first: Vec<f64>,
}

/// Scores 0–100, and what each criterion gives to them.
pub(super) struct Scored {
    pub score: Vec<f64>,
    /// One column a criterion that adds up to the score; empty where the method has no such parts.
    pub points: Vec<Vec<f64>>,
}

/// The weights by the rule, which add up to 1. The columns are on the common scale, missing values filled in; `kept` are the places of the
/// criteria with data among all.
pub(super) fn weights(options: &AttractivenessOptions, kept: &[usize], columns: &[Vec<f64>]) -> Result<(Vec<f64>, Option<Comparisons>)> {
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let with = |work: &dyn Fn(&Matrix<'_>) -> Result<Vec<f64>, McdaError>| {
        let found = Matrix::of_columns(&slices).and_then(|matrix| work(&matrix));
        found.map_err(|error| refuse(error, options, kept))
    };
    let given: Vec<f64> = kept.iter().map(|at| options.listed()[*at].weight).collect();
    Ok(match options.weights {
        WeightRule::Given => (with(&|_| mcda::unit_weights(&given))?, None),
        WeightRule::Equal => (mcda::equal_weights(kept.len()), None),
        WeightRule::Entropy => (with(&|matrix| mcda::entropy_weights(matrix).map(|found| found.weights))?, None),
        WeightRule::Critic => {
            let directions = vec![Direction::Benefit; kept.len()];
            (with(&|matrix| mcda::critic_weights(matrix, &directions).map(|found| found.weights))?, None)
        }
        WeightRule::Ahp => {
            let (weights, comparisons) = compared(options, kept)?;
            (weights, Some(comparisons))
        }
    })
}

/// Weights from the comparisons of the criteria that have data.
fn compared(options: &AttractivenessOptions, kept: &[usize]) -> Result<(Vec<f64>, Comparisons)> {
    let Some(comparisons) = &options.comparisons else {
        return Err(Error::option("comparisons", "missing", "given with weights = \"ahp\": one row a criterion"));
    };
    let rows: Vec<Vec<f64>> =
        kept.iter().map(|row| kept.iter().map(|column| comparisons[*row][*column].unwrap_or(f64::NAN)).collect()).collect();
    let index = match options.random_index {
        RandomIndex::Saaty => mcda::RandomIndex::Saaty,
        RandomIndex::DoneganDodd => mcda::RandomIndex::DoneganDodd,
    };
    let found = mcda::ahp(&rows, index).map_err(|error| refuse(error, options, kept))?;
    let comparisons = Comparisons {
        lambda_max: found.lambda_max,
        consistency_ratio: found.consistency_ratio,
        consistent: found.consistency_ratio.map(|ratio| ratio <= 0.1),
        missing_pairs: found.missing_pairs,
    };
    Ok((found.weights, comparisons))
}

/// Scores by the method. The columns are on the common scale times 100, where more is better.
pub(super) fn score(options: &AttractivenessOptions, columns: &[Vec<f64>], weights: &[f64]) -> Result<Scored> {
    let internal = |error: McdaError| Error::internal(format!("attractiveness: {error}"));
    if options.scoring == Scoring::WeightedSum {
        let sum = mcda::weighted_sum(columns, weights).map_err(internal)?;
        return Ok(Scored { score: sum.score, points: sum.contributions });
    }
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let matrix = Matrix::of_columns(&slices).map_err(internal)?;
    let directions = vec![Direction::Benefit; columns.len()];
    Ok(match options.scoring {
        Scoring::Topsis => {
            let found = mcda::topsis(&matrix, weights, &directions, None).map_err(internal)?;
            Scored { score: found.score.into_iter().map(|closeness| 100.0 * closeness).collect(), points: vec![] }
        }
        Scoring::Vikor => {
            let found = mcda::vikor(&matrix, weights, &directions, options.v).map_err(internal)?;
            Scored { score: found.q.into_iter().map(|q| 100.0 * (1.0 - q)).collect(), points: vec![] }
        }
        Scoring::WeightedSum | Scoring::Promethee2 => {
            let preferences = vec![preference(options); columns.len()];
            let found = mcda::promethee2(&matrix, weights, &directions, &preferences).map_err(internal)?;
            // A net flow lies between −1 and 1; the score adds up from the criteria's parts.
            let mut points = found.criterion_flows;
            for (column, weight) in points.iter_mut().zip(weights) {
                column.iter_mut().for_each(|flow| *flow = 50.0 * weight * (1.0 + *flow));
            }
            let score = (0..matrix.alternatives()).map(|at| points.iter().fold(0.0, |sum, column| sum + column[at])).collect();
            Scored { score, points }
        }
    })
}

/// The preference function on the common scale times 100.
fn preference(options: &AttractivenessOptions) -> Preference {
    let (q, p, s) = (options.preference_q * 100.0, options.preference_p * 100.0, options.preference_s * 100.0);
    match options.preference {
        PreferenceFunction::Usual => Preference::Usual,
        PreferenceFunction::UShape => Preference::UShape { q },
        PreferenceFunction::VShape => Preference::VShape { p },
        PreferenceFunction::Level => Preference::Level { q, p },
        PreferenceFunction::Linear => Preference::Linear { q, p },
        PreferenceFunction::Gaussian => Preference::Gaussian { s },
    }
}

/// How sure it is who is among the best, whatever the weights; `None` without samples.
/// `goes_on` hears how many samples are done, and may stop the work.
pub(super) fn sureness(
    options: &AttractivenessOptions,
    columns: &[Vec<f64>],
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Option<Sureness>> {
    if options.sureness_samples == 0 || columns.is_empty() {
        return Ok(None);
    }
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let directions = vec![Direction::Benefit; columns.len()];
    let top = options.sureness_top;
    let how = mcda::SmaaOptions {
        normalisation: None,
        samples: options.sureness_samples,
        seed: options.sureness_seed,
        ranks: Some(top),
        ..mcda::SmaaOptions::default()
    };
    let found = Matrix::of_columns(&slices).and_then(|matrix| mcda::smaa_watched(&matrix, &directions, &how, goes_on));
    let found = found.map_err(|error| match error {
        McdaError::Stopped => Error::new(Code::Interrupted, "attractiveness: stopped by the caller"),
        error => Error::option("sureness_samples", options.sureness_samples, &error.to_string()),
    })?;
    let among = |ranks: usize| (0..found.alternatives).map(|at| found.among_first(at, ranks)).collect();
    Ok(Some(Sureness { top, samples: found.samples, among_top: among(top), first: among(1) }))
}

/// An error of the numerics with the criteria's own names.
fn refuse(error: McdaError, options: &AttractivenessOptions, kept: &[usize]) -> Error {
    let name = |criterion: usize| kept.get(criterion).map_or("?", |at| options.listed()[*at].name.as_str());
    let (message, hint) = match &error {
        McdaError::Negative { criterion, value, .. } => (
            format!("weights by entropy need values of 0 or more on the common scale, and `{}` has {value}", name(*criterion)),
            "choose normalisation = \"min_max\" or \"rank\", or other weights",
        ),
        McdaError::Comparison { row, column, value } => (
            format!("option `comparisons` compares `{}` with `{}` as {value}", name(*row), name(*column)),
            "it must be a positive number, and 1 on the diagonal; null where a pair was not compared",
        ),
        McdaError::NotReciprocal { row, column, value, reverse } => (
            format!(
                "option `comparisons`: `{}` counts {value} times as much as `{}`, but the other way round {reverse}",
                name(*row),
                name(*column)
            ),
            "give one of the two and null for the other",
        ),
        McdaError::Disconnected { element } => (
            format!("option `comparisons`: no chain of comparisons leads from `{}` to `{}`", name(0), name(*element)),
            "compare it with one of the others",
        ),
        _ => (format!("attractiveness: {error}"), "the method's page says what its options may be"),
    };
    Error::new(Code::Option, message).with_hint(hint)
}
