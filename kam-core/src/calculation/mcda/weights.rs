//! Weights of criteria by name.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Calculate, Matrix};
use super::words::{Criteria, refuse};
use crate::error::Result;

/// [`mcda::entropy_weights`].
pub(crate) struct EntropyWeights;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntropyInput {
    /// Alternatives × criteria, values of 0 or more.
    matrix: Matrix,
}

#[derive(Serialize)]
pub(crate) struct EntropyOutput {
    weights: Vec<f64>,
    entropy: Vec<f64>,
    divergence: Vec<f64>,
}

impl Calculate for EntropyWeights {
    const NAME: &'static str = "mcda.entropy_weights";
    const ABOUT: &'static str = "Weights by entropy: a criterion whose values differ more tells more.";
    type Input = EntropyInput;
    type Output = EntropyOutput;

    fn calculate(input: &EntropyInput) -> Result<EntropyOutput> {
        let found = Criteria::read(&input.matrix, None)?.with(mcda::entropy_weights)?;
        Ok(EntropyOutput { weights: found.weights, entropy: found.entropy, divergence: found.divergence })
    }
}

/// [`mcda::critic_weights`].
pub(crate) struct CriticWeights;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriticInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
}

#[derive(Serialize)]
pub(crate) struct CriticOutput {
    weights: Vec<f64>,
    deviation: Vec<f64>,
    correlation: Vec<Vec<f64>>,
}

impl Calculate for CriticWeights {
    const NAME: &'static str = "mcda.critic_weights";
    const ABOUT: &'static str = "CRITIC weights: a criterion counts by how much its values differ and how little it repeats the others.";
    type Input = CriticInput;
    type Output = CriticOutput;

    fn calculate(input: &CriticInput) -> Result<CriticOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let found = criteria.with(|matrix| mcda::critic_weights(matrix, &criteria.directions))?;
        Ok(CriticOutput { weights: found.weights, deviation: found.deviation, correlation: found.correlation })
    }
}

/// Whose estimates of the random index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RandomIndexWord {
    /// Saaty 2005: for up to 15 elements.
    #[default]
    Saaty,
    /// Donegan and Dodd 1991: for up to 100 elements.
    DoneganDodd,
}

impl RandomIndexWord {
    /// The index it names.
    #[must_use]
    pub fn index(self) -> mcda::RandomIndex {
        match self {
            RandomIndexWord::Saaty => mcda::RandomIndex::Saaty,
            RandomIndexWord::DoneganDodd => mcda::RandomIndex::DoneganDodd,
        }
    }
}

/// [`mcda::ahp`].
pub(crate) struct Ahp;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AhpInput {
    /// How many times the element of the row counts as much as that of the column; null where a pair was not compared.
    matrix: Matrix,
    /// Whose estimates of the random index.
    #[serde(default)]
    random_index: RandomIndexWord,
}

#[derive(Serialize)]
pub(crate) struct AhpOutput {
    weights: Vec<f64>,
    lambda_max: f64,
    consistency_index: f64,
    random_index: Option<f64>,
    consistency_ratio: Option<f64>,
    completed: Vec<Vec<f64>>,
    missing_pairs: usize,
}

impl From<mcda::Ahp> for AhpOutput {
    fn from(found: mcda::Ahp) -> Self {
        AhpOutput {
            weights: found.weights,
            lambda_max: found.lambda_max,
            consistency_index: found.consistency_index,
            random_index: found.random_index,
            consistency_ratio: found.consistency_ratio,
            completed: found.completed,
            missing_pairs: found.missing_pairs,
        }
    }
}

impl Calculate for Ahp {
    const NAME: &'static str = "mcda.ahp";
    const ABOUT: &'static str = "AHP: weights from comparisons of pairs, and how consistent those are.";
    type Input = AhpInput;
    type Output = AhpOutput;

    fn calculate(input: &AhpInput) -> Result<AhpOutput> {
        Ok(mcda::ahp(&input.matrix.rows(), input.random_index.index()).map_err(refuse)?.into())
    }
}

/// [`mcda::ahp_hierarchy`].
pub(crate) struct AhpHierarchy;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AhpNodeInput {
    /// The names of the node's children.
    names: Vec<String>,
    /// Comparisons of the children, in the order of the names; null where a pair was not compared.
    matrix: Matrix,
    /// The children that have children: name → node.
    #[serde(default)]
    children: std::collections::BTreeMap<String, AhpNodeInput>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AhpHierarchyInput {
    /// The top of the hierarchy.
    goal: AhpNodeInput,
    /// Whose estimates of the random index.
    #[serde(default)]
    random_index: RandomIndexWord,
}

#[derive(Serialize)]
pub(crate) struct AhpHierarchyOutput {
    path: Vec<Vec<String>>,
    local: Vec<f64>,
    #[serde(rename = "global")]
    global_weights: Vec<f64>,
    is_leaf: Vec<bool>,
    comparisons: Vec<ComparisonsOutput>,
}

#[derive(Serialize)]
struct ComparisonsOutput {
    path: Vec<String>,
    #[serde(flatten)]
    ahp: AhpOutput,
}

impl AhpNodeInput {
    fn node(&self) -> Result<mcda::AhpNode> {
        let mut children = vec![];
        for (name, child) in &self.children {
            let Some(at) = self.names.iter().position(|each| each == name) else {
                let expected = format!("one of {}", self.names.join(", "));
                return Err(crate::error::Error::option("children", format!("`{name}`"), &expected));
            };
            children.push((at, child.node()?));
        }
        Ok(mcda::AhpNode { names: self.names.clone(), comparisons: self.matrix.rows(), children })
    }
}

impl Calculate for AhpHierarchy {
    const NAME: &'static str = "mcda.ahp_hierarchy";
    const ABOUT: &'static str = "AHP over criteria of criteria: every node's weight among its neighbours and under the goal.";
    type Input = AhpHierarchyInput;
    type Output = AhpHierarchyOutput;

    fn calculate(input: &AhpHierarchyInput) -> Result<AhpHierarchyOutput> {
        let found = mcda::ahp_hierarchy(&input.goal.node()?, input.random_index.index()).map_err(|(path, error)| {
            let place = if path.is_empty() { "goal".to_owned() } else { path.join(" / ") };
            refuse(error).at(place)
        })?;
        let comparisons = found.comparisons.into_iter().map(|(path, ahp)| ComparisonsOutput { path, ahp: ahp.into() }).collect();
        Ok(AhpHierarchyOutput { path: found.paths, local: found.local, global_weights: found.global, is_leaf: found.is_leaf, comparisons })
    }
}
