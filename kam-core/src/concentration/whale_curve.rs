//! The whale curve: profit added up from the best account to the worst rises to a peak and falls back to the total.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Population;
use crate::error::Result;
use crate::facts::ranking::{count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figure, Figures, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// Options of [`whale_curve`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhaleCurveOptions {
    /// What is added up: profit, or margin where cost to serve shall not count.
    pub base: Measure,
    /// The accounts that count: those with a line in the window, or all.
    pub population: Population,
}

impl Default for WhaleCurveOptions {
    fn default() -> Self {
        WhaleCurveOptions { base: Measure::Profit, population: Population::Window }
    }
}

impl Options for WhaleCurveOptions {}

/// The whale curve in figures, money in units of the currency. Shares of the total are `None` where it is not positive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhaleCurveSummary {
    /// What is added up.
    pub base: Measure,
    /// The accounts that count.
    pub accounts: usize,
    /// The total, where the curve ends.
    pub total: f64,
    /// The highest point of the curve: the sum of all gains.
    pub peak: f64,
    /// The peak as a share of the total: 1.4 says that 40 % of the total is earned and lost again.
    pub peak_share: Option<f64>,
    /// The rank of the account at which the curve first reaches its peak; 0 where nobody brings a gain.
    pub turning_rank: usize,
    /// The same as a share of the accounts.
    pub turning_share: Option<f64>,
    /// What the accounts past the peak destroy: peak less total.
    pub destroyed: f64,
    /// The same as a share of the total.
    pub destroyed_share: Option<f64>,
    /// The accounts that bring a loss.
    pub loss_accounts: usize,
    /// The accounts that bring neither gain nor loss.
    pub zero_accounts: usize,
    /// Why shares are missing.
    pub note: Option<String>,
}

/// An account on the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WhaleCurvePoint {
    /// Its place in the facts' keys.
    pub account: usize,
    /// Its profit in minor units.
    pub value: i64,
    /// The profit of all accounts up to and with this one, in minor units.
    pub cumulative: i128,
    /// The same as a share of the total.
    pub cumulative_share: Option<f64>,
}

/// The result of [`whale_curve`].
#[derive(Clone, Debug, PartialEq)]
pub struct WhaleCurve {
    /// The figures.
    pub summary: WhaleCurveSummary,
    /// The accounts, most profitable first, equal values by key.
    pub points: Vec<WhaleCurvePoint>,
}

/// How much of the profit that good accounts bring is destroyed by those that cost more than they bring.
///
/// ```
/// use kam_core::{WhaleCurveOptions, whale_curve};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = whale_curve(&facts, &WhaleCurveOptions::default())?;
/// assert!(result.summary.peak > result.summary.total && result.summary.destroyed > 0.0);
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn whale_curve(facts: &Facts, options: &WhaleCurveOptions) -> Result<WhaleCurve> {
    options.validate()?;
    let values = facts.measure(options.base)?;
    let order = Facts::descending(options.population.accounts(facts), &values);
    let total: i128 = order.iter().map(|&at| i128::from(values[at])).sum();
    let mut cumulative = 0i128;
    let points: Vec<WhaleCurvePoint> = order
        .iter()
        .map(|&at| {
            cumulative += i128::from(values[at]);
            WhaleCurvePoint { account: at, value: values[at], cumulative, cumulative_share: share(cumulative, total) }
        })
        .collect();
    let turning_rank = points.partition_point(|point| point.value > 0);
    let gains = turning_rank.checked_sub(1).map_or(0, |last| points[last].cumulative);
    let loss_start = points.partition_point(|point| point.value >= 0);
    let number = |sum: i128| facts.measure_number(options.base, sum);
    let summary = WhaleCurveSummary {
        base: options.base,
        accounts: points.len(),
        total: number(total),
        peak: number(gains),
        peak_share: share(gains, total),
        turning_rank,
        turning_share: count_share(turning_rank, points.len()),
        destroyed: number(gains - total),
        destroyed_share: share(gains - total, total),
        loss_accounts: points.len() - loss_start,
        zero_accounts: loss_start - turning_rank,
        note: (total <= 0).then(|| format!("the total of {} is not positive, so the curve is in money alone", options.base)),
    };
    Ok(WhaleCurve { summary, points })
}

/// [`whale_curve`] in the registry.
pub struct WhaleCurveMethod;

impl Method for WhaleCurveMethod {
    const NAME: &'static str = "whale_curve";
    const TITLE: &'static str = "Whale curve";
    const ABOUT: &'static str = "How much of the profit that good accounts bring is destroyed by the others.";
    const NEEDS: &'static [&'static str] = &["ledger.cost"];
    const TABLES: &'static [(&'static str, &'static str)] = &[("whale_curve", "an account, most profitable first")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "turning_rank", "loss_accounts", "zero_accounts"]),
        (Figure::Of("base"), &["total", "peak", "destroyed"]),
        (SHARE, &["peak_share", "turning_share", "destroyed_share"]),
    ];
    type Options = WhaleCurveOptions;

    fn run(context: &Context<'_>, options: &WhaleCurveOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = whale_curve(facts, options)?;
        let rows = &result.points;
        let (count, turning_rank) = (rows.len(), result.summary.turning_rank);
        let by_row = View::new(&Arc::new(()), Places::Same(count));
        let name = format!("cumulative_{}", options.base);
        let number = |row: &WhaleCurvePoint| Some(facts.measure_number(options.base, row.cumulative));
        let table = Table::new(
            "whale_curve",
            vec![
                facts.account_column(rows.iter().map(|row| row.account)),
                by_row.counts("rank", |(), row| row + 1),
                by_row.floats("accounts_share", Unit::Share, move |(), row| count_share(row + 1, count)),
                facts.measure_column(options.base, rows.iter().map(|row| Some(row.value))),
                Column::floats(&name, options.base.unit(), rows.iter().map(number)),
                Column::floats("cumulative_share", Unit::Share, rows.iter().map(|row| row.cumulative_share)),
                by_row.flags("past_peak", move |(), row| Some(row + 1 > turning_rank)),
            ],
        )?;
        let mut rank = vec![None; facts.len()];
        for (place, row) in (1..).zip(rows) {
            rank[row.account] = Some(place);
        }
        Outcome::new(vec![table], &result.summary)?.with_accounts(vec![Column::integers("whale_curve_rank", Unit::Count, rank)])
    }
}
