//! [`mcda::normalised`] by name.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Calculate, Matrix};
use super::words::{Criteria, Scale, rows};
use crate::error::Result;

/// [`mcda::normalised`].
pub(crate) struct Normalise;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NormaliseInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// How values are brought to a common scale.
    #[serde(default)]
    normalisation: Scale,
}

#[derive(Serialize)]
pub(crate) struct NormaliseOutput {
    /// Alternatives × criteria; what was missing stays missing.
    matrix: Vec<Vec<f64>>,
}

impl Calculate for Normalise {
    const NAME: &'static str = "mcda.normalise";
    const ABOUT: &'static str = "Criteria on a common scale, where more is better.";
    type Input = NormaliseInput;
    type Output = NormaliseOutput;

    fn calculate(input: &NormaliseInput) -> Result<NormaliseOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let columns = criteria.with(|matrix| mcda::normalised(matrix, &criteria.directions, input.normalisation.way()))?;
        Ok(NormaliseOutput { matrix: rows(&columns) })
    }
}
