//! Attractiveness: weighted criteria put together to a score, 0–100, with what every criterion gives to it.

use std::sync::Arc;

use kam_numerics::mcda;
use rayon::prelude::*;
use serde::Serialize;

use super::criteria::{Criterion, CriterionDirection, CriterionSource};
use super::decimal::write_decimal;
use super::options::{AttractivenessOptions, MissingValues, Normalisation, Scoring, WeightRule};
use super::scoring::{Comparisons, Sureness, score, sureness, weights};
use super::values::{Measured, measure};
use crate::crm::Crm;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, NUMBER};
use crate::method::{Context, Method, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// A criterion that was scored.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredCriterion {
    /// Its name.
    pub name: String,
    /// Where its values come from.
    pub source: CriterionSource,
    /// Is more better or worse?
    pub direction: CriterionDirection,
    /// Its share of all weights.
    pub weight: f64,
    /// The least value that an account has.
    pub min: Option<f64>,
    /// The greatest value that an account has.
    pub max: Option<f64>,
    /// How many accounts have no value.
    pub missing: usize,
    /// The values as measured, in the order of the facts' keys; NaN where there is none.
    pub values: Vec<f64>,
    /// What it gives to each account's score; empty where the scoring has no such parts (TOPSIS, VIKOR).
    pub points: Vec<f64>,
}

impl ScoredCriterion {
    /// The value of an account as measured.
    #[must_use]
    pub fn value(&self, at: usize) -> Option<f64> {
        Some(self.values[at]).filter(|value| !value.is_nan())
    }
}

/// A criterion without data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The criterion.
    pub criterion: String,
    /// Why it was left out.
    pub reason: String,
}

/// A word of an attribute that the criterion gives no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmapped {
    /// The criterion.
    pub criterion: String,
    /// The word.
    pub word: String,
    /// How many accounts have it; they count as without a value.
    pub accounts: usize,
}

/// The result in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttractivenessSummary {
    /// How many accounts were scored.
    pub accounts: usize,
    /// The criteria that were scored.
    pub criteria: Vec<String>,
    /// The criteria that were left out for want of data; the others' weights were scaled up.
    pub left_out: Vec<LeftOut>,
    /// The criteria with one and the same value for all: they tell no accounts apart.
    pub constant: Vec<String>,
    /// Words of attributes without a value.
    pub unmapped: Vec<Unmapped>,
    /// How many accounts lack a value for at least one criterion.
    pub accounts_with_missing: usize,
    /// What such accounts were scored as.
    pub missing: MissingValues,
    /// How values were brought to a common scale.
    pub normalisation: Normalisation,
    /// How the criteria were put together.
    pub scoring: Scoring,
    /// Which weights counted.
    pub weights: WeightRule,
    /// The pairwise comparisons behind the weights, where there were any.
    pub comparisons: Option<Comparisons>,
    /// How many random sets of weights the sureness was found by; `None` where it was left out.
    pub sureness_samples: Option<usize>,
    /// How many places count as the best.
    pub sureness_top: usize,
    /// How many accounts are among the best under at least nine of ten sets of weights.
    pub sure: Option<usize>,
    /// The highest score.
    pub highest: Option<f64>,
    /// The lowest score.
    pub lowest: Option<f64>,
}

/// How attractive every account is.
#[derive(Clone, Debug, PartialEq)]
pub struct Attractiveness {
    /// The score, 0–100, in the order of the facts' keys: the sum of the criteria's points.
    pub score: Vec<f64>,
    /// The place, 1 for the highest; equal scores share a place and the next is skipped.
    pub rank: Vec<usize>,
    /// The criteria, in the order of the options.
    pub criteria: Vec<ScoredCriterion>,
    /// How sure it is who is among the best, whatever the weights.
    pub sureness: Option<Sureness>,
    /// The result in a few figures.
    pub summary: AttractivenessSummary,
}

impl Attractiveness {
    /// The criteria that an account has no value for.
    pub fn missing(&self, at: usize) -> impl Iterator<Item = &str> {
        self.criteria.iter().filter(move |criterion| criterion.values[at].is_nan()).map(|criterion| criterion.name.as_str())
    }

    /// What the score is made of, for people.
    #[must_use]
    pub fn evidence(&self, at: usize) -> String {
        let mut text = String::with_capacity(160);
        self.write_evidence(at, &mut text);
        text
    }

    fn write_evidence(&self, at: usize, text: &mut String) {
        let bounded = self.summary.normalisation != Normalisation::ZScore;
        let start = text.len();
        for criterion in &self.criteria {
            if text.len() > start {
                text.push_str(", ");
            }
            text.push_str(&criterion.name);
            match criterion.points.get(at) {
                Some(points) => {
                    text.push(' ');
                    write_decimal(text, *points);
                    if bounded {
                        text.push_str(" of ");
                        write_decimal(text, criterion.weight * 100.0);
                    }
                }
                // No parts that add up: where the account stands among the others.
                None => {
                    text.push(' ');
                    match criterion.value(at) {
                        Some(value) => {
                            write_decimal(text, value);
                            text.push_str(" (");
                            write_decimal(text, criterion.min.unwrap_or(value));
                            text.push('–');
                            write_decimal(text, criterion.max.unwrap_or(value));
                            text.push(')');
                        }
                        None => text.push('–'),
                    }
                }
            }
            if criterion.values[at].is_nan() {
                text.push_str(" (no value)");
            }
        }
        if let Some(sureness) = &self.sureness {
            text.push_str("; among the top ");
            text.push_str(&sureness.top.to_string());
            text.push_str(" under ");
            write_decimal(text, sureness.among_top[at] * 100.0);
            text.push_str(" % of all weights");
        }
    }
}

/// Scores every account of the facts by weighted criteria.
///
/// Criteria without data are left out and named; if none is left, the error says what each of them needs.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use kam_core::{AttractivenessOptions, Columns, Crm, FactsOptions, Ledger, attractiveness};
/// use kam_core::time::Date;
///
/// let rows = RecordBatch::try_from_iter([
///     ("account", Arc::new(StringArray::from(vec!["a", "a", "b"])) as ArrayRef),
///     ("date", Arc::new(StringArray::from(vec!["2024-01-15", "2024-11-20", "2024-12-02"])) as ArrayRef),
///     ("amount", Arc::new(Int64Array::from(vec![100, 150, 90])) as ArrayRef),
/// ])?;
/// let ledger = Ledger::from_batches(vec![rows], Columns::new("account", "date", "amount"))?;
/// let facts = ledger.facts(&FactsOptions::new(Date::parse("2024-12-31")?))?;
/// let result = attractiveness(&facts, &Crm::default(), &AttractivenessOptions::default())?;
/// // The longer relationship is worth as much as the better growth.
/// assert_eq!(result.rank, [1, 1]);
/// assert_eq!(result.summary.criteria, ["reliability", "tenure", "growth"]);
/// let points: f64 = result.criteria.iter().map(|criterion| criterion.points[0]).sum();
/// assert_eq!(points, result.score[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn attractiveness(facts: &Facts, crm: &Crm, options: &AttractivenessOptions) -> Result<Attractiveness> {
    attractiveness_watched(facts, crm, options, &|_| true)
}

/// [`attractiveness`] that tells `goes_on` how many samples of the sureness are done, and stops where it says no.
fn attractiveness_watched(
    facts: &Facts,
    crm: &Crm,
    options: &AttractivenessOptions,
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Attractiveness> {
    let options = &options.resolved(facts.perspective())?;
    let mut left_out = vec![];
    let mut kept: Vec<(&Criterion, Measured)> = vec![];
    let mut places = vec![];
    for (place, criterion) in options.listed().iter().enumerate() {
        let reason = match measure(criterion, facts, crm)? {
            Ok(measured) if facts.is_empty() || measured.values.iter().any(Option::is_some) => {
                kept.push((criterion, measured));
                places.push(place);
                continue;
            }
            Ok(_) => "no account has a value for it".to_owned(),
            Err(reason) => reason,
        };
        left_out.push(LeftOut { criterion: criterion.name.clone(), reason });
    }
    if kept.is_empty() || (options.weights == WeightRule::Given && kept.iter().all(|(criterion, _)| criterion.weight == 0.0)) {
        let reasons: Vec<String> = left_out.iter().map(|left| format!("{}: {}", left.criterion, left.reason)).collect();
        let error = Error::new(Code::MissingInput, format!("attractiveness: no criterion has data: {}", reasons.join("; ")));
        return Err(error.with_hint("give what one of them needs, or criteria on other facts"));
    }
    let columns: Vec<Vec<f64>> = kept.par_iter().map(|(criterion, measured)| percent(criterion, &measured.values, options)).collect();
    let (weights, comparisons) = weights(options, &places, &columns)?;
    let sum = score(options, &columns, &weights)?;
    let sureness = sureness(options, &columns, goes_on)?;
    let rank = mcda::competition_ranks(&sum.score).into_iter().map(Option::unwrap_or_default).collect();
    let unmapped = kept.iter().flat_map(|(criterion, measured)| {
        let criterion = &criterion.name;
        measured.unmapped.iter().map(|(word, accounts)| Unmapped { criterion: criterion.clone(), word: word.clone(), accounts: *accounts })
    });
    let unmapped = unmapped.collect();
    let points = sum.points.into_iter().chain(std::iter::repeat_with(Vec::new));
    let scored = kept.into_iter().zip(&weights).zip(points);
    let criteria: Vec<ScoredCriterion> = scored
        .map(|(((criterion, measured), weight), points)| ScoredCriterion {
            name: criterion.name.clone(),
            source: criterion.source.clone(),
            direction: criterion.direction,
            weight: *weight,
            min: measured.values.iter().flatten().copied().reduce(f64::min),
            max: measured.values.iter().flatten().copied().reduce(f64::max),
            missing: measured.values.iter().filter(|value| value.is_none()).count(),
            values: measured.values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
            points,
        })
        .collect();
    let lacks = |at: &usize| criteria.iter().any(|criterion| criterion.values[*at].is_nan());
    let summary = AttractivenessSummary {
        accounts: facts.len(),
        criteria: criteria.iter().map(|criterion| criterion.name.clone()).collect(),
        left_out,
        constant: criteria.iter().filter(|each| each.min.is_some() && each.min == each.max).map(|each| each.name.clone()).collect(),
        unmapped,
        accounts_with_missing: (0..facts.len()).filter(lacks).count(),
        missing: options.missing,
        normalisation: options.normalisation,
        scoring: options.scoring,
        weights: options.weights,
        comparisons,
        sureness_samples: sureness.as_ref().map(|sureness| sureness.samples),
        sureness_top: options.sureness_top,
        sure: sureness.as_ref().map(|sureness| sureness.among_top.iter().filter(|share| **share >= 0.9).count()),
        highest: sum.score.iter().copied().reduce(f64::max),
        lowest: sum.score.iter().copied().reduce(f64::min),
    };
    Ok(Attractiveness { score: sum.score, rank, criteria, sureness, summary })
}

/// A criterion on the common scale times 100, missing values filled in.
fn percent(criterion: &Criterion, values: &[Option<f64>], options: &AttractivenessOptions) -> Vec<f64> {
    let raw: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    let scaled = mcda::normalise(&raw, criterion.direction.into(), options.normalisation.into());
    // Sorted only where it is asked for: most columns have a value for everybody.
    let known = || {
        let mut known: Vec<f64> = scaled.iter().copied().filter(|value| value.is_finite()).collect();
        known.par_sort_unstable_by(f64::total_cmp);
        known
    };
    let instead = match (options.missing, options.normalisation) {
        _ if scaled.iter().all(|value| value.is_finite()) => 0.0,
        (MissingValues::Worst, Normalisation::MinMax | Normalisation::Rank) => 0.0,
        (MissingValues::Worst, _) => known().first().copied().unwrap_or(0.0),
        (MissingValues::Median, _) => median(&known()).unwrap_or(0.0),
    };
    scaled.into_iter().map(|value| 100.0 * if value.is_finite() { value } else { instead }).collect()
}

fn median(ascending: &[f64]) -> Option<f64> {
    let middle = ascending.len() / 2;
    match ascending.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(ascending[middle]),
        _ => Some(f64::midpoint(ascending[middle - 1], ascending[middle])),
    }
}

/// [`attractiveness`] in the registry.
pub struct AttractivenessMethod;

impl Method for AttractivenessMethod {
    const NAME: &'static str = "attractiveness";
    const TITLE: &'static str = "Attractiveness";
    const ABOUT: &'static str = "How attractive each account is to us, by weighted criteria, and what every criterion gives to the score.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("attractiveness", "an account, the most attractive first"), ("criteria", "a criterion that was scored")];
    const FIGURES: Figures = &[
        (
            COUNT,
            &[
                "accounts",
                "accounts_with_missing",
                "unmapped.accounts",
                "comparisons.missing_pairs",
                "sureness_samples",
                "sureness_top",
                "sure",
            ],
        ),
        (NUMBER, &["comparisons", "highest", "lowest"]),
    ];
    type Options = AttractivenessOptions;

    fn run(context: &Context<'_>, options: &AttractivenessOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = AttractivenessMethod::result(context, options)?;
        let mut order: Vec<usize> = (0..facts.len()).collect();
        order.par_sort_unstable_by_key(|at| (result.rank[*at], *at));
        let main = Table::new("attractiveness", account_columns(facts, &View::new(&result, order.into_iter().collect()), &result))?;
        let each = &result.criteria;
        let criteria = Table::new(
            "criteria",
            vec![
                Column::words("name", each.iter().map(|criterion| &criterion.name)),
                Column::words("source", each.iter().map(|criterion| criterion.source.to_string())),
                Column::words("direction", each.iter().map(|criterion| criterion.direction.name())),
                Column::floats("weight", Unit::Share, each.iter().map(|criterion| Some(criterion.weight))),
                Column::floats("min", Unit::Number, each.iter().map(|criterion| criterion.min)),
                Column::floats("max", Unit::Number, each.iter().map(|criterion| criterion.max)),
                Column::counts("missing", each.iter().map(|criterion| i64::try_from(criterion.missing).unwrap_or(i64::MAX))),
            ],
        )?;
        let own = View::new(&result, Places::Same(facts.len()));
        let mut master = vec![score_column(&own, "attractiveness"), rank_column(&own, "attractiveness_rank")];
        if result.sureness.is_some() {
            master.push(sureness_column(&own, "attractiveness_sureness", |sureness| &sureness.among_top));
        }
        Outcome::new(vec![main, criteria], &result.summary)?.with_accounts(master)
    }
}

fn score_column(view: &View<Attractiveness>, name: &str) -> Column {
    view.floats(name, Unit::Number, |result, at| Some(result.score[at]))
}

fn rank_column(view: &View<Attractiveness>, name: &str) -> Column {
    view.integers(name, Unit::Plain, |result, at| i64::try_from(result.rank[at]).ok())
}

fn sureness_column(view: &View<Attractiveness>, name: &str, of: fn(&Sureness) -> &[f64]) -> Column {
    view.floats(name, Unit::Share, move |result, at| Some(of(result.sureness.as_ref()?)[at]))
}

fn account_columns(facts: &Facts, view: &View<Attractiveness>, result: &Attractiveness) -> Vec<Column> {
    let mut columns = vec![view.accounts(facts), rank_column(view, "rank"), score_column(view, "score")];
    if result.sureness.is_some() {
        columns.push(sureness_column(view, "sureness", |sureness| &sureness.among_top));
        columns.push(sureness_column(view, "first_sureness", |sureness| &sureness.first));
    }
    let criteria = || result.criteria.iter().enumerate();
    columns.extend(criteria().filter(|(_, criterion)| !criterion.points.is_empty() || facts.is_empty()).map(|(place, criterion)| {
        let name = format!("{}_points", criterion.name);
        view.floats(&name, Unit::Number, move |result, at| Some(result.criteria[place].points[at]))
    }));
    columns.extend(criteria().map(|(place, criterion)| {
        let name = format!("{}_value", criterion.name);
        view.floats(&name, Unit::Number, move |result, at| result.criteria[place].value(at))
    }));
    columns.extend([
        view.lists("missing", |result, at, list| result.missing(at).for_each(|name| list.push(|text| text.push_str(name)))),
        view.sentences("evidence", |result, at, text| result.write_evidence(at, text)),
    ]);
    columns
}

impl AttractivenessMethod {
    /// The result with these options: worked out once in a context.
    pub(crate) fn result(context: &Context<'_>, options: &AttractivenessOptions) -> Result<Arc<Attractiveness>> {
        let samples = u64::try_from(options.sureness_samples).ok();
        let goes_on = |done: usize| context.report(Self::NAME, u64::try_from(done).unwrap_or(u64::MAX), samples).is_ok();
        context.remember(Self::NAME, options, || attractiveness_watched(context.facts, context.crm, options, &goes_on))
    }
}
