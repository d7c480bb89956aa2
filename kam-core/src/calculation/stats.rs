//! Statistics by name.

use kam_numerics::stats;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Calculate;
use crate::error::{Error, Result};

/// [`stats::weight_of_evidence`] of counted bins.
pub(super) struct WeightOfEvidence;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightOfEvidenceInput {
    /// Per bin how many are of the one kind.
    ones: Vec<u64>,
    /// Per bin how many are of the other.
    others: Vec<u64>,
    /// What is added to every count; 0 without.
    #[serde(default)]
    smoothing: f64,
}

#[derive(Serialize)]
pub(super) struct WeightOfEvidenceOutput {
    weights: Vec<Option<f64>>,
    contributions: Vec<Option<f64>>,
    information_value: Option<f64>,
}

fn finite(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(|value| Some(value).filter(|value| value.is_finite())).collect()
}

impl Calculate for WeightOfEvidence {
    const NAME: &'static str = "stats.weight_of_evidence";
    const ABOUT: &'static str = "How much each bin speaks for one kind against the other, and what the bins tell together.";
    type Input = WeightOfEvidenceInput;
    type Output = WeightOfEvidenceOutput;

    fn calculate(input: &WeightOfEvidenceInput) -> Result<WeightOfEvidenceOutput> {
        if input.ones.len() != input.others.len() {
            return Err(Error::option(
                "others",
                format!("{} counts", input.others.len()),
                &format!("{}, as many as ones", input.ones.len()),
            ));
        }
        if !(input.smoothing.is_finite() && input.smoothing >= 0.0) {
            return Err(Error::option("smoothing", input.smoothing, "a number of 0 or more"));
        }
        let evidence = stats::weight_of_evidence(&input.ones, &input.others, input.smoothing)
            .ok_or_else(|| Error::option("ones and others", "without one of the kinds", "counts with at least one of each kind"))?;
        Ok(WeightOfEvidenceOutput {
            weights: finite(evidence.weights),
            contributions: finite(evidence.contributions),
            information_value: Some(evidence.information_value).filter(|value| value.is_finite()),
        })
    }
}

/// [`stats::expected_steps`] of a Markov chain.
pub(super) struct ExpectedSteps;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedStepsInput {
    /// One row a state: the probabilities of the next state; null for a state that is not known.
    probabilities: Vec<Option<Vec<f64>>>,
    /// Per state: is it one to be reached?
    targets: Vec<bool>,
}

#[derive(Serialize)]
pub(super) struct ExpectedStepsOutput {
    steps: Vec<Option<f64>>,
}

impl Calculate for ExpectedSteps {
    const NAME: &'static str = "stats.expected_steps";
    const ABOUT: &'static str =
        "How many steps a Markov chain takes on average until it first reaches a target, by the state it starts from.";
    type Input = ExpectedStepsInput;
    type Output = ExpectedStepsOutput;

    fn calculate(input: &ExpectedStepsInput) -> Result<ExpectedStepsOutput> {
        let states = input.probabilities.len();
        if input.targets.len() != states {
            return Err(Error::option("targets", format!("{} values", input.targets.len()), &format!("{states}, one a state")));
        }
        for (state, row) in input.probabilities.iter().enumerate() {
            let Some(row) = row else { continue };
            let is_row =
                row.len() == states && row.iter().all(|part| (0.0..=1.0).contains(part)) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-9;
            if !is_row {
                return Err(Error::option(
                    "probabilities",
                    format!("a row {state} of {row:?}"),
                    &format!("{states} probabilities that add up to 1"),
                ));
            }
        }
        Ok(ExpectedStepsOutput { steps: stats::expected_steps(&input.probabilities, &input.targets) })
    }
}
