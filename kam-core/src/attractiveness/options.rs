//! The options of attractiveness: criteria, scale, weights, missing values.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criteria::{Criterion, default_criteria};
use crate::error::{Error, Result};
use crate::facts::Perspective;
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
    /// From `comparisons` of pairs of criteria, by the eigenvector of Saaty's AHP.
    Ahp,
    /// By entropy: a criterion whose values differ more between the accounts tells more.
    Entropy,
    /// By CRITIC: a criterion counts by how much its values differ and how little it repeats the others.
    Critic,
}

/// How criteria are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// The weighted sum: what each criterion gives adds up to the score.
    #[default]
    WeightedSum,
    /// 100 × closeness to the ideal account, by TOPSIS.
    Topsis,
    /// 100 × (1 − Q), the compromise of VIKOR.
    Vikor,
    /// 50 × (1 + net flow), by PROMETHEE II: what each criterion gives adds up to the score.
    #[serde(rename = "promethee2")]
    Promethee2,
}

/// The preference function of PROMETHEE II: how far a difference on the common scale makes one account preferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreferenceFunction {
    /// Fully, however small it is.
    #[default]
    Usual,
    /// Fully above `preference_q`.
    UShape,
    /// Rising evenly up to `preference_p`.
    VShape,
    /// Half above `preference_q`, fully above `preference_p`.
    Level,
    /// Rising evenly from `preference_q` to `preference_p`.
    Linear,
    /// By the bell curve with `preference_s`; its work grows with the square of the accounts.
    Gaussian,
}

/// Whose estimates of the random index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RandomIndex {
    /// Saaty 2005: for up to 15 criteria.
    #[default]
    Saaty,
    /// Donegan and Dodd 1991: for up to 100 criteria.
    DoneganDodd,
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
    /// The criteria: name, source, direction, weight, and for a categorical attribute what each word is worth. Without: reliability, profit,
    /// tenure, growth, new opportunities and reputation of a customer; rated quality, delivery, price, service and innovation of a supplier.
    pub criteria: Option<Vec<Criterion>>,
    /// How values are brought to a common scale.
    pub normalisation: Normalisation,
    /// The criteria's own weights, the same for all, from comparisons of pairs, or from the values themselves.
    pub weights: WeightRule,
    /// With weights = ahp: how many times the criterion of the row counts as much as that of the column, in the order of the criteria; null where
    /// a pair was not compared.
    pub comparisons: Option<Vec<Vec<Option<f64>>>>,
    /// With weights = ahp: whose random index the consistency ratio is measured by.
    pub random_index: RandomIndex,
    /// How the criteria are put together.
    pub scoring: Scoring,
    /// With scoring = vikor: the weight of the group utility against the individual regret, 0 to 1.
    pub v: f64,
    /// With scoring = promethee2: how far a difference on the common scale makes one account preferred.
    pub preference: PreferenceFunction,
    /// The largest difference on the common scale that does not matter.
    pub preference_q: f64,
    /// The smallest difference on the common scale that matters fully.
    pub preference_p: f64,
    /// The difference on the common scale at the bell curve's point of inflection.
    pub preference_s: f64,
    /// What an account without a value is scored as.
    pub missing: MissingValues,
    /// How many random sets of weights the sureness is found by, at most a million; 0 leaves it out.
    pub sureness_samples: usize,
    /// Where its random numbers start: the same seed gives the same sureness.
    pub sureness_seed: u64,
    /// How many places count as the best: the sureness says how sure it is that an account is among them.
    pub sureness_top: usize,
}

impl Default for AttractivenessOptions {
    fn default() -> Self {
        AttractivenessOptions {
            criteria: None,
            normalisation: Normalisation::default(),
            weights: WeightRule::default(),
            comparisons: None,
            random_index: RandomIndex::default(),
            scoring: Scoring::default(),
            v: 0.5,
            preference: PreferenceFunction::default(),
            preference_q: 0.05,
            preference_p: 0.2,
            preference_s: 0.1,
            missing: MissingValues::default(),
            sureness_samples: 1000,
            sureness_seed: 0,
            sureness_top: 20,
        }
    }
}

impl AttractivenessOptions {
    /// With the criteria of this end of the relationship where none were given, and checked.
    pub(super) fn resolved(&self, perspective: Perspective) -> Result<Self> {
        let criteria = self.criteria.clone().unwrap_or_else(|| default_criteria(perspective));
        let resolved = AttractivenessOptions { criteria: Some(criteria), ..self.clone() };
        resolved.validate()?;
        Ok(resolved)
    }

    /// The criteria that were given; of [`resolved`](Self::resolved) options all there are.
    pub(super) fn listed(&self) -> &[Criterion] {
        self.criteria.as_deref().unwrap_or_default()
    }
}

impl Options for AttractivenessOptions {
    fn validate(&self) -> Result<()> {
        if self.sureness_samples > 1_000_000 {
            return Err(Error::option("sureness_samples", self.sureness_samples, "at most 1,000,000 sets of weights"));
        }
        if self.criteria.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::option("criteria", "empty", "at least one criterion"));
        }
        for (at, criterion) in self.listed().iter().enumerate() {
            criterion.validate()?;
            if self.listed()[..at].iter().any(|other| other.name == criterion.name) {
                return Err(Error::option("criteria", format!("two criteria named `{}`", criterion.name), "criteria with different names"));
            }
        }
        if self.weights == WeightRule::Given && self.criteria.is_some() && self.listed().iter().all(|criterion| criterion.weight == 0.0) {
            return Err(Error::option("criteria", "weighted 0 throughout", "weighted above 0 at least once"));
        }
        let share = |name, value: f64| {
            if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::option(name, value, "a number from 0 to 1")) }
        };
        share("v", self.v)?;
        share("preference_q", self.preference_q)?;
        share("preference_p", self.preference_p)?;
        share("preference_s", self.preference_s)?;
        if self.preference_p < self.preference_q || self.preference_p == 0.0 {
            return Err(Error::option("preference_p", self.preference_p, "above 0 and not below preference_q"));
        }
        if self.preference_s == 0.0 {
            return Err(Error::option("preference_s", self.preference_s, "above 0"));
        }
        if self.sureness_top == 0 {
            return Err(Error::option("sureness_top", 0, "a number of 1 or more"));
        }
        match (&self.comparisons, self.weights) {
            (None, WeightRule::Ahp) => Err(Error::option("comparisons", "missing", "given with weights = \"ahp\": one row a criterion")),
            (Some(_), rule) if rule != WeightRule::Ahp => Err(Error::option("comparisons", "given", "left out unless weights = \"ahp\"")),
            // How many the default criteria are is known when the ledger's end is.
            (Some(_), _) if self.criteria.is_none() => Ok(()),
            (Some(rows), _) => {
                let expected = self.listed().len();
                match rows.iter().map(Vec::len).chain([rows.len()]).find(|found| *found != expected) {
                    Some(found) => {
                        let value = format!("a matrix with {found} where {expected} belong");
                        Err(Error::option("comparisons", value, "one row and one column for each criterion"))
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}
