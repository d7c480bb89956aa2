//! Manager competence: managers rated on a catalogue, scored by the methods of multi-criteria decisions.

use std::collections::{BTreeMap, BTreeSet};

use kam_numerics::mcda::{self, Direction, Matrix, McdaError, Preference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::crm::{COMPETENCES, Crm};
use crate::error::{Code, Error, Result};
use crate::method::figure::{COUNT, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};

/// How ratings are brought to a scale from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatingScale {
    /// By the scale that the ratings are given on, the same for all criteria: `worst` is 0, `best` is 1.
    #[default]
    Given,
    /// By criterion: the lowest rating of a manager is 0, the highest is 1; a criterion on which all are equal is 0.5.
    MinMax,
    /// By criterion and place: the last is 0, the first is 1.
    Rank,
}

/// Where the weights of the criteria come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompetenceWeights {
    /// Those of `criteria`; a criterion that it does not name counts 1 where `criteria` is empty and nothing otherwise.
    #[default]
    Given,
    /// By entropy: a criterion on which the managers differ more tells more.
    Entropy,
    /// By CRITIC: a criterion counts by how much the managers differ on it and how little it repeats the others.
    Critic,
}

/// How the criteria are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompetenceScoring {
    /// The weighted sum: what each criterion gives adds up to the score.
    #[default]
    WeightedSum,
    /// 100 × closeness to the ideal manager, by TOPSIS.
    Topsis,
    /// 100 × (1 − Q), the compromise of VIKOR.
    Vikor,
    /// 50 × (1 + net flow), by PROMETHEE II with its usual preference function.
    #[serde(rename = "promethee2")]
    Promethee2,
}

/// Options of [`competence`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CompetenceOptions {
    /// Criterion → weight; empty for all criteria that were rated, with equal weights.
    pub criteria: BTreeMap<String, f64>,
    /// Where the weights come from.
    pub weights: CompetenceWeights,
    /// How ratings are brought to a scale from 0 to 1.
    pub scale: RatingScale,
    /// With scale = given: the lowest rating that can be given; null for the lowest that was.
    pub worst: Option<f64>,
    /// With scale = given: the highest rating that can be given; null for the highest that was.
    pub best: Option<f64>,
    /// How the criteria are put together.
    pub scoring: CompetenceScoring,
    /// With scoring = vikor: the weight of the group utility against the individual regret, 0 to 1.
    pub v: f64,
}

impl Default for CompetenceOptions {
    fn default() -> Self {
        CompetenceOptions {
            criteria: BTreeMap::new(),
            weights: CompetenceWeights::Given,
            scale: RatingScale::Given,
            worst: None,
            best: None,
            scoring: CompetenceScoring::WeightedSum,
            v: 0.5,
        }
    }
}

impl Options for CompetenceOptions {
    fn validate(&self) -> Result<()> {
        for (name, weight) in &self.criteria {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(Error::option("criteria", format!("{weight} for `{name}`"), "weights of 0 or more"));
            }
        }
        if !self.criteria.is_empty() && self.criteria.values().all(|weight| *weight == 0.0) {
            return Err(Error::option("criteria", "weighted 0 throughout", "weighted above 0 at least once"));
        }
        for (name, limit) in [("worst", self.worst), ("best", self.best)] {
            if let Some(limit) = limit.filter(|limit| !limit.is_finite()) {
                return Err(Error::option(name, limit, "a finite number"));
            }
        }
        if let (Some(worst), Some(best)) = (self.worst, self.best)
            && worst >= best
        {
            return Err(Error::option("best", best, "above worst"));
        }
        if !(0.0..=1.0).contains(&self.v) {
            return Err(Error::option("v", self.v, "a number from 0 to 1"));
        }
        Ok(())
    }
}

/// One manager's competence.
#[derive(Clone, Debug, PartialEq)]
pub struct CompetentManager {
    /// The name.
    pub manager: String,
    /// 0 to 100.
    pub score: f64,
    /// 1 for the best; equal scores share a rank.
    pub rank: usize,
    /// The mean rating by criterion; `None` where the manager was not rated on it.
    pub ratings: Vec<Option<f64>>,
    /// What each criterion gives to the score; empty where the way of scoring has no such parts.
    pub points: Vec<f64>,
}

/// A criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct CompetenceCriterion {
    /// Its name.
    pub name: String,
    /// Its weight; weights add up to 1.
    pub weight: f64,
    /// How many managers were rated on it.
    pub managers: usize,
    /// Their mean rating.
    pub mean: f64,
}

/// The result of [`competence`].
#[derive(Clone, Debug, PartialEq)]
pub struct Competence {
    /// The managers by name.
    pub managers: Vec<CompetentManager>,
    /// The criteria, those of the catalogue first and in its order.
    pub criteria: Vec<CompetenceCriterion>,
    /// Criteria of the options that nobody was rated on.
    pub unrated: Vec<String>,
    /// How many ratings a manager lacks; they count as the middle of those that others have.
    pub missing: usize,
}

impl Competence {
    /// The criteria on which a manager is furthest above, or below, the mean of all: at most three, the furthest first.
    #[must_use]
    pub fn furthest(&self, manager: usize, above: bool) -> Vec<&str> {
        let mut found: Vec<(f64, usize)> = (self.managers[manager].ratings.iter().enumerate())
            .filter_map(|(at, rating)| Some(((*rating)? - self.criteria[at].mean, at)))
            .map(|(difference, at)| (if above { difference } else { -difference }, at))
            .filter(|(difference, _)| *difference > 0.0)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(3).map(|(_, at)| self.criteria[at].name.as_str()).collect()
    }
}

/// The mean, whatever the order of its parts, and never past them for rounding.
fn mean(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a count of ratings")]
    let count = sorted.len() as f64;
    (sorted.iter().sum::<f64>() / count).clamp(sorted[0], sorted[sorted.len() - 1])
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

/// Scores the managers by their ratings.
pub fn competence(crm: &Crm, options: &CompetenceOptions) -> Result<Competence> {
    options.validate()?;
    let missing = |what: &str| {
        Error::new(Code::MissingInput, format!("manager_ratings: {what}; they say how good each manager is at what the work asks for"))
            .with_hint("give the crm table `manager_ratings` with manager, criterion and score")
    };
    let ratings = crm.manager_ratings().ok_or_else(|| missing("there is no such table"))?;
    let mut given: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    let mut ends = Ends { lowest: f64::INFINITY, highest: f64::NEG_INFINITY };
    for row in 0..ratings.score.len() {
        let (manager, criterion) = (ratings.manager[row].as_str(), ratings.criterion[row].as_str());
        if options.criteria.is_empty() || options.criteria.get(criterion).is_some_and(|weight| *weight > 0.0) {
            ends.add(row, ratings.score[row], options)?;
            given.entry((manager, criterion)).or_default().push(ratings.score[row]);
        }
    }
    if given.is_empty() {
        return Err(missing("there is no rating on any of the criteria"));
    }
    let managers: BTreeSet<&str> = given.keys().map(|(manager, _)| *manager).collect();
    let place = |name: &str| COMPETENCES.iter().position(|known| *known == name).unwrap_or(COMPETENCES.len());
    let mut names: Vec<&str> = given.keys().map(|(_, criterion)| *criterion).collect::<BTreeSet<_>>().into_iter().collect();
    names.sort_by_key(|name| (place(name), *name));
    let means: Vec<Vec<Option<f64>>> = managers
        .iter()
        .map(|manager| names.iter().map(|name| given.get(&(*manager, *name)).map(|scores| mean(scores))).collect())
        .collect();
    let known = |at: usize| means.iter().filter_map(|ratings| ratings[at]).collect::<Vec<f64>>();
    let lacking = means.iter().flatten().filter(|rating| rating.is_none()).count();
    let columns = scaled(&means, names.len(), &ends, options);
    let weights = weights(&columns, &names, options)?;
    let (scores, points) = scores(&columns, &weights, options)?;
    let ranks = mcda::competition_ranks(&scores);
    let named = managers.iter().enumerate().map(|(at, manager)| CompetentManager {
        manager: (*manager).to_owned(),
        score: scores[at],
        rank: ranks[at].unwrap_or(managers.len()),
        ratings: means[at].clone(),
        points: points.iter().map(|column| column[at]).collect(),
    });
    let criteria = names.iter().enumerate().map(|(at, name)| {
        let known = known(at);
        CompetenceCriterion { name: (*name).to_owned(), weight: weights[at], managers: known.len(), mean: mean(&known) }
    });
    let unrated = options.criteria.iter().filter(|(name, weight)| **weight > 0.0 && !names.contains(&name.as_str()));
    Ok(Competence {
        managers: named.collect(),
        criteria: criteria.collect(),
        unrated: unrated.map(|(name, _)| name.clone()).collect(),
        missing: lacking,
    })
}

/// The lowest and the highest of the ratings: managers' means lie between them, and say nothing of how far the scale goes.
struct Ends {
    lowest: f64,
    highest: f64,
}

impl Ends {
    fn add(&mut self, row: usize, score: f64, options: &CompetenceOptions) -> Result<()> {
        let is_outside = options.worst.is_some_and(|worst| score < worst) || options.best.is_some_and(|best| score > best);
        if options.scale == RatingScale::Given && is_outside {
            let scale = match (options.worst, options.best) {
                (Some(worst), Some(best)) => format!("from {worst} to {best}"),
                (Some(worst), None) => format!("from {worst} up"),
                (None, best) => format!("up to {}", best.unwrap_or(f64::INFINITY)),
            };
            let message = format!("manager_ratings, row {}, column score: `{score}` lies outside the scale {scale}", row + 1);
            return Err(Error::new(Code::Option, message).with_hint("set `worst` and `best` to the ends of the scale, or leave them out"));
        }
        (self.lowest, self.highest) = (self.lowest.min(score), self.highest.max(score));
        Ok(())
    }
}

/// One column a criterion, from 0 to 1; who was not rated counts as the median of those who were.
fn scaled(means: &[Vec<Option<f64>>], criteria: usize, ends: &Ends, options: &CompetenceOptions) -> Vec<Vec<f64>> {
    let (worst, best) = (options.worst.unwrap_or(ends.lowest), options.best.unwrap_or(ends.highest));
    let column = |at: usize| {
        let known: Vec<f64> = means.iter().filter_map(|ratings| ratings[at]).collect();
        let middle = median(&known);
        let values: Vec<f64> = means.iter().map(|ratings| ratings[at].unwrap_or(middle)).collect();
        match options.scale {
            RatingScale::Given if best > worst => values.iter().map(|value| (value - worst) / (best - worst)).collect(),
            // Everybody was given the same rating on everything.
            RatingScale::Given => vec![0.5; values.len()],
            RatingScale::MinMax => mcda::normalise(&values, Direction::Benefit, mcda::Normalisation::MinMax),
            RatingScale::Rank => mcda::normalise(&values, Direction::Benefit, mcda::Normalisation::Rank),
        }
    };
    (0..criteria).map(column).collect()
}

fn weights(columns: &[Vec<f64>], names: &[&str], options: &CompetenceOptions) -> Result<Vec<f64>> {
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let found = match options.weights {
        CompetenceWeights::Given if options.criteria.is_empty() => Ok(mcda::equal_weights(names.len())),
        CompetenceWeights::Given => {
            mcda::unit_weights(&names.iter().map(|name| options.criteria.get(*name).copied().unwrap_or(0.0)).collect::<Vec<_>>())
        }
        CompetenceWeights::Entropy => {
            Matrix::of_columns(&slices).and_then(|matrix| mcda::entropy_weights(&matrix)).map(|found| found.weights)
        }
        CompetenceWeights::Critic => {
            let directions = vec![Direction::Benefit; names.len()];
            Matrix::of_columns(&slices).and_then(|matrix| mcda::critic_weights(&matrix, &directions)).map(|found| found.weights)
        }
    };
    found
        .map_err(|error| Error::new(Code::Option, format!("competence: {error}")).with_hint("choose weights = \"given\", or another scale"))
}

/// Scores 0–100, and what each criterion gives to them.
fn scores(columns: &[Vec<f64>], weights: &[f64], options: &CompetenceOptions) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
    let internal = |error: McdaError| Error::internal(format!("competence: {error}"));
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let matrix = Matrix::of_columns(&slices).map_err(internal)?;
    let directions = vec![Direction::Benefit; columns.len()];
    Ok(match options.scoring {
        CompetenceScoring::WeightedSum => {
            let percent: Vec<Vec<f64>> = columns.iter().map(|column| column.iter().map(|value| 100.0 * value).collect()).collect();
            let sum = mcda::weighted_sum(&percent, weights).map_err(internal)?;
            (sum.score, sum.contributions)
        }
        CompetenceScoring::Topsis => {
            let found = mcda::topsis(&matrix, weights, &directions, None).map_err(internal)?;
            (found.score.into_iter().map(|closeness| 100.0 * closeness).collect(), vec![])
        }
        CompetenceScoring::Vikor => {
            let found = mcda::vikor(&matrix, weights, &directions, options.v).map_err(internal)?;
            (found.q.into_iter().map(|q| 100.0 * (1.0 - q)).collect(), vec![])
        }
        CompetenceScoring::Promethee2 => {
            let preferences = vec![Preference::Usual; columns.len()];
            let found = mcda::promethee2(&matrix, weights, &directions, &preferences).map_err(internal)?;
            (found.phi.into_iter().map(|flow| 50.0 * (1.0 + flow)).collect(), vec![])
        }
    })
}

#[derive(Serialize)]
struct Summary {
    managers: usize,
    criteria: usize,
    mean_score: f64,
    best: Option<String>,
    missing_ratings: usize,
    unrated_criteria: Vec<String>,
    not_rated_on: Vec<&'static str>,
}

/// [`competence`] in the registry.
pub struct CompetenceMethod;

impl CompetenceMethod {
    /// The competence with the options given for it.
    pub(crate) fn shared(context: &Context<'_>) -> Result<std::sync::Arc<Competence>> {
        let options = context.given::<CompetenceOptions>(Self::NAME)?;
        context.remember(Self::NAME, &options, || competence(context.crm, &options))
    }
}

impl Method for CompetenceMethod {
    const NAME: &'static str = "competence";
    const TITLE: &'static str = "Manager competence";
    const ABOUT: &'static str = "How good the managers are at what their work asks for, and on what they should work.";
    const NEEDS: &'static [&'static str] = &["manager_ratings"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("competence", "a manager, the best first"),
        ("ratings", "a manager and a criterion"),
        ("criteria", "a criterion, those of the catalogue first"),
    ];
    const FIGURES: Figures = &[(COUNT, &["managers", "criteria", "missing_ratings"]), (NUMBER, &["mean_score"])];
    type Options = CompetenceOptions;

    fn run(context: &Context<'_>, options: &CompetenceOptions) -> Result<Outcome> {
        let result = context.remember(Self::NAME, options, || competence(context.crm, options))?;
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let mut order: Vec<usize> = (0..result.managers.len()).collect();
        order.sort_by_key(|at| (result.managers[*at].rank, *at));
        let rows = || order.iter().map(|at| &result.managers[*at]);
        let lists = |name: &str, above: bool| {
            Column::sentence_lists(name, order.len(), |row, list| {
                result.furthest(order[row], above).into_iter().for_each(|criterion| list.push(|text| text.push_str(criterion)));
            })
        };
        let main = Table::new(
            "competence",
            vec![
                Column::words("manager", rows().map(|row| &row.manager)),
                Column::floats("score", Unit::Number, rows().map(|row| Some(row.score))),
                Column::counts("rank", rows().map(|row| count(row.rank))),
                Column::counts("criteria", rows().map(|row| count(row.ratings.iter().flatten().count()))),
                lists("strengths", true),
                lists("weaknesses", false),
            ],
        )?;
        let pairs = || rows().flat_map(|row| (0..result.criteria.len()).map(move |at| (row, at)));
        let ratings = Table::new(
            "ratings",
            vec![
                Column::words("manager", pairs().map(|(row, _)| &row.manager)),
                Column::words("criterion", pairs().map(|(_, at)| &result.criteria[at].name)),
                Column::floats("rating", Unit::Number, pairs().map(|(row, at)| row.ratings[at])),
                Column::floats("points", Unit::Number, pairs().map(|(row, at)| row.points.get(at).copied())),
                Column::floats("above_mean", Unit::Number, pairs().map(|(row, at)| Some(row.ratings[at]? - result.criteria[at].mean))),
            ],
        )?;
        let of = || result.criteria.iter();
        let criteria = Table::new(
            "criteria",
            vec![
                Column::words("criterion", of().map(|row| &row.name)),
                Column::flags("in_catalogue", of().map(|row| Some(COMPETENCES.contains(&row.name.as_str())))),
                Column::floats("weight", Unit::Share, of().map(|row| Some(row.weight))),
                Column::counts("managers", of().map(|row| count(row.managers))),
                Column::floats("mean", Unit::Number, of().map(|row| Some(row.mean))),
            ],
        )?;
        let scores: Vec<f64> = result.managers.iter().map(|row| row.score).collect();
        let summary = Summary {
            managers: result.managers.len(),
            criteria: result.criteria.len(),
            mean_score: mean(&scores),
            best: order.first().map(|at| result.managers[*at].manager.clone()),
            missing_ratings: result.missing,
            unrated_criteria: result.unrated.clone(),
            not_rated_on: COMPETENCES.into_iter().filter(|name| !of().any(|row| row.name == *name)).collect(),
        };
        Outcome::new(vec![main, ratings, criteria], &summary)
    }
}
