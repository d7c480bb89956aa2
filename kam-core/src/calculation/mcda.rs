//! Multi-criteria decisions by name.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Calculate, Matrix};
use crate::error::{Code, Error, Result};

/// [`mcda::weighted_sum`] of values that are comparable already.
pub(super) struct WeightedSum;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedSumInput {
    /// Alternatives × criteria, more is better.
    matrix: Matrix,
    /// One weight a criterion; only proportions count.
    weights: Vec<f64>,
}

#[derive(Serialize)]
pub(super) struct WeightedSumOutput {
    score: Vec<f64>,
    contributions: Vec<Vec<f64>>,
}

impl Calculate for WeightedSum {
    const NAME: &'static str = "mcda.weighted_sum";
    const ABOUT: &'static str = "The weighted sum of comparable criteria, with what each of them gives to every score.";
    type Input = WeightedSumInput;
    type Output = WeightedSumOutput;

    fn calculate(input: &WeightedSumInput) -> Result<WeightedSumOutput> {
        let sum = mcda::weighted_sum(&input.matrix.columns()?, &input.weights).map_err(refuse)?;
        let rows = (0..sum.score.len()).map(|at| sum.contributions.iter().map(|column| column[at]).collect()).collect();
        Ok(WeightedSumOutput { score: sum.score, contributions: rows })
    }
}

fn refuse(error: mcda::McdaError) -> Error {
    Error::new(Code::Option, error.to_string())
}
