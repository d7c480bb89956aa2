//! The values of a criterion, account by account.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::criteria::{Criterion, CriterionFact, CriterionSource};
use crate::crm::{Accounts, ByAccount, Crm, Side, Values};
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::table::Unit;

/// A criterion's values as they were measured.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// One an account of the facts; `None` where there is none.
    pub values: Vec<Option<f64>>,
    /// Words without a value, each with the number of accounts.
    pub unmapped: BTreeMap<String, usize>,
}

impl Measured {
    fn of(values: Vec<Option<f64>>) -> Self {
        Measured { values, ..Measured::default() }
    }
}

/// The values of a criterion, or the reason why the data have none. An option that cannot be followed is an error.
pub(super) fn measure(criterion: &Criterion, facts: &Facts, crm: &Crm) -> Result<Result<Measured, String>> {
    Ok(match &criterion.source {
        CriterionSource::Fact(fact) => fact_values(*fact, facts).map(Measured::of),
        CriterionSource::Attribute(column) => match crm.accounts() {
            Some(accounts) => return attribute_values(criterion, column, accounts, facts),
            None => Err(format!("it needs the table accounts with the column `{column}`, and no such table was given")),
        },
        CriterionSource::Rating(rated) => rating_values(rated, facts, crm).map(Measured::of),
    })
}

fn fact_values(fact: CriterionFact, facts: &Facts) -> Result<Vec<Option<f64>>, String> {
    let each = |value: &(dyn Fn(usize) -> Option<f64> + Sync)| Ok((0..facts.len()).into_par_iter().with_min_len(1024).map(value).collect());
    let lacks = |column: &str| format!("it needs the ledger's column `{column}`, which was not mapped");
    if let Some(measure) = fact.measure() {
        let values = facts.measure(measure).map_err(|error| error.to_string())?;
        return Ok(values
            .into_iter()
            .map(|value| match measure.unit() {
                Unit::Money => Some(facts.scale().to_currency(value)),
                #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
                _ => Some(value as f64),
            })
            .collect());
    }
    match fact {
        CriterionFact::Reliability => each(&|at| facts.return_rate(at).map(|rate| (1.0 - rate).max(0.0))),
        CriterionFact::ReturnRate => each(&|at| facts.return_rate(at)),
        CriterionFact::TenureDays => each(&|at| facts.tenure_days(at).map(f64::from)),
        CriterionFact::DaysSinceLastSale => each(&|at| facts.days_since_last_sale(at).map(f64::from)),
        CriterionFact::Growth if facts.window_halves().is_none() => Err("it needs a window of at least two periods".to_owned()),
        CriterionFact::Growth => each(&|at| facts.growth(at)),
        CriterionFact::DirectionsOpened if !facts.labels().has_direction => Err(lacks("direction")),
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
        CriterionFact::DirectionsOpened => each(&|at| facts.directions_opened(at).map(|opened| opened as f64)),
        CriterionFact::MarginRate if facts.window().cost.is_none() => Err(lacks("cost")),
        CriterionFact::MarginRate => each(&|at| facts.margin_rate(at)),
        CriterionFact::DiscountRate if facts.window().list_amount.is_none() => Err(lacks("list_amount")),
        CriterionFact::DiscountRate => each(&|at| facts.discount_rate(at)),
        // Every other fact is a measure.
        _ => each(&|_| None),
    }
}

fn attribute_values(criterion: &Criterion, column: &str, accounts: &Accounts, facts: &Facts) -> Result<Result<Measured, String>> {
    enum Column<'a> {
        Numbers(&'a [Option<f64>]),
        Words(&'a [Option<String>]),
    }
    let found = match column {
        "employees" => accounts.employees.as_deref().map(Column::Numbers),
        "annual_revenue" => accounts.annual_revenue.as_deref().map(Column::Numbers),
        "budget" => accounts.budget.as_deref().map(Column::Numbers),
        "reference" => accounts.reference.as_deref().map(Column::Numbers),
        "name" => accounts.name.as_deref().map(Column::Words),
        "parent" => accounts.parent.as_deref().map(Column::Words),
        "manager" => accounts.manager.as_deref().map(Column::Words),
        "industry" => accounts.industry.as_deref().map(Column::Words),
        "region" => accounts.region.as_deref().map(Column::Words),
        _ => accounts.attribute(column).map(|attribute| match &attribute.values {
            Values::Numeric(values) => Column::Numbers(values),
            Values::Categorical(values) => Column::Words(values),
        }),
    };
    match (found, &criterion.values) {
        (None, _) => Ok(Err(format!("the table accounts has no column `{column}` that could be scored"))),
        (Some(Column::Numbers(values)), None) => {
            Ok(Ok(Measured::of(accounts.of_facts(facts, values).into_iter().map(|value| value.copied()).collect())))
        }
        (Some(Column::Numbers(_)), Some(_)) => Err(Error::option(
            "criteria",
            format!("`{}` with values for words", criterion.name),
            "without values: the column holds numbers",
        )),
        (Some(Column::Words(_)), None) => Err(Error::option(
            "criteria",
            format!("`{}` on the words of accounts.{column}", criterion.name),
            "given with values that say what each word is worth: \"values\": {\"gold\": 3, \"silver\": 2}",
        )),
        (Some(Column::Words(words)), Some(worth)) => {
            let mut measured = Measured::default();
            for word in accounts.of_facts(facts, words) {
                let value = word.and_then(|word| worth.get(word).copied());
                if let (Some(word), None) = (word, value) {
                    *measured.unmapped.entry(word.clone()).or_insert(0) += 1;
                }
                measured.values.push(value);
            }
            Ok(Ok(measured))
        }
    }
}

fn rating_values(rated: &str, facts: &Facts, crm: &Crm) -> Result<Vec<Option<f64>>, String> {
    let Some(ratings) = crm.ratings() else {
        return Err(format!("it needs the table ratings with the criterion `{rated}`, and no such table was given"));
    };
    let lists = ratings.by_account(facts).into_iter();
    let scores = lists.map(|rows| {
        let rows = rows.into_iter().filter(|row| ratings.side[*row] == Side::OfCustomer && ratings.criterion[*row] == rated);
        rows.map(|row| ratings.score[row]).collect()
    });
    let means: Vec<Option<f64>> = scores.map(mean).collect();
    if means.iter().all(Option::is_none) && !means.is_empty() {
        return Err(format!("the table ratings has no score of the side of_customer for the criterion `{rated}`"));
    }
    Ok(means)
}

/// The mean in ascending order, so that the order of the rows does not matter.
fn mean(mut scores: Vec<f64>) -> Option<f64> {
    scores.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}
