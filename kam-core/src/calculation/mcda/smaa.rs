//! [`mcda::smaa`] by name.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Calculate, Matrix};
use super::words::{Criteria, Scale};
use crate::error::Result;

/// [`mcda::smaa`].
pub(crate) struct Smaa;

/// What is known of the weights.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConstraintsInput {
    /// Criteria (from 0) by their importance, the most important first; those that are not listed may weigh anything.
    pub order: Vec<usize>,
    /// The least and the greatest weight of every criterion, as shares of all weights.
    pub bounds: Vec<(f64, f64)>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmaaInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// What is known of the weights; nothing without.
    #[serde(default)]
    weights: Option<ConstraintsInput>,
    /// How many sets of weights are drawn.
    #[serde(default = "ten_thousand")]
    samples: usize,
    /// Where the random numbers start.
    #[serde(default)]
    seed: u64,
    /// How many ranks are kept, from the first; all without.
    #[serde(default)]
    ranks: Option<usize>,
    /// How values are brought to a common scale.
    #[serde(default)]
    normalisation: Scale,
}

fn ten_thousand() -> usize {
    10_000
}

#[derive(Serialize)]
pub(crate) struct SmaaOutput {
    acceptability: Vec<Vec<f64>>,
    central_weights: Vec<Vec<f64>>,
    confidence: Vec<f64>,
    mean_weights: Vec<f64>,
    samples: usize,
}

impl Calculate for Smaa {
    const NAME: &'static str = "mcda.smaa";
    const ABOUT: &'static str = "SMAA-2: how often every alternative stands on every rank, whatever the weights.";
    type Input = SmaaInput;
    type Output = SmaaOutput;

    fn calculate(input: &SmaaInput) -> Result<SmaaOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let constraints = input.weights.clone().unwrap_or_default();
        let options = mcda::SmaaOptions {
            normalisation: input.normalisation.way(),
            constraints: mcda::WeightConstraints { order: constraints.order, bounds: constraints.bounds },
            samples: input.samples,
            seed: input.seed,
            ranks: input.ranks,
        };
        let found = criteria.with(|matrix| mcda::smaa(matrix, &criteria.directions, &options))?;
        Ok(SmaaOutput {
            acceptability: found.acceptabilities().chunks(found.ranks.max(1)).map(<[f64]>::to_vec).collect(),
            central_weights: found.central_weights.chunks(found.criteria).map(<[f64]>::to_vec).collect(),
            confidence: found.confidence,
            mean_weights: found.mean_weights,
            samples: found.samples,
        })
    }
}
