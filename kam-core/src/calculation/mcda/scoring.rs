//! Scores and rankings by name.

use kam_numerics::mcda;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Calculate, Matrix};
use super::words::{Criteria, Scale, rows};
use crate::error::{Error, Result};

/// [`mcda::weighted_sum`] of normalised criteria.
pub(crate) struct WeightedSum;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeightedSumInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// One weight a criterion; only proportions count.
    weights: Vec<f64>,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// How values are brought to a common scale; `none` takes them as they are, costs negated.
    #[serde(default)]
    normalisation: Scale,
}

#[derive(Serialize)]
pub(crate) struct WeightedSumOutput {
    score: Vec<f64>,
    rank: Vec<Option<usize>>,
    contributions: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl Calculate for WeightedSum {
    const NAME: &'static str = "mcda.weighted_sum";
    const ABOUT: &'static str = "The weighted sum of criteria on a common scale, with what each of them gives to every score.";
    type Input = WeightedSumInput;
    type Output = WeightedSumOutput;

    fn calculate(input: &WeightedSumInput) -> Result<WeightedSumOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let sum = criteria.with(|matrix| mcda::scored_sum(matrix, &input.weights, &criteria.directions, input.normalisation.way()))?;
        let rank = mcda::competition_ranks(&sum.score);
        Ok(WeightedSumOutput { score: sum.score, rank, contributions: rows(&sum.contributions), weights: sum.weights })
    }
}

/// [`mcda::topsis`].
pub(crate) struct Topsis;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopsisInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// One weight a criterion; only proportions count.
    weights: Vec<f64>,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// How values are brought to a common scale; directions are settled at the ideal.
    #[serde(default = "Scale::vector")]
    normalisation: Scale,
}

#[derive(Serialize)]
pub(crate) struct TopsisOutput {
    score: Vec<f64>,
    rank: Vec<Option<usize>>,
    ideal: Vec<f64>,
    anti_ideal: Vec<f64>,
    distance_to_ideal: Vec<f64>,
    distance_to_anti_ideal: Vec<f64>,
    weights: Vec<f64>,
}

impl Calculate for Topsis {
    const NAME: &'static str = "mcda.topsis";
    const ABOUT: &'static str = "TOPSIS: how near every alternative is to the ideal and how far from its opposite.";
    type Input = TopsisInput;
    type Output = TopsisOutput;

    fn calculate(input: &TopsisInput) -> Result<TopsisOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let found = criteria.with(|matrix| mcda::topsis(matrix, &input.weights, &criteria.directions, input.normalisation.way()))?;
        Ok(TopsisOutput {
            rank: mcda::competition_ranks(&found.score),
            score: found.score,
            ideal: found.ideal,
            anti_ideal: found.anti_ideal,
            distance_to_ideal: found.distance_to_ideal,
            distance_to_anti_ideal: found.distance_to_anti_ideal,
            weights: found.weights,
        })
    }
}

/// [`mcda::vikor`].
pub(crate) struct Vikor;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VikorInput {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// One weight a criterion; only proportions count.
    weights: Vec<f64>,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// The weight of the group utility against the individual regret, 0 to 1.
    #[serde(default = "half")]
    v: f64,
}

fn half() -> f64 {
    0.5
}

#[derive(Serialize)]
pub(crate) struct VikorOutput {
    s: Vec<f64>,
    r: Vec<f64>,
    q: Vec<f64>,
    rank: Vec<Option<usize>>,
    compromise: Vec<usize>,
    acceptable_advantage: bool,
    acceptable_stability: bool,
    best: Vec<f64>,
    worst: Vec<f64>,
    weights: Vec<f64>,
}

impl Calculate for Vikor {
    const NAME: &'static str = "mcda.vikor";
    const ABOUT: &'static str = "VIKOR: a compromise between the good of the whole and the regret of the worst criterion; less is better.";
    type Input = VikorInput;
    type Output = VikorOutput;

    fn calculate(input: &VikorInput) -> Result<VikorOutput> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let found = criteria.with(|matrix| mcda::vikor(matrix, &input.weights, &criteria.directions, input.v))?;
        let negated: Vec<f64> = found.q.iter().map(|q| -q).collect();
        Ok(VikorOutput {
            rank: mcda::competition_ranks(&negated),
            s: found.s,
            r: found.r,
            q: found.q,
            compromise: found.compromise,
            acceptable_advantage: found.acceptable_advantage,
            acceptable_stability: found.acceptable_stability,
            best: found.best,
            worst: found.worst,
            weights: found.weights,
        })
    }
}

/// [`mcda::promethee2`].
pub(crate) struct Promethee2;

/// One value for all criteria, or one for each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Each<T> {
    /// The same for every criterion.
    All(T),
    /// One a criterion.
    List(Vec<T>),
}

impl<T: Copy> Each<T> {
    fn of(&self, criterion: usize) -> Option<T> {
        match self {
            Each::All(value) => Some(*value),
            Each::List(values) => values.get(criterion).copied(),
        }
    }

    fn check(&self, name: &str, criteria: usize) -> Result<()> {
        match self {
            Each::List(values) if values.len() != criteria => Err(Error::option(
                name,
                format!("a list of {}", values.len()),
                &format!("one value, or one for each of {criteria} criteria"),
            )),
            _ => Ok(()),
        }
    }
}

/// A preference function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreferenceWord {
    /// 1 for every difference in favour.
    #[default]
    Usual,
    /// 1 above q.
    UShape,
    /// Rising evenly to 1 at p.
    VShape,
    /// ½ above q, 1 above p.
    Level,
    /// Rising evenly from 0 at q to 1 at p.
    Linear,
    /// 1 − exp(−d² ÷ 2s²).
    Gaussian,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promethee2Input {
    /// Alternatives × criteria.
    matrix: Matrix,
    /// One weight a criterion; only proportions count.
    weights: Vec<f64>,
    /// +1 (more is better) or −1 (more is worse) for each criterion; all +1 without.
    directions: Option<Vec<f64>>,
    /// The preference function, one for all criteria or one for each.
    #[serde(default)]
    preference: Option<Each<PreferenceWord>>,
    /// The indifference threshold of u_shape, level and linear, in the criterion's own units.
    #[serde(default)]
    q: Option<Each<Option<f64>>>,
    /// The preference threshold of v_shape, level and linear.
    #[serde(default)]
    p: Option<Each<Option<f64>>>,
    /// The point of inflection of gaussian.
    #[serde(default)]
    s: Option<Each<Option<f64>>>,
}

/// Preference functions from words and thresholds; a threshold that a function needs and lacks is named.
pub fn preferences(
    criteria: usize,
    words: Option<&Each<PreferenceWord>>,
    thresholds: [Option<&Each<Option<f64>>>; 3],
) -> Result<Vec<mcda::Preference>> {
    let words = words.cloned().unwrap_or(Each::All(PreferenceWord::Usual));
    words.check("preference", criteria)?;
    for (name, values) in ["q", "p", "s"].into_iter().zip(thresholds) {
        values.map_or(Ok(()), |values| values.check(name, criteria))?;
    }
    let preference = |criterion: usize| {
        let word = words.of(criterion).unwrap_or_default();
        let threshold = |at: usize| {
            let found = thresholds[at].and_then(|values| values.of(criterion)).flatten();
            let name = ["q", "p", "s"][at];
            found.ok_or_else(|| Error::option(name, format!("missing for criterion {criterion}"), "given for its preference function"))
        };
        Ok(match word {
            PreferenceWord::Usual => mcda::Preference::Usual,
            PreferenceWord::UShape => mcda::Preference::UShape { q: threshold(0)? },
            PreferenceWord::VShape => mcda::Preference::VShape { p: threshold(1)? },
            PreferenceWord::Level => mcda::Preference::Level { q: threshold(0)?, p: threshold(1)? },
            PreferenceWord::Linear => mcda::Preference::Linear { q: threshold(0)?, p: threshold(1)? },
            PreferenceWord::Gaussian => mcda::Preference::Gaussian { s: threshold(2)? },
        })
    };
    (0..criteria).map(preference).collect()
}

#[derive(Serialize)]
pub(crate) struct Promethee2Output {
    phi: Vec<f64>,
    phi_plus: Vec<f64>,
    phi_minus: Vec<f64>,
    rank: Vec<Option<usize>>,
    criterion_flows: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl Calculate for Promethee2 {
    const NAME: &'static str = "mcda.promethee2";
    const ABOUT: &'static str = "PROMETHEE II: how far every alternative is preferred to all others, and they to it.";
    type Input = Promethee2Input;
    type Output = Promethee2Output;

    fn calculate(input: &Promethee2Input) -> Result<Promethee2Output> {
        let criteria = Criteria::read(&input.matrix, input.directions.as_deref())?;
        let thresholds = [input.q.as_ref(), input.p.as_ref(), input.s.as_ref()];
        let preferences = preferences(criteria.columns.len(), input.preference.as_ref(), thresholds)?;
        let found = criteria.with(|matrix| mcda::promethee2(matrix, &input.weights, &criteria.directions, &preferences))?;
        Ok(Promethee2Output {
            rank: mcda::competition_ranks(&found.phi),
            phi: found.phi,
            phi_plus: found.phi_plus,
            phi_minus: found.phi_minus,
            criterion_flows: rows(&found.criterion_flows),
            weights: found.weights,
        })
    }
}
