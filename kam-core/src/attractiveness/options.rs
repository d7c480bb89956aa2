//! The options of attractiveness: criteria, scale, weights, missing values.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criteria::{Criterion, default_criteria};
use crate::error::{Error, Result};
use crate::method::Options;

/// How a criterion's values are brought to a common scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// The worst value is 0, the best is 1; a constant column is 0.5.
    #[default]
    MinMax,
    /// By the Euclidean length of the column.
    Vector,
    /// By the sum of the column.
    Sum,
    /// By the largest value of the column.
    Max,
    /// Standard deviations from the mean; scores then leave 0–100.
    ZScore,
    /// By place: the worst is 0, the best is 1, equal values share the middle of their places.
    Rank,
}

impl From<Normalisation> for mcda::Normalisation {
    fn from(way: Normalisation) -> Self {
        match way {
            Normalisation::MinMax => mcda::Normalisation::MinMax,
            Normalisation::Vector => mcda::Normalisation::Vector,
            Normalisation::Sum => mcda::Normalisation::Sum,
            Normalisation::Max => mcda::Normalisation::Max,
            Normalisation::ZScore => mcda::Normalisation::ZScore,
            Normalisation::Rank => mcda::Normalisation::Rank,
        }
    }
}

/// Which weights count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightRule {
    /// Those of the criteria, scaled to a sum of 1.
    #[default]
    Given,
    /// The same for every criterion.
    Equal,
}

/// What an account without a value for a criterion is scored as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingValues {
    /// The worst: 0 with min_max and rank, the worst account that has a value otherwise.
    #[default]
    Worst,
    /// The median of the accounts that have a value.
    Median,
}

/// Options of [`attractiveness`](super::attractiveness()).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AttractivenessOptions {
    /// The criteria: name, source, direction, weight, and for a categorical attribute what each word is worth.
    pub criteria: Vec<Criterion>,
    /// How values are brought to a common scale.
    pub normalisation: Normalisation,
    /// The criteria's own weights, or the same for all.
    pub weights: WeightRule,
    /// What an account without a value is scored as.
    pub missing: MissingValues,
}

impl Default for AttractivenessOptions {
    fn default() -> Self {
        AttractivenessOptions {
            criteria: default_criteria(),
            normalisation: Normalisation::default(),
            weights: WeightRule::default(),
            missing: MissingValues::default(),
        }
    }
}

impl Options for AttractivenessOptions {
    fn validate(&self) -> Result<()> {
        if self.criteria.is_empty() {
            return Err(Error::option("criteria", "empty", "at least one criterion"));
        }
        for (at, criterion) in self.criteria.iter().enumerate() {
            criterion.validate()?;
            if self.criteria[..at].iter().any(|other| other.name == criterion.name) {
                return Err(Error::option("criteria", format!("two criteria named `{}`", criterion.name), "criteria with different names"));
            }
        }
        if self.weights == WeightRule::Given && self.criteria.iter().all(|criterion| criterion.weight == 0.0) {
            return Err(Error::option("criteria", "weighted 0 throughout", "weighted above 0 at least once"));
        }
        Ok(())
    }
}
