//! Customer lifetime value: the discounted margin of the purchases that are expected of each account.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::btyd_summary::days_per_unit;
use super::purchase_model::PurchaseModel;
use super::spend_model::SpendModel;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, MONEY, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit, columns};
use crate::time::{Date, Grain, Period};

/// Options of [`clv`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClvOptions {
    /// How many periods are looked ahead.
    pub periods: u32,
    /// The period of the discount rate. Periods are those of the calendar, counted from `as_of`: months have their own lengths.
    pub grain: Grain,
    /// The discount rate per period: 0.01 takes one per cent off for every period. What falls into a period is discounted from its end.
    pub discount_rate: f64,
    /// The share of a spend that stays as margin; without, that of the ledger's whole history where its cost is mapped, and 1 where not.
    pub margin_rate: Option<f64>,
}

impl Default for ClvOptions {
    fn default() -> Self {
        ClvOptions { periods: 12, grain: Grain::Month, discount_rate: 0.01, margin_rate: None }
    }
}

impl Options for ClvOptions {
    fn validate(&self) -> Result<()> {
        if self.periods == 0 || self.periods > 1200 {
            return Err(Error::option("periods", self.periods, "a number of periods from 1 to 1,200"));
        }
        if !(self.discount_rate.is_finite() && self.discount_rate > -1.0) {
            return Err(Error::option("discount_rate", self.discount_rate, "a rate per period above -1, such as 0.01"));
        }
        if self.margin_rate.is_some_and(|rate| !rate.is_finite()) {
            return Err(Error::option("margin_rate", self.margin_rate.unwrap_or(f64::NAN), "a share of the spend, such as 0.3"));
        }
        Ok(())
    }
}

/// Lifetime values in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClvSummary {
    /// All accounts.
    pub accounts: usize,
    /// Those with a lifetime value: with a sale.
    pub valued: usize,
    /// The sum of the values, in units of the currency.
    pub total: f64,
    /// The last day that counts.
    pub until: Date,
    /// The share of a spend that counts as margin.
    pub margin_rate: f64,
    /// Where it comes from: `option`, `ledger`, or `none` where the ledger has no cost and spends count whole.
    pub margin_source: &'static str,
    /// Can decisions build on it: on both models?
    pub trustworthy: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`clv`].
#[derive(Clone, Debug, PartialEq)]
pub struct Clv {
    /// The figures.
    pub summary: ClvSummary,
    /// Purchases expected until the end; `None` without a sale.
    pub expected_purchases: Vec<Option<f64>>,
    /// The same, each discounted from the end of its period.
    pub discounted_purchases: Vec<Option<f64>>,
    /// The discounted margin of those purchases, in units of the currency, in the order of the facts' keys.
    pub clv: Vec<Option<f64>>,
}

/// The discounted margin of the purchases that a purchase model expects of each account at the spend that a spend model expects.
///
/// ```
/// use kam_core::{ClvOptions, PurchaseModelOptions, SpendModelOptions, clv, purchase_model, spend_model};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let purchases = purchase_model(&facts, &PurchaseModelOptions::default())?;
/// let spend = spend_model(&facts, &SpendModelOptions::default())?;
/// let value = clv(&facts, &purchases, &spend, &ClvOptions::default())?;
/// assert_eq!(value.clv.len(), facts.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn clv(facts: &Facts, purchases: &PurchaseModel, spend: &SpendModel, options: &ClvOptions) -> Result<Clv> {
    options.validate()?;
    let ends: Vec<Date> = (1..=options.periods).map(|period| end_of_period(facts.as_of(), options.grain, period)).collect::<Result<_>>()?;
    let until = ends.last().copied().unwrap_or(facts.as_of());
    let unit = days_per_unit(purchases.summary.unit);
    let steps: Vec<(f64, f64)> = ends
        .iter()
        .zip(1..)
        .map(|(end, period)| (f64::from(end.days_since(facts.as_of())) / unit, (1.0 + options.discount_rate).powi(period)))
        .collect();
    let counts: Vec<Option<(f64, f64)>> = match &purchases.fit {
        // Without a discount the periods add up to their end.
        Some(fit) if options.discount_rate == 0.0 => purchases.histories.each_history(|[x, t_x, age]| {
            let expected = steps.last().map_or(0.0, |(time, _)| fit.model.expected_purchases(*time, x, t_x, age));
            (expected, expected)
        }),
        Some(fit) => purchases.histories.each_history(|[x, t_x, age]| {
            let (mut before, mut discounted) = (0.0, 0.0);
            for &(time, discount) in &steps {
                let expected = fit.model.expected_purchases(time, x, t_x, age);
                discounted += (expected - before).max(0.0) / discount;
                before = expected;
            }
            (before, discounted)
        }),
        None => vec![None; facts.len()],
    };
    let (margin_rate, margin_source) = margin_rate(facts, options);
    let clv: Vec<Option<f64>> =
        counts.iter().zip(&spend.expected_spend).map(|(counts, spend)| Some(counts.as_ref()?.1 * (*spend)? * margin_rate)).collect();
    let why_not = match (&purchases.why_not, &spend.summary.why_not) {
        (Some(why), Some(other)) => Some(format!("purchase model: {why}; spend model: {other}")),
        (Some(why), None) => Some(format!("purchase model: {why}")),
        (None, Some(why)) => Some(format!("spend model: {why}")),
        (None, None) => None,
    };
    let summary = ClvSummary {
        accounts: facts.len(),
        valued: clv.iter().flatten().count(),
        // Begun at 0: the empty sum of doubles is −0.
        total: clv.iter().flatten().fold(0.0, |sum, value| sum + value),
        until,
        margin_rate,
        margin_source,
        trustworthy: why_not.is_none(),
        why_not,
        note: (margin_source == "none").then(|| "the ledger has no cost: the values are of revenue".to_owned()),
    };
    Ok(Clv {
        summary,
        expected_purchases: counts.iter().map(|counts| counts.map(|(expected, _)| expected)).collect(),
        discounted_purchases: counts.iter().map(|counts| counts.map(|(_, discounted)| discounted)).collect(),
        clv,
    })
}

/// The day on which a period counted from a day ends: so many calendar months later, at the end of the month where the day is one.
fn end_of_period(day: Date, grain: Grain, period: u32) -> Result<Date> {
    let too_far = || Error::option("periods", period, "a number of periods that ends before the year 9999");
    let count = i32::try_from(period).map_err(|_| too_far())?;
    let months = match grain {
        Grain::Day => return Ok(Date(day.0 + count)),
        Grain::Week => return Ok(Date(day.0 + 7 * count)),
        Grain::Month => count,
        Grain::Quarter => 3 * count,
        Grain::Year => 12 * count,
    };
    let here = Grain::Month.period(day);
    let there = Period(here.0 + months);
    if there.0 >= (9999 - 1970) * 12 {
        return Err(too_far());
    }
    let (start, end) = (Grain::Month.start(there), Grain::Month.end(there));
    if day == Grain::Month.end(here) {
        return Ok(end);
    }
    Ok(Date(start.0 + day.days_since(Grain::Month.start(here))).min(end))
}

fn margin_rate(facts: &Facts, options: &ClvOptions) -> (f64, &'static str) {
    if let Some(rate) = options.margin_rate {
        return (rate, "option");
    }
    let history = facts.history();
    let revenue: i128 = history.revenue.iter().map(|value| i128::from(*value)).sum();
    match &history.cost {
        Some(cost) if revenue > 0 => {
            let cost: i128 = cost.iter().map(|value| i128::from(*value)).sum();
            (to_float(revenue - cost) / to_float(revenue), "ledger")
        }
        _ => (1.0, "none"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
fn to_float(sum: i128) -> f64 {
    sum as f64
}

/// The places of these values by value descending, equal ones by key, and those without one last.
fn by_value(values: &[Option<f64>]) -> Vec<usize> {
    // The values beside the places: sorting looks at neighbours then, and not all over the memory. Adding 0 makes one zero of two.
    let mut order: Vec<(f64, usize)> =
        values.iter().enumerate().map(|(at, value)| (value.map_or(f64::NEG_INFINITY, |value| value + 0.0), at)).collect();
    order.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, at)| at).collect()
}

/// [`clv`] in the registry.
pub struct ClvMethod;

impl Method for ClvMethod {
    const NAME: &'static str = "clv";
    const TITLE: &'static str = "Customer lifetime value";
    const ABOUT: &'static str = "Gives the discounted margin of the purchases that are expected of each account.";
    const BUILDS_ON: &'static [&'static str] = &["purchase_model", "spend_model"];
    const TABLES: &'static [(&'static str, &'static str)] = &[("clv", "an account, the largest value first")];
    const FIGURES: Figures = &[(COUNT, &["accounts", "valued"]), (MONEY, &["total"]), (SHARE, &["margin_rate"])];
    type Options = ClvOptions;

    fn run(context: &Context<'_>, options: &ClvOptions) -> Result<Outcome> {
        let facts = context.facts;
        let (purchases, spend) = (PurchaseModel::shared(context)?, SpendModel::shared(context)?);
        let result = clv(facts, &purchases, &spend, options)?;
        let order = by_value(&result.clv);
        let column = |name: &str, unit: Unit, values: &[Option<f64>]| Column::floats(name, unit, order.iter().map(|at| values[*at]));
        let columns = columns![
            facts.account_column(order.iter().copied()),
            column("clv", Unit::Money, &result.clv),
            Column::floats("p_alive", Unit::Share, order.iter().map(|at| Some(purchases.p_alive[*at]))),
            column("expected_purchases", Unit::Number, &result.expected_purchases),
            column("discounted_purchases", Unit::Number, &result.discounted_purchases),
            column("expected_spend", Unit::Money, &spend.expected_spend),
        ];
        let of_master = vec![Column::floats("clv", Unit::Money, result.clv.iter().copied())];
        Outcome::new(vec![Table::new("clv", columns)?], &result.summary)?.with_accounts(of_master)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar() {
        let end = |day: &str, grain, period| end_of_period(Date::parse(day).unwrap(), grain, period).unwrap().to_string();
        assert_eq!(end("2011-12-09", Grain::Month, 1), "2012-01-09");
        assert_eq!(end("2012-01-30", Grain::Month, 1), "2012-02-29");
        assert_eq!(end("2012-02-29", Grain::Month, 1), "2012-03-31");
        assert_eq!(end("1997-09-30", Grain::Month, 5), "1998-02-28");
        assert_eq!(end("1997-09-30", Grain::Quarter, 1), "1997-12-31");
        assert_eq!(end("2012-02-29", Grain::Year, 1), "2013-02-28");
        assert_eq!(end("2012-02-29", Grain::Week, 2), "2012-03-14");
        assert_eq!(end("2012-02-29", Grain::Day, 1), "2012-03-01");
        assert!(end_of_period(Date::parse("9990-01-01").unwrap(), Grain::Year, 1200).is_err());
    }

    #[test]
    fn the_largest_value_stands_first_and_the_unknown_last() {
        assert_eq!(by_value(&[Some(1.0), None, Some(3.0), Some(-2.0), Some(3.0), None]), [2, 4, 0, 3, 1, 5]);
        assert_eq!(by_value(&[Some(-0.0), Some(0.0), Some(-0.0)]), [0, 1, 2]);
        assert!(by_value(&[]).is_empty());
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        let ok = ClvOptions::default();
        assert!(ok.validate().is_ok());
        for wrong in [
            ClvOptions { periods: 0, ..ok.clone() },
            ClvOptions { discount_rate: -1.0, ..ok.clone() },
            ClvOptions { discount_rate: f64::NAN, ..ok.clone() },
            ClvOptions { margin_rate: Some(f64::INFINITY), ..ok.clone() },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
    }
}
